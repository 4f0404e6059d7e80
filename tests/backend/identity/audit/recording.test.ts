import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openPostgres } from '../../../../backend/foundation/index.ts'
import { canonicalJson } from '../../../../backend/identity/audit/chain/canonical-json.ts'
import { changedFields } from '../../../../backend/identity/audit/recording/changed-fields.ts'
import { keepFields, scrub, withheld } from '../../../../backend/identity/audit/recording/kept-fields.ts'
import { openWorkroom } from './workroom.ts'

describe('what an entry keeps', () => {
  it('of a change only the fields that changed', () => {
    const before = { name: 'a', role: 'viewer', list: [1, { x: 1 }], gone: 1 }
    const after = { name: 'b', role: 'viewer', list: [1, { x: 1 }], come: 2 }
    expect(changedFields(before, after)).toEqual({
      before: { name: 'a', gone: 1, come: null },
      after: { name: 'b', gone: null, come: 2 },
    })
  })

  it('of a creation and a deletion all', () => {
    expect(changedFields(undefined, { a: 1 })).toEqual({ before: null, after: { a: 1 } })
    expect(changedFields({ a: 1 }, undefined)).toEqual({ before: { a: 1 }, after: null })
  })

  it('no field that nobody has named for its type', () => {
    expect(keepFields('group', { name: 'a', passwordHash: 'b', novelty: 'c' })).toEqual({
      name: 'a',
      passwordHash: withheld,
      novelty: withheld,
    })
    expect(keepFields('unheard-of', { name: 'a' })).toEqual({ name: withheld })
  })

  it('no field of a configuration whose name says that it is secret, but whether there is one', () => {
    const fields = { 'config.baseUrl': 'https://x.example', 'config.apiKey': 'k', 'config.userPassword': 'p' }
    expect(keepFields('source', fields)).toEqual({
      'config.baseUrl': 'https://x.example',
      'config.apiKey': withheld,
      'config.userPassword': withheld,
    })
    expect(keepFields('openid-provider', { hasClientSecret: true, clientSecret: 's' })).toEqual({
      hasClientSecret: true,
      clientSecret: withheld,
    })
  })

  it.each([
    ['a token of ours', `see indag_${'a'.repeat(49)} there`],
    ['a hash of a password', 'x $argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA y'],
    ['a header', 'Authorization: Bearer abcdefghijkl'],
    ['a user in a URL', 'https://joe:abcdefghijkl@host.example/'],
  ])('no %s within a text', (_name, text) => {
    const kept = JSON.stringify(scrub({ deep: [text] }))
    expect(kept).toContain(withheld)
    expect(kept).not.toMatch(/a{49}|argon2id|abcdefghijkl/)
  })
})

describe('canonical JSON', () => {
  it('is one text for one value, whatever the order of its members', () => {
    expect(canonicalJson({ b: [1, null, undefined], a: { d: 'x', c: undefined } })).toBe(
      '{"a":{"d":"x"},"b":[1,null,null]}',
    )
    expect(canonicalJson({ a: 1, b: 2 })).toBe(canonicalJson({ b: 2, a: 1 }))
  })

  it('holds nothing that the database cannot keep', () => {
    expect(canonicalJson('a\0b\ud800c')).toBe('"a\uFFFDb\uFFFDc"')
  })
})

describe('an entry and its change', () => {
  let room: Awaited<ReturnType<typeof openWorkroom>>
  beforeEach(async () => {
    room = await openWorkroom()
  })
  afterEach(() => room.close())

  it('stand together or not at all', async () => {
    const failing = room.sql.begin(async (tx) => {
      await room.audit.record(tx, actor, change)
      throw new Error('later in the transaction')
    })
    await expect(failing).rejects.toThrow('later')
    expect(await room.entries()).toEqual([])
    await room.record()
    expect(await room.rows()).toMatchObject([{ sequence: 1 }])
    expect(await room.sql`select from identity.audit_inbox`).toHaveLength(0)
  })

  it('the change does not stand when its entry cannot be chained', async () => {
    await room.sql`create table public.things (name text)`
    await room.sql`alter table identity.audit_entries add constraint nothing_more check (sequence < 1)`
    const failing = room.sql.begin(async (tx) => {
      await tx`insert into public.things values ('a thing')`
      await room.audit.record(tx, actor, change)
    })
    await expect(failing).rejects.toMatchObject({ code: '23514' })
    expect(await room.sql`select from public.things`).toHaveLength(0)
  })

  it('keep their order and leave no gap, with changes of several processes at once and some that fail', async () => {
    const pools = [0, 1, 2].map(() => openPostgres(room.url, { connections: 4 }))
    const work = Array.from({ length: 150 }, async (_, i) =>
      pools[i % 3]!.begin(async (tx) => {
        await room.audit.record(tx, actor, { ...change, resource: { type: 'group', id: `g${i}`, name: 'x' } })
        if (i % 10 === 3) throw new Error('fails')
        if (i % 7 === 0) await room.audit.record(tx, actor, change)
      }),
    )
    const ends = await Promise.allSettled(work)
    const failed = ends.flatMap((end, i) => (end.status === 'rejected' ? [[i, String(end.reason)]] : []))
    expect(failed).toEqual(Array.from({ length: 15 }, (_, i) => [i * 10 + 3, 'Error: fails']))
    for (const pool of pools) await pool.end()
    const sequences = (await room.rows()).map(({ sequence }) => sequence)
    expect(sequences).toEqual(sequences.map((_, index) => index + 1))
    expect(sequences).toHaveLength(135 + 20)
    expect(await room.audit.verify()).toMatchObject({ ok: true, count: 155 })
  })

  it('a change that waits for another one after it was recorded makes no circle of waiting', async () => {
    await room.sql`create table public.row (n int)`
    await room.sql`insert into public.row values (0)`
    const one = async (): Promise<void> => {
      await room.sql.begin(async (tx) => {
        await room.audit.record(tx, actor, change)
        await tx`update public.row set n = n + 1`
      })
    }
    const other = async (): Promise<void> => {
      await room.sql.begin(async (tx) => {
        await tx`update public.row set n = n + 1`
        await room.audit.record(tx, actor, change)
      })
    }
    await Promise.all(Array.from({ length: 40 }, (_, i) => (i % 2 ? one() : other())))
    expect(await room.audit.verify()).toMatchObject({ ok: true, count: 40 })
  })

  it('a name of any length and any character is kept, bounded', async () => {
    await room.record({ resource: { type: 'group', id: 'g', name: `\0\ud800"\\\n${'x'.repeat(10_000)}` } })
    const [entry] = await room.entries()
    expect((entry!['resource'] as { name: string }).name).toHaveLength(300)
    expect(await room.audit.verify()).toMatchObject({ ok: true })
  })
})

const actor = {
  userId: null,
  name: 'Somebody',
  kind: null,
  via: 'system' as const,
  credentialId: null,
  credentialName: null,
  address: '192.0.2.1',
  userAgent: 'a browser',
}
const change = { action: 'group.create', resource: { type: 'group', id: 'g', name: 'G' }, organizationId: null }
