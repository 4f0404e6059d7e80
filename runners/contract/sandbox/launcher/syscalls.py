"""Numbers of the system calls that the box names: (x86_64, aarch64). From Linux's asm/unistd_64.h and asm-generic/unistd.h."""

import os

# None: the architecture has no such call.
TABLE = {
    'read': (0, 63), 'write': (1, 64), 'readv': (19, 65), 'writev': (20, 66), 'pread64': (17, 67),
    'preadv': (295, 69), 'pwrite64': (18, 68), 'close': (3, 57), 'close_range': (436, 436), 'lseek': (8, 62),
    'fstat': (5, 80), 'newfstatat': (262, 79), 'statx': (332, 291), 'access': (21, None), 'faccessat': (269, 48),
    'faccessat2': (439, 439), 'readlink': (89, None), 'readlinkat': (267, 78), 'getcwd': (79, 17),
    'getdents64': (217, 61), 'open': (2, None), 'openat': (257, 56), 'stat': (4, None), 'lstat': (6, None),
    'dup': (32, 23), 'dup2': (33, None), 'dup3': (292, 24), 'pipe': (22, None), 'pipe2': (293, 59),
    'eventfd2': (290, 19), 'epoll_create1': (291, 20), 'epoll_ctl': (233, 21), 'epoll_wait': (232, None),
    'epoll_pwait': (281, 22), 'epoll_pwait2': (441, 441), 'poll': (7, None), 'ppoll': (271, 73),
    'select': (23, None), 'pselect6': (270, 72), 'recvfrom': (45, 207), 'getsockopt': (55, 209),
    'getsockname': (51, 204), 'getpeername': (52, 205), 'shutdown': (48, 210), 'brk': (12, 214), 'munmap': (11, 215),
    'mremap': (25, 216), 'madvise': (28, 233), 'membarrier': (324, 283), 'mincore': (27, 232), 'getpid': (39, 172),
    'getppid': (110, 173), 'gettid': (186, 178), 'getuid': (102, 174), 'geteuid': (107, 175), 'getgid': (104, 176),
    'getegid': (108, 177), 'getresuid': (118, 148), 'getresgid': (120, 150), 'getgroups': (115, 158),
    'getpgid': (121, 155), 'getpgrp': (111, None), 'getsid': (124, 156), 'capget': (125, 90), 'exit': (60, 93),
    'exit_group': (231, 94), 'set_tid_address': (218, 96), 'set_robust_list': (273, 99),
    'get_robust_list': (274, 100), 'rseq': (334, 293), 'arch_prctl': (158, None), 'rt_sigaction': (13, 134),
    'rt_sigprocmask': (14, 135), 'rt_sigreturn': (15, 139), 'rt_sigtimedwait': (128, 137),
    'rt_sigpending': (127, 136), 'rt_sigsuspend': (130, 133), 'sigaltstack': (131, 132),
    'restart_syscall': (219, 128), 'pause': (34, None), 'setitimer': (38, 103), 'getitimer': (36, 102),
    'alarm': (37, None), 'clock_gettime': (228, 113), 'clock_getres': (229, 114), 'clock_nanosleep': (230, 115),
    'nanosleep': (35, 101), 'gettimeofday': (96, 169), 'time': (201, None), 'times': (100, 153),
    'getrusage': (98, 165), 'futex': (202, 98), 'sched_yield': (24, 124), 'sched_getaffinity': (204, 123),
    'sched_getparam': (143, 121), 'sched_getscheduler': (145, 120), 'sched_get_priority_max': (146, 125),
    'sched_get_priority_min': (147, 126), 'getpriority': (140, 141), 'getcpu': (309, 168), 'sysinfo': (99, 179),
    'uname': (63, 160), 'getrandom': (318, 278), 'umask': (95, 166), 'getrlimit': (97, 163), 'setrlimit': (160, 164),
    'fcntl': (72, 25), 'ioctl': (16, 29), 'mmap': (9, 222), 'mprotect': (10, 226), 'pkey_mprotect': (329, 288),
    'pkey_alloc': (330, 289), 'pkey_free': (331, 290), 'socketpair': (53, 199), 'sendto': (44, 206),
    'clone': (56, 220), 'clone3': (435, 435), 'prctl': (157, 167), 'prlimit64': (302, 261), 'kill': (62, 129),
    'tgkill': (234, 131), 'execve': (59, 221), 'mkdir': (83, None), 'mkdirat': (258, 34), 'rmdir': (84, None),
    'unlink': (87, None), 'unlinkat': (263, 35), 'rename': (82, None), 'renameat': (264, 38),
    'renameat2': (316, 276), 'ftruncate': (77, 46), 'fallocate': (285, 47), 'fsync': (74, 82), 'fdatasync': (75, 83),
    'flock': (73, 32), 'seccomp': (317, 277), 'landlock_create_ruleset': (444, 444), 'landlock_add_rule': (445, 445),
    'landlock_restrict_self': (446, 446), 'capset': (126, 91), 'pivot_root': (155, 41), 'mount_setattr': (442, 442),
    'unshare': (272, 97),
}

# Column of TABLE and AUDIT_ARCH_* value, by machine.
MACHINES = {'x86_64': (0, 0xC000003E), 'aarch64': (1, 0xC00000B7), 'arm64': (1, 0xC00000B7)}


def machine():
    """(column, audit architecture) of this machine, or None when the box does not know it."""
    return MACHINES.get(os.uname().machine)


def number(name):
    """The number of a system call on this machine, or None."""
    known = machine()
    return TABLE[name][known[0]] if known else None
