"""The box of one worker, put on by itself after the fork and before any code of a source: each step needs the one before."""

import os

import kernel
import landlock
import namespaces
import privileges
import seccomp

OPEN_FILES, THREADS = 32, 16
SHARED_UID_PROCESSES = 8192


def confine(settings, channel, library):
    """`settings`: the zygote's. `channel`: the one descriptor that is kept. `library`: the folder of its requirements, or None."""
    layers = settings['layers']
    keep_only(channel)
    threads = own_counting(layers)
    if 'rlimits' in layers:
        privileges.limit(OPEN_FILES, threads, 0)
    privileges.keep_capabilities()
    # Its end is the worker's: asked for after the last change of uid, which would clear it.
    kernel.die_with_parent()
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    kernel.no_new_privileges()
    if 'landlock' in layers:
        readable = [*landlock.SYSTEM, *settings['readable'], *([library] if library else [])]
        landlock.restrict(readable, [], None)
    if 'seccomp' in layers:
        seccomp.install(seccomp.program(False, False, os.getpid()))


def own_counting(layers):
    """How many threads RLIMIT_NPROC may say, once they are counted for this worker alone: by a uid or a user namespace of its own."""
    if os.geteuid() == 0 and 'uid' in layers:
        if not may_change_uid():
            return SHARED_UID_PROCESSES
        uid = privileges.FIRST_OWN_UID + os.getpid() % 200_000_000
        privileges.become(uid)
        return THREADS
    if 'userns' in layers:
        namespaces.unshare(namespaces.NEWUSER)
        return THREADS
    return SHARED_UID_PROCESSES


def may_change_uid():
    """The launcher takes the right away when a uid of its own could not read the interpreter."""
    with_setuid = kernel.effective_capabilities() >> privileges.CAP_SETUID & 1
    return bool(with_setuid)


def keep_only(channel):
    """The channel, and /dev/null where output would go."""
    null = os.open('/dev/null', os.O_RDWR)
    for fd in (0, 1):
        os.dup2(null, fd)
    for fd in range(3, 256):
        if fd != channel:
            try:
                os.close(fd)
            except OSError:
                pass
