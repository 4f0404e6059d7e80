import { posix } from 'node:path'
import type { SourceFile } from '../source-files.ts'

const README_LINES = 40
const FOLDER_FILES = 14
const NAMELESS = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'misc', 'manager', 'base'])

/** Every module has a door (`index.ts`, for a program `main.ts`) and one page of at most 40 lines. */
export function checkModules(files: SourceFile[]): string[] {
  const paths = new Set(files.map((file) => file.path))
  return modulesOf(paths).flatMap((module) => {
    const problems: string[] = []
    const doors = [`${module}/index.ts`, `${module}/main.ts`, `${module}/process-lock.mjs`]
    if (!doors.some((door) => paths.has(door))) problems.push(`${module} has no door: index.ts is missing`)
    const page = files.find((file) => file.path === `${module}/README.md`)
    if (page === undefined) problems.push(`${module} has no README.md`)
    const lines = page?.text.trimEnd().split('\n').length ?? 0
    if (lines > README_LINES) problems.push(`${module}/README.md has ${lines} lines, at most ${README_LINES} are read`)
    return problems
  })
}

function modulesOf(paths: Set<string>): string[] {
  const folders = [...paths].map((path) => path.split('/')).filter((parts) => parts.length > 2)
  const modules = folders.filter(
    ([area, name]) => /^(backend|runners|scripts)$/.test(area ?? '') && name !== 'migrations',
  )
  return [...new Set(modules.map((parts) => parts.slice(0, 2).join('/')))].sort()
}

/** A file or folder whose name says nothing is where everything falls into. */
export function checkNames(files: SourceFile[]): string[] {
  return files.flatMap(({ path }) => {
    const nameless = path
      .split('/')
      .filter((part) => NAMELESS.has(part.replace(/\..*$/, '').split(/[-_]/).at(-1) ?? ''))
    return nameless.length === 0 ? [] : [`${path} is named "${nameless[0]}": find the noun`]
  })
}

/** About a dozen code files in a folder; migrations are one line of files and the catalog a list of them. */
export function checkFolders(files: SourceFile[]): string[] {
  const counts = new Map<string, number>()
  for (const { path } of files) {
    if (!/\.(ts|tsx|js|mjs|py)$/.test(path) || /\.d\.m?ts$/.test(path)) continue
    const folder = posix.dirname(path)
    counts.set(folder, (counts.get(folder) ?? 0) + 1)
  }
  return [...counts]
    .filter(([, count]) => count > FOLDER_FILES)
    .map(
      ([folder, count]) =>
        `${folder} holds ${count} files: at most ${FOLDER_FILES}, sub-folders are nouns of the domain`,
    )
}
