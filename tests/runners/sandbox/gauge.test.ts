import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { openGauge } from '../../../runners/contract/sandbox/index.ts'

describe('a gauge', () => {
  it('tells processor time and resident memory of a process, whose name may hold anything', async () => {
    const script =
      "process.title = 'a) R 1 (b'; const kept = Buffer.alloc(64 << 20, 1); process.send(kept.length); for (;;);"
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    await once(child, 'message')
    const gauge = openGauge(child.pid as number)
    expect(gauge.residentBytes).toBeGreaterThan(64 << 20)
    expect(gauge.residentBytes).toBeLessThan(1 << 30)
    const beginMs = gauge.cpuMs
    await expect.poll(() => (gauge.read(), gauge.cpuMs), { timeout: 30_000 }).toBeGreaterThan(beginMs + 50)
    child.kill('SIGKILL')
    await once(child, 'exit')
    gauge.read()
    expect([gauge.cpuMs, gauge.residentBytes]).toEqual([0, 0])
    gauge.close()
    gauge.read()
    expect(gauge.cpuMs).toBe(0)
  })

  it('of no process tells nothing', () => {
    const gauge = openGauge(-1)
    expect([gauge.cpuMs, gauge.residentBytes]).toEqual([0, 0])
    gauge.close()
  })
})
