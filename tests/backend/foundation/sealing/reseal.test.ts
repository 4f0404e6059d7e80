import { describe, expect, it } from 'vitest'
import { countKeyUses, openKeyRing, reseal, type SealedColumn } from '../../../../backend/foundation/index.ts'

const old = { id: 'old', key: Buffer.alloc(32, 1) }
const young = { id: 'young', key: Buffer.alloc(32, 2) }
const lost = { id: 'lost', key: Buffer.alloc(32, 3) }
const both = openKeyRing([young, old])
const keyOf = (sealed: string) => sealed.split('.')[1]!

/** A column in memory; `onRead` runs after each batch was read. */
function column(texts: Map<string, string>, onRead = () => {}): SealedColumn & { batches: number } {
  return {
    name: 'some.column',
    batches: 0,
    countByKey: () =>
      Promise.resolve(
        new Map([...Map.groupBy(texts.values(), keyOf)].map(([key, those]) => [key, those.length] as const)),
      ),
    readOthers(keyId, after, limit) {
      this.batches += 1
      const found = [...texts]
        .filter(([id, sealed]) => keyOf(sealed) !== keyId && (after === null || id > after))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .slice(0, limit)
        .map(([id, sealed]) => ({ id, sealed, context: id }))
      onRead()
      return Promise.resolve(found)
    },
    replace({ id, sealed }, next) {
      if (texts.get(id) !== sealed) return Promise.resolve(false)
      texts.set(id, next)
      return Promise.resolve(true)
    },
  }
}

const name = (n: number) => `text-${String(n).padStart(4, '0')}`
const many = (count: number) =>
  new Map(Array.from({ length: count }, (_, n) => [name(n), openKeyRing([old]).seal(`secret ${n}`, name(n))] as const))

describe('sealing anew', () => {
  it('brings all texts under the newest key, batch by batch, and they still open', async () => {
    const texts = many(250)
    const place = column(texts)
    expect(await reseal(both, [place])).toEqual({ resealed: 250, keptBack: [] })
    expect(place.batches).toBe(3)
    const alone = openKeyRing([young])
    for (const [id, sealed] of texts) expect(alone.open(sealed, id)).toBe(`secret ${Number(id.slice(5))}`)
    expect(await reseal(both, [place])).toEqual({ resealed: 0, keptBack: [] })
  })

  it('leaves a text that was changed meanwhile as it was changed', async () => {
    const texts = many(2)
    const changed = both.seal('another secret', name(0))
    await reseal(both, [column(texts, () => texts.set(name(0), changed))])
    expect(texts.get(name(0))).toBe(changed)
    expect(both.open(texts.get(name(1))!, name(1))).toBe('secret 1')
  })

  it('goes on past what does not open, and names the key that is missing', async () => {
    const texts = many(3)
    texts.set(name(0), openKeyRing([lost]).seal('x', name(0)))
    texts.set(name(1), openKeyRing([old]).seal('x', 'of somebody else'))
    expect(await reseal(both, [column(texts)])).toEqual({
      resealed: 1,
      keptBack: [
        { column: 'some.column', keyId: 'lost', texts: 1, why: 'key-missing' },
        { column: 'some.column', keyId: 'old', texts: 1, why: 'broken' },
      ],
    })
    expect(keyOf(texts.get(name(2))!)).toBe('young')
  })

  it('is counted: every key of the ring, and those that texts need', async () => {
    const texts = many(2)
    texts.set(name(0), openKeyRing([lost]).seal('x', name(0)))
    expect(await countKeyUses(both, [column(texts), column(texts)])).toEqual([
      { id: 'young', current: true, held: true, texts: 0 },
      { id: 'old', current: false, held: true, texts: 2 },
      { id: 'lost', current: false, held: false, texts: 2 },
    ])
  })
})
