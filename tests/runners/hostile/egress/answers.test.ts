import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ANSWERS, RESPONSE_BYTES } from './answers.ts'
import { openRawSite } from './raw-site.ts'
import type { RawSite } from './raw-site.ts'
import { WAYS } from './ways.ts'
import type { Way } from './ways.ts'

/** Each on a site of its own, so that no connection of one serves another. */
const sites: RawSite[] = []
beforeAll(async () => {
  for (const { answer } of ANSWERS) sites.push(await openRawSite(answer))
})
afterAll(() => Promise.all(sites.map((site) => site.close())))

const limits = { responseBytes: RESPONSE_BYTES } as never
/** Only for those who never end: all others are done long before. */
const ENDLESS_MS = 400

describe.each(WAYS)('by %s', (_, open) => {
  let way: Way
  beforeAll(async () => {
    way = await open({ INDAG_RUNNER_PRIVATE_HOSTS: '127.0.0.1' })
  })
  afterAll(() => way.close())

  it.each(ANSWERS.map((vector, at) => ({ ...vector, at })).filter(({ reason }) => reason !== 'timeout'))(
    '$what comes to a typed end',
    async ({ at, reason, message, body, endless }) => {
      const site = sites[at] as RawSite
      const { seen, calls } = await way.send([{ url: `${site.origin}/` }], { hosts: [site.host], limits })
      expect(calls).toHaveLength(1)
      if (reason === undefined) expect(seen).toMatchObject([{ ok: true, ...(body === undefined ? {} : { body }) }])
      else {
        const said = message === undefined ? {} : { message: expect.stringContaining(message) }
        expect(seen).toMatchObject([{ ok: false, reason, ...said }])
        expect(calls).toMatchObject([{ error: expect.stringContaining(reason) }])
        // What was refused is not read on: the connection is gone.
        if (endless) await site.quiet()
      }
    },
  )
})

describe('until the deadline', () => {
  it.each(ANSWERS.map((vector, at) => ({ ...vector, at })).filter(({ reason }) => reason === 'timeout'))(
    '$what is waited for, and then cut',
    async ({ at }) => {
      const [, open] = WAYS[0] as (typeof WAYS)[number]
      const way = await open({ INDAG_RUNNER_PRIVATE_HOSTS: '127.0.0.1' })
      const site = sites[at] as RawSite
      const around = { hosts: [site.host], limits, deadlineMs: ENDLESS_MS }
      const { seen, calls } = await way.send([{ url: `${site.origin}/` }], around)
      expect(seen).toMatchObject([{ ok: false, reason: 'timeout' }])
      expect(calls).toMatchObject([{ error: expect.stringContaining('timeout') }])
      await site.quiet()
      await way.close()
    },
  )
})
