import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { answer, dataOf, nameData, openFakeDns, record } from '../../contract/fake-dns.ts'
import type { FakeDns, Question } from '../../contract/fake-dns.ts'
import { openRawSite } from './raw-site.ts'
import type { RawSite } from './raw-site.ts'
import { WAYS } from './ways.ts'
import type { Way } from './ways.ts'

const A = 1
const CNAME = 5
const PTR = 12
const TXT = 16

/** Answers that no honest server gives. */
function wild(question: Question): Buffer[] | undefined {
  const { name, type } = question
  const alias = (to: string, address: string) => [
    record(CNAME, nameData(to)),
    ...(type === A ? [record(A, dataOf(address), 0, nameData(to))] : []),
  ]
  if (name === 'alias.test') return [answer(question, alias('inside.test', '127.0.0.1'))]
  if (name === 'alias-metadata.test') return [answer(question, alias('metadata.test', '169.254.169.254'))]
  if (name === 'lasting.test')
    return [answer(question, type === A ? [record(A, dataOf('127.0.0.1'), 2 ** 31 - 1)] : [])]
  if (name === 'silent.test') return []
  if (name === 'broken.test') return [answer(question, [Buffer.from('no record')])]
  if (name === 'circle.test')
    return [answer(question, [record(TXT, Buffer.from([1, 65]), 0, Buffer.from([0xc0, 0xff]))])]
  if (name === 'short.test') return [answer(question, []).subarray(0, 8)]
  if (name === 'failing.test') return [answer(question, [], 2)]
  if (name === 'refusing.test') return [answer(question, [], 5)]
  if (name === 'huge.test') return [answer(question, [record(TXT, longText(20_000))])]
  if (name === 'cut.test') return [answer(question, [], 0, 0x0200)]
  if (name === 'many.test' && type === TXT)
    return [
      answer(
        question,
        Array.from({ length: 200 }, () => record(TXT, longText(100))),
      ),
    ]
  if (type === PTR) return [answer(question, [record(PTR, nameData('inside.corp.test'))])]
  // An answer to another question comes first: whoever takes it has been poisoned.
  if (name === 'poisoned.test') {
    const other = Buffer.from(question.query)
    other.writeUInt16BE(question.query.readUInt16BE(0) ^ 0xffff, 0)
    const forged = answer({ ...question, query: other }, type === A ? [record(A, dataOf('127.0.0.2'))] : [])
    return [forged, answer(question, [], 3)]
  }
  return undefined
}

function longText(length: number): Buffer {
  const parts: Buffer[] = []
  for (let left = length; left > 0; left -= 255) {
    const part = Math.min(255, left)
    parts.push(Buffer.from([part]), Buffer.alloc(part, 'x'))
  }
  return Buffer.concat(parts)
}

let dns: FakeDns
let site: RawSite
/** The operator's exception: what a name leads to at first. */
let friend: RawSite
beforeAll(async () => {
  const say = (text: string) => `HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\nconnection: close\r\n\r\n${text}`
  site = await openRawSite((socket) => socket.end(say('inside')))
  friend = await openRawSite((socket) => socket.end(say('friend')), '127.0.0.2', site.port)
  const inside: Record<string, string[]> = {
    'inside.test': ['127.0.0.1'],
    'inside-six.test': ['::1'],
    'mapped.test': ['::ffff:7f00:1'],
    'any.test': ['0.0.0.0'],
    'metadata.test': ['169.254.169.254'],
    'metadata-six.test': ['fd00:ec2::254'],
    'private.test': ['10.1.2.3'],
    'mixed.test': ['1.1.1.1', '127.0.0.1'],
    'mixed-other-way.test': ['127.0.0.1', '1.1.1.1'],
    'mixed-families.test': ['1.1.1.1', '::1'],
    'mixed-many.test': [...Array.from({ length: 20 }, (_, index) => `1.1.1.${index + 1}`), '127.0.0.1'],
    'nat64.test': ['64:ff9b::7f00:1'],
  }
  // The first answer, of A and AAAA together, is excepted; all later ones are not.
  const turncoat = (time: number) => (time < 2 ? ['127.0.0.2'] : ['127.0.0.1'])
  dns = await openFakeDns({ ...inside, 'turncoat.test': turncoat, 'half.test': ['127.0.0.2', '127.0.0.1'] }, wild)
})
afterAll(() => Promise.all([dns.close(), site.close(), friend.close()]))
beforeEach(() => {
  site.connections = friend.connections = 0
})

