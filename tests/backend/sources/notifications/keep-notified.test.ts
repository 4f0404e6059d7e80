import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { keepNotified, type Notifier } from '../../../../backend/sources/notifications/keep-notified.ts'
import type { SnapshotKeeper } from '../../../../backend/sources/snapshot/keep-snapshot.ts'
import { paintPicture, type Picture } from '../../../../backend/sources/snapshot/picture.ts'
import { announceChange } from '../../../../backend/sources/store/revision.ts'
import { acme, keyRing, openWorkshop, silent, type Workshop } from '../workshop.ts'

const clock = { now: () => Date.now() }
let shop: Workshop
const open: Notifier[] = []

beforeAll(async () => {
  shop = await openWorkshop()
  await shop.write(acme())
  await shop.sources.syncCatalog(shop.dir)
  // This process writes by itself too; only the notifiers of these tests are to be seen.
  await shop.sources.close()
  await shop.sql`update sources.sources set config = '{"days": 3}' where slug = 'example'`
})
afterAll(() => shop.close())
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})
beforeEach(async () => {
  await shop.sql`delete from sources.notifications`
})

const paint = (): Promise<Picture> => paintPicture({ sql: shop.sql, keyRing, clock, log: silent }, new Map(), new Map())

/** Of another process, which has this picture and gets no other one. */
async function look(picture: Picture): Promise<Notifier> {
  const keeper = { current: () => picture, onChange: () => () => true } as unknown as SnapshotKeeper
  const notifier = keepNotified({ sql: shop.sql, clock, log: silent, keeper })
  open.push(notifier)
  await notifier.look()
  return notifier
}
const rows = async (): Promise<string[]> =>
  (await shop.sql<{ kind: string }[]>`select kind from sources.notifications where ended_at is null`).map(
    ({ kind }) => kind,
  )

it('writes what the newest picture shows, once for many processes at the same time', async () => {
  const picture = await paint()
  await Promise.all([look(picture), look(picture), look(picture)])
  await look(picture)
  expect(await rows()).toEqual(['secret-missing'])
})

it('writes nothing from a picture that is out of date', async () => {
  const older = await paint()
  await shop.sql.begin((tx) => announceChange(tx))
  const notifier = await look(older)
  expect(notifier.findings()).toHaveLength(1)
  expect(await rows()).toEqual([])
  await look(await paint())
  expect(await rows()).toEqual(['secret-missing'])
})

it('writes nothing while another process does', async () => {
  const picture = await paint()
  await shop.sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtextextended('sources.notifications', 0))`
    await look(picture)
    expect(await rows()).toEqual([])
  })
  await look(picture)
  expect(await rows()).toEqual(['secret-missing'])
})

it('goes on when the database refuses once', async () => {
  const picture = await paint()
  await shop.sql`alter table sources.notifications rename to gone`
  const notifier = await look(picture)
  await shop.sql`alter table sources.gone rename to notifications`
  await notifier.look()
  expect(await rows()).toEqual(['secret-missing'])
})
