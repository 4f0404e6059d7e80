import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { migrate, openPostgres } from '../../../../backend/foundation/index.ts'
import { openSources } from '../../../../backend/sources/index.ts'
import { startPostgres } from '../../../support/postgres.ts'
import { keyRing, silent, until } from '../workshop.ts'

it('requests go on with what was read last while the database is away, and changes are seen when it is back', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'indag-outage-'))
  const first = await startPostgres(directory)
  const sql = openPostgres(first.url, { connections: 3 })
  await migrate(sql, fileURLToPath(new URL('../../../../backend/migrations', import.meta.url)))
  let warnings = 0
  const log = { ...silent, warn: () => void (warnings += 1) }
  const sources = await openSources({ sql, keyRing, clock: { now: () => Date.now() }, log, pollEveryMs: 100 })
  await sources.syncCatalog(fileURLToPath(new URL('../../../../catalog', import.meta.url)))
  const [known] = sources.snapshot()

  process.kill(first.pid, 'SIGKILL')
  await until(() => warnings > 0)
  expect(sources.bySlug(known!.slug)).toEqual(known)
  expect(sources.callContext(known!).sourceId).toBe(known!.id)
  expect(sources.isIgnored(known!, { kind: 'ipv4', value: '192.0.2.1' })).toBeUndefined()
  sources.noteCall(known!.id, { state: 'found', durationMs: 1 })

  const second = await startPostgres(directory)
  const other = openPostgres(second.url, { connections: 1 })
  await other`update sources.sources set enabled = false where id = ${known!.id}`
  await other`update sources.revision set number = number + 1`
  await until(() => sources.bySlug(known!.slug)?.enabled === false)

  await sources.close()
  await Promise.all([sql.end({ timeout: 1 }), other.end({ timeout: 1 })])
  await second.stop()
  await rm(directory, { recursive: true })
})
