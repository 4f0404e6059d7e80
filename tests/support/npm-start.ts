import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { processTree } from './process-tree.ts'

/** `npm start` as a person types it. `output` is what stdout said, `progress` what stderr said, both so far. */
export type NpmStart = {
  npm: ChildProcess
  output(): string
  progress(): string
  /** Resolves when the address was printed; throws with all that was said when it ended before. */
  ready(): Promise<void>
  ended: Promise<number | null>
  /** The pid of one part, by a piece of its command line. */
  pidOf(piece: string): number
}

const repository = resolve(import.meta.dirname, '../..')

export function npmStart(dataDir: string, port: number, env: Record<string, string> = {}): NpmStart {
  const npm = spawn('npm', ['start', '--silent'], {
    cwd: repository,
    env: { ...withoutSettings(process.env), INDAG_DATA_DIR: dataDir, INDAG_PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let progress = ''
  npm.stdout.on('data', (text: Buffer) => (output += text.toString()))
  npm.stderr.on('data', (text: Buffer) => (progress += text.toString()))
  const ended = once(npm, 'exit').then(([code]) => code as number | null)
  const ready = () =>
    new Promise<void>((done, fail) => {
      const look = () => output.includes('Indag is ready at') && done()
      npm.stdout.on('data', look)
      look()
      void ended.then((code) => fail(new Error(`npm start ended with ${code}:\n${progress}\n${output}`)))
    })
  const pidOf = (piece: string) => {
    const found = processTree(npm.pid ?? 0).find(
      ({ command }) => command.includes(piece) && !/^sh -c|guardian/.test(command),
    )
    if (found === undefined) throw new Error(`No process of npm start has "${piece}" in its command line`)
    return found.pid
  }
  return { npm, output: () => output, progress: () => progress, ready, ended, pidOf }
}

/** The test decides every setting; what npm tells its scripts would make the inner npm think it is the outer one. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = /^(INDAG_|DATABASE_URL$|REDIS_URL$|OTEL_|SENTRY_|npm_|NODE_ENV$|VITEST|NODE_OPTIONS$)/
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ours.test(name)))
}
