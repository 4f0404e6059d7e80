import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { entryHash } from '../../../../backend/identity/audit/chain/entry-hash.ts'
import type { Verification } from '../../../../backend/identity/audit/chain/verify-chain.ts'
import { openWorkroom, type Row } from './workroom.ts'

let room: Awaited<ReturnType<typeof openWorkroom>>
beforeEach(async () => {
  room = await openWorkroom()
})
afterEach(() => room.close())

async function write(count: number): Promise<void> {
  for (let i = 1; i <= count; i += 1)
    await room.record({ resource: { type: 'group', id: `g${i}`, name: `Group ${i}` } })
}

async function anchorNow() {
  const found = await room.openAnother().verify()
  if (!found.ok) throw new Error(found.detail)
  return found.head
}

const fresh = (anchors: { sequence: number; hash: string }[] = []): Promise<Verification> =>
  room.openAnother().verify(anchors)

describe('the chain of the audit log', () => {
  it('holds when it is empty, and over more entries than are read at once', async () => {
    expect(await fresh()).toMatchObject({ ok: true, count: 0, anchor: `0:${'0'.repeat(64)}` })
    await room.sql.begin(async (tx) => {
      for (let i = 0; i < 4_100; i += 1) {
        await tx`insert into identity.audit_inbox (id, at, content)
          select id, '2026-11-21T12:00:00Z', json_build_object('id', id, 'at', '2026-11-21T12:00:00.000Z', 'action', 'a.b',
            'outcome', 'done', 'resource', json_build_object('type', 't', 'id', 'i'))::text
          from (select gen_random_uuid() as id) given`
      }
    })
    expect(await fresh()).toMatchObject({ ok: true, count: 4_100, head: { sequence: 4_100 } })
  })

  it('can be verified by anybody: each hash is SHA-256 of the hash before, the sequence and the canonical JSON', async () => {
    await write(3)
    let before = '0'.repeat(64)
    for (const { sequence, content, hash } of await room.rows()) {
      before = createHash('sha256').update(`${before}\n${sequence}\n${content}`).digest('hex')
      expect(hash).toBe(before)
    }
    expect((await room.rows()).map(({ sequence }) => sequence)).toEqual([1, 2, 3])
    expect(await fresh()).toEqual({
      ok: true,
      count: 3,
      head: { sequence: 3, hash: before },
      anchor: `3:${before}`,
    })
  })

  it('is only added to: the database refuses everything else', async () => {
    await write(1)
    const refused = { code: 'IDAUD' }
    await expect(room.sql`update identity.audit_entries set content = '{}'`.execute()).rejects.toMatchObject(refused)
    await expect(room.sql`delete from identity.audit_entries`.execute()).rejects.toMatchObject(refused)
    await expect(room.sql`truncate identity.audit_entries`.execute()).rejects.toMatchObject(refused)
    expect(await room.rows()).toHaveLength(1)
  })
})

