import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** `path` is relative to the repository, with slashes. */
export type SourceFile = { path: string; text: string }

export const repository = resolve(import.meta.dirname, '../..')

const AREAS = ['backend', 'runners', 'catalog', 'frontend', 'cli', 'scripts', 'tests']
const SKIPPED = new Set(['node_modules', 'dist', '.vite', '__pycache__', 'coverage'])

/** Every file of the repository's own areas that people write: code, SQL, pages; no build output. */
export function readSourceFiles(): SourceFile[] {
  return AREAS.flatMap((area) => walk(area)).map((path) => ({
    path,
    text: readFileSync(join(repository, path), 'utf8'),
  }))
}

function walk(folder: string): string[] {
  return readdirSync(join(repository, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return SKIPPED.has(entry.name) || entry.name.startsWith('dist.') ? [] : walk(path)
    return entry.isFile() && /\.(ts|tsx|js|mjs|mts|py|sql|md)$/.test(entry.name) ? [path] : []
  })
}

export function isCode(path: string): boolean {
  return /\.(ts|tsx|js|mjs|mts)$/.test(path)
}
