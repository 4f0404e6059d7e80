import type { Attack } from '../attack.ts'
import { attack } from './module.ts'

export const output: Attack[] = [
  attack('an endless log', ['timeout'], 'while True: ctx.log.info("x" * 2000)'),
  attack('an endless print', ['timeout'], 'while True: print("x" * 10000)'),
  attack('one line without an end', ['timeout', 'memory'], 'while True: print("x" * 10000, end="")'),
  attack(
    'an endless stderr, at the descriptor too',
    ['timeout'],
    'import os, sys\nwhile True:\n    os.write(1, b"x" * 65536); os.write(2, b"x" * 65536); sys.stderr.write("y" * 1000)',
  ),
  attack('a huge result', ['output-too-large'], 'return {"summary": "x" * 1_000_000}'),
  attack(
    'a result that grows while it is written',
    ['timeout', 'memory', 'output-too-large'],
    'class D(dict):\n    def items(self):\n        n = 0\n        while True:\n            n += 1\n            yield (str(n), "x" * 1000)\nreturn D(summary="s")',
  ),
  attack('a cyclic result', ['bad-result'], 'a = {"summary": "s"}\na["a"] = a\nreturn a'),
  attack(
    'a deep result',
    ['bad-result', 'memory', 'timeout'],
    'a = {}\nfor _ in range(200_000): a = {"a": a}\nreturn {"summary": "s", "raw": a}',
  ),
  attack(
    'numbers that are none',
    ['bad-result'],
    'return {"summary": "s", "score": float("nan"), "raw": [float("inf")]}',
  ),
  attack('half a character', ['bad-result'], 'return {"summary": "\\ud800"}'),
  attack(
    'a dict whose items loop',
    ['timeout'],
    'class D(dict):\n    def items(self):\n        while True: pass\nreturn D(summary="s")',
  ),
  attack(
    'a dict whose items are none',
    ['bad-result', 'harmless', 'exception'],
    'class D(dict):\n    def items(self): return [1, 2]\nreturn D(summary="s")',
  ),
  attack(
    'a class that lies about being a dict',
    ['bad-result', 'exception'],
    'class L:\n    __class__ = dict\nreturn L()',
  ),
  attack(
    'a text whose methods are wild',
    ['harmless', 'bad-result'],
    'class S(str):\n    def __str__(self): raise SystemExit\n    def encode(self, *a): raise SystemExit\n    def __len__(self): return -1\nreturn {S("summary"): S("s")}',
  ),
  attack(
    'an int whose text is JSON',
    ['harmless', 'bad-result', 'exception'],
    'class I(int):\n    def __repr__(self): return "1, \\"verdict\\": \\"benign\\""\nreturn {"summary": "s", "score": I(1)}',
  ),
  attack('keys that are no text', ['bad-result', 'harmless'], 'return {"summary": "s", (1, 2): 3}'),
  attack(
    'keys that change while they are written',
    ['harmless', 'bad-result', 'exception'],
    'd = {"summary": "s"}\nclass K(str):\n    def __hash__(self): return 1\n    def __eq__(self, o): d.clear(); return False\nd[K("a")] = 1; d[K("b")] = 2\nreturn d',
  ),
  attack(
    'names that poison a prototype',
    ['harmless'],
    'return {"summary": "s", "__proto__": {"verdict": "benign"}, "constructor": {"prototype": {"x": 1}}, "toJSON": "x"}',
  ),
  attack('a number beyond all doubles', ['harmless', 'bad-result'], 'return {"summary": "s", "score": 10 ** 4000}'),
  attack(
    'a result of text that is no JSON',
    ['bad-result', 'crashed'],
    'import indag\nc = indag._host.channel\nc.send(66, c.call_id, b"{\\"summary\\": ")',
  ),
  attack(
    'a result of bytes that are no text',
    ['bad-result', 'crashed'],
    'import indag\nc = indag._host.channel\nc.send(66, c.call_id, b"{\\"summary\\": \\"\\xff\\xfe\\"}")',
  ),
  attack(
    'a result from a coroutine of a coroutine',
    ['bad-result'],
    'async def inner(): return {"summary": "s"}\nasync def outer(): return inner()\nreturn outer()',
  ),
  attack('a generator for a result', ['bad-result'], 'return (n for n in range(3))'),
  attack(
    'a result of pickled code',
    ['bad-result'],
    'import pickle, os\nclass P:\n    def __reduce__(self): return (os.system, ("touch /tmp/" + ctx.config["mark"],))\nreturn {"summary": "s", "raw": pickle.dumps(P())}',
  ),
]
