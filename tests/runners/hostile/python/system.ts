import type { Attack } from '../attack.ts'
import { attack, family } from './module.ts'

const REFUSED = ['exception'] as const
/** Tries many ways and gives back all that it got; only what was refused everywhere ends in nothing. */
const got = family(`
import os
def tried(*actions):
    found = []
    for action in actions:
        try: found.append(repr(action())[:20000])
        except (OSError, AttributeError, ImportError, ValueError, MemoryError) as error: pass
    return found
`)

export const system: Attack[] = [
  got(
    'a file of the machine',
    [...REFUSED],
    'import pathlib\nfound = tried(lambda: open("/etc/passwd").read(), lambda: open("/etc/hostname").read(), lambda: pathlib.Path("/etc/shadow").read_text(), lambda: os.listdir("/home"), lambda: os.listdir("/root"), lambda: os.listdir("/etc"))\nif not found: raise PermissionError("nothing")\nreturn {"summary": "s", "raw": found}',
  ),
  got(
    'a file that everybody may read',
    ['harmless'],
    'p = ctx.config["outsideFile"]\nreturn {"summary": "s", "raw": tried(lambda: open(p).read(), lambda: os.open(p, os.O_RDONLY), lambda: open(os.path.join("/proc/self/root", p.lstrip("/"))).read(), lambda: open("/proc/1/root" + p).read(), lambda: open("../" * 20 + p.lstrip("/")).read(), lambda: os.listdir(os.path.dirname(p)), lambda: __import__("linecache").getlines(p), lambda: __import__("importlib").machinery.SourceFileLoader("x", p).get_data(p))}',
  ),
  got(
    'a file of the runner, beside the requirements of others',
    ['harmless'],
    'p = ctx.config["runnerFile"]\nbelow = lambda top: [os.path.join(d, f) for d, _, fs in os.walk(top) for f in fs]\nreturn {"summary": "s", "raw": tried(lambda: open(p).read(), lambda: os.listdir(os.path.dirname(p)), lambda: os.listdir(os.path.dirname(os.path.dirname(p))), lambda: below(os.path.dirname(os.path.dirname(p))))}',
  ),
  got(
    'another process in /proc',
    [...REFUSED],
    'pid = ctx.config["runnerPid"]\nfound = tried(*[(lambda f=f: open(f, "rb").read(4096)) for f in [f"/proc/{p}/{n}" for p in (pid, 1, 2, "self", os.getppid()) for n in ("environ", "cmdline", "maps", "mem", "status", "fd/0", "root/etc/passwd")]], lambda: os.listdir("/proc"), lambda: os.listdir("/sys"), lambda: os.listdir("/dev/shm"))\nif not found: raise PermissionError("nothing")\nreturn {"summary": "s", "raw": found}',
  ),
  got(
    'a file written anywhere',
    [...REFUSED],
    `
m = ctx.config["mark"]
places = [ctx.config["openFolder"], "/tmp", "/var/tmp", "/dev/shm", "/", ".", "/run", "/usr/lib", os.path.dirname(os.__file__), os.path.dirname(ctx.config["runnerFile"])]
done = tried(*[(lambda p=p: open(os.path.join(p, m), "w").write("x")) for p in places], *[(lambda p=p: os.mkdir(os.path.join(p, m))) for p in places], *[(lambda p=p: os.symlink("/etc", os.path.join(p, m))) for p in places], *[(lambda p=p: os.mknod(os.path.join(p, m))) for p in places], *[(lambda p=p: os.mkfifo(os.path.join(p, m))) for p in places], *[(lambda p=p: os.open(p, os.O_TMPFILE | os.O_RDWR)) for p in places])
if not done: raise PermissionError("nothing")
return {"summary": "written", "raw": done}`,
  ),
  got(
    'a file changed, moved or removed',
    [...REFUSED],
    'p = ctx.config["outsideFile"]\ndone = tried(lambda: os.unlink(p), lambda: os.truncate(p, 0), lambda: os.chmod(p, 0), lambda: os.rename(p, p + "x"), lambda: os.link(p, ctx.config["openFolder"] + "/" + ctx.config["mark"]), lambda: os.utime(p), lambda: os.chown(p, 1, 1), lambda: os.setxattr(p, "user.x", b"y"), lambda: open(p, "r+").write("x"), lambda: os.rmdir(ctx.config["openFolder"]))\nif not done: raise PermissionError("nothing")\nreturn {"summary": "changed", "raw": done}',
  ),
  got(
    'the disk filled, with a hole and without',
    [...REFUSED],
    'import tempfile\ndone = tried(lambda: tempfile.TemporaryFile().write(b"x" * (1 << 22)), lambda: tempfile.mkdtemp(), lambda: open(ctx.config["openFolder"] + "/" + ctx.config["mark"], "wb").truncate(1 << 40))\nif not done: raise PermissionError("nothing")',
  ),
  got(
    'the program of its own worker changed',
    [...REFUSED],
    'import channel, json\nif not tried(lambda: open(channel.__file__, "a").write("#"), lambda: open(json.__file__, "a").write("#"), lambda: os.remove(channel.__file__), lambda: os.mkdir(os.path.dirname(channel.__file__) + "/__pycache__x")): raise PermissionError("nothing")',
  ),
  got(
    'what its descriptors lead to',
    ['harmless', 'timeout', 'crashed'],
    'import indag, stat\nown = indag._host.channel.sock.fileno()\nfound = []\nfor fd in range(0, 64):\n    if fd != own:\n        found += tried(lambda: os.fstat(fd).st_mode, lambda: os.readlink(f"/proc/self/fd/{fd}"), lambda: (os.set_blocking(fd, False), os.read(fd, 4096)))\nreturn {"summary": "s", "raw": found}',
  ),
  got(
    'another program',
    [...REFUSED],
    'import subprocess, multiprocessing, sys\nm = ctx.config["openFolder"] + "/" + ctx.config["mark"]\ndone = tried(lambda: subprocess.run(["touch", m]), lambda: os.system("touch " + m) == 0 or 1 / 0 if False else (_ for _ in ()).throw(OSError()), lambda: os.execv("/bin/touch", ["touch", m]), lambda: os.posix_spawn("/bin/touch", ["touch", m], {}), lambda: os.popen("touch " + m).read(), lambda: os.execv(sys.executable, [sys.executable, "-c", "1"]))\nif not done: raise PermissionError("nothing")\nreturn {"summary": "ran", "raw": done}',
  ),
  got(
    'a fork',
    [...REFUSED],
    'import multiprocessing\npid = None\ntry: pid = os.fork()\nexcept OSError: pass\nif pid == 0: os._exit(0)\nif pid or tried(lambda: os.forkpty(), lambda: multiprocessing.Process(target=print).start()): return {"summary": "forked"}\nraise PermissionError("nothing")',
  ),
  got('a fork bomb', ['timeout'], 'while True:\n    try: os.fork()\n    except OSError: pass'),
  got(
    'signals to all others',
    [...REFUSED],
    'import signal\nown = os.getpid()\ndone = tried(*[(lambda p=p, s=s: os.kill(p, s)) for p in [-1, 0, 1, 2, os.getppid(), ctx.config["runnerPid"], *range(3, 300)] if p != own for s in (0, signal.SIGKILL, signal.SIGSTOP)], lambda: os.killpg(0, 9), lambda: os.killpg(os.getpgrp(), 9))\nif done: return {"summary": "killed", "raw": done}\nraise PermissionError("nothing")',
  ),
  got(
    'other users',
    [...REFUSED],
    'if not tried(lambda: os.setuid(0), lambda: os.setresuid(0, 0, 0), lambda: os.setgid(0), lambda: os.setgroups([0]), lambda: os.setresuid(1234, 1234, 1234), lambda: os.seteuid(0), lambda: os.chroot("/"), lambda: os.initgroups("root", 0)): raise PermissionError("nothing")',
  ),
  got(
    'its limits raised, its priority too',
    [...REFUSED],
    'import resource\nkinds = [getattr(resource, n) for n in dir(resource) if n.startswith("RLIMIT_")]\nif not tried(lambda: os.nice(-20), lambda: os.setpriority(0, 0, -20), lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(99)), lambda: os.sched_setaffinity(0, range(64)), *[(lambda k=k: resource.setrlimit(k, (resource.getrlimit(k)[1] + 1, resource.getrlimit(k)[1] + 1))) for k in kinds if resource.getrlimit(k)[1] >= 0]): raise PermissionError("nothing")',
  ),
  got(
    'who else is there, by asking about pids',
    ['harmless'],
    'import time\nothers = [p for p in range(1, 500) if p != os.getpid()]\nfound = tried(*[(lambda p=p: (p, os.getpgid(p))) for p in others], *[(lambda p=p: (p, os.getsid(p))) for p in others], *[(lambda p=p: (p, os.sched_getaffinity(p))) for p in others], *[(lambda p=p: (p, os.getpriority(0, p))) for p in others], *[(lambda p=p: (p, time.clock_gettime((~p << 3) | 2))) for p in others])\nif found: raise SystemExit(f"saw {found[:5]}")',
  ),
  attack(
    'the names of other requirement sets, by stat',
    ['harmless'],
    'import os\np = os.path.dirname(os.path.dirname(ctx.config["runnerFile"])) + "/python-packages"\ntry: return {"summary": "s", "raw": os.listdir(p)}\nexcept OSError: pass',
  ),
  attack(
    'a terminal, and letters into it',
    ['exception'],
    'import fcntl, os\nfor name in ("/dev/tty", "/dev/ptmx", "/dev/console", "/dev/pts/0"):\n    try: fcntl.ioctl(os.open(name, os.O_RDWR), 0x5412, b"x"); return {"summary": "typed"}\n    except OSError: pass\nfcntl.ioctl(0, 0x5412, b"x")',
  ),
  attack(
    'its descriptor limit, then a file',
    ['exception', 'crashed'],
    'import os\ntry:\n    while True: os.open("/dev/null", os.O_RDONLY)\nexcept OSError: pass\nopen(ctx.config["outsideFile"])',
  ),
]
