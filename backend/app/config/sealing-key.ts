import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSealingKeys, type SealingKey } from '../../foundation/index.ts'

/** The key of an installation that was given none: made once, kept in the data folder, readable by its owner only. */
export function keptSealingKey(dataDir: string): SealingKey[] {
  const path = join(dataDir, 'sealing.key')
  if (!existsSync(path)) {
    mkdirSync(dataDir, { recursive: true })
    try {
      writeFileSync(path, `main:${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' })
    } catch (error) {
      // Two processes starting at once: the first one's key is the key.
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  }
  return parseSealingKeys(readFileSync(path, 'utf8').trim())
}
