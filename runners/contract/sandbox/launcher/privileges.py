"""Who the box runs as and how much it may use: uid, capabilities, rlimits."""

import ctypes
import os
import resource
import stat

import kernel

CAP_KILL, CAP_SETGID, CAP_SETUID = 5, 6, 7
# Above every range that systems hand out (systemd's UIDS.md: 1879048192 to 2147483647 are unused); a pid makes it unique.
FIRST_OWN_UID = 1_900_000_000


def keep_capabilities(kept=()):
    """Drops every capability but `kept`, for good: a later exec or setuid cannot bring one back."""
    for capability in range(64):
        if capability not in kept:
            kernel.libc.prctl(kernel.PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0)
    mask = sum(1 << capability for capability in kept)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    kernel.syscall('capset', header, (ctypes.c_uint32 * 6)(mask, mask, 0, 0, 0, 0))
    kernel.no_new_privileges()


def become(uid):
    """Takes on a uid and gid of its own; only root may."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def own_uid(paths, with_parents):
    """
    A uid that nothing else has, or None when it could not read `paths`: then the box keeps its uid, without capabilities.
    `with_parents`: the folders above count too, as they do without a mount namespace (a repository under /root, mode 0700).
    """
    if os.geteuid() != 0 or not all(readable_by_all(path, with_parents) for path in paths):
        return None
    return FIRST_OWN_UID + os.getpid() % 200_000_000


def readable_by_all(path, with_parents):
    found = os.path.realpath(path)
    if not os.path.exists(found):
        return True
    mode = os.stat(found).st_mode
    wanted = stat.S_IROTH | (stat.S_IXOTH if stat.S_ISDIR(mode) else 0)
    if mode & wanted != wanted:
        return False
    if stat.S_ISDIR(mode):
        for entry in os.scandir(found):
            if entry.is_file(follow_symlinks=False) and not entry.stat(follow_symlinks=False).st_mode & stat.S_IROTH:
                return False
    while with_parents and found != '/':
        found = os.path.dirname(found)
        if not os.stat(found).st_mode & stat.S_IXOTH:
            return False
    return True


def limit(open_files, processes, file_size_bytes, cpu_seconds=None, memory_bytes=None):
    """Lowers the limits for good. A limit that is already lower stays. `memory_bytes` is of address space."""
    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_NOFILE: open_files,
        resource.RLIMIT_NPROC: processes,
        resource.RLIMIT_FSIZE: file_size_bytes,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_AS: memory_bytes,
    }
    for name, value in wanted.items():
        if value is not None:
            lower(name, value)


def lower(name, value):
    hard = resource.getrlimit(name)[1]
    bounded = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(name, (bounded, bounded))


def processes_of_this_uid():
    """Processes and threads that RLIMIT_NPROC counts already when the box shares the uid of its user."""
    count, uid = 0, os.getuid()
    for name in os.listdir('/proc'):
        try:
            if name.isdigit() and os.stat(f'/proc/{name}').st_uid == uid:
                count += len(os.listdir(f'/proc/{name}/task'))
        except OSError:
            continue
    return count
