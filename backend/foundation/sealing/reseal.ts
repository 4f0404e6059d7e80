import { SealBroken, type KeyRing } from './open-key-ring.ts'
import type { SealedColumn, SealedText } from './sealed-column.ts'

/** Texts that could not be sealed anew: their key is not on the ring, or they do not open with it. */
export type KeptBack = { column: string; keyId: string; texts: number; why: 'key-missing' | 'broken' }

export type ResealReport = { resealed: number; keptBack: KeptBack[] }

/** How many texts stand under one key. `held`: the key is on the ring. */
export type KeyUse = { id: string; current: boolean; held: boolean; texts: number }

const batch = 100

/**
 * Seals with the current key all that older ones sealed, batch by batch. May run beside everything else, and beside
 * itself in other processes: each text is replaced only if it is still the one that was read, and both opens.
 */
export async function reseal(keyRing: KeyRing, columns: readonly SealedColumn[]): Promise<ResealReport> {
  const report: ResealReport = { resealed: 0, keptBack: [] }
  for (const column of columns) {
    let after: string | null = null
    for (;;) {
      const texts: SealedText[] = await column.readOthers(keyRing.currentKeyId, after, batch)
      for (const text of texts) await resealOne(keyRing, column, text, report)
      if (texts.length < batch) break
      after = texts.at(-1)!.id
    }
  }
  return report
}

async function resealOne(keyRing: KeyRing, column: SealedColumn, text: SealedText, report: ResealReport) {
  try {
    const sealed = keyRing.seal(keyRing.open(text.sealed, text.context), text.context)
    if (await column.replace(text, sealed)) report.resealed += 1
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error
    keepBack(report.keptBack, column.name, text, error)
  }
}

function keepBack(all: KeptBack[], column: string, { sealed }: SealedText, { missingKeyId }: SealBroken): void {
  const keyId = missingKeyId ?? sealed.split('.', 2)[1] ?? ''
  const why = missingKeyId === undefined ? 'broken' : 'key-missing'
  const known = all.find((one) => one.column === column && one.keyId === keyId && one.why === why)
  if (known) known.texts += 1
  else all.push({ column, keyId, texts: 1, why })
}

/** Every key that is on the ring or that a text needs: the ring's order first, then by id. */
export async function countKeyUses(keyRing: KeyRing, columns: readonly SealedColumn[]): Promise<KeyUse[]> {
  const texts = new Map(keyRing.keyIds.map((id) => [id, 0]))
  const strangers = new Map<string, number>()
  for (const column of columns) {
    for (const [id, count] of await column.countByKey()) {
      const into = texts.has(id) ? texts : strangers
      into.set(id, (into.get(id) ?? 0) + count)
    }
  }
  return [...texts, ...[...strangers].sort(([a], [b]) => (a < b ? -1 : 1))].map(([id, count]) => ({
    id,
    current: id === keyRing.currentKeyId,
    held: texts.has(id),
    texts: count,
  }))
}
