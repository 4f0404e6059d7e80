import type { Attack } from '../attack.ts'
import { attack } from './module.ts'

const raising = (name: string, methods: string, ends: Attack['ends'] = ['exception']) =>
  attack(name, ends, `class E(Exception):\n${methods.replaceAll(/^/gm, '    ')}\nraise E("x")`)

export const errors: Attack[] = [
  raising('an exception whose text loops', 'def __str__(self):\n    while True: pass', ['timeout']),
  raising('an exception whose text is an exception', 'def __str__(self): raise E("again")'),
  raising('an exception whose text ends the process', 'def __str__(self): raise SystemExit'),
  raising('an exception whose text is no text', 'def __str__(self): return 5'),
  raising('an exception with a huge text', 'def __str__(self): return "x" * 20_000_000', ['exception', 'memory']),
  raising('an exception that lies about its class', '__class__ = property(lambda self: any(iter(int, 1)))', [
    'timeout',
    'exception',
  ]),
  raising('an exception whose every attribute loops', 'def __getattribute__(self, name):\n    while True: pass', [
    'timeout',
  ]),
  raising('an exception with a reason of its own', 'failure_reason = "overloaded"\nreason = "unknown-version"'),
  raising('an exception whose reason is no text', 'failure_reason = property(lambda self: {"a": object()})'),
  attack(
    'an exception whose class has a wild name',
    ['exception'],
    'class M(type):\n    __name__ = property(lambda self: any(iter(int, 1)))\nclass E(Exception, metaclass=M): pass\nraise E("x")',
  ),
  attack(
    'a refusal of the provider, altered',
    ['exception'],
    'from indag import SourceError\ne = SourceError("rate-limited", "x", retry_after_ms=1)\ne.reason = object()\ne.retry_after_ms = float("nan")\nraise e',
  ),
  attack(
    'the reason that asks to be begun again',
    ['exception', 'crashed'],
    'class E(Exception):\n    failure_reason = "crashed"\nraise E("x")',
  ),
  attack('the end of the program', ['exception'], 'raise SystemExit(0)'),
  attack('an interrupt', ['exception'], 'raise KeyboardInterrupt'),
  attack(
    'a stop of the runner itself',
    ['exception', 'timeout'],
    'import channel\nraise channel.Stopped("unknown-version", "x")',
  ),
  attack('StopIteration and GeneratorExit out of an async hook', ['exception'], '', '', {
    code: 'async def fetch_data(indicator, ctx):\n    raise GeneratorExit\n',
  }),
  attack(
    'an exception group, nested',
    ['exception'],
    'e = ValueError("x")\nfor _ in range(500): e = BaseExceptionGroup("g", [e])\nraise e',
  ),
  attack(
    'an exception that raises when it is forgotten',
    ['exception'],
    'class E(Exception):\n    def __del__(self): raise SystemExit\nraise E("x")',
  ),
  attack('os._exit', ['crashed'], 'import os\nos._exit(0)'),
  attack('abort', ['crashed'], 'import os\nos.abort()'),
  attack('a null pointer', ['crashed'], 'import ctypes\nctypes.string_at(0)'),
  attack('a kill of itself', ['crashed'], 'import os, signal\nos.kill(os.getpid(), signal.SIGKILL)'),
  attack('a stop of itself', ['timeout', 'crashed'], 'import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)'),
  attack(
    'a double free',
    ['crashed', 'harmless', 'timeout'],
    'import ctypes\nlibc = ctypes.CDLL(None)\nlibc.malloc.restype = ctypes.c_void_p\np = libc.malloc(64)\nlibc.free(ctypes.c_void_p(p)); libc.free(ctypes.c_void_p(p))',
  ),
  attack(
    'sys.exit in a thread',
    ['harmless', 'exception'],
    'import threading, sys\nt = threading.Thread(target=sys.exit); t.start(); t.join()',
  ),
  attack(
    'a hook for exceptions that loops',
    ['exception', 'timeout'],
    'import sys, threading\ndef loop(*unused):\n    while True: pass\nsys.excepthook = loop; sys.unraisablehook = loop; threading.excepthook = loop\nraise ValueError("x")',
  ),
]
