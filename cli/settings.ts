import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Env } from './env.ts'
import { CliError, exit } from './exit.ts'

/** Which server, and with which token. */
export type Settings = { url: string; token: string | undefined }

const defaultUrl = 'http://localhost:8080'

/**
 * The environment first, then what `indag login` stored, then the local server.
 * The stored token goes to the server that it was stored for and to no other.
 */
export async function readSettings(env: Env): Promise<Settings> {
  const stored = await readStored(env.configFile)
  const url = cleanUrl(env.url ?? stored?.url ?? defaultUrl)
  const storedToken = stored && cleanUrl(stored.url) === url ? stored.token : undefined
  if (env.token !== undefined && !isOneWord(env.token)) {
    throw new CliError(
      exit.notSignedIn,
      'INDAG_TOKEN is not an API token: a token is one word, "indag_…".',
      'indag login',
    )
  }
  return { url, token: env.token ?? storedToken }
}

/** Whether a text can be a token: it travels in a header. */
export function isOneWord(token: string): boolean {
  return /^[\u0021-\u007e]+$/.test(token)
}

/** Readable by its owner alone. */
export async function storeSettings(env: Env, settings: { url: string; token: string }): Promise<void> {
  await mkdir(dirname(env.configFile), { recursive: true, mode: 0o700 })
  const draft = `${env.configFile}.${process.pid}`
  await writeFile(draft, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 })
  await rename(draft, env.configFile)
}

/** @returns whether something was stored. */
export async function forgetSettings(env: Env): Promise<boolean> {
  const stored = await readStored(env.configFile)
  await rm(env.configFile, { force: true })
  return stored !== undefined
}

/** Without a slash at the end. Fails, naming the form, when it is no http URL. */
export function cleanUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new CliError(exit.usage, `"${text}" is not the URL of a server.`, 'export INDAG_URL=http://localhost:8080')
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

async function readStored(file: string): Promise<{ url: string; token: string } | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch {
    return undefined
  }
  try {
    const { url, token } = JSON.parse(text) as Record<string, unknown>
    if (typeof url === 'string' && typeof token === 'string') return { url, token }
  } catch {
    // Said below.
  }
  throw new CliError(exit.error, `${file} cannot be read: it is not what "indag login" wrote.`, 'indag logout')
}
