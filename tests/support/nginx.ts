import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../scripts/postgres/free-port.ts'
import { processTree } from './process-tree.ts'

export type AccessLine = { method: string; path: string; status: number; backend: string; traceId: string }

export type StartedNginx = {
  url: string
  /** Of the TLS server; present with `tlsFolder` only. */
  httpsUrl: string
  /** What it wrote to its error log so far. */
  errors: string[]
  accessLog(): AccessLine[]
  /** SIGHUP: new workers with the configuration as it is then; the old ones end their connections. Resolves when a new one serves. */
  reload(): Promise<void>
  /** Its worker processes, those that only end their connections included. */
  workers(): number[]
  stop(): Promise<void>
}

export type NginxOptions = {
  /** Base addresses, http://host:port. */
  backends: string[]
  pageFolder: string
  /** Holds fullchain.pem and privkey.pem. */
  tlsFolder?: string
  env?: Record<string, string>
  /** Directives of nginx.conf with another value, such as a shorter timeout: a name that does not stand there is refused. */
  directives?: Record<string, string>
}

export const shippedNginx = fileURLToPath(new URL('../../nginx', import.meta.url))

/**
 * The nginx program, or null when none is installed: then a suite says so by its name,
 * `describe.skipIf(nginxProgram === null)('... (skipped: no nginx is installed)', ...)`. In CI a missing nginx is a failure.
 */
export const nginxProgram = findNginx()

function findNginx(): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  const found = folders.map((folder) => join(folder, 'nginx')).find((path) => existsSync(path))
  if (!found && process.env['CI']) throw new Error('nginx is not installed, and in CI the NGINX tests must run')
  return found ?? null
}

/** The real nginx with the shipped files, byte for byte (but for `directives`), in a folder of its own; local/ is written anew, by render.sh. */
export async function startNginx(options: NginxOptions): Promise<StartedNginx> {
  const directory = mkdtempSync(join(tmpdir(), 'indag-nginx-'))
  const [port, tlsPort] = [await freePort(), await freePort()]
  const accessLog = join(directory, 'access.log')
  try {
    layOut(directory, options.directives)
    renderNginx(join(directory, 'conf/local'), {
      INDAG_BACKENDS: options.backends.map((url) => new URL(url).host).join(','),
      INDAG_PAGE_FOLDER: options.pageFolder,
      INDAG_HTTP_LISTEN: `127.0.0.1:${port}`,
      INDAG_HTTPS_LISTEN: `127.0.0.1:${tlsPort}`,
      INDAG_TLS_FOLDER: options.tlsFolder ?? '',
      INDAG_ACCESS_LOG: accessLog,
      ...options.env,
    })
    checkNginx(directory)
    return {
      ...(await run(directory, port)),
      url: `http://127.0.0.1:${port}`,
      httpsUrl: `https://127.0.0.1:${tlsPort}`,
    }
  } catch (error) {
    rmSync(directory, { recursive: true, force: true })
    throw error
  }
}

/** Runs render.sh as the image does. Throws what it says when it refuses. */
export function renderNginx(local: string, env: Record<string, string>): void {
  execFileSync('sh', [join(shippedNginx, 'render.sh'), local], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: 'pipe',
  })
}

function layOut(directory: string, directives: Record<string, string> = {}): void {
  mkdirSync(join(directory, 'run'))
  cpSync(shippedNginx, join(directory, 'conf'), {
    recursive: true,
    filter: (path) => path === shippedNginx || path.endsWith('.conf'),
  })
  const file = join(directory, 'conf/nginx.conf')
  for (const [name, value] of Object.entries(directives)) {
    const text = readFileSync(file, 'utf8')
    const changed = text.replace(new RegExp(`^( *${name}) [^;]+;`, 'm'), `$1 ${value};`)
    if (changed === text) throw new Error(`nginx.conf has no directive ${name}`)
    writeFileSync(file, changed)
  }
}

/** `nginx -t`. Throws what it says when a file is wrong. @returns its output, warnings included. */
export function checkNginx(directory: string): string {
  return execFileSync('sh', ['-c', '"$0" "$@" 2>&1', nginxProgram!, '-t', ...flags(directory)], { encoding: 'utf8' })
}

function flags(directory: string): string[] {
  // As root NGINX would serve as www-data, who may not read the checkout.
  const user = process.getuid?.() === 0 ? 'user root; ' : ''
  return [
    '-p',
    join(directory, 'run'),
    '-c',
    join(directory, 'conf/nginx.conf'),
    '-e',
    'stderr',
    '-g',
    `${user}daemon off;`,
  ]
}

async function run(directory: string, port: number): Promise<Omit<StartedNginx, 'url' | 'httpsUrl'>> {
  const errors: string[] = []
  const child = spawn(nginxProgram!, flags(directory), { stdio: ['ignore', 'ignore', 'pipe'] })
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(...text.split('\n').filter(Boolean)))
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const workers = () =>
    processTree(child.pid!)
      .filter((one) => one.pid !== child.pid)
      .map((one) => one.pid)
  const until = async (ready: () => boolean | Promise<boolean>) => {
    while (!(await ready())) {
      if (child.exitCode !== null) throw new Error(`nginx ended:\n${errors.join('\n')}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  await until(() => accepts(port))
  return {
    errors,
    accessLog: () =>
      readFileSync(join(directory, 'access.log'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as AccessLine),
    workers,
    reload: async () => {
      const before = new Set(workers())
      child.kill('SIGHUP')
      await until(() => workers().some((pid) => !before.has(pid)))
    },
    stop: async () => {
      process.off('exit', kill)
      if (child.exitCode === null) {
        const ended = once(child, 'exit')
        child.kill('SIGTERM')
        await ended
      }
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    }).once('error', () => resolve(false))
  })
}

/** A certificate for localhost, by the openssl program: Node cannot make one. */
export function makeCertificate(folder: string): void {
  mkdirSync(folder)
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost',
      '-keyout',
      join(folder, 'privkey.pem'),
      '-out',
      join(folder, 'fullchain.pem'),
    ],
    { stdio: 'pipe' },
  )
}