describe('whoever goes around the database is found:', () => {
  const lines = (found: Verification) => (found.ok ? 'ok' : `${found.sequence} ${found.reason}`)

  it('an altered entry', async () => {
    await write(5)
    await room.tamper(
      (tx) => tx`update identity.audit_entries set content = replace(content, 'Group 3', 'Nobody')
      where sequence = 3`,
    )
    expect(lines(await fresh())).toBe('3 altered')
  })

  it('an altered time or id of the table, which filters go by', async () => {
    await write(3)
    await room.tamper((tx) => tx`update identity.audit_entries set at = at - interval '1 day' where sequence = 2`)
    expect(lines(await fresh())).toBe('2 altered')
    await room.tamper((tx) => tx`update identity.audit_entries set at = at + interval '1 day' where sequence = 2`)
    expect(lines(await fresh())).toBe('ok')
    await room.tamper((tx) => tx`update identity.audit_entries set id = gen_random_uuid() where sequence = 3`)
    expect(lines(await fresh())).toBe('3 altered')
  })

  it('an altered entry with a hash that fits it', async () => {
    await write(5)
    await room.tamper(async (tx) => {
      const [two] = await tx<Row[]>`select * from identity.audit_entries where sequence = 2`
      const [three] = await tx<Row[]>`select * from identity.audit_entries where sequence = 3`
      const content = three!.content.replace('Group 3', 'Nobody')
      await tx`update identity.audit_entries set content = ${content}, hash = ${entryHash(two!.hash, 3, content)}
        where sequence = 3`
    })
    expect(lines(await fresh())).toBe('4 altered')
  })

  it('a deleted entry, in the middle and at the beginning', async () => {
    await write(5)
    await room.tamper((tx) => tx`delete from identity.audit_entries where sequence = 3`)
    expect(lines(await fresh())).toBe('3 missing')
    await room.tamper((tx) => tx`delete from identity.audit_entries where sequence = 1`)
    expect(lines(await fresh())).toBe('1 missing')
  })

  it('a deleted entry whose place the following ones took', async () => {
    await write(5)
    await room.tamper(async (tx) => {
      await tx`delete from identity.audit_entries where sequence = 3`
      await tx`update identity.audit_entries set sequence = sequence - 1 where sequence > 3`
    })
    expect(lines(await fresh())).toBe('3 altered')
  })

  it('two entries that changed places', async () => {
    await write(5)
    await room.tamper(async (tx) => {
      await tx`update identity.audit_entries set sequence = 99 where sequence = 2`
      await tx`update identity.audit_entries set sequence = 2 where sequence = 3`
      await tx`update identity.audit_entries set sequence = 3 where sequence = 99`
    })
    expect(lines(await fresh())).toBe('2 altered')
  })

  it('an entry that was slipped in', async () => {
    await write(2)
    const [last] = (await room.rows()).slice(-1)
    const content = last!.content
    await room.sql`insert into identity.audit_entries (sequence, id, at, content, hash)
      values (3, gen_random_uuid(), now(), ${content}, ${entryHash(last!.hash, 3, content)})`
    expect(lines(await fresh())).toBe('3 altered')
  })

  it('a tail that was cut off, by the head', async () => {
    await write(5)
    await room.tamper((tx) => tx`delete from identity.audit_entries where sequence > 3`)
    expect(lines(await fresh())).toBe('4 head')
  })

  it('a head that was taken away', async () => {
    await write(1)
    await room.tamper((tx) => tx`delete from identity.audit_head`)
    expect((await fresh()).ok).toBe(false)
    await expect(write(1)).rejects.toThrow()
  })
})

describe('an anchor that was kept elsewhere', () => {
  async function cutAfter(sequence: number): Promise<void> {
    await room.tamper(async (tx) => {
      await tx`delete from identity.audit_entries where sequence > ${sequence}`
      await tx`update identity.audit_head set sequence = ${sequence}, hash = (
        select hash from identity.audit_entries where sequence = ${sequence})`
    })
  }

  it('finds a tail that was cut off together with the head', async () => {
    await write(3)
    const early = await anchorNow()
    await write(2)
    const late = await anchorNow()
    await cutAfter(3)
    expect(await fresh()).toMatchObject({ ok: true, count: 3 })
    expect(await fresh([early])).toMatchObject({ ok: true })
    expect(await fresh([early, late])).toMatchObject({ ok: false, sequence: 4, reason: 'anchor' })
  })

  it('finds a tail that was written anew, with hashes that fit', async () => {
    await write(5)
    const kept = await anchorNow()
    await cutAfter(3)
    room.clock.nowMs += 1
    await write(4)
    expect(await fresh()).toMatchObject({ ok: true, count: 7 })
    expect(await fresh([kept])).toMatchObject({ ok: false, sequence: 5, reason: 'anchor' })
  })

  it('is kept by a process for as long as it runs', async () => {
    await write(3)
    const running = room.openAnother()
    expect(await running.verify()).toMatchObject({ ok: true, count: 3 })
    await cutAfter(2)
    expect(await running.verify()).toMatchObject({ ok: false, sequence: 3, reason: 'anchor' })
    expect(await fresh()).toMatchObject({ ok: true, count: 2 })
  })
})
