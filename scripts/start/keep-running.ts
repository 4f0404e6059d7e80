import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { PartLog } from './part-log.ts'
import { StartError, type Progress } from './progress.ts'

/** A program that is part of Indag. `ready` resolves with a remark once this run of it can be used. */
export type Part = {
  name: string
  command: string[]
  environment(): Record<string, string>
  prepare?(): void
  ready(run: Run): Promise<string>
}

/** One run of the program: its lines as they come, and its end in words ("exit code 1", "killed by SIGKILL"). */
export type Run = { child: ChildProcess; onLine(listener: (line: string) => void): void; ended: Promise<string> }

/** `ready` fails with a StartError and the part's last words when the first run ended before it was ready. */
export type KeptPart = { ready: Promise<void>; stop(): Promise<void>; restart(): void }

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000
const STEADY_AFTER_MS = 30_000
const STOP_PATIENCE_MS = 12_000

/** Starts the part at once, and from its first readiness on starts it again whenever it ends, with a growing pause. */
export function keepRunning(part: Part, log: PartLog, progress: Progress, onSpawn: (pid: number) => void): KeptPart {
  let stopping = false
  const launch = (): Run => {
    part.prepare?.()
    const run = startRun(part, log)
    if (run.child.pid !== undefined) onSpawn(run.child.pid)
    return run
  }
  let run = launch()
  const ready = untilReady(part, run).then((remark) => {
    if (remark === null) throw new StartError(`${part.name} ended before it was ready\n${log.lastWords()}`)
    progress(`${part.name} is ready${remark}`)
    void keep()
  })
  const keep = async () => {
    let pauseMs = FIRST_PAUSE_MS
    for (let readyAt = Date.now(); ; readyAt = Date.now()) {
      const how = await run.ended
      if (stopping) return
      pauseMs = Date.now() - readyAt > STEADY_AFTER_MS ? FIRST_PAUSE_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
      progress(`${part.name} ended (${how}); starting it again`)
      await new Promise((done) => setTimeout(done, pauseMs))
      if (stopping) return
      run = launch()
      const remark = await untilReady(part, run)
      if (remark !== null) progress(`${part.name} is ready again${remark}`)
    }
  }
  const stop = async () => {
    stopping = true
    await endRun(run)
    log.close()
  }
  return { ready, stop, restart: () => void run.child.kill('SIGTERM') }
}

/** The remark, formatted; null when the run ended first. */
async function untilReady(part: Part, run: Run): Promise<string | null> {
  const remark = await Promise.race([part.ready(run), run.ended.then(() => null)])
  return remark ? ` (${remark})` : remark
}

/** stdin is the pipe by which the part notices our end; detached, so that Ctrl-C reaches only us and we keep the order. */
function startRun(part: Part, log: PartLog): Run {
  const [command = '', ...args] = part.command
  const child = spawn(command, args, { env: part.environment(), detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
  const listeners: ((line: string) => void)[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      log.write(line)
      for (const listener of listeners) listener(line)
    })
  }
  child.stdin.on('error', () => {})
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal ? `killed by ${signal}` : `exit code ${code}`))
  })
  return { child, onLine: (listener) => void listeners.push(listener), ended }
}

async function endRun({ child, ended }: Run): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS)
  await ended
  clearTimeout(late)
}
