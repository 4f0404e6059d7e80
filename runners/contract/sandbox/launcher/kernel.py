"""The way to the kernel: libc by ctypes, errors as OSError. No package, Python 3.9 or later."""

import ctypes
import os

import syscalls

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38


def checked(result, what):
    """The result of a libc call; an OSError that names the call when it is negative."""
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f'{what}: {os.strerror(code)}')
    return result


def syscall(name, *arguments):
    """A system call by name. Integers are passed in full width, bytes and ctypes objects as pointers."""
    number = syscalls.number(name)
    if number is None:
        raise OSError(38, f'{name}: unknown on this machine')
    whole = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return checked(libc.syscall(ctypes.c_long(number), *whole), name)


def prctl(option, value=0):
    rest = [ctypes.c_ulong(a) for a in (value, 0, 0, 0)]
    return checked(libc.prctl(ctypes.c_int(option), *rest), f'prctl {option}')


def die_with_parent():
    """SIGKILL for this process when its parent ends. A change of uid clears it: call it after the last one."""
    prctl(PR_SET_PDEATHSIG, 9)


def no_new_privileges():
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def effective_capabilities():
    """Bit mask of the capabilities in effect."""
    header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    checked(libc.capget(header, data), 'capget')
    return data[0] | data[3] << 32
