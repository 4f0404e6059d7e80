import { probeSandbox } from '../../contract/sandbox/index.ts'
import { openPython } from '../open-python.ts'
const sandbox = await probeSandbox({ python: 'python3' })
if (process.env.LAYERS) sandbox.layers.splice(0, 99, ...process.env.LAYERS.split(',').filter(Boolean))
const log: any = { debug() {}, info() {}, warn: console.log, error: console.log }
const ex = await openPython({ env: { stateDir: '/tmp' } as any, sandbox, log })
const code = `def fetch_data(indicator, ctx):
    rows = ctx.config["rows"]
    return {"summary": indicator.value, "facts": [{"name": r["k"], "value": r["v"]} for r in rows], "raw": {"rows": rows}}
`
const version = { hash: 'h', language: 'python', code, requirements: [], sourceId: 's' }
const limits = { wallMs: 10000, cpuMs: 5000, memoryBytes: 64 << 20, outputBytes: 1 << 20, logLines: 100, outgoingCalls: 20, concurrentCalls: 64, responseBytes: 1 << 20 }
const cfg = Buffer.from(JSON.stringify({ rows: [1, 2, 3, 4, 5].map(v => ({ k: 'key' + v, v })) }))
const host: any = {}
const one = () => ex.call({ version, hook: 'fetchData', sourceId: 's', trustDomain: 'd', indicator: { kind: 'ipv4', value: '192.0.2.1' }, configJson: cfg, matchesJson: Buffer.alloc(0), secrets: {}, limits, deadlineMs: Date.now() + 10000 }, host, new AbortController().signal)
const r = await one(); if (!r.ok) console.log(r)
for (let k = 0; k < 3; k++) {
  const t: number[] = []
  const c = process.cpuUsage(), w = performance.now()
  for (let i = 0; i < 5000; i++) { const a = performance.now(); await one(); t.push(performance.now() - a) }
  t.sort((a, b) => a - b); const u = process.cpuUsage(c)
  console.log('serial p50', t[2500]!.toFixed(3), 'p90', t[4500]!.toFixed(3), 'runner cpu us', ((u.user + u.system) / 5000).toFixed(0))
}
let n = 30000; const a = performance.now(), c = process.cpuUsage()
await Promise.all(Array.from({ length: 32 }, async () => { while (n-- > 0) await one() }))
const u = process.cpuUsage(c)
console.log('c32 /s', (30000 / (performance.now() - a) * 1000).toFixed(0), 'runner cpu us', ((u.user + u.system) / 30000).toFixed(0), ex.load())
await ex.close(); process.exit(0)
