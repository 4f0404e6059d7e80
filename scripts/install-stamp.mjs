// Plain JavaScript, may run on Node 20: says whether node_modules is what package-lock.json asks for.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
export const lockFile = join(root, 'package-lock.json')
const stamp = join(root, 'node_modules', '.install-stamp')

function wanted() {
  const lock = readFileSync(lockFile)
  return createHash('sha256').update(lock).update(`${process.platform} ${process.arch}`).digest('hex')
}

export function isInstalled() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted()
}

export function markInstalled() {
  writeFileSync(stamp, wanted())
}
