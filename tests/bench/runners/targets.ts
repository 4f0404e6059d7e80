import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Metadata, credentials } from '@grpc/grpc-js'
import { RunnerServiceClient } from '@indag/proto/runner/v1/runner.ts'
import { startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { publish } from '../../runners/contract/ask.ts'
import { CODE } from './handler.ts'

export type Language = 'javascript' | 'python'
export const LANGUAGES: Language[] = ['javascript', 'python']

/** Something that answers FetchData: a floor, or a runner with one warm version. */
export type Target = {
  name: 'echo' | 'inline' | Language
  pid: number
  client: RunnerServiceClient
  metadata: Metadata
  hash: string
  stop(): Promise<void>
}

/** All that are compared with one another, floors first. */
export async function openTargets(): Promise<Target[]> {
  const floors = await Promise.all([openFloorTarget('echo'), openFloorTarget('inline')])
  return [...floors, ...(await Promise.all(LANGUAGES.map(openRunnerTarget)))]
}

export async function openFloor(kind: 'echo' | 'inline' | 'http') {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./floor-server.ts', import.meta.url)), kind], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  const { address } = JSON.parse(String(line)) as { address: string }
  const stop = async () => {
    child.stdin.end()
    await once(child, 'exit')
  }
  return { address, pid: child.pid as number, stop }
}

export function openRunner(language: Language): Promise<StartedRunner> {
  return startRunner(language, {
    INDAG_LOG_LEVEL: 'error',
    INDAG_RUNNER_UNSAFE: '1',
    INDAG_RUNNER_PRIVATE_HOSTS: '127.0.0.1',
  })
}

async function openFloorTarget(kind: 'echo' | 'inline'): Promise<Target> {
  const { address, pid, stop } = await openFloor(kind)
  const client = new RunnerServiceClient(address, credentials.createInsecure())
  const end = () => {
    client.close()
    return stop()
  }
  return { name: kind, pid, client, metadata: new Metadata(), hash: 'x'.repeat(64), stop: end }
}

async function openRunnerTarget(language: Language): Promise<Target> {
  const runner = await openRunner(language)
  const hash = await publish(runner, CODE[language], language)
  const { pid, client, stop } = runner
  return { name: language, pid, client, metadata: runner.metadata(), hash, stop }
}
