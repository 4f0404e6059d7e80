import { createSocket } from 'node:dgram'
import { isIP } from 'node:net'

/** IPv4 and IPv6 addresses of a name, or what they are at each time of asking, counted from 0 over all types. */
export type Addresses = string[] | ((time: number) => string[])
export type Question = { query: Buffer; name: string; type: number; section: Buffer }
export type FakeDns = { address: string; names: Record<string, Addresses>; asked: string[]; close(): Promise<void> }

const A = 1
const AAAA = 28
/** What a record's own name is: a pointer to the question. */
const SAME_NAME = Buffer.from([0xc0, 12])

/**
 * A DNS server on loopback: A and AAAA records of the given names, nothing for other types, NXDOMAIN for other names. `wild` may answer
 * a question in its own way: with any bytes, or with none at all.
 */
export async function openFakeDns(
  names: Record<string, Addresses>,
  wild?: (question: Question) => Buffer[] | undefined,
): Promise<FakeDns> {
  const asked: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (query, from) => {
    const question = readQuestion(query)
    const { name, type } = question
    const time = asked.filter((each) => each === name).length
    asked.push(name)
    const known = names[name]
    const addresses = typeof known === 'function' ? known(time) : (known ?? [])
    const own = wild?.(question)
    const records = addresses.filter((each) => isIP(each) === (type === A ? 4 : 6) && (type === A || type === AAAA))
    const answers = own ?? [
      answer(
        question,
        records.map((each) => record(type, dataOf(each))),
        known ? 0 : 3,
      ),
    ]
    for (const datagram of answers) socket.send(datagram, from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${socket.address().port}`,
    names,
    asked,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  }
}

/** A whole answer; `code` is the response code, `flags` go on top of "response, recursion available". */
export function answer(question: Question, records: Buffer[], code = 0, flags = 0): Buffer {
  const head = Buffer.alloc(12)
  head.writeUInt16BE(question.query.readUInt16BE(0), 0)
  head.writeUInt16BE(0x8180 | flags | code, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(records.length, 6)
  return Buffer.concat([head, question.section, ...records])
}

/** One record; `name` in wire form. */
export function record(type: number, data: Buffer, ttlSeconds = 0, name: Buffer = SAME_NAME): Buffer {
  const head = Buffer.alloc(10)
  head.writeUInt16BE(type, 0)
  head.writeUInt16BE(1, 2)
  head.writeUInt32BE(ttlSeconds, 4)
  head.writeUInt16BE(data.length, 8)
  return Buffer.concat([name, head, data])
}

/** A name in wire form. */
export function nameData(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]))
  return Buffer.concat([...labels, Buffer.from([0])])
}

/** An address as its bytes. */
export function dataOf(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number))
  const [left = [], right = []] = address.split('::').map((part) => (part === '' ? [] : part.split(':')))
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right]
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex')
}

function readQuestion(query: Buffer): Question {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += length + 1
  }
  return {
    query,
    name: labels.join('.').toLowerCase(),
    type: query.readUInt16BE(at + 1),
    section: query.subarray(12, at + 5),
  }
}
