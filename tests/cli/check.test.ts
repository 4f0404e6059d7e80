import { afterEach, describe, expect, it } from 'vitest'
import { type Reply, problem, requestRoutes, row, type Seen, startApiServer, verdict, view } from './api-server.ts'
import { indag, indagInTerminal } from './run-indag.ts'

let server: Awaited<ReturnType<typeof startApiServer>> | undefined
afterEach(() => server?.close())

async function serve(routes: Record<string, (seen: Seen) => Reply>): Promise<Record<string, string>> {
  server = await startApiServer(routes)
  return { INDAG_URL: server.url, INDAG_TOKEN: 'indag_test' }
}

const evil = {
  value: 'http://evil.test/x',
  kind: 'url',
  defanged: 'hxxp://evil[.]test/x',
  verdict: verdict('malicious', {
    score: 92,
    agree: [
      {
        source: 'urlhaus',
        name: 'URLhaus',
        level: 'malicious',
        says: 'malware_download at http://evil.test/x',
        score: 95,
      },
    ],
    disagree: [{ source: 'own', name: 'Own list', level: 'benign', says: 'ours', score: 0 }],
  }),
  rows: [
    row('urlhaus', 'found', {
      result: { summary: 'serves http://evil.test/x', verdict: 'malicious' },
      cached: { ageSeconds: 240 },
    }),
    row('rdap', 'not-found'),
    row('virustotal', 'skipped', { reason: { code: 'secret-missing', detail: 'no API key' } }),
  ],
}

