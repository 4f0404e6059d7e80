import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { repository } from '../support/image.ts'

/** docker-compose.yml is read as text, in the form that it is written in: Docker is not asked for. */
const text = readFileSync(join(repository, 'docker-compose.yml'), 'utf8')
const read = (path: string): string => readFileSync(join(repository, path), 'utf8')

/** Each key that stands `indent` far to the right, with what follows it up to the next one. */
function split(from: string, indent: string): Map<string, string> {
  const parts = from.split(new RegExp(`^${indent}(?=[a-z])`, 'm')).slice(1)
  return new Map(parts.map((part) => [part.slice(0, part.indexOf(':')), part.slice(part.indexOf(':') + 1)]))
}

const top = split(text.replaceAll(/^ *#.*\n/gm, ''), '')
const services = split(top.get('services')!, '  ')

/** A service with the blocks that it takes in, its own lines first: the first to say something counts. */
function whole(body: string): string {
  const taken = [...body.matchAll(/^(?: +<<:)? \*([a-z]+)$/gm)].map((match) => top.get(`x-${match[1]}`) ?? '')
  return [body, ...taken.map(whole)].join('\n')
}

const service = (name: string): string => whole(services.get(name)!)
const networksOf = (name: string): string[] => /^ +networks: \[(.*)\]$/m.exec(service(name))?.[1]?.split(', ') ?? []

describe('docker-compose.yml', () => {
  test('runs the production shape', () => {
    expect([...services.keys()]).toEqual([
      'nginx',
      'backend-1',
      'backend-2',
      'worker',
      'migrate',
      'runner-javascript',
      'runner-python',
      'postgres',
      'redis',
      'jaeger',
    ])
  })

  test('no runner is on the network of the database, which has no way out', () => {
    expect(networksOf('postgres')).toEqual(['data'])
    expect(networksOf('redis')).toEqual(['data'])
    expect(split(top.get('networks')!, '  ').get('data')).toContain('internal: true')
    for (const runner of ['runner-javascript', 'runner-python'])
      expect(networksOf(runner), runner).toEqual(['calls', 'outside'])
    for (const backend of ['backend-1', 'backend-2', 'worker'])
      expect(networksOf(backend), backend).toEqual(expect.arrayContaining(['data', 'calls']))
    expect(networksOf('nginx')).toEqual(['front'])
  })

  test('only the front door is open to others', () => {
    const published = [...text.matchAll(/^ +- ((?:[\w.${}:-]+:)?\d+)$/gm)]
      .map((match) => match[1]!)
      .filter((port) => port.includes(':'))
    expect(published).toEqual(['${INDAG_HTTP_PORT:-80}:8080', '${INDAG_HTTPS_PORT:-443}:8443', '127.0.0.1:16686:16686'])
  })

  test('holds no secret: each comes from outside, and none has a default', () => {
    const secrets = [...text.matchAll(/\$\{(\w*(?:PASSWORD|TOKEN|KEY|DSN)\w*)([^}]*)\}/g)]
    expect(new Set(secrets.map((match) => match[1]))).toContain('INDAG_SECRET_KEY')
    for (const [, name, rest] of secrets) expect(rest, name).toMatch(/^:\?.+|^:-$/)
    for (const name of ['INDAG_SECRET_KEY', 'INDAG_RUNNER_TOKEN', 'INDAG_DATABASE_PASSWORD', 'INDAG_PUBLIC_URL'])
      expect(text, name).not.toMatch(new RegExp(`\\$\\{${name}(\\}|:-)`))
    for (const [, name, value] of text.matchAll(/^ +(\w*(?:PASSWORD|TOKEN|SECRET_KEY)): (.*)$/gm))
      expect(value, name).toMatch(/^(&[\w-]+ )?\$\{|^\*runner-token$/)
  })

  test('every service is started again and has a health check', () => {
    for (const name of services.keys()) {
      expect(service(name), name).toMatch(/restart: (unless-stopped|'no')/)
      if (name !== 'jaeger') expect(service(name), name).toMatch(/healthcheck:/)
    }
    // Started once, it must not begin again; and it has no port to ask.
    expect(service('migrate')).toMatch(/^[^]*?restart: 'no'/)
  })

  test('what it builds and mounts exists', () => {
    const paths = [...text.matchAll(/dockerfile: ([\w/.-]+)/g), ...text.matchAll(/(?:seccomp:|- )\.\/([\w/.-]+)/g)].map(
      (match) => match[1]!,
    )
    expect(paths).toContain('runners/container-seccomp.json')
    for (const path of paths) expect(existsSync(join(repository, path)), path).toBe(true)
    for (const [, target] of text.matchAll(/target: (\w+)/g))
      expect(read('runners/Dockerfile')).toContain(` AS ${target}\n`)
    for (const volume of text.matchAll(/^ +- ([a-z-]+):\/var/gm))
      expect(top.get('volumes')).toContain(`  ${volume[1]}: {}`)
  })

  test('sets only variables that the programs read', () => {
    const known =
      read('backend/app/config/env.ts') +
      read('runners/contract/env.ts') +
      read('nginx/render.sh') +
      read('.env.example')
    const set = [...text.matchAll(/^ +((?:INDAG|DATABASE|REDIS|OTEL|SENTRY)_\w+):/gm)].map((match) => match[1]!)
    expect(set.length).toBeGreaterThan(15)
    for (const name of set) expect(known, name).toContain(name)
    for (const [, role] of text.matchAll(/INDAG_ROLE: (\w+)/g))
      expect(read('backend/app/config/env.ts')).toContain(`'${role}'`)
  })

  test('the profile of the runners allows what the sandbox calls, and nothing that loads code into the kernel', () => {
    const profile = JSON.parse(read('runners/container-seccomp.json')) as {
      defaultAction: string
      syscalls: { names: string[]; action: string }[]
    }
    const refused = new Set(
      profile.syscalls.filter(({ action }) => action === 'SCMP_ACT_ERRNO').flatMap(({ names }) => names),
    )
    for (const name of ['bpf', 'init_module', 'kexec_load', 'io_uring_setup', 'userfaultfd'])
      expect(refused).toContain(name)
    const launcher = ['namespaces', 'landlock', 'seccomp', 'privileges']
      .map((name) => read(`runners/contract/sandbox/launcher/${name}.py`))
      .join('\n')
    const called = [...launcher.matchAll(/kernel\.syscall\('(\w+)'/g)].map((match) => match[1]!)
    expect(called).toContain('pivot_root')
    for (const name of [...called, 'mount', 'umount2', 'clone', 'clone3', 'sethostname', 'prctl', 'setrlimit'])
      expect(refused.has(name), name).toBe(false)
  })
})
