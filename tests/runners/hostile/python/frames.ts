import type { Attack } from '../attack.ts'
import { family } from './module.ts'

const ENDED = ['crashed'] as const
const own =
  'c = indag._host.channel\nraw = lambda kind, call, payload=b"", length=None: c.sock.sendall(struct.pack(">IBI", len(payload) if length is None else length, kind, call) + payload)'
const prelude = family('import indag, json, os, struct, threading, time')
const frames = (name: string, ends: Attack['ends'], body: string) =>
  prelude(name, ends, `${own}\n${body}\nwhile True: pass`)

export const framesOnThePipe: Attack[] = [
  frames('a result of a call that is not its own', [...ENDED], 'raw(66, 4_000_000_000, b"{}")'),
  frames(
    'results of all calls that there may be',
    ['crashed', 'harmless'],
    'for n in range(1, 2000):\n    if n != c.call_id: raw(66, n, b"{\\"summary\\": \\"forged\\"}")',
  ),
  frames('a result of call zero', [...ENDED], 'raw(66, 0, b"{}")'),
  frames('an answer to a load', [...ENDED], 'raw(65, c.call_id, b"{}")'),
  frames('a type that there is not', [...ENDED], 'raw(99, c.call_id, b"{}")'),
  frames(
    'types of the other direction',
    [...ENDED],
    'raw(2, c.call_id, b"{}"); raw(1, c.call_id, b"{}"); raw(3, c.call_id, b"{}")',
  ),
  frames('a payload that claims four gigabytes', [...ENDED], 'raw(66, c.call_id, b"", 0xFFFFFFFF)'),
  frames(
    'a payload larger than its output',
    ['crashed', 'output-too-large'],
    'raw(66, c.call_id, b"{" + b" " * 10_000_000)',
  ),
  frames('half a frame, and nothing more', ['timeout', 'crashed'], 'c.sock.sendall(b"\\0\\0\\0\\x10\\x42")'),
  frames(
    'a header, and its payload byte by byte for ever',
    ['timeout'],
    'c.sock.sendall(struct.pack(">IBI", 60_000, 66, c.call_id))\nwhile True:\n    c.sock.sendall(b" "); time.sleep(0.01)',
  ),
  frames('garbage', [...ENDED], 'while True: c.sock.sendall(os.urandom(65536))'),
  frames(
    'a flood of log lines',
    ['crashed', 'timeout'],
    'line = json.dumps({"level": "info", "message": "x"}).encode()\nwhile True: raw(69, c.call_id, line)',
  ),
  frames(
    'a flood of operations whose answers it does not read',
    ['crashed', 'timeout'],
    'n = 0\nrequest = json.dumps({"op": "fetch", "url": "http://127.0.0.1:1/" + "x" * 2000}).encode()\nwhile True:\n    n += 1; raw(68, c.call_id, struct.pack(">I", n) + request)',
  ),
  frames(
    'a flood of name resolutions',
    ['crashed', 'timeout'],
    'n = 0\nwhile True:\n    n += 1; raw(68, c.call_id, struct.pack(">I", n) + b\'{"op":"dns","name":"x.invalid","type":"A"}\')',
  ),
  frames(
    'a flood of emissions without a listener',
    ['crashed', 'timeout'],
    'while True: raw(70, c.call_id, b\'{"what":"progress","done":1,"total":1}\')',
  ),
  frames('a flood of beginnings', ['crashed', 'timeout'], 'while True: raw(72, c.call_id)'),
  frames(
    'a flood of words on calls that are over',
    ['crashed', 'timeout', 'harmless'],
    'i = c.call_id\nraw(66, i, b"{\\"summary\\": \\"first\\"}")\nwhile True: raw(69, i, b"{}")',
  ),
  frames('ready, again and again', [...ENDED], 'while True: raw(71, 0)'),
  frames(
    'two results, of which the second is another',
    ['harmless', 'crashed'],
    'raw(66, c.call_id, b"{\\"summary\\": \\"one\\"}"); raw(66, c.call_id, b"{\\"summary\\": \\"two\\"}")',
  ),
  frames(
    'a result and a failure after it',
    ['harmless'],
    'i = c.call_id\nraw(66, i, b"{\\"summary\\": \\"one\\"}"); raw(67, i, b"{\\"reason\\": \\"exception\\"}")',
  ),
  frames('a failure with a reason of the runner', [...ENDED], 'raw(67, c.call_id, b\'{"reason": "unknown-version"}\')'),
  frames(
    'a failure that asks to be begun again',
    ['crashed', 'timeout'],
    'raw(67, c.call_id, b\'{"reason": "crashed", "again": "anywhere"}\')',
  ),
  frames(
    'a failure with places and times that cannot be',
    ['exception'],
    'raw(67, c.call_id, b\'{"reason": "exception", "message": "x", "line": -1, "column": 1e99, "retryAfterMs": 1e308}\')',
  ),
  frames('that it leaves, while it does not', [...ENDED], 'raw(73, 0)'),
  frames(
    'an operation twice under one number',
    [...ENDED],
    'for _ in range(2): raw(68, c.call_id, struct.pack(">I", 7) + b\'{"op":"dns","name":"x","type":"A"}\')',
  ),
  frames('an operation without a number', [...ENDED], 'raw(68, c.call_id, b"x")'),
  frames('a log line that is none', [...ENDED], 'raw(69, c.call_id, b"[1")'),
  frames(
    'a log line of great size',
    ['crashed', 'timeout'],
    'raw(69, c.call_id, b\'{"level":"info","message":"\' + b"x" * 10_000_000 + b\'"}\')',
  ),
  frames('its channel closed', [...ENDED], 'c.sock.close()'),
  frames(
    'its channel shut down, for writing only',
    ['crashed', 'timeout'],
    'import socket\nc.sock.shutdown(socket.SHUT_WR)',
  ),
  frames(
    'its channel shut down, for reading only',
    ['timeout', 'crashed'],
    'import socket\nc.sock.shutdown(socket.SHUT_RD)',
  ),
  frames(
    'its channel replaced by another',
    [...ENDED],
    'import socket\na, b = socket.socketpair()\nos.dup2(a.fileno(), c.sock.fileno())',
  ),
  frames(
    'every descriptor replaced by nothing',
    [...ENDED],
    'for fd in range(3, 32):\n    try: os.dup2(0, fd)\n    except OSError: pass',
  ),
  frames(
    'its channel made blocking for others',
    ['timeout', 'crashed', 'exception'],
    'c.sock.settimeout(0)\nc.sock.recv(1)',
  ),
  prelude(
    'frames after its answer, from a timer of the interpreter',
    ['harmless', 'crashed'],
    `${own}\nimport faulthandler\nfaulthandler.dump_traceback_later(0.02, repeat=True, file=c.sock.fileno())`,
  ),
  prelude(
    'frames after its answer, from a thread',
    ['harmless', 'crashed'],
    `${own}\nimport _thread\ndef later():\n    time.sleep(0.02)\n    while True: raw(66, 1, b"{}")\n_thread.start_new_thread(later, ())`,
  ),
]
