import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Metadata, credentials } from '@grpc/grpc-js'
import { RunnerServiceClient } from '@indag/proto/runner/v1/runner.ts'
import type { DescribeResponse } from '@indag/proto/runner/v1/runner.ts'

export type StartedRunner = {
  address: string
  token: string
  client: RunnerServiceClient
  /** With the token in it. */
  metadata(extra?: Record<string, string>): Metadata
  pid: number
  sandbox: string
  /** What the runner logged so far, one JSON line each. */
  logs: string[]
  /** SIGTERM, then waits for the orderly end. */
  stop(): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
}

const TOKEN = 'token-of-the-tests'

/** Starts the real runner program on a free port of loopback and waits for its ready line. */
export async function startRunner(
  language: 'javascript' | 'python',
  env: Record<string, string> = {},
): Promise<StartedRunner> {
  const main = fileURLToPath(new URL(`../../runners/${language}/main.ts`, import.meta.url))
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env.PATH ?? '',
      INDAG_RUNNER_LISTEN: '127.0.0.1:0',
      INDAG_RUNNER_TOKEN: TOKEN,
      INDAG_EXIT_WITH_PARENT: '1',
      INDAG_LOG_LEVEL: 'debug',
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const logs: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => logs.push(line))
  let ending = false
  const exited = once(child, 'exit')
  // A runner that dies by itself is what every test wants to know about.
  void exited.then(([code, signal]) => {
    if (!ending)
      process.stderr.write(
        `the ${language} runner ended by itself (${code ?? signal}):\n${logs.slice(-20).join('\n')}\n`,
      )
  })
  const ready = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(
      ([line]) => JSON.parse(String(line)) as { address: string; sandbox: string },
    ),
    exited.then(() => undefined),
  ])
  if (!ready) throw new Error(`The ${language} runner did not start:\n${logs.join('\n')}`)
  const token = env.INDAG_RUNNER_TOKEN ?? TOKEN
  const client = new RunnerServiceClient(ready.address, credentials.createInsecure())
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    ending = true
    client.close()
    child.kill(signal)
    await exited
  }
  return {
    address: ready.address,
    token,
    client,
    metadata: (extra = {}) => {
      const metadata = new Metadata()
      metadata.set('authorization', `Bearer ${token}`)
      for (const [name, value] of Object.entries(extra)) metadata.set(name, value)
      return metadata
    },
    pid: child.pid as number,
    sandbox: ready.sandbox,
    logs,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  }
}

/** What a runner says of itself; rejects with what gRPC says. */
export function describeRunner(runner: StartedRunner): Promise<DescribeResponse> {
  return new Promise((resolve, reject) => {
    runner.client.describe({}, runner.metadata(), (error, answer) => (error ? reject(error) : resolve(answer)))
  })
}

/** Its load now, which every runner of ours tells. */
export async function loadOf(runner: StartedRunner): Promise<NonNullable<DescribeResponse['load']>> {
  const { load } = await describeRunner(runner)
  if (!load) throw new Error('the runner does not tell its load')
  return load
}
