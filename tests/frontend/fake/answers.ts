import type { FakeSource } from './catalogue.ts'
import { defang } from './extract.ts'

/** What the fake sources say. The indicator's value steers the odd states, so that a test reads as what it shows. */

export type Outcome =
  | { state: 'found'; result: Record<string, unknown> }
  | { state: 'not-found' }
  | { state: 'skipped' | 'failed'; code: string; detail: string; fix?: { label: string; href: string } }
  | { state: 'stalled' }

const order = ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED']

export type Marking = { tlp: string; pap: string }

/** The refusals that are known before anything is asked. */
export function refusal(source: FakeSource, kind: string, marking: Marking): Outcome | undefined {
  if (!source.enabled) return { state: 'skipped', code: 'source-disabled', detail: 'The source is disabled.' }
  if (source.disabledKinds.includes(kind))
    return { state: 'skipped', code: 'kind-disabled', detail: `The source is disabled for ${kind}.` }
  if (source.secrets.some((secret) => secret.required && !secret.set)) {
    return {
      state: 'skipped',
      code: 'secret-missing',
      detail: 'The key apiKey is not set.',
      fix: { label: 'Add the key', href: `/sources/${source.slug}#secret-apiKey` },
    }
  }
  if (source.dataset && source.dataset.records === null)
    return { state: 'skipped', code: 'dataset-missing', detail: 'No list is loaded.' }
  if (order.indexOf(marking.tlp) > order.indexOf(source.maximumTlp)) {
    return {
      state: 'skipped',
      code: 'tlp-too-high',
      detail: `TLP:${marking.tlp} keeps it here; the source may be asked up to TLP:${source.maximumTlp}.`,
    }
  }
  if (order.indexOf(marking.pap) > order.indexOf(source.maximumPap)) {
    return {
      state: 'skipped',
      code: 'pap-too-high',
      detail: `PAP:${marking.pap} forbids it; the source may be asked up to PAP:${source.maximumPap}.`,
    }
  }
  return undefined
}

const found = (summary: string, more: Record<string, unknown> = {}): Outcome => ({
  state: 'found',
  result: { summary, facts: [], tags: [], links: [], raw: { summary }, observedAt: '2026-11-20T09:30:00Z', ...more },
})

export function outcome(source: FakeSource, indicator: { kind: string; value: string }): Outcome {
  const { value } = indicator
  const failure = /fail-([a-z-]+)\./.exec(value)?.[1]
  if (failure && source.slug === 'virustotal')
    return { state: 'failed', code: failure, detail: failureDetails[failure] ?? 'It failed.' }
  if (value.includes('stalled') && source.slug === 'urlhaus') return { state: 'stalled' }
  const bad = /bad|203\.0\.113|login-update|files/.test(value)
  const answers: Record<string, () => Outcome> = {
    'address-scope': () =>
      found('Public unicast address.', {
        facts: [
          { name: 'scope', value: 'global' },
          { name: 'version', value: 4 },
        ],
      }),
    'domain-anatomy': () =>
      found(`Registrable name ${defang(value, indicator.kind)}.`, {
        facts: [
          { name: 'public suffix', value: 'com' },
          { name: 'registrable', value, kind: 'domain' },
        ],
      }),
    'hash-known': () =>
      value.startsWith('44d886')
        ? found('The EICAR test file, harmless by design.', { verdict: 'benign', says: 'test file', score: 0 })
        : { state: 'not-found' },
    'cve-form': () => found('Well formed; reserved in 2021.'),
    'own-list': () => ({ state: 'not-found' }),
    asn: () =>
      found('AS13335 Cloudflare, Inc.', {
        facts: [
          { name: 'AS number', value: 'AS13335', kind: 'asn' },
          { name: 'network', value: '1.1.1.0/24', kind: 'cidr' },
        ],
      }),
    country: () => found('Registered in Australia.', { facts: [{ name: 'country', value: 'AU' }] }),
    dns: () =>
      found('Resolves to 203.0.113.7.', {
        facts: [
          { name: 'A', value: '203.0.113.7', kind: 'ipv4' },
          { name: 'site', value: 'http://files.example.net/x' },
        ],
      }),
    urlhaus: () =>
      bad
        ? found('Listed as spreading malware.', {
            verdict: 'suspicious',
            says: 'malware_download',
            score: 70,
            tags: ['exe', 'AgentTesla'],
          })
        : { state: 'not-found' },
    'calm-noise': () =>
      found('A known service.', { verdict: 'benign', says: 'RIOT: common business service', score: 2 }),
    internetdb: () => ({ state: 'not-found' }),
    virustotal: () => virustotal(value, bad),
  }
  return answers[source.slug]?.() ?? { state: 'not-found' }
}

function virustotal(value: string, bad: boolean): Outcome {
  const host = value.replace(/^\w+:\/\//, '').replace(/\/.*$/, '')
  const links = [
    { title: 'Report', url: 'https://virustotal.invalid/gui/report' },
    { title: 'Visit', url: `http://${host}/login` },
    { title: 'Below it', url: `https://www.${host}/` },
    { title: 'Script', url: 'javascript:alert(1)' },
  ]
  if (!bad) return found('0 of 71 engines flag it.', { links })
  return found('14 of 71 engines flag it.', {
    verdict: 'malicious',
    says: 'malicious (14/71)',
    score: 90,
    tags: ['phishing'],
    links,
    facts: [
      { name: 'final URL', value: `http://${host}/login`, kind: 'url' },
      { name: 'engines', value: 71 },
      { name: 'page', value: `https://${host}/a` },
    ],
  })
}

export const failureDetails: Record<string, string> = {
  timeout: 'No answer within 10 s.',
  exception: 'TypeError: cannot read property of undefined, in line 12.',
  syntax: 'Unexpected token in line 3.',
  memory: 'The code used more than 128 MiB.',
  'output-too-large': 'The answer is larger than 1 MiB.',
  'bad-result': 'The answer has no summary.',
  'egress-denied': 'The code tried to reach evil.invalid, which is not among its hosts.',
  'host-unreachable': 'virustotal.invalid cannot be reached: no network.',
  'rate-limited': 'The provider says: too many requests.',
  unauthorized: 'The provider refused the key: wrong API key.',
  'provider-error': 'The provider answered 503.',
  misconfigured: 'The base address is no URL.',
  crashed: 'The sandbox process ended with signal 9.',
  overloaded: 'Every runner is busy.',
  'runner-unavailable': 'No javascript runner answers.',
  interrupted: 'The backend stopped while it ran.',
}
