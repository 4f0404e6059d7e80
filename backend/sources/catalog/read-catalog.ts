import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { parseManifest, toProblems, type Manifest } from './manifest.ts'

export type CatalogSource = { slug: string; manifest: Manifest; code: string; examples: unknown[] }
export type CatalogProvider = { slug: string; name: string; description: string; url: string; sources: CatalogSource[] }
export type CatalogProblem = { file: string; path: string; message: string }

const slugPattern = /^[a-z0-9][a-z0-9-]{0,62}$/
const codeFiles: Record<string, string> = { javascript: 'source.js', python: 'source.py' }

const providerSchema = z.strictObject({
  name: z.string().min(1).max(100),
  description: z.string().max(1_000).default(''),
  url: z.url({ protocol: /^https?$/, error: 'is not an http or https URL' }),
})

/**
 * Reads `<provider>/provider.json` and `<provider>/<source>/{source.json, source.js, examples.json}`, and all that is wrong. The code is `source.js`,
 * `source.py`, or for a runner's own language the one other file that is named `source`.
 */
export async function readCatalog(dir: string): Promise<{ providers: CatalogProvider[]; problems: CatalogProblem[] }> {
  const problems: CatalogProblem[] = []
  const providers: CatalogProvider[] = []
  for (const slug of await folders(dir)) {
    const provider = await readProvider(dir, slug, problems)
    if (provider) providers.push(provider)
  }
  const seen = new Map<string, string>()
  for (const provider of providers) {
    for (const { slug } of provider.sources) {
      const other = seen.get(slug)
      if (other)
        problems.push({
          file: join(provider.slug, slug),
          path: '',
          message: `has the same name as ${join(other, slug)}; slugs are unique over the catalogue`,
        })
      seen.set(slug, provider.slug)
    }
  }
  return { providers, problems }
}

async function readProvider(
  dir: string,
  slug: string,
  problems: CatalogProblem[],
): Promise<CatalogProvider | undefined> {
  const file = join(slug, 'provider.json')
  const sourceSlugs = await folders(join(dir, slug))
  const json = await readJson(dir, file, problems)
  // A folder without a single source and without provider.json is none of ours.
  if (json === undefined) return undefined
  const parsed = providerSchema.safeParse(json)
  if (!parsed.success)
    problems.push(...parsed.error.issues.flatMap(toProblems).map((problem) => ({ file, ...problem })))
  if (!slugPattern.test(slug))
    problems.push({ file, path: '', message: 'stands in a folder whose name is no slug (small letters, digits, "-")' })
  const sources: CatalogSource[] = []
  for (const source of sourceSlugs) {
    const read = await readSource(dir, slug, source, problems)
    if (read) sources.push(read)
  }
  return parsed.success ? { slug, ...parsed.data, sources } : undefined
}

async function readSource(
  dir: string,
  provider: string,
  slug: string,
  problems: CatalogProblem[],
): Promise<CatalogSource | undefined> {
  const folder = join(provider, slug)
  const file = join(folder, 'source.json')
  if (!slugPattern.test(slug))
    problems.push({ file, path: '', message: 'stands in a folder whose name is no slug (small letters, digits, "-")' })
  const json = await readJson(dir, file, problems)
  if (json === undefined) return undefined
  const parsed = parseManifest(json)
  if (!parsed.ok) {
    problems.push(...parsed.problems.map((problem) => ({ file, ...problem })))
    return undefined
  }
  const { manifest } = parsed
  const codeFile = codeFiles[manifest.language] ?? (await findCodeFile(join(dir, folder)))
  if (!codeFile) {
    const message = `is "${manifest.language}", so its code belongs into one file beside this one, named source and an extension of your choice`
    problems.push({ file, path: 'language', message })
    return undefined
  }
  const code = await readText(dir, join(folder, codeFile), problems)
  const examples = await readExamples(dir, join(folder, 'examples.json'), problems)
  return code === undefined ? undefined : { slug, manifest, code, examples }
}

/** Undefined when there is none, or more than one. */
async function findCodeFile(folder: string): Promise<string | undefined> {
  const [first, ...others] = (await readdir(folder)).filter((name) => /^source\.(?!json$)[a-z0-9]+$/.test(name))
  return others.length === 0 ? first : undefined
}

async function readExamples(dir: string, file: string, problems: CatalogProblem[]): Promise<unknown[]> {
  const text = await readFile(join(dir, file), 'utf8').catch(() => '[]')
  const json = parseJson(text, file, problems)
  if (Array.isArray(json)) return json
  if (json !== undefined) problems.push({ file, path: '', message: 'is not a list' })
  return []
}

async function folders(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory() && !/^[._]|^node_modules$/.test(entry.name))
    .map((entry) => entry.name)
    .sort()
}

async function readJson(dir: string, file: string, problems: CatalogProblem[]): Promise<unknown> {
  const text = await readText(dir, file, problems)
  return text === undefined ? undefined : parseJson(text, file, problems)
}

async function readText(dir: string, file: string, problems: CatalogProblem[]): Promise<string | undefined> {
  try {
    return await readFile(join(dir, file), 'utf8')
  } catch {
    problems.push({ file, path: '', message: 'is missing or cannot be read' })
    return undefined
  }
}

function parseJson(text: string, file: string, problems: CatalogProblem[]): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    problems.push({ file, path: '', message: `is not JSON: ${error instanceof Error ? error.message : String(error)}` })
    return undefined
  }
}
