import { createSocket } from 'node:dgram'
import { once } from 'node:events'

/** `answers` in the form of a zone file: "192.0.2.1", "10 mail.example.com", "mail.example.com", any text for TXT. */
export type DnsRecord = { name: string; type: string; answers: string[] }

export type FakeDns = {
  /** For INDAG_RUNNER_DNS. */
  address: string
  /** The whole zone; a name that is not in it does not exist (NXDOMAIN). */
  serve(records: DnsRecord[]): void
  /** Answers nothing at all from now on, until `serve`. */
  fallSilent(): void
  questions: { name: string; type: string }[]
  close(): Promise<void>
}

const typeNumbers: Record<string, number> = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, MX: 15, TXT: 16, AAAA: 28 }
const typeNames = new Map(Object.entries(typeNumbers).map(([name, number]) => [number, name]))

/** A name server on loopback that speaks RFC 1035 over UDP. */
export async function startFakeDns(): Promise<FakeDns> {
  let zone: DnsRecord[] | null = []
  const questions: FakeDns['questions'] = []
  const socket = createSocket('udp4')
  socket.on('message', (message, peer) => {
    const { name, type, end } = readQuestion(message)
    questions.push({ name, type })
    if (zone) socket.send(answer(message.subarray(0, end), name, type, zone), peer.port, peer.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    address: `127.0.0.1:${socket.address().port}`,
    serve: (records) => {
      zone = records
      questions.length = 0
    },
    fallSilent: () => (zone = null),
    questions,
    close: async () => {
      socket.close()
      await once(socket, 'close')
    },
  }
}

function readQuestion(message: Buffer): { name: string; type: string; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.'), type: typeNames.get(message.readUInt16BE(at + 1)) ?? '', end: at + 5 }
}

function answer(question: Buffer, name: string, type: string, zone: DnsRecord[]): Buffer {
  const known = zone.filter((record) => record.name.toLowerCase() === name.toLowerCase())
  const records = known.filter((record) => record.type === type).flatMap((record) => record.answers)
  const head = Buffer.from(question)
  // A response, recursion available; code 3 for a name that does not exist.
  head.writeUInt16BE(known.length === 0 ? 0x8183 : 0x8180, 2)
  head.writeUInt16BE(records.length, 6)
  // No authority and no additional records, whatever the question carried.
  head.writeUInt32BE(0, 8)
  return Buffer.concat([head, ...records.map((record) => encodeRecord(type, record))])
}

/** The name is a pointer to the question; one minute to live. */
function encodeRecord(type: string, text: string): Buffer {
  const data = encodeData(type, text)
  const head = Buffer.alloc(12)
  head.writeUInt16BE(0xc00c, 0)
  head.writeUInt16BE(typeNumbers[type] ?? 0, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt32BE(60, 6)
  head.writeUInt16BE(data.length, 10)
  return Buffer.concat([head, data])
}

function encodeData(type: string, text: string): Buffer {
  if (type === 'A') return Buffer.from(text.split('.').map(Number))
  if (type === 'AAAA') return encodeIpv6(text)
  if (type === 'TXT') return Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)])
  if (type !== 'MX') return encodeName(text)
  const [priority = '0', exchange = '.'] = text.split(' ')
  return Buffer.concat([Buffer.from([0, Number(priority)]), encodeName(exchange)])
}

function encodeName(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '')
  return Buffer.concat([
    ...labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ])
}

function encodeIpv6(text: string): Buffer {
  const [left = [], right = []] = text.split('::').map((part) => (part === '' ? [] : part.split(':')))
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right]
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex')
}
