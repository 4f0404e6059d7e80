"""Tries what a box must refuse, in a program started in it, and prints as JSON what it could observe: the value, or the error."""

import ctypes
import json
import os
import resource
import socket
import sys
import threading

given = json.loads(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)


def syscall(number, *arguments):
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def bomb(make, most):
    made = []
    for _ in range(most):
        try:
            made.append(make())
        except BaseException as error:
            return {'made': len(made), 'error': type(error).__name__}
    return {'made': len(made)}


def thread():
    event = threading.Event()
    one = threading.Thread(target=event.wait, args=(5,), daemon=True)
    one.start()
    return one


def fill():
    with open(os.path.join(given['scratch'] or '/tmp', f'fill-{os.urandom(4).hex()}'), 'wb') as file:
        file.write(b'x' * (1 << 22))
        file.flush()


def connect(family, address, kind=socket.SOCK_STREAM):
    one = socket.socket(family, kind)
    one.connect(address)
    return 'connected'


def datagram():
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    return one.sendto(b'x', ('127.0.0.1', 9))


def lowered_and_raised():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard + 100, hard + 100))
    return 'raised'


X86 = os.uname().machine == 'x86_64'
NUMBERS = {
    'ptrace': 101 if X86 else 117, 'process_vm_readv': 310 if X86 else 270, 'bpf': 321 if X86 else 280, 'keyctl': 250 if X86 else 219,
    'userfaultfd': 323 if X86 else 282, 'perf_event_open': 298 if X86 else 241, 'io_uring_setup': 425, 'pidfd_open': 434,
    'pidfd_send_signal': 424, 'clone3': 435, 'open_by_handle_at': 304 if X86 else 265, 'add_key': 248 if X86 else 217,
    'memfd_create': 319 if X86 else 279, 'setns': 308 if X86 else 268, 'process_madvise': 440, 'landlock_create_ruleset': 444,
    'personality': 135 if X86 else 92, 'sendmsg': 46 if X86 else 211, 'execveat': 322 if X86 else 281, 'mount': 165 if X86 else 40,
}
O = {
    'read /etc/passwd': lambda: open('/etc/passwd').read(),
    'read /etc/shadow': lambda: open('/etc/shadow').read(),
    'read a file of the host': lambda: open(given['hostFile']).read(),
    'list the host folder': lambda: os.listdir(given['hostFolder']),
    'read environ of the parent': lambda: open(f'/proc/{given["hostPid"]}/environ').read(),
    'read environ of pid 1': lambda: open('/proc/1/environ').read(),
    'read own memory map': lambda: open('/proc/self/maps').read(),
    'list processes': lambda: os.listdir('/proc'),
    'environment': lambda: {name: value for name, value in os.environ.items() if name != 'LC_CTYPE'},
    'open descriptors': lambda: [fd for fd in range(3, 64) if is_open(fd)],
    'write beside': lambda: open(os.path.join(given['hostFolder'], 'written'), 'w'),
    'write in /tmp': lambda: open('/tmp/indag-written', 'w'),
    'write in /dev/shm': lambda: open('/dev/shm/indag-written', 'w'),
    'change a mode': lambda: os.chmod(given['hostFile'], 0o777),
    'make a folder': lambda: os.mkdir('/tmp/indag-folder'),
    'tcp': lambda: connect(socket.AF_INET, ('127.0.0.1', given['tcpPort'])),
    'tcp6': lambda: connect(socket.AF_INET6, ('::1', given['tcpPort'])),
    'udp': datagram,
    'unix socket by path': lambda: connect(socket.AF_UNIX, given['unixPath']),
    'unix socket by abstract name': lambda: connect(socket.AF_UNIX, '\0' + given['abstractName']),
    'datagram pair': lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM),
    'raw socket': lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
    'netlink': lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
    'exec': lambda: os.execv('/bin/sh', ['sh', '-c', 'true']),
    'exec itself': lambda: os.execv(sys.executable, [sys.executable, '-c', '1']),
    'fork': os.fork,
    'vfork': lambda: os.posix_spawn('/bin/true', ['true'], {}),
    'kill the host process': lambda: os.kill(given['hostPid'], 0),
    'kill everything': lambda: os.kill(-1, 0),
    'kill its group': lambda: os.kill(0, 0),
    'unshare': lambda: syscall(272 if X86 else 97, 0x10000000),
    'become root': lambda: os.setuid(0),
    'become another': lambda: os.setresuid(1234, 1234, 1234),
    'change root': lambda: os.chroot('/'),
    'raise a limit': lowered_and_raised,
    'lower its niceness': lambda: os.nice(-5),
    'anonymous code': lambda: __import__('mmap').mmap(-1, 4096, prot=7),
    'tty injection': lambda: __import__('fcntl').ioctl(0, 0x5412, b'x'),
    'signals by descriptor': lambda: __import__('fcntl').fcntl(0, 8, given['hostPid']),
    'file bomb': lambda: bomb(fill, 64),
    'thread bomb': lambda: bomb(thread, 500)['made'],
    'descriptor bomb': lambda: bomb(os.pipe, 5000)['made'],
    'memory bomb': lambda: bomb(lambda: bytearray(1 << 24), 512)['made'],
    'capabilities': lambda: capabilities(),
    'uid': os.getuid,
}
# pidfd_open wants a pid that there is.
O.update({name: (lambda n: lambda: syscall(n, os.getpid() if n == 434 else 0, 0, 0, 0, 0))(n) for name, n in NUMBERS.items()})


def is_open(fd):
    try:
        os.fstat(fd)
        return True
    except OSError:
        return False


def capabilities():
    header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    libc.capget(header, data)
    return sum(data)


def observe(action):
    try:
        value = action()
        return {'got': value if isinstance(value, (int, str, list, dict)) else repr(value)}
    except BaseException as error:
        return {'refused': type(error).__name__, 'why': str(error)[:80]}


print(json.dumps({name: observe(action) for name, action in O.items()}))
