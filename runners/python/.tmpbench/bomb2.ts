import { startRunner } from '../../../tests/support/runner.ts'
import { ask, fetchData, pythonVersion, update } from '../../../tests/runners/python/ask-python.ts'
const runner = await startRunner('python')
const good = 'def fetch_data(i, ctx):\n    return {"summary": "good"}\n'
await ask(runner, good)
const bombs = [
      'import threading\ndef fetch_data(i, ctx):\n    while True:\n        try: threading.Thread(target=lambda: [None for _ in iter(int, 1)]).start()\n        except RuntimeError: pass\n',
      'def fetch_data(i, ctx):\n    a = []\n    while True:\n        try: a.append(bytearray(1 << 16))\n        except MemoryError: pass\n',
      'import os\ndef fetch_data(i, ctx):\n    while True:\n        try: os.fork()\n        except OSError: pass\n',
      'def fetch_data(i, ctx):\n    while True: ctx.log.info("x" * 2000)\n',
      'def fetch_data(i, ctx):\n    while True: print("x" * 10000)\n',
]
for (let k=0;k<3;k++){ const vs = bombs.map(b => pythonVersion(b)); for (const v of vs) await update(runner, v); const x = vs.map(v => fetchData(runner, v, { context: { limits: { wallMs: 600 } } })); const l = await Promise.all(Array.from({ length: 100 }, () => fetchData(runner, pythonVersion(good)))); console.log(l.filter(a=>a.outcome!=='found').slice(0,3)); console.log((await Promise.all(x)).map((a:any)=>a.reason+' '+a.message)) }
console.log(runner.logs.slice(-4));await runner.kill(); process.exit(0)
for (const b of bombs) {
  const v = pythonVersion(b); await update(runner, v)
  const t = performance.now()
  const bombing = fetchData(runner, v, { context: { limits: { wallMs: 600 } } })
  const living = await Promise.all(Array.from({ length: 100 }, async () => { const t=performance.now(); const a = await fetchData(runner, pythonVersion(good)); return {...a, ms: performance.now()-t} }))
  console.log(b.slice(0, 60).replaceAll('\n', ' '), JSON.stringify(await bombing).slice(0, 150), (performance.now() - t).toFixed(0), 'bad', living.filter(a => a.outcome !== 'found').map(a => JSON.stringify(a))[0]?.slice(0, 200), Math.max(...living.map(a=>a.ms)).toFixed(0))
}
console.log(runner.logs.slice(-6).map(x => x.slice(0, 400)))
await runner.kill(); process.exit(0)
