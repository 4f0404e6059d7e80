/** The sources, kinds and runners of the fake backend: one of each sort that the client must be able to show. */

const kind = (slug: string, name: string, plural: string, example: string, enrichable = true) => ({
  slug,
  name,
  plural,
  example,
  enrichable,
})

export const kinds = [
  kind('ipv4', 'IPv4 address', 'IPv4 addresses', '1.1.1.1'),
  kind('ipv6', 'IPv6 address', 'IPv6 addresses', '2606:4700::1111'),
  kind('domain', 'Domain', 'Domains', 'example.com'),
  kind('url', 'URL', 'URLs', 'https://example.com/a'),
  kind('email', 'E-mail address', 'E-mail addresses', 'a@example.com'),
  kind('md5', 'MD5', 'MD5 hashes', '44d88612fea8a8f36de82e1278abb02f'),
  kind('sha256', 'SHA-256', 'SHA-256 hashes', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'),
  kind('cve', 'CVE', 'CVEs', 'CVE-2021-44228'),
  kind('asn', 'AS number', 'AS numbers', 'AS13335'),
  kind('user-agent', 'User agent', 'User agents', 'curl/8.5.0'),
  kind('file-path', 'File path', 'File paths', 'C:\\Windows\\a.exe', false),
]

type Exposure = 'local' | 'passive' | 'active' | 'submits'
export type FakeSource = ReturnType<typeof source>

function source(
  provider: string,
  slug: string,
  name: string,
  description: string,
  knows: string[],
  exposure: Exposure,
  more: { secret?: string; list?: boolean; host?: string; limits?: [number, string, number][] } = {},
) {
  const providerSlug = provider.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
  return {
    id: `source-${slug}`,
    slug,
    name,
    description,
    documentation: 'https://docs.invalid/source',
    provider: { slug: providerSlug, name: provider },
    language: 'javascript',
    kinds: knows,
    disabledKinds: [] as string[],
    enabled: true,
    exposure,
    maximumTlp: exposure === 'local' ? 'RED' : exposure === 'submits' ? 'GREEN' : 'AMBER',
    maximumPap: exposure === 'local' ? 'RED' : exposure === 'active' ? 'GREEN' : 'AMBER',
    reliability: exposure === 'local' ? 'A' : 'B',
    cacheTtlSeconds: 86_400,
    timeoutMs: 10_000,
    limits: (more.limits ?? []).map(([calls, per, used]) => ({
      calls,
      per,
      used,
      resetsAt: new Date(Date.now() + 3_600_000).toISOString(),
    })),
    hosts: more.host ? [more.host] : [],
    tags: exposure === 'local' ? ['offline'] : ['reputation'],
    terms: exposure === 'local' ? null : 'Free for personal use; see the terms of the provider.',
    codeVersion: 1,
    lastCall: null as { at: string; state: string; durationMs: number } | null,
    config: (more.host ? { baseUrl: `https://${more.host}` } : {}) as Record<string, unknown>,
    configSchema: {
      type: 'object',
      properties: more.host
        ? {
            baseUrl: { type: 'string', format: 'uri', title: 'Base address', description: 'Where the API is reached.' },
            detail: { type: 'string', enum: ['short', 'full'], default: 'short', title: 'Detail' },
            pages: { type: 'integer', minimum: 1, maximum: 10, default: 1, title: 'Pages to read' },
          }
        : {},
    },
    secrets: more.secret
      ? [
          {
            name: more.secret,
            required: true,
            description: 'The key of the account.',
            help: 'https://keys.invalid/get',
            set: false,
            last4: null as string | null,
            updatedAt: null as string | null,
            lastUsedAt: null as string | null,
          },
        ]
      : [],
    dataset: more.list
      ? {
          key: 'cidr',
          origin: { list: true },
          version: null as number | null,
          records: null as number | null,
          updatedAt: null as string | null,
        }
      : null,
  }
}

const hosts = ['domain', 'ipv4']

export const makeSources = (): FakeSource[] => [
  source(
    'Indag',
    'address-scope',
    'Address scope',
    'Class, scope and meaning of an address, by the registries of IANA.',
    ['ipv4', 'ipv6'],
    'local',
  ),
  source(
    'Indag',
    'domain-anatomy',
    'Domain anatomy',
    'Public suffix, registrable part and odd letters of a name.',
    ['domain', 'url', 'email'],
    'local',
  ),
  source(
    'Indag',
    'hash-known',
    'Known hashes',
    'Type of a hash, and hashes that everyone knows.',
    ['md5', 'sha256'],
    'local',
  ),
  source('Indag', 'cve-form', 'CVE form', 'Year, number and well-formedness.', ['cve'], 'local'),
  source('Indag', 'own-list', 'Own list', 'Keys loaded from your own file.', ['ipv4', 'domain'], 'local', {
    list: true,
  }),
  source(
    'IP location DB',
    'asn',
    'ASN',
    'Autonomous system that announces an address.',
    ['ipv4', 'ipv6', 'asn'],
    'local',
  ),
  source(
    'IP location DB',
    'country',
    'Country',
    'Country that an address is registered in.',
    ['ipv4', 'ipv6'],
    'local',
  ),
  source('AbuseIPDB', 'abuseipdb', 'AbuseIPDB', 'Reports of abuse by address.', ['ipv4', 'ipv6'], 'passive', {
    secret: 'apiKey',
    host: 'api.abuseipdb.invalid',
    limits: [[1000, 'day', 0]],
  }),
  source(
    'DNS',
    'dns',
    'DNS records',
    'Addresses, mail and name servers of a name, asked of your resolver.',
    ['domain', 'url'],
    'active',
  ),
  source('abuse.ch', 'urlhaus', 'URLhaus', 'URLs that spread malware.', ['url', ...hosts], 'passive', {
    host: 'urlhaus-api.invalid',
  }),
  source(
    'Calm Noise',
    'calm-noise',
    'Calm Noise',
    'Who scans the whole internet, and who means well.',
    [...hosts, 'url'],
    'passive',
    { host: 'api.calm.invalid' },
  ),
  source('Shodan', 'internetdb', 'InternetDB', 'Open ports and known weaknesses of an address.', ['ipv4'], 'passive', {
    host: 'internetdb.invalid',
  }),
  source(
    'VirusTotal',
    'virustotal',
    'VirusTotal',
    'What some 70 engines say.',
    [...hosts, 'url', 'md5', 'sha256'],
    'passive',
    {
      host: 'virustotal.invalid',
      limits: [
        [4, 'minute', 4],
        [500, 'day', 212],
      ],
    },
  ),
]

export const runners = [
  {
    endpoint: '127.0.0.1:50051',
    language: 'javascript',
    languageVersion: '24.21.0',
    state: 'serving',
    sandboxLevel: 'namespaces',
    sandboxLayers: ['isolate', 'namespaces', 'seccomp', 'rlimits'],
    load: { children: 2, memoryBytes: 94_371_840, kills: 0 },
    latencyMs: 1,
    instanceId: 'a',
  },
  {
    endpoint: '127.0.0.1:50052',
    language: 'python',
    languageVersion: '3.11.2',
    state: 'serving',
    sandboxLevel: 'namespaces',
    sandboxLayers: ['namespaces', 'rlimits'],
    load: { children: 1, memoryBytes: 41_943_040, kills: 1 },
    latencyMs: 2,
    instanceId: 'b',
  },
]
