import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSealingKeys, type SealingKey } from '../../foundation/index.ts'

/**
 * The keys of the ring: those that were given, then the one that the data folder keeps, so that an installation that
 * began without a key can be given one. With none given, one is made and kept, readable by its owner only.
 */
export function sealingKeys({ sealingKeys: given, dataDir }: SealingConfig): SealingKey[] {
  if (!given) return keptSealingKey(dataDir)
  const kept = existsSync(pathIn(dataDir)) ? keptSealingKey(dataDir) : []
  return [...given, ...kept.filter(({ id }) => !given.some((one) => one.id === id))]
}

type SealingConfig = { sealingKeys: SealingKey[] | undefined; dataDir: string }

const pathIn = (dataDir: string): string => join(dataDir, 'sealing.key')

function keptSealingKey(dataDir: string): SealingKey[] {
  const path = pathIn(dataDir)
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
