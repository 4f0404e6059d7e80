import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { pour } from './raw-site.ts'
import type { RawAnswer } from './raw-site.ts'

/** `reason` absent: the code gets an answer, and `body` says which, if it matters. `endless`: it ends only because the host ends it. */
export type AnswerVector = {
  what: string
  answer: RawAnswer
  reason?: string
  message?: string
  body?: string
  endless?: true
}

const MB = 1024 * 1024
/** The limit of one answer in these tests. */
export const RESPONSE_BYTES = MB

const bytes = (...parts: (string | Buffer)[]): RawAnswer => {
  const whole = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)))
  return (socket) => void socket.write(whole)
}
const closing =
  (...parts: (string | Buffer)[]): RawAnswer =>
  (socket, request) => {
    bytes(...parts)(socket, request)
    socket.end()
  }
const packed = (encoding: string, content: Buffer): RawAnswer =>
  bytes(`HTTP/1.1 200 OK\r\ncontent-encoding: ${encoding}\r\ncontent-length: ${content.length}\r\n\r\n`, content)
const poured =
  (head: string, again: string | Buffer): RawAnswer =>
  (socket) => {
    socket.write(head)
    pour(socket, again)
  }
const OK = 'HTTP/1.1 200 OK\r\n'
const zeros = Buffer.alloc(200 * MB)
const nested = gzipSync(gzipSync(Buffer.alloc(50 * MB)))
const denied = 'egress-denied'
const unreachable = 'host-unreachable'

