import type { Attack } from '../attack.ts'
import { attack } from './module.ts'

const FULL = ['memory'] as const

const attacks: Attack[] = [
  attack('lists', [...FULL], 'a = []\nwhile True: a.append([0] * 1000)'),
  attack('one large list', [...FULL], '[0] * (1 << 40)'),
  attack(
    'bytes, errors caught',
    ['memory', 'timeout'],
    'a = []\nwhile True:\n    try: a.append(bytearray(1 << 16))\n    except MemoryError: pass',
  ),
  attack('strings that double', [...FULL], 's = "x"\nwhile True: s += s'),
  attack('a dictionary', ['memory', 'timeout'], 'd = {}\nwhile True: d[len(d)] = object()'),
  attack('split and join', [...FULL], '",".join(("x" * (1 << 24)).split("x"))'),
  attack('a format of great width', [...FULL, 'exception'], '"%1000000000d" % 1'),
  attack('a big number', ['memory', 'timeout'], '1 << (1 << 40)'),
  attack('closures', ['memory', 'timeout'], 'f = None\nwhile True:\n    def g(f=f): return f\n    f = g'),
  attack('anonymous mappings', ['exception'], 'import mmap\na = []\nwhile True: a.append(mmap.mmap(-1, 1 << 20))'),
  attack(
    'malloc by ctypes',
    ['exception'],
    'libc.malloc.restype = ctypes.c_void_p\nlibc.malloc.argtypes = [ctypes.c_size_t]\nlibc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]\nwhile True:\n    p = libc.malloc(1 << 20)\n    if not p: raise OSError("no more")\n    libc.memset(p, 1, 1 << 20)',
    'import ctypes\nlibc = ctypes.CDLL(None)',
  ),
  attack(
    'a higher limit for itself',
    ['exception'],
    'import resource\nresource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))',
  ),
  attack('a JSON bomb', ['exception', 'memory'], 'import json\njson.loads("[" * 10_000_000)'),
  attack('a zip bomb', ['memory'], 'import zlib\nzlib.decompress(zlib.compress(bytes(1 << 24)) ) * 64'),
  attack(
    'an XML bomb',
    ['exception', 'memory'],
    'from xml.etree import ElementTree\nent = "".join(f\'<!ENTITY a{n} "{("&a%d;" % (n - 1)) * 40}">\' for n in range(1, 12))\nElementTree.fromstring(f\'<!DOCTYPE x [<!ENTITY a0 "xxxxxxxxxx">{ent}]><x>&a11;</x>\')',
  ),
  attack('deep recursion', ['exception'], 'def f(): return f()\nf()'),
  attack(
    'deep recursion without a limit',
    ['memory', 'crashed', 'exception'],
    'import sys\nsys.setrecursionlimit(1 << 30)\ndef f(): return f()\nf()',
  ),
  attack(
    'the C stack, through repr',
    ['crashed', 'exception', 'memory'],
    'import sys\nsys.setrecursionlimit(1 << 30)\na = []\nfor _ in range(1_000_000): a = [a]\nrepr(a)',
  ),
  attack(
    'the C stack, through callbacks',
    ['crashed', 'exception', 'memory'],
    'import sys\nsys.setrecursionlimit(1 << 30)\nclass A:\n    def __getattr__(self, name): return getattr(self, name)\nA().x',
  ),
  attack(
    'stacks of threads',
    ['memory', 'exception', 'timeout', 'harmless', 'crashed'],
    'import threading, time\nthreading.stack_size(1 << 28)\nfor _ in range(100): threading.Thread(target=time.sleep, args=(5,), daemon=True).start()',
  ),
  attack(
    'weak references and cycles',
    ['memory', 'timeout'],
    'import gc, weakref\ngc.disable()\nwhile True:\n    a = set\n    class C: pass\n    c = C(); c.c = c; weakref.ref(c)',
  ),
  attack(
    'interned names',
    ['memory', 'timeout'],
    'import sys\nn = 0\nkept = []\nwhile True:\n    n += 1\n    kept.append(sys.intern(f"name{n}" * 100))',
  ),
  attack(
    'a million exceptions in a chain',
    ['exception', 'memory', 'timeout', 'crashed'],
    'e = None\nfor n in range(1_000_000):\n    f = ValueError(n); f.__cause__ = e; e = f\nraise e',
  ),
  attack('descriptors', ['exception'], 'import os\nkept = []\nwhile True: kept.append(os.pipe())'),
  attack(
    'epoll and eventfds',
    ['exception'],
    'import os, select\nkept = []\nwhile True: kept.append((select.epoll(), os.eventfd(0)))',
  ),
]

/** On a slow machine the deadline may come before the memory is full; and what fills it may break the interpreter, which is its end. */
export const memory = attacks.map((each): Attack => ({ ...each, ends: [...each.ends, 'timeout', 'crashed'] }))
