import type { Attack } from '../attack.ts'
import { family } from './module.ts'

/**
 * System calls made by hand. They end in an exception only when all of them were refused by the filter (EPERM, ENOSYS): one that fails
 * for its arguments has reached the kernel.
 */
const kernel = family(`
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
X86 = os.uname().machine == "x86_64"
NONE = 9999
buffer = ctypes.create_string_buffer(4096)
def call(numbers, *arguments):
    number = numbers if isinstance(numbers, int) else numbers[0 if X86 else 1]
    if number == NONE: return -38
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
    return result if result >= 0 else -ctypes.get_errno()
def refused(*results):
    if all(result in (-1, -38) for result in results): raise PermissionError("refused")
    return {"summary": f"reached the kernel: {results}"}
`)
const one = (name: string, ...calls: string[]): Attack =>
  kernel(name, ['exception'], `return refused(${calls.map((each) => `call(${each})`).join(', ')})`)

export const kernelCalls: Attack[] = [
  one('io_uring', '425, 8, buffer', '426, 0, 1, 1, 0, 0, 0', '427, -1, 0, 0, 0'),
  one('bpf and perf', '(321, 280), 0, buffer, 64', '(298, 241), buffer, 0, -1, -1, 0'),
  one('userfaultfd', '(323, 282), 0', '(323, 282), 1'),
  one(
    'keys',
    '(250, 219), 0, -3, 0, 0, 0',
    '(248, 217), b"user", b"k", b"v", 1, -3',
    '(249, 218), b"user", b"k", None, -3',
  ),
  one('ptrace', '(101, 117), 0, 0, 0, 0', '(101, 117), 16, 1, 0, 0', '(101, 117), 16902, os.getppid(), 0, 0'),
  one(
    'memory of other processes',
    '(310, 270), os.getppid(), buffer, 1, buffer, 1, 0',
    '(311, 271), os.getppid(), buffer, 1, buffer, 1, 0',
    '440, -1, buffer, 1, 4, 0',
    '(312, 272), 1, 2, 0, 0, 0',
    '448, -1, 0',
  ),
  one('descriptors of processes', '434, os.getpid(), 0', '434, 1, 0', '438, 3, 0, 0', '424, 3, 9, 0, 0'),
  one(
    'namespaces of its own',
    '(272, 97), 0x10000000',
    '(272, 97), 0x20000',
    '(272, 97), 0x40000000',
    '(308, 268), 0, 0',
  ),
  one(
    'mounts',
    '(165, 40), b"none", b"/", b"tmpfs", 0, 0',
    '(166, 39), b"/", 2',
    '428, -100, b"/", 1',
    '429, -1, b"", -100, b"/x", 4',
    '430, b"tmpfs", 0',
    '432, -1, 0, 0',
    '442, -100, b"/", 0, buffer, 32',
  ),
  one('another root', '(155, 41), b"/", b"/"', '(161, 51), b"/"'),
  one(
    'identities',
    '(105, 146), 0',
    '(106, 144), 0',
    '(117, 147), 0, 0, 0',
    '(119, 149), 0, 0, 0',
    '(116, 159), 0, buffer',
    '(122, 151), 0',
    '(126, 91), buffer, buffer',
  ),
  one(
    'a filter of its own over the filter',
    '(317, 277), 0, 0, 0',
    '(317, 277), 1, 8, buffer',
    '(157, 167), 22, 1, 0, 0, 0',
    '(157, 167), 22, 2, buffer, 0, 0',
  ),
  one(
    'prctl that weakens',
    '(157, 167), 4, 1, 0, 0, 0',
    '(157, 167), 1, 0, 0, 0, 0',
    '(157, 167), 36, 1, 0, 0, 0',
    '(157, 167), 35, 8, 0, 0, 0',
    '(157, 167), 47, 2, 21, 0, 0',
    '(157, 167), 0x59616d61, -1, 0, 0, 0',
    '(157, 167), 8, 1, 0, 0, 0',
    '(157, 167), 53, 0, 0, 0, 0',
    '(157, 167), 31, 0, 0, 0, 0',
  ),
  one(
    'clone without a thread, with namespaces',
    '(56, 220), 17, 0, 0, 0, 0',
    '(56, 220), 0x10000011, 0, 0, 0, 0',
    '(56, 220), 0x20000011, 0, 0, 0, 0',
    '435, buffer, 88',
    '(57, 9999)',
    '(58, 9999)',
  ),
  one(
    'a program out of memory',
    '(319, 279), b"x", 0',
    '(319, 279), b"x", 1',
    '447, 0',
    '(322, 281), -1, b"", 0, 0, 0x1000',
    '(59, 221), b"/bin/sh", 0, 0',
    '(59, 221), 0, 0, 0',
  ),
  one(
    'files by handle',
    '(304, 265), -100, buffer, 0',
    '(303, 264), -100, b"/", buffer, buffer, 0',
    '437, -100, b"/etc/passwd", buffer, 24',
  ),
  one(
    'watches over the file system',
    '(300, 262), 0, 0',
    '(301, 263), 0, 1, 1, -100, b"/"',
    '(294, 26), 0',
    '(254, 27), 0, b"/", 1',
  ),
  one(
    'the kernel itself',
    '(246, 104), 0, 0, 0, 0',
    '(320, 294), -1, -1, 0, b"", 0',
    '(169, 142), 1, 2, 3, 0',
    '(175, 105), buffer, 1, b""',
    '(313, 273), -1, b"", 0',
    '(176, 106), b"x", 0',
    '(103, 116), 2, buffer, 1',
    '(163, 89), 0',
    '(167, 224), b"/x", 0',
  ),
  one('the clock', '(164, 170), buffer, 0', '(227, 112), 0, buffer', '(305, 266), 0, buffer', '(159, 171), buffer'),
  one('the name of the host', '(170, 161), b"x", 1', '(171, 162), b"x", 1'),
  one(
    'the scheduler',
    '(144, 119), 0, 1, buffer',
    '(203, 122), 0, 8, buffer',
    '(314, 274), 0, buffer, 0',
    '(142, 118), 0, buffer',
    '(141, 140), 0, 0, -5',
    '(251, 30), 1, 0, 0',
  ),
  one(
    'memory that cannot be swapped, or is moved',
    '(151, 230), 3',
    '(149, 228), buffer, 4096',
    '(325, 284), buffer, 4096, 0',
    '(237, 235), 0, 0, 0, 0, 0, 0',
    '(238, 237), 0, 0, 0',
    '(279, 239), 0, 0, 0, 0, 0, 0',
    '(256, 238), 0, 0, 0, 0',
  ),
  one(
    'shared memory, messages and semaphores',
    '(29, 194), 0, 4096, 0o1777',
    '(30, 196), 0, 0, 0',
    '(68, 186), 0, 0o1777',
    '(64, 190), 0, 1, 0o1777',
    '(240, 180), b"x", 0o102, 0o777, 0',
  ),
  one('timers and signals by descriptor', '(222, 107), 0, 0, buffer', '(283, 85), 0, 0', '(289, 74), -1, buffer, 8, 0'),
  one(
    'sockets of every family',
    ...[1, 2, 10, 15, 16, 17, 21, 31, 38, 40, 44].flatMap((each) => [
      `(41, 198), ${each}, 1, 0`,
      `(41, 198), ${each}, 2, 0`,
      `(41, 198), ${each}, 3, 0`,
    ]),
  ),
  one(
    'pairs that can be aimed, and other families',
    '(53, 199), 1, 2, 0, buffer',
    '(53, 199), 1, 5, 0, buffer',
    '(53, 199), 2, 1, 0, buffer',
    '(53, 199), 1 << 32 | 1, 1, 0, buffer',
  ),
  one(
    'descriptors sent and received',
    '(46, 211), 3, buffer, 0',
    '(307, 269), 3, buffer, 1, 0',
    '(47, 212), 3, buffer, 0',
    '(299, 243), 3, buffer, 1, 0, 0',
  ),
  one(
    'bind, connect, listen, accept on its channel',
    '(49, 200), 3, buffer, 16',
    '(42, 203), 3, buffer, 16',
    '(50, 201), 3, 1',
    '(288, 242), 3, 0, 0, 0',
    '(54, 208), 3, 1, 1, buffer, 4',
  ),
  one(
    'pipes that splice',
    '(275, 76), 3, 0, 4, 0, 1, 0',
    '(276, 77), 3, 4, 1, 0',
    '(278, 75), 3, buffer, 1, 0',
    '(40, 71), 3, 4, 0, 1',
    '(326, 285), 3, 0, 4, 0, 1, 0',
  ),
  one(
    'signals queued to others',
    '(129, 138), 1, 9, buffer',
    '(297, 240), 1, 1, 9, buffer',
    '(200, 130), 1, 9',
    '(62, 129), 1, 9',
    '(234, 131), 1, 1, 9',
  ),
  one('Landlock and its loosening', '444, 0, 0, 1', '445, 3, 1, buffer, 0', '446, 3, 0'),
  one(
    'personality and segments',
    '(135, 92), 0x0400000',
    '(154, 9999), 0, buffer, 16',
    '(172, 9999), 3',
    '(173, 9999), 0, 1, 1',
  ),
  one(
    'writes by other calls',
    '(18, 68), 1, b"x", 1, 0',
    '(77, 46), 1, 0',
    '(285, 47), 1, 0, 0, 4096',
    '(90, 9999), b"/x", 0o777',
    '(268, 53), -100, b"/x", 0o777',
    '(260, 54), -100, b"/x", 0, 0, 0',
    '(188, 5), b"/", b"user.x", b"y", 1, 0',
    '452, -100, b"/", 0o777, 0',
  ),
  one(
    'the newest calls, and those to come',
    ...[449, 451, 453, 454, 457, 458, 462, 463, 464, 470, 500, 1000].map((each) => `${each}, 0, 0, 0, 0, 0, 0`),
  ),
  one('the numbers of x32', ...[0, 2, 41, 57, 59, 101, 512, 520, 545].map((each) => `0x40000000 | ${each}, 0, 0, 0`)),
  one('numbers with a high half', '(1 << 32) | 9998, 0, 0, 0', '-1, 0, 0, 0', '0x7FFFFFFF, 0, 0'),
  kernel(
    'system calls of 32 bits',
    ['crashed', 'exception'],
    'here = ctypes.cast(libc.syscall, ctypes.c_void_p).value & ~0xFFF\ntext = ctypes.string_at(here - (1 << 19), 1 << 19)\nat = text.find(b"\\xcd\\x80")\nif at < 0: raise PermissionError("no such bytes")\nctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_long)(here - (1 << 19) + at)(1)',
  ),
  kernel('machine code of its own, in anonymous memory', ['exception'], 'import mmap\nmmap.mmap(-1, 4096, prot=7)'),
  kernel(
    'machine code of its own, in a private copy of a file',
    ['exception'],
    'import mmap\nfd = os.open(os.__file__, os.O_RDONLY)\nwith mmap.mmap(fd, 4096, flags=mmap.MAP_PRIVATE, prot=7) as m: m.write(b"\\xc3"); ctypes.CFUNCTYPE(None)(ctypes.addressof(ctypes.c_char.from_buffer(m)))()',
  ),
  kernel(
    'machine code of its own, made executable later',
    ['exception'],
    'page = ctypes.addressof(ctypes.create_string_buffer(8192)) & ~4095\nreturn refused(call((10, 226), page, 4096, 5), call((10, 226), page, 4096, 7), call((329, 288), page, 4096, 5, -1), call((10, 226), page, 4096, 0x1000000 | 4))',
  ),
  kernel(
    'library code made writable',
    ['exception', 'crashed'],
    'libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]\nat = ctypes.cast(libc.getppid, ctypes.c_void_p).value & ~4095\nif libc.mprotect(at, 8192, 3) == 0: ctypes.memmove(at, b"\\xc3" * 100, 100)\nif libc.mprotect(at, 8192, 5) != 0: raise PermissionError("refused")\nreturn {"summary": "patched"}',
  ),
  kernel(
    'a device for its terminal or its disks',
    ['exception'],
    'import fcntl\nresults = []\nfor request in (0x5412, 0x540E, 0x541D, 0x8901, 0x8902, 0x8912, 0x8933, 0x89F0, 0x1260, 0xB701):\n    try: results.append(fcntl.ioctl(0, request, bytes(64)))\n    except OSError as error: results.append(-error.errno)\nreturn refused(*results)',
  ),
  kernel(
    'commands for descriptors that reach others',
    ['exception'],
    'import fcntl\nresults = []\nfor command in (8, 9, 10, 11, 15, 16, 36, 37, 38, 1024, 1025, 1026, 1031, 1033, 1034):\n    try: results.append(fcntl.fcntl(0, command, 1))\n    except OSError as error: results.append(-error.errno)\nreturn refused(*results)',
  ),
]
