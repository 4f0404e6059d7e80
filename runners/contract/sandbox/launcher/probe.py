"""What this machine allows, found by doing it in a process that ends right after."""

import os
import sys
import sysconfig

import kernel
import landlock
import namespaces
import privileges
import seccomp


# Where execvp() looks without a PATH: the launcher runs with an empty environment.
BINARIES = os.defpath.strip(':').split(':')


def machine():
    return {
        'executable': os.path.realpath(sys.executable),
        'version': '.'.join(str(part) for part in sys.version_info[:3]),
        'libraries': library_folders(),
        'root': os.geteuid() == 0,
        'landlock': landlock.abi(),
        'seccomp': attempt(try_seccomp),
        'rlimits': attempt(lambda: privileges.limit(64, 4096, 0, 60)),
        'uid': attempt(lambda: privileges.become(privileges.FIRST_OWN_UID)),
        'namespaces': attempt(try_namespaces),
        'bubblewrap': None if any(os.path.exists(f'{folder}/bwrap') for folder in BINARIES) else 'it is not installed',
    }


def library_folders():
    """Where the standard library and its shared objects lie; with -S no other folder is on the path."""
    names = ('stdlib', 'platstdlib')
    folders = {os.path.realpath(sysconfig.get_path(name)) for name in names}
    folders.add(os.path.realpath(sysconfig.get_config_var('LIBDIR') or '/usr/lib'))
    return sorted(folder for folder in folders if os.path.isdir(folder))


def attempt(action):
    """None when it went well in a fork, else the reason."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            action()
        except BaseException as error:
            os.write(writing, str(error).encode()[:500] or b'failed')
        os._exit(0)
    os.close(writing)
    reason = os.read(reading, 500).decode()
    os.close(reading)
    status = os.waitpid(child, 0)[1]
    return reason or (f'killed by signal {status}' if status else None)


def try_seccomp():
    seccomp.install(seccomp.program(False, False, os.getpid()))
    try:
        os.open('/', os.O_RDONLY)
        kernel.syscall('unshare', 0)
    except OSError as error:
        if error.errno != 1:
            raise
        return
    raise OSError('the filter does not hold')


def try_namespaces():
    namespaces.enter()
    child = os.fork()
    if child == 0:
        os._exit(change_root_in_a_fork())
    if os.waitpid(child, 0)[1]:
        raise OSError('a root folder of its own is refused')


def change_root_in_a_fork():
    try:
        namespaces.change_root(['/usr/lib', '/lib', '/lib64'])
        return 0 if os.getpid() == 1 and not os.path.exists('/etc') else 1
    except OSError:
        return 1
