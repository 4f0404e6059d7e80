import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { repository } from '../support/image.ts'
import { findKubernetesTools, readManifests, versions } from './kubernetes-tools.ts'
import { matches, ofKind, workloadsOf, type Container, type Manifest, type Workload } from './manifest.ts'
import { mayReach, type End } from './reach.ts'

const tools = findKubernetesTools()
const skipped = tools === null ? ' (skipped: kustomize or the schemas of Kubernetes cannot be had)' : ''
const overlays = ['kubernetes/overlays/small', 'kubernetes/overlays/production'] as const
const read = (path: string): string => readFileSync(join(repository, path), 'utf8')

describe.skipIf(tools === null)(`the schemas of Kubernetes${skipped}`, () => {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'x' },
    spec: { ports: [{ port: 80 }], selector: { a: 'b' } },
  }
  const refusals = (manifest: object) => tools!.validate(stringify(manifest), versions[0])

  test('pass what is right', () => {
    expect(refusals(service)).toEqual([])
  })

  test.each([
    ['a field that does not exist', { ...service, spec: { ...service.spec, selektor: {} } }, 'selektor'],
    ['a number for a text', { ...service, spec: { ...service.spec, clusterIP: 5 } }, 'clusterIP'],
    ['a port without its number', { ...service, spec: { ports: [{ name: 'http' }] } }, 'port'],
    ['a kind that nobody knows', { ...service, kind: 'Servise' }, 'servise'],
  ])('refuse %s', (_, manifest, named) => {
    expect(refusals(manifest).join('\n').toLowerCase()).toContain(named.toLowerCase())
  })

  test('kustomize refuses a folder that names a file which is not there', () => {
    expect(() => tools!.build('kubernetes')).toThrow('kustomization')
  })

  test.each(['kubernetes/base', 'kubernetes/overlays/small'])(
    '%s has a template of its secrets, without values',
    (folder) => {
      const text = read(`${folder}/secrets.template.yaml`)
      for (const version of versions) expect(tools!.validate(text, version)).toEqual([])
      for (const { stringData } of readManifests(text))
        for (const [name, value] of Object.entries(stringData!)) expect(value, name).toBe('')
      expect(read(`${folder}/kustomization.yaml`)).not.toContain('secrets.template')
    },
  )
})

