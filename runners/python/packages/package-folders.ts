import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const UNFINISHED = 'unfinished-'

/** A new folder to install into, beside the finished ones, so that a rename finishes it. */
export function unfinishedFolder(place: string): string {
  mkdirSync(place, { recursive: true, mode: 0o755 })
  return mkdtempSync(join(place, UNFINISHED))
}

/** Removes what nobody can be working on any longer: pip is ended long before. Never throws. */
export function sweepUnfinished(place: string, beforeMs: number): void {
  for (const name of readdirSync(place).filter((each) => each.startsWith(UNFINISHED))) {
    const folder = join(place, name)
    const found = lstatSync(folder, { throwIfNoEntry: false })
    if (!found || found.mtimeMs > beforeMs) continue
    try {
      rmSync(folder, { recursive: true, force: true })
    } catch {
      // Another runner may be at it.
    }
  }
}

/** In bytes, of all files below. */
export function sizeOf(folder: string): number {
  let bytes = 0
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) bytes += lstatSync(join(entry.parentPath, entry.name)).size
  return bytes
}
