import type { OutgoingCall } from '@indag/proto/runner/v1/runner.ts'
import { openEgress } from '../../../../runners/contract/egress/index.ts'
import type { FetchRequest } from '../../../../runners/contract/executor.ts'
import { settleLimits } from '../../../../runners/contract/limits.ts'
import { startRunner } from '../../../support/runner.ts'
import { ask, json, publish } from '../../contract/ask.ts'
import type { Context } from '../../contract/ask.ts'

/** What one request or question came to, as the code saw it. `body` is text, or base64 where the bytes are none (host only). */
export type Seen =
  | { ok: true; status: number; url: string; headers: [string, string][]; body: string; found?: unknown[] }
  | { ok: false; reason: string; message: string }
export type Ask = FetchRequest | { name: string; type: string }
export type Tried = { seen: Seen[]; calls: OutgoingCall[]; logs: string[] }
/** `signal`: the caller goes away. */
export type Around = Context & { deadlineMs?: number; signal?: AbortSignal }
/** One way that a request takes to the network; asks of one `send` go one after the other, in one call. */
export type Way = { send(asks: Ask[], around: Around): Promise<Tried>; close(): Promise<void> }
/** Environment of the operator, by its own names. */
export type Operator = { INDAG_RUNNER_PRIVATE_HOSTS?: string; INDAG_RUNNER_DNS?: string; INDAG_RUNNER_CA_FILE?: string }

const JAVASCRIPT = `export async function fetchData(_, ctx) {
  const seen = []
  for (const { url, name, type, ...init } of ctx.config.asks) {
    try {
      if (name !== undefined) {
        seen.push({ ok: true, found: await ctx.dns.resolve(name, type) })
        continue
      }
      const answer = await ctx.fetch(url, init)
      seen.push({ ok: true, status: answer.status, url: answer.url, headers: [...answer.headers], body: await answer.text() })
    } catch (error) {
      seen.push({ ok: false, reason: String(error.reason ?? error.name), message: String(error.message) })
    }
  }
  return { summary: 's', seen }
}`
const PYTHON = `
import indag
def fetch_data(indicator, ctx):
    seen = []
    for ask in ctx.config['asks']:
        try:
            if 'name' in ask:
                seen.append({'ok': True, 'found': list(ctx.dns.resolve(ask['name'], ask['type']))})
                continue
            answer = ctx.fetch(ask['url'], method=ask.get('method'), headers=dict(ask.get('headers') or []), body=ask.get('body'))
            seen.append({'ok': True, 'status': answer.status, 'url': answer.url, 'headers': list(answer.headers.items()), 'body': answer.text})
        except indag.FetchError as error:
            seen.append({'ok': False, 'reason': error.reason, 'message': str(error)})
        except Exception as error:
            seen.append({'ok': False, 'reason': type(error).__name__, 'message': str(error)})
    return {'summary': 's', 'seen': seen}
`
/** For those who do not test the limits themselves. */
const ROOM = { outgoingCalls: 1_000, outputBytes: 8 * 1024 * 1024, wallMs: 120_000 }

/** The host's own egress, and the real runner programs in both languages. */
export const WAYS: [name: string, open: (operator: Operator) => Promise<Way>][] = [
  ['the host', async (operator) => openHost(operator)],
  ['JavaScript', (operator) => openRunner('javascript', JAVASCRIPT, operator)],
  ['Python', (operator) => openRunner('python', PYTHON, operator)],
]

/** In this process: the same doors as a call of a runner has. */
export function openHost(operator: Operator): Way {
  const list = (text: string | undefined) => text?.split(',') ?? []
  const egress = openEgress({
    privateHosts: list(operator.INDAG_RUNNER_PRIVATE_HOSTS),
    dnsServers: list(operator.INDAG_RUNNER_DNS),
    caFile: operator.INDAG_RUNNER_CA_FILE,
  })
  return {
    send: async (
      asks,
      { hosts = [], credentials = [], secrets = {}, limits, trustDomain = '', deadlineMs = 60_000, signal },
    ) => {
      const calls: OutgoingCall[] = []
      const call = egress.open({
        poolKey: trustDomain,
        hosts,
        credentials,
        secrets: Object.values(secrets),
        limits: settleLimits({ ...ROOM, ...limits } as never),
        deadlineMs: Date.now() + deadlineMs,
        onCall: (one) => calls.push(one),
      })
      signal?.addEventListener('abort', () => call.close())
      const seen: Seen[] = []
      for (const each of asks) {
        const given = 'name' in each ? await call.dns(each.name, each.type) : await call.fetch(each)
        if (!given.ok) seen.push({ ok: false, ...given.failure })
        else if (Array.isArray(given.value)) seen.push({ ok: true, found: given.value } as never)
        else seen.push({ ok: true, ...given.value })
      }
      call.close()
      return { seen, calls, logs: [] }
    },
    close: () => egress.close(),
  }
}

async function openRunner(language: 'javascript' | 'python', code: string, operator: Operator): Promise<Way> {
  const runner = await startRunner(language, { ...operator })
  const hash = await publish(runner, code, language)
  return {
    send: async (asks, { deadlineMs = 60_000, limits, signal, ...context }) => {
      const given = { ...context, configJson: json({ asks }), limits: { ...ROOM, ...limits } as never }
      const answer = await ask(runner, hash, { context: given, deadlineMs, ...(signal ? { signal } : {}) })
      const logs = [...runner.logs]
      if (!answer.ok) throw new Error(`${answer.reason}: ${answer.failure.message}`)
      return { seen: answer.result?.seen as Seen[], calls: answer.report.calls, logs }
    },
    close: () => runner.stop(),
  }
}
