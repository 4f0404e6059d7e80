import { status } from '@grpc/grpc-js'
import { Credential_Place } from '@indag/proto/runner/v1/runner.ts'
import type { Credential, OutgoingCall } from '@indag/proto/runner/v1/runner.ts'
import { Broken, demand, demandEqual } from '../demand.ts'
import type { Check } from '../check.ts'
import { tell } from '../probe/answers.ts'
import type { Bench } from '../probe/bench.ts'
import type { Site } from '../probe/site.ts'

const guide = 'Egress'
const SECRET = 'a-credential-of-the-suite'
const denied = [status.PERMISSION_DENIED, 'EGRESS_DENIED'] as const

/** What code may reach. What arrived is told by the suite's own sites, not by the runner. */
export const egress: Check[] = [
  {
    id: 'egress.loopback',
    promise: 'a loopback address is refused although it is in hosts: PERMISSION_DENIED, EGRESS_DENIED',
    guide,
    run: async (bench) => {
      const port = bench.forbidden.host.split(':').at(-1)
      for (const name of ['127.0.0.1', '0.0.0.0', '[::1]', '[::ffff:127.0.0.1]', 'localhost'])
        await refused(bench, `http://${name}:${port}/`, [`${name}:${port}`])
      demandUnseen(bench)
    },
  },
  {
    id: 'egress.loopback-spellings',
    promise: 'a loopback address in an odd spelling is refused or no address at all, and never reached',
    guide,
    run: async (bench) => {
      const port = bench.forbidden.host.split(':').at(-1)
      for (const name of [
        '127.1',
        '2130706433',
        '0x7f000001',
        '0177.0.0.1',
        '127.0.0.1.',
        '[::127.0.0.1]',
        '[64:ff9b::7f00:1]',
      ]) {
        const url = `http://${name}:${port}/`
        const hosts = [`${name}:${port}`, bench.forbidden.host]
        const answer = await bench.ask('fetches', { config: { url }, context: { hosts } })
        demand(!answer.ok, `${url} fails`, tell(answer))
      }
      demandUnseen(bench)
    },
  },
  {
    id: 'egress.private',
    promise: 'private, link-local and metadata addresses are refused although they are in hosts',
    guide,
    run: async (bench) => {
      for (const address of [
        '10.0.0.1',
        '172.16.0.1',
        '192.168.0.1',
        '100.64.0.1',
        '169.254.169.254',
        '[fd00::1]',
        '[fe80::1]',
      ])
        await refused(bench, `http://${address}/`, [address])
    },
  },
  {
    id: 'egress.allow-list-empty',
    promise: 'without hosts nothing is reached',
    guide,
    needs: ['site'],
    run: async (bench) => {
      const site = siteOf(bench)
      await refused(bench, site.url('/text/empty-list'), [])
      demandEqual(site.seen('/empty-list').length, 0, 'requests that arrived')
    },
  },
  {
    id: 'egress.allow-list-port',
    promise: 'a host without a port in hosts means the ports 80 and 443',
    guide,
    needs: ['site'],
    run: async (bench) => {
      const site = siteOf(bench)
      await refused(bench, site.url('/text/other-port'), [site.host.slice(0, site.host.lastIndexOf(':'))])
      demandEqual(site.seen('/other-port').length, 0, 'requests that arrived')
    },
  },
  {
    id: 'egress.scheme',
    promise: 'only http and https are spoken',
    guide,
    run: async (bench) => {
      for (const url of ['file:///etc/passwd', 'ftp://192.0.2.1/', 'gopher://192.0.2.1/']) {
        const answer = await bench.ask('fetches', {
          config: { url },
          context: { hosts: ['192.0.2.1', '192.0.2.1:21'] },
        })
        demand(!answer.ok, `${url} is refused`, answer)
      }
    },
  },
  {
    id: 'egress.unresolvable',
    promise: 'a name that does not exist is UNKNOWN, HOST_UNREACHABLE',
    guide,
    run: async (bench) => {
      const context = { hosts: ['nowhere.invalid'] }
      const config = { url: 'http://nowhere.invalid/' }
      await bench.fails('fetches', 'HOST_UNREACHABLE', status.UNKNOWN, { config, context })
    },
  },
  {
    id: 'egress.reset',
    promise: 'a connection that breaks is UNKNOWN, HOST_UNREACHABLE',
    guide,
    needs: ['site'],
    run: async (bench) => {
      const { config, context } = to(siteOf(bench), '/reset/me')
      await bench.fails('fetches', 'HOST_UNREACHABLE', status.UNKNOWN, { config, context })
    },
  },
  {
    id: 'egress.request',
    promise: 'method, headers and body arrive as the code gave them, and the code gets status and body',
    guide,
    needs: ['site'],
    run: async (bench) => {
      const site = siteOf(bench)
      const { config, context } = to(site, '/text/whole?a=b%20c', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-own': 'mine' },
        body: '{"n":1}',
      })
      const { result } = await bench.found('fetches', { config, context })
      demandEqual(result['raw'], { status: 200, text: 'here' }, 'what the code got')
      const seen = site.seen('/text/whole')
      const [first] = seen
      demandEqual(
        [seen.length, first?.method, first?.path, first?.headers['x-own'], first?.headers['content-type'], first?.body],
        [1, 'POST', '/text/whole?a=b%20c', 'mine', 'application/json', '{"n":1}'],
        'what arrived',
      )
    },
  },
  {
    id: 'egress.report',
    promise: 'each outgoing call is reported: protocol, method, target without query, status, bytes, Retry-After',
    guide,
    needs: ['site'],
    run: async (bench) => {
      const site = siteOf(bench)
      const { report } = await bench.found('fetches', to(site, '/limited/report?q=hidden-value'))
      const [call] = report.calls
      demand(report.calls.length === 1 && call !== undefined, 'one outgoing call', report.calls)
      demandEqual(
        [call.protocol, call.method, call.status, call.responseBytes, call.retryAfterMs, call.error],
        ['http', 'GET', 429, 'slow down'.length, 7_000, ''],
        'protocol, method, status, response_bytes, retry_after_ms, error',
      )
      const shown = call.target.includes('/limited/report') && !call.target.includes('hidden-value')
      demand(shown, 'a target with the path and without the query values', call.target)
    },
  },
  {
    id: 'egress.report-refused',
    promise: 'a refused outgoing call is reported with its error, also when the call fails by it',
    guide,
    run: async (bench) => {
      const { failure } = await refused(bench, bench.forbidden.url('/'), [bench.forbidden.host])
      const calls: OutgoingCall[] = failure?.report?.calls ?? []
      demand(calls.length === 1 && calls[0]?.error !== '', 'one outgoing call with an error', calls)
    },
  },
  {
    id: 'egress.redirect-refused',
    promise: 'a redirect is checked like a first request: to an address that may not be reached it is refused',
    guide,
    needs: ['site'],
    run: async (bench) => {
      const site = siteOf(bench)
      const away = bench.forbidden.url('/after-redirect')
      const url = site.url(`/redirect?to=${encodeURIComponent(away)}`)
      await refused(bench, url, [site.host, bench.forbidden.host])
      demandUnseen(bench)
    },
  },
  {
    id: 'egress.redirect-unlisted',
    promise: 'a redirect to a host that is not in hosts is refused',
    guide,
    needs: ['site'],
    run: async (bench) => {
      const site = siteOf(bench)
      await refused(bench, site.url(`/redirect?to=${encodeURIComponent('http://192.0.2.1/')}`), [site.host])
    },
  },
  {
    id: 'egress.redirect-followed',
    promise: 'a redirect to what may be reached is followed, and each hop is reported',
    guide,
    needs: ['site'],
    run: async (bench) => {
      const site = siteOf(bench)
      const { result, report } = await bench.found('fetches', to(site, '/redirect?to=/text/followed'))
      demandEqual(result['raw'], { status: 200, text: 'here' }, 'what the code got')
      demandEqual(
        report.calls.map((call) => call.status),
        [302, 200],
        'the statuses of the outgoing calls',
      )
    },
  },
  {
    id: 'egress.outgoing-calls',
    promise: 'outgoing calls beyond outgoing_calls are refused: PERMISSION_DENIED, EGRESS_DENIED',
    guide: 'Limits',
    needs: ['site'],
    run: async (bench) => {
      const site = siteOf(bench)
      const { config, context } = to(site, '/text/counted', { count: 5 })
      await bench.fails('fetches', denied[1], denied[0], { config, context, limits: { outgoingCalls: 2 } })
      demandEqual(site.seen('/text/counted').length, 2, 'requests that arrived')
    },
  },
  {
    id: 'egress.response-bytes',
    promise: 'a response larger than response_bytes is not given to the code; one below is',
    guide: 'Limits',
    needs: ['site'],
    run: async (bench) => {
      const site = siteOf(bench)
      const settings = { limits: { responseBytes: 1_000 } }
      await bench.found('fetches', { ...to(site, '/bytes/1000'), ...settings })
      await bench.fails('fetches', denied[1], denied[0], { ...to(site, '/bytes/1001'), ...settings })
    },
  },
  {
    id: 'egress.wall-clock',
    promise: 'an outgoing call does not outlive the call',
    guide: 'Limits',
    needs: ['site'],
    run: async (bench) => {
      const asked = { ...to(siteOf(bench), '/silent/for-ever'), limits: { wallMs: 400 } }
      await bench.fails('fetches', 'TIMEOUT', status.DEADLINE_EXCEEDED, asked)
      await bench.running(0)
    },
  },
  ...(
    [
      ['header', Credential_Place.PLACE_HEADER],
      ['query', Credential_Place.PLACE_QUERY],
      ['body', Credential_Place.PLACE_BODY],
    ] as const
  ).map(([where, place]): Check => ({
    id: `egress.credential-${where}`,
    promise: `a credential is put into the ${where} of a request to its hosts; code and report do not see it`,
    guide,
    needs: ['site'],
    run: async (bench) => {
      const site = siteOf(bench)
      const path = `/text/credential-${where}`
      const more = place === Credential_Place.PLACE_BODY ? asForm : {}
      const { config, context } = to(site, path, more)
      const given = { ...context, credentials: [credential(place, [site.host])] }
      const { result, report } = await bench.found('fetches', { config, context: given })
      const [seen] = site.seen(path)
      demandEqual(seen && carried(seen, where), `prefix-${SECRET}`, 'the value that arrived')
      demand(!JSON.stringify([result, report]).includes(SECRET), 'neither result nor report holds it', [result, report])
    },
  })),
  {
    id: 'egress.credential-body-json',
    promise: 'a credential for the body becomes a field of the JSON object, if the request says that it is JSON',
    guide,
    needs: ['site'],
    run: async (bench) => {
      const site = siteOf(bench)
      const more = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"n":1}' }
      const { config, context } = to(site, '/text/credential-json', more)
      const given = { ...context, credentials: [credential(Credential_Place.PLACE_BODY, [site.host])] }
      await bench.found('fetches', { config, context: given })
      const body = JSON.parse(site.seen('/text/credential-json')[0]?.body ?? '{}') as unknown
      demandEqual(body, { n: 1, 'x-key': `prefix-${SECRET}` }, 'the body that arrived')
    },
  },
  {
    id: 'egress.credential-elsewhere',
    promise: 'a credential goes to its own hosts only',
    guide,
    needs: ['site'],
    run: async (bench) => {
      const site = siteOf(bench)
      const { config, context } = to(site, '/text/not-for-you')
      const foreign = [credential(Credential_Place.PLACE_HEADER, ['elsewhere.example'])]
      await bench.found('fetches', { config, context: { ...context, credentials: foreign } })
      demandEqual(site.seen('/not-for-you')[0]?.headers['x-key'], undefined, 'the header that arrived')
    },
  },
]

const asForm = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'n=1' }

function credential(place: Credential['place'], hosts: string[]): Credential {
  return { secret: 'key', value: SECRET, hosts, place, name: 'x-key', prefix: 'prefix-' }
}

function carried(request: ReturnType<Site['seen']>[number], where: 'header' | 'query' | 'body'): unknown {
  if (where === 'header') return request.headers['x-key']
  if (where === 'query') return new URL(request.path, 'http://site').searchParams.get('x-key')
  return new URLSearchParams(request.body).get('x-key')
}

function to(site: Site, path: string, more: Record<string, unknown> = {}) {
  return { config: { url: site.url(path), ...more }, context: { hosts: [site.host] } }
}

function refused(bench: Bench, url: string, hosts: string[]) {
  return bench.fails('fetches', denied[1], denied[0], { config: { url }, context: { hosts } })
}

function demandUnseen(bench: Bench): void {
  demandEqual(bench.forbidden.connections(), 0, `connections to ${bench.forbidden.host}, which nobody allowed`)
}

function siteOf(bench: Bench): Site {
  if (bench.site) return bench.site
  throw new Broken('a site of the suite', 'none')
}
