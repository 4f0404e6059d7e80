"""
The system calls of the box: an allow list, as classic BPF assembled by hand. Everything else is EPERM, what is newer than
this list ENOSYS, so that libraries fall back. Arguments are compared in full width where a high half could lie.
"""

import ctypes
import os
import struct

import kernel
import syscalls

LOAD, JUMP_EQUAL, JUMP_ABOVE_OR_EQUAL, AND, RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
EPERM, ENOSYS = ERRNO | 1, ERRNO | 38
NEWER_THAN_THIS_LIST = 463

# Always harmless in a process that has no descriptor but its channel and read-only files. The frequent ones first.
PLAIN = """
    read write futex recvfrom epoll_wait epoll_pwait epoll_pwait2 epoll_ctl getpid madvise munmap brk writev readv
    poll ppoll select pselect6 close close_range lseek pread64 preadv fstat newfstatat statx stat lstat access faccessat faccessat2
    readlink readlinkat getcwd getdents64 open openat dup dup2 dup3 pipe pipe2 eventfd2 epoll_create1 getsockopt getsockname
    getpeername shutdown mremap membarrier mincore getppid gettid getuid geteuid getgid getegid getresuid getresgid getgroups
    getpgrp exit exit_group set_tid_address set_robust_list rseq arch_prctl rt_sigaction
    rt_sigprocmask rt_sigreturn rt_sigtimedwait rt_sigpending rt_sigsuspend sigaltstack restart_syscall pause setitimer getitimer
    alarm nanosleep gettimeofday time times getrusage sched_yield sched_get_priority_max sched_get_priority_min getcpu sysinfo
    uname getrandom umask getrlimit setrlimit pkey_alloc pkey_free
""".split()

# They take a pid, or a clock that may be another process's: what other processes there are, and how busy, is not for the code. What runs
# V8 may have them as they are: there the code cannot name them.
OF_A_PROCESS = 'getpgid getsid sched_getaffinity sched_getparam sched_getscheduler'.split()
OF_A_CLOCK = 'clock_gettime clock_getres clock_nanosleep'.split()
TRUSTED = OF_A_PROCESS + OF_A_CLOCK + 'getpriority capget get_robust_list'.split()
FIRST_CLOCK_OF_A_PROCESS = 16

# Where there is a scratch folder; Landlock says where they work.
WRITING = 'pwrite64 mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 ftruncate fallocate fsync fdatasync flock'.split()

CLONE_THREAD, CLONE_NEW_NAMESPACES = 0x10000, 0x7E020000
PROT_WRITE, PROT_EXEC, MAP_ANONYMOUS = 2, 4, 0x20
AF_UNIX, SOCK_STREAM, SOCKET_TYPE = 1, 1, 0xF
# F_DUPFD to F_SETLKW (0-7), F_DUPFD_CLOEXEC, F_GETPIPE_SZ: no F_SETOWN, which would send signals to others.
FCNTL = [0, 1, 2, 3, 4, 5, 6, 7, 1030, 1032]
# TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX.
IOCTL = [0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451]
# PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_CAPBSET_READ, PR_SET_VMA.
PRCTL = [3, 15, 16, 23, 0x53564D41]


def statement(code, value, when=0, otherwise=0):
    return struct.pack('=HBBI', code, when, otherwise, value & 0xFFFFFFFF)


def low(argument):
    return statement(LOAD, 16 + 8 * argument)


def high(argument):
    return statement(LOAD, 20 + 8 * argument)


def answer(value):
    return statement(RETURN, value)


def only_if(argument, value):
    """Goes on when the whole 64-bit argument is `value`, else EPERM."""
    return (
        low(argument) + statement(JUMP_EQUAL, value, 1, 0) + answer(EPERM)
        + high(argument) + statement(JUMP_EQUAL, value >> 32, 1, 0) + answer(EPERM)
    )


def one_of(argument, values):
    """Allows when the low half (the kernel reads an int) is among `values`, else EPERM."""
    tests = b''.join(statement(JUMP_EQUAL, value, 0, 1) + answer(ALLOW) for value in values)
    return low(argument) + tests + answer(EPERM)


def masked(argument, mask, value):
    """Goes on when the low half under `mask` is `value`, else EPERM."""
    return low(argument) + statement(AND, mask) + statement(JUMP_EQUAL, value, 1, 0) + answer(EPERM)


def unless(argument, mask, value):
    """EPERM when the low half under `mask` is `value`, else goes on."""
    return low(argument) + statement(AND, mask) + statement(JUMP_EQUAL, value, 0, 1) + answer(EPERM)


def below(argument, bound):
    """Goes on when the low half is less than `bound`, else EPERM."""
    return low(argument) + statement(JUMP_ABOVE_OR_EQUAL, bound, 0, 1) + answer(EPERM)


