import type { StartedRunner } from '../../../support/runner.ts'
import { ask, publish } from '../../../runners/contract/ask.ts'
import { quantile, spreadOf } from '../../support/statistics.ts'
import type { Spread } from '../../support/statistics.ts'
import { CODE, configOf } from '../handler.ts'
import { LANGUAGES, openRunner } from '../targets.ts'
import type { Language } from '../targets.ts'

/** How hostile code is stopped, and what its neighbours in another trust domain feel of it. */
export type UnderAttack = {
  language: Language
  /** From the end of its wall time to the answer, of each kind of attack; milliseconds. */
  beyondMs: Spread
  worst: string
  idleP99Ms: Spread
  attackedP99Ms: Spread
  /** The rounds' own ratios. */
  ratio: Spread
  errors: number
  neighbourCalls: number
}

const WALL_MS = 100
const ATTACK_ROUNDS = 3
const NEIGHBOUR_ROUNDS = 3
const NEIGHBOUR_CALLS = 500
const ATTACKS: Record<Language, Record<string, string>> = {
  javascript: {
    'endless loop': 'for (;;);',
    'a promise that never settles': 'await new Promise(() => {})',
    'endless loop after a host call': "await ctx.fetch('http://127.0.0.1:1/').catch(() => {}); for (;;);",
    'chain of microtasks': 'for (;;) await null',
    'catastrophic regular expression': "/^(a+)+$/.test('a'.repeat(40) + '!')",
    'BigInt without end': 'let x = 3n; for (;;) x *= x',
    'large fill': 'for (;;) new Array(2 ** 27).fill(0)',
  },
  python: {
    'endless loop': 'while True: pass',
    'loop that catches all':
      'while True:\n        try:\n            while True: pass\n        except BaseException: pass',
    'long sleep': 'import time; time.sleep(60)',
    'catastrophic regular expression': "import re; re.match('^(a+)+$', 'a' * 40 + '!')",
    'large power': '9 ** 9 ** 9',
    'endless list': 'x = []\n    while True: x.append(x[:])',
  },
}

/** Attacks on each runner, one after the other; then a neighbour's calls, idle and attacked rounds in turn. */
export async function measureUnderAttack(): Promise<UnderAttack[]> {
  const rows: UnderAttack[] = []
  for (const language of LANGUAGES) {
    const runner = await openRunner(language)
    try {
      rows.push(await measureOne(runner, language))
    } finally {
      await runner.stop()
    }
  }
  return rows
}

async function measureOne(runner: StartedRunner, language: Language): Promise<UnderAttack> {
  const hashes = new Map<string, string>()
  for (const [name, body] of Object.entries(ATTACKS[language]))
    hashes.set(name, await publish(runner, wrap(language, body), language))
  const beyond: { name: string; ms: number }[] = []
  for (let round = 0; round < ATTACK_ROUNDS; round += 1)
    for (const [name, hash] of hashes) beyond.push({ name, ms: Math.max(0, (await attack(runner, hash)) - WALL_MS) })
  const home = await publish(runner, CODE[language], language)
  await callHome(runner, home)
  const rounds = []
  for (let round = 0; round < NEIGHBOUR_ROUNDS; round += 1) {
    const idle = await callHome(runner, home)
    let over = false
    const attacking = keepAttacking(runner, [...hashes.values()], () => over)
    const attacked = await callHome(runner, home)
    over = true
    await attacking
    rounds.push({ idle, attacked })
  }
  const worst = beyond.toSorted((a, b) => b.ms - a.ms)[0]
  return {
    language,
    beyondMs: spreadOf(beyond.map(({ ms }) => ms)),
    worst: worst?.name ?? '',
    idleP99Ms: spreadOf(rounds.map(({ idle }) => idle.p99Ms)),
    attackedP99Ms: spreadOf(rounds.map(({ attacked }) => attacked.p99Ms)),
    ratio: spreadOf(rounds.map(({ idle, attacked }) => attacked.p99Ms / idle.p99Ms)),
    errors: rounds.reduce((sum, { idle, attacked }) => sum + idle.errors + attacked.errors, 0),
    neighbourCalls: NEIGHBOUR_ROUNDS * NEIGHBOUR_CALLS,
  }
}

function wrap(language: Language, body: string): string {
  return language === 'javascript'
    ? `export async function fetchData(indicator, ctx) { ${body} }`
    : `def fetch_data(indicator, ctx):\n    ${body}\n`
}

/** Milliseconds until the answer. */
async function attack(runner: StartedRunner, hash: string): Promise<number> {
  const context = { trustDomain: 'attacker', hosts: ['127.0.0.1:1'], limits: { wallMs: WALL_MS } }
  const startedAt = performance.now()
  await ask(runner, hash, { context: context as never })
  return performance.now() - startedAt
}

async function keepAttacking(runner: StartedRunner, hashes: string[], isOver: () => boolean): Promise<void> {
  for (let index = 0; !isOver(); index += 1) await attack(runner, hashes[index % hashes.length] as string)
}

async function callHome(runner: StartedRunner, hash: string): Promise<{ p99Ms: number; errors: number }> {
  const context = { trustDomain: 'neighbour', configJson: configOf(8) }
  const latenciesMs: number[] = []
  let errors = 0
  for (let call = 0; call < NEIGHBOUR_CALLS; call += 1) {
    const startedAt = performance.now()
    const answer = await ask(runner, hash, { context: context as never })
    latenciesMs.push(performance.now() - startedAt)
    if (!answer.ok) errors += 1
    // As often as one user asks: the attacks then have time to do what they can.
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  return { p99Ms: quantile(latenciesMs, 0.99), errors }
}

if (import.meta.main) console.dir(await measureUnderAttack(), { depth: 4 })
