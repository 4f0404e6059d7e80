import type { Attack } from '../attack.ts'
import { attack } from './module.ts'

/** What it finds is given back: a word of another place among it is what the arena looks for. */
export const introspection: Attack[] = [
  attack(
    'all subclasses, for a way to a file',
    ['harmless', 'exception'],
    'found = []\nfor c in object.__subclasses__():\n    g = getattr(getattr(c, "__init__", None), "__globals__", {})\n    if "sys" in g:\n        try: found.append(g["sys"].modules["os"].popen("cat " + ctx.config["outsideFile"]).read())\n        except Exception: pass\nreturn {"summary": "s", "raw": found}',
  ),
  attack(
    'the frames above',
    ['harmless', 'output-too-large'],
    'import sys\nf = sys._getframe(); seen = []\nwhile f:\n    seen.append(repr(f.f_locals)[:4000] + repr(f.f_globals)[:4000]); f = f.f_back\nreturn {"summary": "s", "raw": seen}',
  ),
  attack(
    'all that the collector knows',
    ['harmless', 'output-too-large', 'timeout', 'memory'],
    'import gc\nreturn {"summary": "s", "raw": sorted({v[:200] for o in gc.get_objects() if isinstance(o, dict) for v in o.values() if isinstance(v, str) and "canary" in v})}',
  ),
  attack(
    'its whole memory, read by address',
    ['harmless', 'crashed', 'timeout'],
    `
libc = ctypes.CDLL(None, use_errno=True)
vector, found, seen = (ctypes.c_ubyte * 256)(), set(), set()
for thing in gc.get_objects()[::50] + [bytearray(1 << 20), libc.malloc]:
    base = id(thing) & ~0xFFFFF
    if base in seen: continue
    seen.add(base)
    if libc.mincore(ctypes.c_void_p(base), ctypes.c_size_t(1 << 20), vector) != 0: continue
    text = ctypes.string_at(base, 1 << 20)
    found.update(m.decode() for m in re.findall(rb"canary[0-9a-f]{24}", text))
return {"summary": "s", "raw": sorted(found)}`,
    'import ctypes, gc, re',
  ),
  attack(
    'the environment, by the interpreter and by libc',
    ['harmless', 'exception'],
    'import os, ctypes\nenviron = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")\nraw, n = [], 0\nwhile environ and environ[n]: raw.append(environ[n].decode()); n += 1\nreturn {"summary": "s", "raw": [dict(os.environ), raw, os.getenv(ctx.config["environmentName"])]}',
  ),
  attack(
    'the command line of the zygote',
    ['harmless', 'exception'],
    'import sys\nreturn {"summary": "s", "raw": [sys.argv, sys.orig_argv, sys.path, sys.flags.__repr__(), sys.executable]}',
  ),
  attack(
    'the settings and buffers of the zygote, inherited',
    ['harmless', 'exception'],
    'import __main__\nreturn {"summary": "s", "raw": [repr(v)[:3000] for v in vars(__main__).values()]}',
  ),
  attack(
    'every function of the zygote called',
    ['harmless', 'exception', 'crashed', 'timeout'],
    'import __main__\nz = __main__.Zygote.__new__(__main__.Zygote)\nz.by_id, z.by_pid, z.buffer = {n: n for n in range(1, 200)}, {}, b""\nimport socket\nz.control = socket.socket(fileno=3)\nz.say(ended=1)\nz.fork({"fork": 1, "token": "x", "library": None})',
  ),
  attack(
    'a pickle that runs',
    ['exception', 'harmless'],
    'import pickle\npickle.loads(b"cos\\nsystem\\n(S\'cat " + ctx.config["outsideFile"].encode() + b" > " + ctx.config["openFolder"].encode() + b"/" + ctx.config["mark"].encode() + b"\'\\ntR.")',
  ),
  attack(
    'code objects made by hand',
    ['harmless', 'exception', 'crashed'],
    'def f(): pass\nc = f.__code__.replace(co_code=bytes(range(256)) * 4, co_stacksize=1)\nexec(c)',
  ),
  attack(
    'marshal of garbage',
    ['exception', 'crashed', 'memory'],
    'import marshal, os\nfor n in range(20000):\n    try: marshal.loads(b"\\xe3" + os.urandom(200))\n    except (ValueError, EOFError, TypeError, MemoryError, SystemError): pass\nraise ValueError("nothing")',
  ),
  attack(
    'the limits of its memory, by type confusion',
    ['crashed', 'harmless', 'exception'],
    'import ctypes\nx = (1, 2)\nctypes.c_ssize_t.from_address(id(x) + 16).value = 1 << 40\nreturn {"summary": "s", "raw": repr(x[100000])}',
  ),
  attack(
    'an import hook',
    ['harmless', 'exception'],
    'import sys\nclass F:\n    def find_spec(self, *a): raise SystemExit\nsys.meta_path.insert(0, F()); sys.path_hooks.insert(0, lambda p: 1 / 0)\nimport sqlite3',
  ),
  attack(
    'an audit hook that refuses all',
    ['harmless', 'exception', 'crashed', 'timeout'],
    'import sys\ndef no(event, args): raise SystemExit(event)\nsys.addaudithook(no)',
  ),
  attack(
    'modules that other sources may have left',
    ['harmless', 'exception'],
    'import sys\nreturn {"summary": "s", "raw": [n for n in sys.modules if n.startswith(("source", "neighbour"))] + [repr(getattr(sys.modules["source"], "own", None))]}',
  ),
]
