/** What the generator is told, as JSON on its standard input. */
export type LoadPlan = {
  /** Of NGINX. */
  url: string
  token: string
  seconds: number
  /** Calls offered a second, whatever comes back: an open loop. */
  perSecond: number
  /** Event streams that are open at once. */
  streams: number
  /** A request that has ended, to read. */
  requestId: string
}

export type Call = {
  name: string
  method: 'GET' | 'POST'
  path: string
  body?: string
  /** Without a token. */
  isStranger?: true
  /** What it should be answered; 429 and 503 may come besides. */
  expected: number[]
}

export type LoadReport = {
  offeredPerSecond: number
  /** Calls that were due. */
  due: number
  /** Due while too many were under way: not sent, so that the machine is measured and not the memory of the generator. */
  shed: number
  /** Answered a second, from the first to the last answer. */
  achievedPerSecond: number
  /** From when a call was due to its last byte. */
  latencyMs: { p50: number; p90: number; p99: number; max: number }
  /** "name status" with how often; the status is 0 where a connection broke. */
  answers: Record<string, number>
  /** Answers from 400 on that are not problem+json with a code and a trace id; the first ten. */
  badProblems: string[]
  /** Answers that nothing explains; the first ten. */
  unexpected: string[]
  /** Requests that were accepted (200 or 202 of POST /requests), those of streams too. */
  accepted: string[]
  streams: {
    started: number
    /** Got their final event. */
    ended: number
    /** Broke and went on after their Last-Event-ID. */
    resumed: number
    mostAtOnce: number
    /** What is wrong with a stream: an event that came twice, a final event with open rows; the first ten. */
    wrong: string[]
  }
}

export const askCached = { indicators: ['1.1.1.1', '8.8.8.8'], sources: ['address-class', 'address-asn'], wait: true }

/** Of each hundred calls, in this order over and over. */
const shares: [number, (n: number, plan: LoadPlan) => Call][] = [
  [30, (_, { requestId }) => read('read a request', `/api/v1/requests/${requestId}`)],
  [10, () => read('list requests', '/api/v1/requests?limit=20')],
  [8, () => read('list sources', '/api/v1/sources')],
  [8, () => read('list kinds', '/api/v1/indicator-kinds')],
  [4, () => read('page', '/')],
  [20, () => ask('cached', askCached, [200])],
  [8, (n) => post('extract', '/api/v1/indicators/extract', { text: textOf(n) }, [200])],
  [2, () => ask('new', { indicators: [anyAddress(), `${anyName()}.org`], tlp: 'RED' }, [202])],
  [3, () => ({ ...read('stranger', '/api/v1/sources'), isStranger: true, expected: [401] })],
  [3, (n) => read('absent', `/api/v1/requests/0190a000-0000-7000-8000-${String(n % 1e12).padStart(12, '0')}`, 404)],
  [4, () => ask('wrong', { indicators: ['1.1.1.1'], sources: ['no-such-source'] }, [422])],
]
const order = shares.flatMap(([share, make]) => Array.from({ length: share }, () => make))

/** The nth call. 37 has no divisor in common with 100: kinds are mixed, not in blocks. */
export function nthCall(n: number, plan: LoadPlan): Call {
  return order[(n * 37) % order.length]!(n, plan)
}

/** What a stream follows: its source may be asked ten times a second, so that streams wait in line, as they do in life. */
export function askOfStream(): Call {
  const hash = Array.from({ length: 32 }, () => Math.floor(Math.random() * 16).toString(16)).join('')
  return ask('streamed', { indicators: [hash], sources: ['hashlookup', 'hash-form'] }, [202])
}

function read(name: string, path: string, expected = 200): Call {
  return { name, method: 'GET', path, expected: [expected] }
}

function post(name: string, path: string, body: unknown, expected: number[]): Call {
  return { name, method: 'POST', path, body: JSON.stringify(body), expected }
}

function ask(name: string, body: unknown, expected: number[]): Call {
  return post(name, '/api/v1/requests', body, expected)
}

function textOf(n: number): string {
  return `Seen from 198.51.100[.]${n % 256} and hxxps://bad-${n}[.]example/login, CVE-2024-${10_000 + (n % 9_000)}. `.repeat(
    8,
  )
}

function anyAddress(): string {
  const byte = () => Math.floor(Math.random() * 254) + 1
  return `45.${byte()}.${byte()}.${byte()}`
}

function anyName(): string {
  return `host-${Math.random().toString(36).slice(2)}`
}