def guarded(jit, own_pid, execute):
    """System calls that depend on their arguments: name to program, which ends in an answer."""
    allow = answer(ALLOW)
    no_exec = b'' if jit else masked(2, PROT_EXEC, 0)
    # Mapping a library needs PROT_EXEC on a file; on anonymous memory only a JIT does. A private copy of a file could be written to.
    not_both = unless(2, PROT_WRITE | PROT_EXEC, PROT_WRITE | PROT_EXEC)
    anonymous = low(3) + statement(AND, MAP_ANONYMOUS) + statement(JUMP_EQUAL, 0, 0, 1) + allow
    own = {} if jit else {
        **{name: only_if(0, 0) + allow for name in OF_A_PROCESS},
        **{name: below(0, FIRST_CLOCK_OF_A_PROCESS) + allow for name in OF_A_CLOCK},
    }
    return {
        **own,
        'mmap': allow if jit else not_both + anonymous + no_exec + allow,
        'mprotect': no_exec + allow,
        'pkey_mprotect': no_exec + allow,
        'fcntl': one_of(1, FCNTL),
        'ioctl': one_of(1, IOCTL),
        'prctl': one_of(0, PRCTL),
        # asyncio wakes itself by a pair of its own. A datagram pair could be aimed at others.
        'socketpair': only_if(0, AF_UNIX) + masked(1, SOCKET_TYPE, SOCK_STREAM) + allow,
        # send() is sendto() without an address.
        'sendto': only_if(4, 0) + allow,
        'clone': masked(0, CLONE_THREAD | CLONE_NEW_NAMESPACES, CLONE_THREAD) + allow,
        'clone3': answer(ENOSYS),
        'prlimit64': only_if(0, 0) + allow,
        'kill': only_if(0, own_pid) + allow,
        'tgkill': only_if(0, own_pid) + allow,
        'execve': b''.join(only_if(i, address) for i, address in enumerate(execute)) + allow if execute else answer(EPERM),
    }


def program(jit, scratch, own_pid, execute=()):
    """The filter's bytes. `execute`: the addresses of the three arguments of the one execve() that passes."""
    known = syscalls.machine()
    if known is None:
        raise OSError(38, f'seccomp: the box does not know the machine {os.uname().machine}')
    code = statement(LOAD, 4) + statement(JUMP_EQUAL, known[1], 1, 0) + answer(KILL)
    code += statement(LOAD, 0) + statement(JUMP_ABOVE_OR_EQUAL, NEWER_THAN_THIS_LIST, 0, 1) + answer(ENOSYS)
    for name in PLAIN + (TRUSTED if jit else []) + (WRITING if scratch else []):
        number = syscalls.number(name)
        if number is not None:
            code += statement(JUMP_EQUAL, number, 0, 1) + answer(ALLOW)
    for name, body in guarded(jit, own_pid, execute).items():
        code += statement(JUMP_EQUAL, syscalls.number(name), 0, len(body) // 8) + body
    return code + answer(EPERM)


class Program(ctypes.Structure):
    _fields_ = [('length', ctypes.c_ushort), ('code', ctypes.c_void_p)]


def install(code):
    """From here on the filter holds, for this process and all it starts. It cannot be taken off."""
    buffer = ctypes.create_string_buffer(code, len(code))
    kernel.no_new_privileges()
    kernel.syscall('seccomp', 1, 0, ctypes.byref(Program(len(code) // 8, ctypes.addressof(buffer))))


class OneExecution:
    """
    A filter set before execve() must let it through. It passes only with its three pointers at secret random addresses,
    which are gone from memory afterwards: the program started cannot start another.
    """

    def __init__(self, path, arguments):
        strings = [self._place(text.encode() + b'\0') for text in arguments]
        self.addresses = (
            self._place(path.encode() + b'\0'),
            self._place(struct.pack(f'={len(strings) + 1}Q', *strings, 0)),
            self._place(struct.pack('=Q', 0)),
        )

    def _place(self, content):
        page, size = 4096, (len(content) // 4096 + 2) * 4096
        while True:
            wanted = int.from_bytes(os.urandom(5), 'little') % (1 << 37) // page * page + (1 << 33)
            # MAP_PRIVATE, MAP_ANONYMOUS, MAP_FIXED_NOREPLACE
            if kernel.libc.mmap(wanted, size, 3, 0x02 | 0x20 | 0x100000, -1, 0) == wanted:
                break
        address = wanted + int.from_bytes(os.urandom(2), 'little') % page // 8 * 8
        ctypes.memmove(address, content, len(content))
        return address

    def run(self):
        kernel.syscall('execve', *self.addresses)