describe.each(WAYS)('by %s', (_, open) => {
  let way: Way
  beforeAll(async () => {
    way = await open({ INDAG_RUNNER_DNS: dns.address, INDAG_RUNNER_PRIVATE_HOSTS: '127.0.0.2' })
  })
  afterAll(() => way.close())
  const fetchName = async (name: string) => {
    const { seen } = await way.send([{ url: `http://${name}:${site.port}/` }], { hosts: [`*.test:${site.port}`] })
    return seen[0]
  }

  it.each([
    ['inside.test', 'loopback'],
    ['inside-six.test', 'loopback of IPv6'],
    ['mapped.test', 'mapped loopback'],
    ['any.test', 'the address of nobody'],
    ['metadata.test', 'metadata'],
    ['metadata-six.test', 'metadata of IPv6'],
    ['private.test', 'RFC 1918'],
    ['nat64.test', 'NAT64'],
    ['mixed.test', 'a public address and loopback'],
    ['mixed-other-way.test', 'loopback and a public address'],
    ['mixed-families.test', 'a public address, and loopback of IPv6'],
    ['mixed-many.test', 'twenty public addresses and loopback'],
    ['alias.test', 'an alias of loopback'],
    ['alias-metadata.test', 'an alias of metadata'],
    ['lasting.test', 'loopback for 68 years'],
    ['INSIDE.test.', 'loopback, spelled otherwise'],
    ['half.test', 'an excepted address and one that is not'],
  ])('%s is refused: it leads to %s', async (name) => {
    expect(await fetchName(name)).toMatchObject({
      ok: false,
      reason: 'egress-denied',
      message: expect.stringContaining('not public'),
    })
    expect([site.connections, friend.connections]).toEqual([0, 0])
  })

  it('a name that turns after the check is connected where it was checked, and is refused the next time', async () => {
    dns.asked.length = 0
    expect(await fetchName('turncoat.test')).toMatchObject({ ok: true, body: 'friend' })
    expect(await fetchName('turncoat.test')).toMatchObject({ ok: false, reason: 'egress-denied' })
    expect([site.connections, friend.connections]).toEqual([0, 1])
  })

  it('a message does not tell what a name leads to', async () => {
    const { seen, calls } = await way.send([{ url: `http://private.test:${site.port}/` }], {
      hosts: [`*.test:${site.port}`],
    })
    expect(JSON.stringify([seen, calls])).not.toContain('10.1.2.3')
  })

  it.each([
    ['poisoned.test', 'the name does not exist'],
    ['failing.test', ''],
    ['refusing.test', ''],
    ['short.test', ''],
    ['broken.test', ''],
    ['none.test', 'the name does not exist'],
  ])('%s cannot be reached, which is said so', async (name, message) => {
    expect(await fetchName(name)).toMatchObject({
      ok: false,
      reason: 'host-unreachable',
      message: expect.stringContaining(message),
    })
    expect([site.connections, friend.connections]).toEqual([0, 0])
  })

  it.each([
    ['broken.test', 'TXT'],
    ['circle.test', 'TXT'],
    ['failing.test', 'A'],
    ['refusing.test', 'A'],
    ['short.test', 'A'],
    ['cut.test', 'TXT'],
  ])('the bad answer to %s %s is a failure with a reason', async (name, type) => {
    const { seen, calls } = await way.send([{ name, type }], { hosts: ['dns:*'] })
    expect(seen).toMatchObject([{ ok: false, reason: 'host-unreachable', message: expect.stringContaining(name) }])
    expect(calls).toMatchObject([{ protocol: 'dns', target: name, error: expect.stringContaining('host-unreachable') }])
  })

  it('a resolver that says nothing is a timeout, at the latest at the deadline', async () => {
    const { seen } = await way.send([{ name: 'silent.test', type: 'A' }], { hosts: ['dns:*'] })
    expect(seen).toMatchObject([{ ok: false, message: expect.stringContaining('no answer in time') }])
  })

  it('much text is given, or a failure, but nothing breaks', async () => {
    const { seen } = await way.send(
      [
        { name: 'huge.test', type: 'TXT' },
        { name: 'many.test', type: 'TXT' },
        { name: 'inside.test', type: 'A' },
      ],
      { hosts: ['dns:*'] },
    )
    expect(seen).toHaveLength(3)
    expect(seen[2]).toMatchObject({ ok: true, found: ['127.0.0.1'] })
  })

  it.each(['ANY', 'AXFR', 'IXFR', 'HINFO', 'SRV', 'CAA', 'NAPTR', 'TLSA', '255', '', '__proto__', 'toString'])(
    'records of type %j are not asked for',
    async (type) => {
      const before = dns.asked.length
      const { seen } = await way.send([{ name: 'inside.test', type }], { hosts: ['dns:*'] })
      expect(seen).toMatchObject([{ ok: false, reason: 'bad-request' }])
      expect(dns.asked.length).toBe(before)
    },
  )

  it.each([
    ['a NUL', 'a\0b.test'],
    ['a blank', 'a b.test'],
    ['a line break', 'a\r\nb.test'],
    ['a label of 64', `${'a'.repeat(64)}.test`],
    ['254 characters', `${'a.'.repeat(125)}test`],
    ['an empty label', 'a..test'],
    ['nothing', ''],
    ['a dot alone', '.'],
    ['an address', 'http://a.test/'],
    ['a server of its own', 'a.test@127.0.0.1'],
    ['letters beyond ASCII', 'ä.test'],
  ])('a name with %s is not asked for', async (_what, name) => {
    const before = dns.asked.length
    const { seen } = await way.send([{ name, type: 'A' }], { hosts: ['dns:*'] })
    expect(seen).toMatchObject([{ ok: false, reason: 'bad-request' }])
    expect(dns.asked.length).toBe(before)
  })

  it.each([
    ['without a word in the list', ['inside.test', '*.test', '*']],
    ['of a name that the list does not say', ['dns:other.test', 'dns:*.inside.test']],
    ['that carries data below another name', ['dns:inside.test']],
    ['backwards, for which the list says only names', ['dns:*.test']],
  ])('a question %s does not leave', async (what, hosts) => {
    const before = dns.asked.length
    const name = what.startsWith('that carries') ? 'c2VjcmV0.inside.test' : 'inside.test'
    const ask = what.startsWith('backwards') ? { name: '10.1.2.3', type: 'PTR' } : { name, type: 'A' }
    expect((await way.send([ask], { hosts })).seen).toMatchObject([{ ok: false, reason: 'egress-denied' }])
    expect(dns.asked.length).toBe(before)
  })
})