describe.skipIf(tools === null).each(overlays)(`%s${skipped}`, (overlay) => {
  let text: string
  let manifests: Manifest[]
  let workloads: Workload[]
  let containers: [string, Container][]

  beforeAll(() => {
    text = tools!.build(overlay)
    manifests = readManifests(text)
    workloads = workloadsOf(manifests)
    containers = workloads.flatMap((one) =>
      one.spec.template.spec.containers.map((container): [string, Container] => [one.metadata.name, container]),
    )
    expect(workloads.length).toBeGreaterThan(5)
  })

  test.each(versions)('every document is valid in Kubernetes %s', { timeout: 300_000 }, (version) => {
    expect(tools!.validate(text, version)).toEqual([])
  })

  test('everything is in one namespace, and no secret is in it', () => {
    expect(ofKind(manifests, 'Secret')).toEqual([])
    for (const { kind, metadata } of manifests)
      if (kind !== 'Namespace') expect(metadata.namespace, metadata.name).toBe('indag')
  })

  test('selectors, services, budgets and scalers find what they are for', () => {
    const labelsOf = (one: Workload) => one.spec.template.metadata.labels
    const found = (selector: Parameters<typeof matches>[0]) =>
      workloads.filter((workload) => matches(selector, labelsOf(workload))).length
    for (const one of workloads.filter(({ kind }) => kind !== 'Job')) {
      expect(matches(one.spec.selector, labelsOf(one)), one.metadata.name).toBe(true)
      expect(found(one.spec.selector), one.metadata.name).toBe(1)
      if (one.kind === 'StatefulSet')
        expect(ofKind(manifests, 'Service').map(({ metadata }) => metadata.name)).toContain(one.spec.serviceName)
    }
    for (const service of ofKind(manifests, 'Service')) {
      const selected = found({ matchLabels: service.spec.selector! as Record<string, string> })
      expect(selected, service.metadata.name).toBe(1)
      const [, container] = containers.find(([name]) => name === service.metadata.name)!
      for (const { targetPort } of service.spec.ports!) expect(portOf(container, targetPort)).toBeDefined()
    }
    for (const budget of ofKind(manifests, 'PodDisruptionBudget'))
      expect(found(budget.spec.selector), budget.metadata.name).toBe(1)
    for (const { spec } of ofKind(manifests, 'HorizontalPodAutoscaler')) {
      const target = workloads.find(
        (one) => one.kind === spec.scaleTargetRef!.kind && one.metadata.name === spec.scaleTargetRef!.name,
      )
      // A number here would be set back at every apply.
      expect(target, spec.scaleTargetRef!.name).toMatchObject({
        spec: expect.not.objectContaining({ replicas: expect.anything() as number }) as object,
      })
      expect(spec.maxReplicas).toBeGreaterThanOrEqual(spec.minReplicas!)
    }
  })

  test('a budget never forbids to empty a node', () => {
    for (const { metadata, spec } of ofKind(manifests, 'PodDisruptionBudget')) {
      const scaler = ofKind(manifests, 'HorizontalPodAutoscaler').find((one) => one.metadata.name === metadata.name)
      const least =
        scaler?.spec.minReplicas ?? workloads.find((one) => one.metadata.name === metadata.name)!.spec.replicas!
      if (spec.minAvailable !== undefined) expect(least, metadata.name).toBeGreaterThan(spec.minAvailable)
      else expect(spec.maxUnavailable, metadata.name).toBeGreaterThan(0)
    }
  })

  test('only variables are set that the programs read', () => {
    const listed = new Set([...read('.env.example').matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1]!))
    const maps = new Map(ofKind(manifests, 'ConfigMap').map((one) => [one.metadata.name, Object.keys(one.data!)]))
    const templates = new Map(
      ['kubernetes/base', 'kubernetes/overlays/small']
        .flatMap((folder) => readManifests(read(`${folder}/secrets.template.yaml`)))
        .map((one) => [one.metadata.name, Object.keys(one.stringData!)]),
    )
    for (const [name, { env = [], envFrom = [] }] of containers) {
      const sets = envFrom.map(
        (one) => maps.get(one.configMapRef?.name ?? '') ?? templates.get(one.secretRef?.name ?? ''),
      )
      expect(sets, name).not.toContain(undefined)
      for (const { name: variable, valueFrom } of env)
        if (valueFrom?.secretKeyRef)
          expect(templates.get(valueFrom.secretKeyRef.name), name).toContain(valueFrom.secretKeyRef.key)
        else if (name === 'web') expect(read('nginx/render.sh'), variable).toContain(`\${${variable}:-`)
        else if (name !== 'database') expect(listed, name).toContain(variable)
      for (const variable of sets.flatMap((set) => set ?? [])) expect(listed, name).toContain(variable)
    }
  })

  test('every probe asks a port that is there, and a path that is answered', () => {
    const routes = read('backend/app/http/open-http.ts')
    for (const [name, container] of containers.filter(([one]) => one !== 'migrate')) {
      const { startupProbe, readinessProbe, livenessProbe } = container
      for (const probe of [startupProbe, readinessProbe, livenessProbe]) {
        expect(probe, name).toBeDefined()
        const { httpGet, tcpSocket, grpc, exec } = probe!
        if (exec) continue
        expect(portOf(container, (httpGet ?? tcpSocket ?? grpc)!.port), name).toBeDefined()
        if (httpGet) expect(routes, name).toContain(`app.get('${httpGet.path}'`)
      }
      if (name.startsWith('runner-')) expect(readinessProbe!.grpc, name).toEqual({ port: 50051 })
      if (name.startsWith('backend-')) expect(readinessProbe!.httpGet!.path, name).toBe('/readyz')
    }
  })

  test('every container is bounded, pinned and without rights; runners alone have a profile of their own', () => {
    for (const { metadata, spec } of workloads) {
      const pod = spec.template.spec
      expect(pod, metadata.name).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      })
      expect(pod.securityContext.runAsUser, metadata.name).toBeGreaterThan(0)
    }
    for (const [name, { image, resources, securityContext: rights }] of containers) {
      expect(image, name).toMatch(/^[a-z-]+:\d+\.\d+(\.\d+)?(-[a-z]+)?$/)
      expect(Object.keys(resources.requests).toSorted(), name).toEqual(['cpu', 'ephemeral-storage', 'memory'])
      expect(Object.keys(resources.limits).toSorted(), name).toEqual(['ephemeral-storage', 'memory'])
      expect(rights, name).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      })
      expect(rights.capabilities.add, name).toBeUndefined()
      expect(rights.seccompProfile?.type, name).toBe(name.startsWith('runner-') ? 'Localhost' : undefined)
    }
  })

  test('images bear the version of the product', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string }
    const ours = containers.map(([, { image }]) => image).filter((image) => image.startsWith('indag-'))
    expect(ours.length).toBe(6)
    for (const image of ours) expect(image).toBe(`${image.split(':')[0]}:${version}`)
  })

  test('whoever is told to stop has the time to end what it does', () => {
    const settings = Object.assign({}, ...ofKind(manifests, 'ConfigMap').map(({ data }) => data)) as Record<
      string,
      string
    >
    const longestStop = /const longestStopMs = ([\d_]+)/.exec(read('backend/main.ts'))![1]!
    const needed = (name: string) => {
      if (name.startsWith('backend-')) return Number(longestStop.replaceAll('_', '')) / 1_000
      return name.startsWith('runner-') ? Number(settings['INDAG_RUNNER_DRAIN_MS']) / 1_000 : 0
    }
    for (const { metadata, spec, kind } of workloads) {
      if (kind === 'Job') continue
      const { containers: own, terminationGracePeriodSeconds: grace } = spec.template.spec
      const before = own[0]!.lifecycle?.preStop?.sleep?.seconds ?? 0
      expect(grace, metadata.name).toBeGreaterThan(before + needed(metadata.name))
    }
  })

  test('what is mounted exists, and a root that cannot be written has its places for what is', () => {
    for (const { metadata, spec } of workloads) {
      const volumes = [
        ...(spec.template.spec.volumes ?? []),
        ...(spec.volumeClaimTemplates ?? []).map((one) => one.metadata),
      ]
      for (const { volumeMounts = [] } of spec.template.spec.containers)
        for (const { name } of volumeMounts)
          expect(
            volumes.map((one) => one.name),
            metadata.name,
          ).toContain(name)
    }
  })

  test('as many runners are listed as may be started', () => {
    const listed = manifests.find(({ metadata }) => metadata.name === 'indag-backend')!.data!['INDAG_RUNNERS']!
    for (const language of ['javascript', 'python']) {
      const scaler = ofKind(manifests, 'HorizontalPodAutoscaler').find(
        ({ metadata }) => metadata.name === `runner-${language}`,
      )!
      const names = [...listed.matchAll(new RegExp(`runner-${language}-(\\d)\\.runner-${language}:50051`, 'g'))]
      expect(names.map((match) => Number(match[1]))).toEqual(names.map((_, index) => index))
      expect(names.length).toBeGreaterThanOrEqual(scaler.spec.maxReplicas!)
    }
  })

  describe('its NetworkPolicies', () => {
    const pod = (name: string): End => ({ pod: name })
    const at = (address: string): End => ({ address })
    const others: End = { namespace: { 'kubernetes.io/metadata.name': 'default' } }
    const reader: End = { namespace: { 'indag.dev/metrics-reader': 'true' } }
    const dns: End = { namespace: { 'kubernetes.io/metadata.name': 'kube-system' }, labels: { 'k8s-app': 'kube-dns' } }
    const backends = ['backend-server', 'backend-worker', 'migrate']
    const runners = ['runner-javascript', 'runner-python']
    const privates = ['10.1.2.3', '172.16.0.1', '192.168.1.1', '100.64.0.1', '127.0.0.1', '169.254.169.254', '0.0.0.0']
    const privates6 = ['::1', 'fc00::1', 'fd12::1', 'fe80::1', '64:ff9b::a00:1', '::ffff:10.0.0.1']
    const reaches = (from: End, to: End, port: number) => mayReach(manifests, from, to, port)

    test('let everybody to the door, and the door to servers only', () => {
      for (const from of [at('8.8.8.8'), at('10.0.0.1'), others])
        for (const port of [8080, 8443]) expect(reaches(from, pod('web'), port)).toBe(true)
      expect(reaches(pod('web'), pod('backend-server'), 8080)).toBe(true)
      for (const name of ['backend-worker', ...runners]) expect(reaches(pod('web'), pod(name), 8080), name).toBe(false)
      for (const address of ['8.8.8.8', ...privates]) expect(reaches(pod('web'), at(address), 443), address).toBe(false)
    })

    test('let nobody but the door to servers', () => {
      for (const from of [others, at('8.8.8.8'), ...runners.map(pod)])
        expect(reaches(from, pod('backend-server'), 8080)).toBe(false)
    })

    test('let runners be called by backends only, on the one port', () => {
      for (const runner of runners) {
        for (const name of backends) expect(reaches(pod(name), pod(runner), 50051), name).toBe(true)
        for (const from of [pod('web'), ...runners.map(pod), others, reader, at('8.8.8.8')])
          expect(reaches(from, pod(runner), 50051)).toBe(false)
        for (const name of backends) expect(reaches(pod(name), pod(runner), 22)).toBe(false)
      }
    })

    test('let runners reach the world and names, and nothing private', () => {
      for (const runner of runners.map(pod)) {
        for (const address of ['8.8.8.8', '1.1.1.1', '2606:4700::1111'])
          for (const port of [443, 80, 8443]) expect(reaches(runner, at(address), port), address).toBe(true)
        for (const address of [...privates, ...privates6, '224.0.0.1'])
          for (const port of [443, 5432, 6379]) expect(reaches(runner, at(address), port), address).toBe(false)
        for (const name of [...backends, 'web']) expect(reaches(runner, pod(name), 8080), name).toBe(false)
        expect(reaches(runner, dns, 53)).toBe(true)
        expect(reaches(runner, dns, 443)).toBe(false)
        expect(reaches(runner, others, 443)).toBe(false)
      }
    })

    test('let only backends to the data', () => {
      const data = workloads.some(({ metadata }) => metadata.name === 'database')
      const [database, redis] = data ? [pod('database'), pod('redis')] : [at('10.0.10.5'), at('10.0.11.5')]
      for (const name of backends) {
        expect(reaches(pod(name), database!, 5432), name).toBe(true)
        expect(reaches(pod(name), redis!, 6379), name).toBe(true)
        expect(reaches(pod(name), database!, 22), name).toBe(false)
      }
      for (const name of ['web', ...runners]) {
        expect(reaches(pod(name), database!, 5432), name).toBe(false)
        expect(reaches(pod(name), redis!, 6379), name).toBe(false)
      }
      if (data) for (const end of [others, reader, at('8.8.8.8')]) expect(reaches(end, database!, 5432)).toBe(false)
    })

    test('let metrics be read where a namespace is named for it', () => {
      expect(reaches(reader, pod('backend-server'), 8080)).toBe(true)
      for (const runner of runners) expect(reaches(reader, pod(runner), 9464)).toBe(true)
      expect(reaches(others, pod('runner-python'), 9464)).toBe(false)
    })

    test('are read by the test as Kubernetes reads them: without them everything is open', () => {
      const open = manifests.filter(({ kind }) => kind !== 'NetworkPolicy')
      expect(mayReach(open, pod('runner-python'), at('169.254.169.254'), 80)).toBe(true)
      const closed = manifests.filter(
        ({ kind, metadata }) => kind !== 'NetworkPolicy' || metadata.name === 'default-deny',
      )
      expect(mayReach(closed, pod('runner-python'), at('8.8.8.8'), 443)).toBe(false)
    })
  })
})

function portOf(container: Container, port: string | number): number | undefined {
  return container.ports?.find((one) => one.name === port || one.containerPort === port)?.containerPort
}
