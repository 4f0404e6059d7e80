import type { Attack } from '../attack.ts'
import { attack } from './module.ts'

/** Code that keeps whatever secret it is given, in every place that it can think of, and shows what it finds. */
const KEEP = `
import builtins, os, sys, json, indag, threading, time, mmap, ctypes
def keep(text):
    builtins.kept = text; sys.modules["kept"] = text; os.environ["KEPT"] = text; json.kept = text; indag.kept = text
    sys.stdout.kept = text; threading.main_thread().kept = text; globals()["kept"] = text; sys.path.append(text)
    ctypes.CDLL(None).setenv(b"KEPT2", text.encode(), 1)
    for place in ("/tmp/kept", "/dev/shm/kept", "kept", "/var/tmp/kept"):
        try: open(place, "w").write(text)
        except OSError: pass
def found():
    seen = [repr(getattr(m, "kept", None)) for m in (builtins, json, indag, sys.stdout, threading.main_thread())]
    seen += [repr(sys.modules.get("kept")), os.environ.get("KEPT"), repr(globals().get("kept")), repr(sys.path)]
    ctypes.CDLL(None).getenv.restype = ctypes.c_char_p
    seen.append(repr(ctypes.CDLL(None).getenv(b"KEPT2")))
    for place in ("/tmp/kept", "/dev/shm/kept", "kept", "/var/tmp/kept"):
        try: seen.append(open(place).read())
        except OSError: pass
    return seen
`
const spy = (name: string, prelude: string, body: string, victim: Attack['victim']) =>
  attack(
    name,
    ['harmless', 'crashed', 'exception', 'timeout'],
    body,
    `${KEEP.trim()}\n${prelude}`,
    victim ? { victim } : {},
  )
const SHOW =
  'if indicator.value == "victim":\n    keep(ctx.secrets.get("token", "") + str(ctx.config.get("label", "")))\n    return {"summary": "s"}\nreturn {"summary": "s", "raw": found()}'

export const state: Attack[] = [
  spy('the secret of an earlier call of another domain, kept everywhere', '', SHOW, 'before'),
  spy(
    'the secret of a call beside it',
    '',
    `${SHOW.replace('return {"summary": "s", "raw": found()}', 'time.sleep(0.2)\nreturn {"summary": "s", "raw": found()}')}`,
    'beside',
  ),
  spy(
    "the worker's own functions replaced, to steal the next call",
    'import worker\nstolen = []\nreal = worker.Worker._run\ndef steal(self, call, *rest):\n    stolen.append(repr(call)); return real(self, call, *rest)\nworker.Worker._run = steal',
    'return {"summary": "s", "raw": stolen}',
    'before',
  ),
  spy(
    "the channel's reader replaced",
    'import channel\nstolen = []\nreal = channel.Channel.read\ndef read(self):\n    frame = real(self); stolen.append(repr(frame)); return frame\nchannel.Channel.read = read',
    'time.sleep(0.1)\nreturn {"summary": "s", "raw": stolen}',
    'beside',
  ),
  spy(
    'a thread that waits for the next call and answers in its place',
    'import _thread',
    'def later():\n    while True:\n        c = indag._host.channel\n        if c.call_id:\n            c.send(66, c.call_id, b"{\\"summary\\": \\"forged\\"}")\n        time.sleep(0.001)\n_thread.start_new_thread(later, ())',
    undefined,
  ),
  attack(
    'builtins that lie',
    ['timeout', 'crashed', 'harmless', 'exception', 'bad-result'],
    'import builtins\nbuiltins.len = lambda x: 666\nbuiltins.isinstance = lambda *a: True\nbuiltins.min = lambda *a: 0',
  ),
  attack(
    'builtins that are gone',
    ['timeout', 'crashed', 'harmless', 'exception', 'bad-result'],
    'import builtins\nfor name in list(vars(builtins)): delattr(builtins, name)',
  ),
  attack(
    'json, time, struct and signal replaced',
    ['harmless', 'exception', 'crashed'],
    'import json, time, struct, signal, threading\njson.loads = json.dumps = json.JSONEncoder = None\ntime.time = lambda: 0\nstruct.Struct = None\nsignal.setitimer = lambda *a: None\nthreading.active_count = lambda: 1',
  ),
  attack(
    'every module gone',
    ['harmless', 'exception', 'crashed', 'bad-result', 'timeout'],
    'import sys\nfor name in list(sys.modules):\n    if name != "source": vars(sys.modules[name]).clear()',
  ),
  attack(
    'the kit turned against its user',
    ['harmless', 'exception', 'crashed'],
    'import indag\nindag.Context.secrets = property(lambda self: {}, lambda self, v: None)\nindag.Context.__init__ = None\nindag.log._left = 1 << 60',
  ),
  attack(
    'an exit handler that goes on',
    ['harmless'],
    'import atexit\ndef loop():\n    while True: pass\natexit.register(loop)',
  ),
  attack(
    'a profile of all that follows',
    ['harmless', 'timeout', 'exception', 'crashed'],
    'import sys, threading\nseen = []\nsys.setprofile(lambda frame, *rest: seen.append(repr(frame.f_locals)))',
  ),
  attack(
    'its clock of the next call taken away',
    ['harmless', 'timeout'],
    'import worker\nworker.Worker._arm = lambda *a: None\nworker.set_timer = lambda *a: None',
  ),
]
