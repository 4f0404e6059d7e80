import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export const program = fileURLToPath(new URL('../../cli/bin/indag.js', import.meta.url))

export type Run = { code: number | null; out: string; err: string }
export type RunOptions = { env?: Record<string, string>; input?: string; node?: string }

/** Runs the real program as a script would: no terminal, and nothing of our own environment but PATH and HOME. */
export async function indag(
  args: string[],
  { env = {}, input = '', node = process.execPath }: RunOptions = {},
): Promise<Run> {
  const child = spawn(node, [program, ...args], {
    env: { PATH: process.env['PATH'], XDG_CONFIG_HOME: '/nonexistent', ...env },
    stdio: 'pipe',
  })
  const run: Run = { code: null, out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (run.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (run.err += chunk.toString()))
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [code] = (await once(child, 'close')) as [number | null]
  return { ...run, code }
}

export type Reply = { when: RegExp; type: string }

/** Runs the program in a terminal (a pty of Python's). Types each reply when its question is on the screen. */
export async function indagInTerminal(
  args: string[],
  env: Record<string, string>,
  replies: Reply[] = [],
): Promise<Run> {
  const inPty = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))'
  const child = spawn('python3', ['-c', inPty, process.execPath, program, ...args], {
    env: { PATH: process.env['PATH'], TERM: 'xterm-256color', XDG_CONFIG_HOME: '/nonexistent', ...env },
    stdio: 'pipe',
  })
  const run: Run = { code: null, out: '', err: '' }
  const left = [...replies]
  child.stdout.on('data', (chunk: Buffer) => {
    run.out += chunk.toString()
    if (left[0]?.when.test(run.out)) child.stdin.write(`${left.shift()?.type}\r`)
  })
  child.stderr.on('data', (chunk: Buffer) => (run.err += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { ...run, code }
}