export const ANSWERS: AnswerVector[] = [
  { what: 'a gzip bomb', answer: packed('gzip', gzipSync(zeros)), reason: denied, message: 'larger than' },
  { what: 'a deflate bomb', answer: packed('deflate', deflateSync(zeros)), reason: denied, message: 'larger than' },
  { what: 'a brotli bomb', answer: packed('br', brotliCompressSync(zeros)), reason: denied, message: 'larger than' },
  { what: 'a zstd bomb, which nobody asked for', answer: packed('zstd', zstdCompressSync(zeros)) },
  { what: 'a bomb in a bomb', answer: packed('gzip, gzip', nested) },
  {
    what: 'empty gzip members for ever',
    endless: true,
    answer: poured(`${OK}content-encoding: gzip\r\n\r\n`, gzipSync('')),
    reason: denied,
  },
  {
    what: 'gzip that is none',
    answer: packed('gzip', Buffer.from('nonsense')),
    reason: unreachable,
    message: 'decompressed',
  },
  { what: 'gzip that is cut', answer: packed('gzip', gzipSync('x'.repeat(999)).subarray(0, 15)), reason: unreachable },
  {
    what: 'brotli that is none',
    answer: packed('br', Buffer.from('nonsense')),
    reason: unreachable,
    message: 'decompressed',
  },
  { what: 'an unknown encoding', answer: packed('rot13', Buffer.from('grkg')), body: 'grkg' },
  { what: 'an endless body', endless: true, answer: poured(`${OK}\r\n`, Buffer.alloc(65_536, 'x')), reason: denied },
  {
    what: 'an endless body in chunks',
    endless: true,
    answer: poured(`${OK}transfer-encoding: chunked\r\n\r\n`, `ffff\r\n${'x'.repeat(65_535)}\r\n`),
    reason: denied,
  },
  {
    what: 'a length of petabytes',
    endless: true,
    answer: poured(`${OK}content-length: 999999999999999\r\n\r\n`, Buffer.alloc(65_536)),
    reason: denied,
  },
  {
    what: 'a length beyond all numbers',
    answer: bytes(`${OK}content-length: ${'9'.repeat(40)}\r\n\r\nx`),
    reason: unreachable,
  },
  {
    what: 'endless headers',
    endless: true,
    answer: poured(OK, 'x-more: and more\r\n'),
    reason: unreachable,
    message: 'too large',
  },
  { what: '10,000 headers', answer: closing(OK, 'x-a: b\r\n'.repeat(10_000), '\r\n'), reason: unreachable },
  { what: 'one huge header', endless: true, answer: poured(`${OK}x-huge: `, 'x'.repeat(65_536)), reason: unreachable },
  { what: 'one huge header name', endless: true, answer: poured(OK, 'x'.repeat(65_536)), reason: unreachable },
  {
    what: 'an endless reason phrase',
    endless: true,
    answer: poured('HTTP/1.1 200 ', 'x'.repeat(65_536)),
    reason: 'timeout',
  },
  {
    what: 'endless trailers',
    endless: true,
    answer: poured(`${OK}transfer-encoding: chunked\r\n\r\n0\r\n`, 'x-more: y\r\n'),
    reason: unreachable,
  },
  {
    what: '103 for ever',
    endless: true,
    answer: poured('', 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'),
    reason: unreachable,
  },
  { what: '102 for ever', endless: true, answer: poured('', 'HTTP/1.1 102 Processing\r\n\r\n'), reason: unreachable },
  { what: '100 for ever', endless: true, answer: poured('', 'HTTP/1.1 100 Continue\r\n\r\n'), reason: unreachable },
  {
    what: 'one 103 before the answer',
    answer: bytes(`HTTP/1.1 103 Early Hints\r\n\r\n${OK}content-length: 2\r\n\r\nok`),
    body: 'ok',
  },
  {
    what: 'a chunk length that is none',
    answer: bytes(`${OK}transfer-encoding: chunked\r\n\r\nzz\r\nx\r\n`),
    reason: unreachable,
  },
  {
    what: 'a negative chunk',
    answer: bytes(`${OK}transfer-encoding: chunked\r\n\r\n-1\r\nx\r\n`),
    reason: unreachable,
  },
  {
    what: 'a chunk beyond all numbers',
    answer: bytes(`${OK}transfer-encoding: chunked\r\n\r\n${'f'.repeat(20)}\r\nx`),
    reason: unreachable,
  },
  {
    what: 'a chunk that is cut',
    answer: closing(`${OK}transfer-encoding: chunked\r\n\r\nff\r\nx`),
    reason: unreachable,
  },
  { what: 'a body shorter than it says', answer: closing(`${OK}content-length: 10\r\n\r\nshort`), reason: unreachable },
  {
    what: 'two lengths',
    answer: bytes(`${OK}content-length: 2\r\ncontent-length: 5\r\n\r\nokxxx`),
    reason: unreachable,
  },
  { what: 'a negative length', answer: bytes(`${OK}content-length: -1\r\n\r\n`), reason: unreachable },
  { what: 'a length that is no number', answer: bytes(`${OK}content-length: 0x2\r\n\r\nok`), reason: unreachable },
  {
    what: 'a length and chunks',
    answer: bytes(`${OK}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`),
    reason: unreachable,
  },
  { what: 'no HTTP at all', answer: bytes('SSH-2.0-OpenSSH_9.6\r\n'), reason: unreachable, message: 'not HTTP' },
  { what: 'HTTP/0.9', answer: closing('<html>old</html>'), reason: unreachable, message: 'not HTTP' },
  { what: 'HTTP/2 in the clear', answer: bytes('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), reason: unreachable },
  {
    what: 'TLS bytes',
    answer: bytes(Buffer.from('16030100', 'hex'), 'xxxxxxxxxxxx\r\n'),
    reason: unreachable,
    message: 'not HTTP',
  },
  { what: 'version 9.9', answer: bytes('HTTP/9.9 200 OK\r\n\r\n'), reason: unreachable },
  { what: 'a status of two digits', answer: bytes('HTTP/1.1 20 OK\r\n\r\n'), reason: unreachable },
  { what: 'a status of four digits', answer: bytes('HTTP/1.1 2000 OK\r\n\r\n'), reason: unreachable },
  { what: 'a status that is no number', answer: bytes('HTTP/1.1 abc OK\r\n\r\n'), reason: unreachable },
  {
    what: 'a status line with a NUL',
    answer: bytes('HTTP/1.1 200 O\0K\r\ncontent-length: 0\r\n\r\n'),
  },
  { what: 'a header with a NUL', answer: bytes(`${OK}x: a\0b\r\ncontent-length: 0\r\n\r\n`), reason: unreachable },
  { what: 'a header without a colon', answer: bytes(`${OK}nonsense\r\n\r\n`), reason: unreachable },
  { what: 'a blank in a header name', answer: bytes(`${OK}content-length : 2\r\n\r\nok`), reason: unreachable },
  {
    what: 'an upgrade nobody asked for',
    answer: bytes('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'),
    reason: unreachable,
  },
  { what: 'nothing, and closes', answer: (socket) => void socket.end(), reason: unreachable, message: 'closed' },
  { what: 'a reset', answer: (socket) => socket.resetAndDestroy(), reason: unreachable, message: 'closed' },
  {
    what: 'a reset in the middle',
    answer: (socket) => void socket.write(`${OK}content-length: 9\r\n\r\nhalf`, () => socket.resetAndDestroy()),
    reason: unreachable,
  },
  { what: 'half a head, and closes', answer: closing('HTTP/1.1 200 OK\r\nx-a'), reason: unreachable },
  {
    what: 'an answer twice',
    answer: bytes(`${OK}content-length: 5\r\n\r\nfirst${OK}content-length: 6\r\n\r\nsecond`),
    body: 'first',
  },
  {
    what: 'headers named like properties',
    answer: bytes(
      `${OK}__proto__: a\r\nconstructor: b\r\ntoString: c\r\nhasOwnProperty: d\r\n__proto__: e\r\ncontent-length: 2\r\n\r\nok`,
    ),
    body: 'ok',
  },
  {
    what: 'a charset that does not exist',
    answer: bytes(`${OK}content-type: text/html; charset=klingon\r\ncontent-length: 2\r\n\r\nok`),
    body: 'ok',
  },
  {
    what: 'a charset of the past',
    answer: bytes(`${OK}content-type: text/html; charset=utf-7\r\ncontent-length: 5\r\n\r\n+ADw-`),
    body: '+ADw-',
  },
  { what: 'half a letter', answer: bytes(`${OK}content-length: 2\r\n\r\n`, Buffer.from([0x61, 0xc3])) },
  { what: 'a body with 204', answer: bytes('HTTP/1.1 204 No\r\ncontent-length: 4\r\n\r\nbody'), body: '' },
  ...['constructor', '__proto__', 'toString', 'hasOwnProperty'].map((name) => ({
    what: `an encoding named ${name}`,
    answer: packed(name, Buffer.from('as it is')),
    body: 'as it is',
  })),
  { what: 'compressed nothing', answer: bytes(`${OK}content-encoding: gzip\r\ncontent-length: 0\r\n\r\n`), body: '' },
  { what: 'an endless wait', answer: () => {}, reason: 'timeout' },
  { what: 'half a head for ever', answer: bytes('HTTP/1.1 200 OK\r\nx-slow: '), reason: 'timeout' },
  { what: 'half a body for ever', answer: bytes(`${OK}content-length: 10\r\n\r\nhalf`), reason: 'timeout' },
  { what: 'half a chunk for ever', answer: bytes(`${OK}transfer-encoding: chunked\r\n\r\nff\r\nx`), reason: 'timeout' },
  {
    what: 'half a gzip member for ever',
    answer: bytes(`${OK}content-encoding: gzip\r\n\r\n`, gzipSync('x').subarray(0, 12)),
    reason: 'timeout',
  },
  {
    what: 'an endless chunk extension',
    endless: true,
    answer: poured(`${OK}transfer-encoding: chunked\r\n\r\n1;`, 'x'.repeat(65_536)),
    reason: 'timeout',
  },
]
