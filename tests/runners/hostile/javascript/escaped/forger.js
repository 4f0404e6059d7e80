// A child that has been taken over: it keeps the protocol for the value "good", and breaks it for every other as its name says.
import net from 'node:net'

const channel = new net.Socket({ fd: 3, readable: true, writable: true })
const LOAD = 1
const CALL = 2
const SETTLE = 3
const [LOADED, RESULT, FAILURE, OP, LOG, EMIT, READY, BEGUN] = [65, 66, 67, 68, 69, 70, 71, 72]

const frame = (type, id, payload = '') => {
  const body = Buffer.isBuffer(payload) ? payload : Buffer.from(payload)
  const head = Buffer.alloc(9)
  head.writeUInt32BE(body.length)
  head[4] = type
  head.writeUInt32BE(id, 5)
  return Buffer.concat([head, body])
}
const say = (...said) => channel.write(frame(...said))
const result = (id) => say(RESULT, id, '{"summary":"forged"}')
const op = (number, body) => {
  const head = Buffer.alloc(4)
  head.writeUInt32BE(number)
  return Buffer.concat([head, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))])
}
const header = (length, type, id) => {
  const head = Buffer.alloc(9)
  head.writeUInt32BE(length)
  head[4] = type
  head.writeUInt32BE(id, 5)
  return head
}
const forEver = (id, ...said) => {
  const more = () => {
    for (let i = 0; i < 500; i += 1) if (!say(said[0], id, said[1])) break
    setImmediate(more)
  }
  more()
}

const FORGERIES = {
  good: (id) => say(RESULT, id, '{"summary":"good"}'),
  'a result for the next call': (id) => result(id + 1),
  'a result for the call before': (id) => (result(id - 1), result(0)),
  'a result for every number': (id) => {
    for (let other = 0; other < 5_000; other += 1) if (other !== id) result(other)
  },
  'a result of megabytes': (id) => say(RESULT, id, `{"summary":"${'x'.repeat(4e6)}"}`),
  'a length of four gigabytes': (id) => channel.write(header(0xffff_ffff, RESULT, id)),
  'a length that it never sends': (id) => channel.write(header(5_000, RESULT, id)),
  'half a header': () => channel.write(Buffer.from([0, 0, 0])),
  'a result that is no JSON': (id) => say(RESULT, id, '{"summary":'),
  'a result that is another kind of JSON': (id) => say(RESULT, id, '5'),
  'bytes that are no text': (id) => say(RESULT, id, Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d])),
  'random bytes': () => channel.write(Buffer.from(Array.from({ length: 4_096 }, (_, i) => (i * 7919) % 251))),
  'an answer to a load': (id) => say(LOADED, id, '{"hash":"x","hooks":["fetchData"],"diagnostics":[]}'),
  'a reason that is none': (id) => say(FAILURE, id, '{"reason":"all-well","message":""}'),
  "a reason of the runner's": (id) => say(FAILURE, id, '{"reason":"overloaded","message":""}'),
  'a failure that is no object': (id) => say(FAILURE, id, 'null'),
  'an operation that is none': (id) => say(OP, id, op(1, { op: 'exec', command: 'id' })),
  'an operation without an address': (id) => say(OP, id, op(1, { op: 'fetch' })),
  'an operation whose JSON is broken': (id) => say(OP, id, op(1, '{"op":')),
  'the same operation twice': (id) => {
    for (let i = 0; i < 2; i += 1) say(OP, id, op(7, { op: 'dns', name: 'x.invalid', type: 'A' }))
  },
  'an operation for another call': (id) => say(OP, id + 1, op(1, { op: 'fetch', url: 'http://127.0.0.1/' })),
  'a log line of a level that is none': (id) => say(LOG, id, '{"level":"fatal","message":"x"}'),
  'an emission that is none': (id) => say(EMIT, id, '{"what":"credential","value":1}'),
  'a type that is none': (id) => say(200, id),
  'the word of the runner': (id) => (say(CALL, id), say(SETTLE, id), say(LOAD, id)),
  'the end of the channel': () => channel.destroy(),
  'the end of the process': () => process.exit(0),
  'an abort of the process': () => process.abort(),
  silence: () => {},
  'silence that has begun': (id) => say(BEGUN, id),
  'begun without end': (id) => forEver(id, BEGUN),
  'log lines without end': (id) => forEver(id, LOG, '{"level":"info","message":"x"}'),
  'ready without end': () => forEver(0, READY, '{}'),
  'a loop that hears nothing': () => {
    for (;;);
  },
  'memory without end': () => {
    const kept = []
    for (;;) kept.push(Buffer.alloc(1 << 24, 1))
  },
  // What is said for a call that is over counts for nothing.
  'two results': (id) => (say(RESULT, id, '{"summary":"one"}'), result(id)),
  'words after the end': (id) => {
    say(RESULT, id, '{"summary":"one"}')
    say(LOG, id, '{"level":"info","message":"late"}')
    say(OP, id, op(1, { op: 'fetch', url: 'http://127.0.0.1/' }))
    say(FAILURE, id, '{"reason":"exception","message":"late"}')
  },
  'a result byte by byte': async (id) => {
    for (const byte of frame(RESULT, id, '{"summary":"one"}')) {
      channel.write(Buffer.from([byte]))
      await new Promise((done) => setImmediate(done))
    }
  },
}

let held = Buffer.alloc(0)
channel.on('data', (chunk) => {
  held = Buffer.concat([held, chunk])
  while (held.length >= 9 && held.length >= 9 + held.readUInt32BE(0)) {
    const length = held.readUInt32BE(0)
    const [type, id, payload] = [held[4], held.readUInt32BE(5), held.subarray(9, 9 + length)]
    held = held.subarray(9 + length)
    if (type === LOAD) {
      const { hash } = JSON.parse(payload.toString())
      say(LOADED, id, JSON.stringify({ hash, hooks: ['fetchData'], diagnostics: [] }))
    }
    if (type !== CALL) continue
    const asked = JSON.parse(payload.toString('utf8', payload[0] + 17))
    FORGERIES[asked.indicator.value](id)
  }
})
channel.on('error', () => {})
say(READY, 0, '{}')