describe('indag check', () => {
  it('prints the request as one JSON document on a pure standard output, when it is done', async () => {
    const done = view([{ value: '1.1.1.1' }])
    const env = await serve(requestRoutes(done, 3))
    const run = await indag(['check', '1.1.1.1', '--json'], { env })
    expect(JSON.parse(run.out)).toEqual(done)
    expect(run).toMatchObject({ code: 0, err: '' })
    expect(server?.seen.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET', 'GET'])
    expect(server?.seen[0]).toMatchObject({
      body: { indicators: ['1.1.1.1'] },
      headers: { authorization: 'Bearer indag_test' },
    })
  })

  it('sends a text from standard input, with what was typed beside it', async () => {
    const env = await serve(requestRoutes(view([{ value: '1.1.1.1' }])))
    await indag(['check', '-', 'example[.]org', '--json'], { env, input: 'seen at 1[.]1.1.1\nand more' })
    expect(server?.seen[0]?.body).toEqual({ text: 'example[.]org\nseen at 1[.]1.1.1\nand more' })
  })

  it('sends sources, TLP, PAP and fresh as they were asked for, and nothing that was not', async () => {
    const env = await serve(requestRoutes(view([{ value: '1.1.1.1' }])))
    await indag(
      ['check', '1.1.1.1', '--source', 'asn,country', '-s', 'rdap', '--tlp', 'red', '--pap', 'Green', '--fresh'],
      { env },
    )
    expect(server?.seen[0]?.body).toEqual({
      indicators: ['1.1.1.1'],
      sources: ['asn', 'country', 'rdap'],
      tlp: 'RED',
      pap: 'GREEN',
      fresh: true,
    })
  })

  it('shows verdict, claims for and against, and each row, and never a URL that can be clicked', async () => {
    const run = await indag(['check', 'x'], { env: await serve(requestRoutes(view([evil]))) })
    expect(run.out.split('\n')).toEqual([
      'hxxp://evil[.]test/x  url',
      '✗ malicious  score 92 · confidence 50 · it is malicious',
      '  for: URLhaus: malware_download at hxxp://evil.test/x',
      '  against: Own list: ours',
      '  SOURCE      STATE      SAYS',
      '  urlhaus     found      serves hxxp://evil.test/x (cached, 4 min old)',
      '  rdap        no record',
      '  virustotal  skipped    no API key',
      '',
    ])
    expect(run.code).toBe(0)
  })

  it('shows many indicators as one line each, and all rows when asked', async () => {
    const many = view(['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4'].map((value) => ({ value })))
    const short = await indag(['check', 'x'], { env: await serve(requestRoutes(many)) })
    expect(short.out.trim().split('\n')).toHaveLength(5)
    expect(short.err).toContain('--rows')
    await server?.close()
    const long = await indag(['check', 'x', '--rows'], { env: await serve(requestRoutes(many)) })
    expect(long.out.match(/AS13335/g)).toHaveLength(4)
  })

  it('prints raw values with tabs for programs', async () => {
    const run = await indag(['check', 'x', '--plain'], { env: await serve(requestRoutes(view([evil]))) })
    expect(run.out.split('\n')[0]).toBe('http://evil.test/x\turl\tmalicious\turlhaus\tfound\tserves http://evil.test/x')
  })

  it('lets no answer of a provider move the cursor or hide a part of the line', async () => {
    const nasty = view([
      { value: '1.1.1.1', rows: [row('x', 'found', { result: { summary: 'a\u001b[2Jb\rc\nd\u202ee' } })] },
    ])
    const run = await indag(['check', 'x'], { env: await serve(requestRoutes(nasty)) })
    // oxlint-disable-next-line no-control-regex
    expect(run.out).not.toMatch(/[\u001b\r\u202e]/)
    expect(run.out).toContain('c d')
  })

  it.each([
    ['malicious', 'malicious', 3],
    ['suspicious', 'malicious', 0],
    ['suspicious', 'suspicious', 3],
    ['malicious', 'suspicious', 3],
    ['unknown', 'suspicious', 0],
  ])('with a %s verdict and --fail-on %s exits %i', async (level, failOn, code) => {
    const env = await serve(requestRoutes(view([{ value: '1.1.1.1', verdict: verdict(level) }])))
    expect((await indag(['check', 'x', '--json', '--fail-on', failOn], { env })).code).toBe(code)
  })

  it('exits 5 when rows failed, and says how many; --fail-on goes before it', async () => {
    const rows = [
      row('a', 'found', { result: { summary: 's' } }),
      row('b', 'failed', { reason: { code: 'timeout', detail: 'took 10 s' } }),
    ]
    const partial = view([{ value: '1.1.1.1', rows, verdict: verdict('malicious') }])
    const run = await indag(['check', 'x'], { env: await serve(requestRoutes(partial)) })
    expect(run).toMatchObject({ code: 5, err: '1 of 2 rows failed.\n' })
    expect(run.out).toContain('FAILED')
    await server?.close()
    const met = await indag(['check', 'x', '--fail-on', 'malicious'], { env: await serve(requestRoutes(partial)) })
    expect(met.code).toBe(3)
  })

  it('names on standard error what was not checked, and why', async () => {
    const odd = view([{ value: '1.1.1.1' }], {
      rejected: [{ text: '1.2.3.999', code: 'bad-octet', reason: 'an octet is above 255' }],
    })
    const run = await indag(['check', '-', '--json'], { env: await serve(requestRoutes(odd)), input: 'x' })
    expect(run.err).toBe('not checked: 1.2.3.999: an octet is above 255\n')
  })

  it('leaves with what there is when its time is up, and says where the rest will be', async () => {
    const slow = view([{ value: '1.1.1.1', rows: [row('slow', 'running')] }], { state: 'running' })
    const run = await indag(['check', 'x', '--json', '--timeout', '1s'], {
      env: await serve(requestRoutes(slow, Infinity)),
    })
    expect(run.code).toBe(5)
    expect(JSON.parse(run.out).state).toBe('running')
    expect(run.err).toContain(`${server?.url}/requests/${slow.id}`)
  })

  it('waits for a server that is away for a moment after it took the request', async () => {
    const done = view([{ value: '1.1.1.1' }])
    const routes = requestRoutes(done)
    let looks = 0
    const down = problem(503, 'unavailable', 'The database does not answer.')
    const look = `GET /api/v1/requests/${done.id}`
    const env = await serve({ ...routes, [look]: () => (++looks < 3 ? down : { body: done }) })
    expect((await indag(['check', 'x', '--json'], { env })).code).toBe(0)
    expect(looks).toBe(3)
  })

  it.each([
    [['check'], 'Nothing to check', 'indag check 1.1.1.1'],
    [['check', '-'], 'Standard input is empty', 'cat iocs.txt'],
    [['check', 'x', '--fail-on', 'bad'], 'no such level', '--fail-on malicious'],
    [['check', 'x', '--json', '--plain'], 'exclude each other', 'indag check'],
    [['check', 'x', '--timeout', 'soon'], 'not a length of time', '30s'],
    [['check', 'x', '--jsn'], 'Did you mean --json?', 'indag help check'],
    [['check', 'x', '--tlp'], 'argument missing', 'indag help check'],
  ])('refuses %j with exit 2 and the next step', async (args, words, next) => {
    const run = await indag(args)
    expect(run).toMatchObject({ code: 2, out: '' })
    expect(run.err).toContain(words)
    expect(run.err).toMatch(new RegExp(`Next: .*${next}`))
  })
})

describe('indag check in a terminal', () => {
  it('colours the verdict, and says it in words too', async () => {
    const run = await indagInTerminal(['check', 'x'], await serve(requestRoutes(view([evil]))))
    expect(run.out).toContain('\u001b[31m✗ malicious')
  })

  it('shows progress while it waits, and removes it', async () => {
    const run = await indagInTerminal(
      ['check', 'x', '--json'],
      await serve(requestRoutes(view([{ value: '1.1.1.1' }]), 2)),
    )
    expect(run.out).toContain('1 indicator · 1 of 1 answers')
    expect(run.out).toContain('\r\u001b[K{')
  })

  it('uses no colour with NO_COLOR', async () => {
    const run = await indagInTerminal(['check', 'x'], { ...(await serve(requestRoutes(view([evil])))), NO_COLOR: '1' })
    expect(run.out).toContain('✗ malicious')
    expect(run.out).not.toContain('\u001b[3')
  })
})
