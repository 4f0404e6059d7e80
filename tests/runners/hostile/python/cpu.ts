import type { Attack } from '../attack.ts'
import { attack } from './module.ts'

const STUCK = ['timeout'] as const

export const cpu: Attack[] = [
  attack('an endless loop', [...STUCK], 'while True: pass'),
  attack(
    'a loop that catches everything',
    [...STUCK],
    'while True:\n    try:\n        while True: pass\n    except BaseException: pass',
  ),
  attack('one that ends up in finally', [...STUCK], 'try:\n    while True: pass\nfinally:\n    while True: pass'),
  attack('one endless native instruction', [...STUCK], 'sum(range(10 ** 15))'),
  attack('a catastrophic pattern', [...STUCK], 'import re\nre.match("(a+)+$", "a" * 60 + "b")'),
  attack('a power of powers', ['timeout', 'memory'], '9 ** 9 ** 9'),
  attack(
    'a big number to text',
    ['timeout', 'exception'],
    'import sys\nsys.set_int_max_str_digits(0)\nstr(7 ** 9000000)',
  ),
  attack(
    'a sort whose comparison loops',
    [...STUCK],
    'import functools\nsorted([3, 1, 2], key=functools.cmp_to_key(lambda a, b: any(iter(int, 1))))',
  ),
  attack(
    'an equality that loops, in a dict',
    [...STUCK],
    'class K:\n    def __hash__(self): return 1\n    def __eq__(self, other):\n        while True: pass\n{K(): 1, K(): 2}',
  ),
  attack(
    'a generator that never ends, consumed by C',
    [...STUCK],
    'import collections, itertools\ncollections.deque(itertools.repeat(0), maxlen=0)',
  ),
  attack(
    'sleep for ever',
    [...STUCK],
    'import time\nwhile True:\n    try: time.sleep(1000)\n    except BaseException: pass',
  ),
  attack(
    'all signals ignored',
    [...STUCK],
    'import signal\nfor n in range(1, 65):\n    try: signal.signal(n, signal.SIG_IGN)\n    except (OSError, ValueError): pass\nwhile True: pass',
  ),
  attack(
    'all signals blocked',
    [...STUCK],
    'import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass',
  ),
  attack(
    'its clocks stopped',
    [...STUCK],
    'import signal\nsignal.setitimer(signal.ITIMER_REAL, 0)\nsignal.setitimer(signal.ITIMER_PROF, 0)\nwhile True: pass',
  ),
  attack(
    'an alarm of its own that loops',
    [...STUCK],
    'import signal, time\ndef loop(*unused):\n    while True: pass\nsignal.signal(signal.SIGALRM, loop)\ntime.sleep(1000)',
  ),
  attack(
    'every thread that it can have, computing',
    [...STUCK],
    'import threading\ndef loop():\n    while True: pass\nwhile True:\n    try: threading.Thread(target=loop).start()\n    except RuntimeError: pass',
  ),
  attack(
    'a native thread that goes on after the answer',
    ['harmless', 'crashed'],
    'import _thread\ndef loop():\n    while True: pass\n_thread.start_new_thread(loop, ())',
  ),
  attack(
    'a thread without a name in the interpreter, that goes on after the answer',
    ['harmless', 'crashed'],
    'import faulthandler\nfaulthandler.dump_traceback_later(0.000001, repeat=True, file=1)',
  ),
  attack(
    'a destructor that loops when all is over',
    ['harmless', 'timeout'],
    'global kept\nclass D:\n    def __del__(self):\n        while True: pass\nkept = D()\nkept = None',
  ),
  attack(
    'a collector callback that loops',
    [...STUCK],
    'import gc\ndef loop(*unused):\n    while True: pass\ngc.callbacks.append(loop)\ngc.collect()',
  ),
  attack(
    'a trace that loops',
    [...STUCK],
    'import sys\ndef trace(*unused):\n    while True: pass\nsys.settrace(trace)\n(lambda: 0)()',
  ),
  attack(
    'a decimal context without bounds',
    ['timeout', 'memory', 'exception'],
    'import decimal\nc = decimal.Context(prec=decimal.MAX_PREC, Emax=decimal.MAX_EMAX)\nc.divide(decimal.Decimal(1), decimal.Decimal(3))',
  ),
  attack('an async hook that never yields', [...STUCK], '', '', {
    code: 'async def fetch_data(indicator, ctx):\n    while True: pass\n',
  }),
  attack('an async hook that waits for ever', [...STUCK], '', '', {
    code: 'import asyncio\nasync def fetch_data(indicator, ctx):\n    await asyncio.Event().wait()\n',
  }),
  attack('an async hook that swallows its cancellation', [...STUCK], '', '', {
    code: 'import asyncio\nasync def fetch_data(indicator, ctx):\n    while True:\n        try: await asyncio.sleep(1000)\n        except BaseException: pass\n',
  }),
  attack('a task that is left behind and never ends', ['harmless', 'timeout'], '', '', {
    code: 'import asyncio\nasync def left():\n    while True:\n        try: await asyncio.sleep(1000)\n        except BaseException: pass\nasync def fetch_data(indicator, ctx):\n    asyncio.create_task(left())\n    await asyncio.sleep(0)\n    return {"summary": "s"}\n',
  }),
  attack('a top level that never ends', ['timeout'], '', 'while True: pass'),
  attack(
    'a loop around a denied request',
    [...STUCK, 'crashed'],
    'while True:\n    try: ctx.fetch("http://127.0.0.1/")\n    except Exception: pass',
  ),
]
