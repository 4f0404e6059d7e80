/**
 * Runs PostgreSQL and shuts it down when stdin closes: the pipe closes however the starting process ends, kill -9 included.
 * Arguments: JSON { uid?, gid?, cwd } and then the command line. Prints the server's pid as the first line of stdout.
 */
import { spawn } from 'node:child_process'

const IMMEDIATE_AFTER_MS = 20_000
const [options = '{}', command = '', ...args] = process.argv.slice(2)
const env = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' }
const server = spawn(command, args, { ...JSON.parse(options), env, stdio: ['ignore', 'ignore', 'inherit'] })

server.once('spawn', () => process.stdout.write(`${server.pid}\n`))
server.once('error', (error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
server.once('exit', (code, signal) => process.exit(signal ? 128 : (code ?? 1)))

let stopping = false
/** SIGINT is PostgreSQL's fast shutdown: clients are cut off, everything committed is kept. */
function stop(): void {
  if (stopping) return
  stopping = true
  server.kill('SIGINT')
  setTimeout(() => server.kill('SIGQUIT'), IMMEDIATE_AFTER_MS)
}

process.stdin.on('error', stop).on('close', stop).resume()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
process.stdout.on('error', () => {})
process.stderr.on('error', () => {})
