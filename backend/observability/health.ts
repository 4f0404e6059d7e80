import { Hono } from 'hono'

export type Check = {
  name: string
  /** Whether the product cannot work without it. */ vital: boolean
  run(): Promise<CheckResult>
}
export type CheckResult = { ok: boolean; detail: string; data?: unknown }

const checkTimeoutMs = 2_000

/** `/livez` says that the process turns; `/readyz` asks every check and names what is down. Neither needs a sign-in. */
export function openHealth() {
  const checks: Check[] = []
  const routes = new Hono()
  routes.get('/livez', (c) => c.json({ status: 'ok' }))
  routes.get('/readyz', async (c) => {
    const results = await Promise.all(checks.map(runCheck))
    const ready = results.every((result) => result.ok || !result.vital)
    const degraded = results.some((result) => !result.ok)
    const status = ready ? (degraded ? 'degraded' : 'ready') : 'not-ready'
    return c.json({ status, checks: results }, ready ? 200 : 503)
  })
  return { routes, add: (check: Check) => void checks.push(check) }
}

async function runCheck(check: Check) {
  const late = new Promise<CheckResult>((resolve) => {
    setTimeout(resolve, checkTimeoutMs, { ok: false, detail: `did not answer within ${checkTimeoutMs} ms` }).unref()
  })
  const result = await Promise.race([check.run(), late]).catch((error: unknown) => ({
    ok: false,
    detail: error instanceof Error ? error.message : String(error),
  }))
  return { name: check.name, vital: check.vital, ...result }
}
