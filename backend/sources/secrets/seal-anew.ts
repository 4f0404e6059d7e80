import {
  countKeyUses,
  fail,
  newId,
  reseal,
  type KeyRing,
  type KeyUse,
  type Postgres,
  type ResealReport,
  type SealedColumn,
} from '../../foundation/index.ts'
import type { SourcesOptions } from '../sources.ts'
import { countProcessesWithout, deleteRing, saveRing } from '../store/sealing-rings.ts'
import { secretsColumn } from './secrets-column.ts'

/** Brings everything that is sealed under the newest key, while processes run that seal and open. */
export type Resealer = {
  /** @throws AppError conflict while a process lives that could not open what the newest key seals. */
  rotate(): Promise<ResealReport & { keyId: string }>
  uses(): Promise<KeyUse[]>
  close(): Promise<void>
}

type Parts = {
  sql: Postgres
  keyRing: KeyRing
  log: SourcesOptions['log']
  /** Of other modules. */
  sealedElsewhere: readonly SealedColumn[]
}

const seenEveryMs = 5_000
/** A process that was not seen for this long is gone, or will find that it has to be started with the new key. */
const livesSeconds = 20

/** Says which keys this process has, and seals anew by itself as soon as all processes have the newest one. */
export async function keepSealedAnew({ sql, keyRing, log, sealedElsewhere }: Parts): Promise<Resealer> {
  const processId = newId()
  const columns = [secretsColumn(sql), ...sealedElsewhere]
  const told = new Set<string>()
  let done = false
  let working: Promise<void> | undefined

  async function rotate(): Promise<ResealReport & { keyId: string }> {
    const without = await countProcessesWithout(sql, keyRing.currentKeyId, livesSeconds)
    if (without > 0) {
      fail(
        'conflict',
        `${without} running backend process${without === 1 ? ' does' : 'es do'} not have the key "${keyRing.currentKeyId}" and could not open ` +
          'what it seals. Give it to every process first, behind the old one (INDAG_SEALING_KEYS=old:…,new:…), then put it in front.',
      )
    }
    return { keyId: keyRing.currentKeyId, ...(await reseal(keyRing, columns)) }
  }

  async function beat(): Promise<void> {
    await saveRing(sql, processId, keyRing.keyIds)
    if (done || (await countProcessesWithout(sql, keyRing.currentKeyId, livesSeconds)) > 0) return
    const { resealed, keptBack } = await reseal(keyRing, columns)
    done = true
    if (resealed > 0) log.info({ key: keyRing.currentKeyId, resealed }, 'secrets were sealed anew')
    for (const { column, keyId, texts, why } of keptBack) {
      if (told.has(`${column} ${keyId}`)) continue
      told.add(`${column} ${keyId}`)
      log.error(
        { column, key: keyId, texts, why },
        why === 'key-missing'
          ? `The sealing key "${keyId}" is missing: ${texts} text(s) of ${column} cannot be opened. Put it back into INDAG_SEALING_KEYS.`
          : `${texts} text(s) of ${column} do not open with the sealing key "${keyId}": it is another key, or they were changed.`,
      )
    }
  }

  function beatQuietly(): void {
    working ??= beat()
      .catch((error: unknown) => log.debug({ err: error }, 'sources: sealing keys were not looked after'))
      .finally(() => (working = undefined))
  }

  // Before anything of ours is sealed, others must know that we live.
  await saveRing(sql, processId, keyRing.keyIds)
  beatQuietly()
  const timer = setInterval(beatQuietly, seenEveryMs)
  timer.unref()
  return {
    rotate,
    uses: () => countKeyUses(keyRing, columns),
    async close() {
      clearInterval(timer)
      await working
      await deleteRing(sql, processId).catch(() => {})
    },
  }
}
