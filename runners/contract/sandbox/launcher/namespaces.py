"""A world of its own: user, mount, pid, network, ipc and uts namespaces, with a root folder that holds only what is listed."""

import ctypes
import os
import stat

import kernel
import privileges

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
ATTR_RDONLY, ATTR_NOSUID, ATTR_NODEV, AT_RECURSIVE = 1, 2, 4, 0x8000
MNT_DETACH = 2
DEVICES = ['/dev/null', '/dev/urandom']


def enter():
    """Leaves the host's namespaces. The pid namespace begins with the next fork. Root needs no user namespace."""
    flags = NEWNS | NEWUTS | NEWIPC | NEWPID | NEWNET
    uid, gid = os.geteuid(), os.getegid()
    unshare(flags if uid == 0 else flags | NEWUSER)
    if uid != 0:
        write('/proc/self/setgroups', 'deny')
        write('/proc/self/uid_map', f'{uid} {uid} 1')
        write('/proc/self/gid_map', f'{gid} {gid} 1')
    # An unprivileged user may be let into a user namespace that grants nothing (AppArmor): then this fails, and says so.
    name = b'box'
    kernel.checked(kernel.libc.sethostname(name, len(name)), 'sethostname')


def unshare(flags):
    kernel.syscall('unshare', flags)


def write(path, text):
    with open(path, 'w') as file:
        file.write(text)


def change_root(read_only, writable=None):
    """Makes a root folder of `read_only` paths (and one writable one), all of the host's left behind. No /proc, no /sys."""
    mount(None, '/', None, MS_REC | MS_PRIVATE)
    sources = {path: os.path.realpath(path) for path in outermost(read_only)}
    links = {path: os.readlink(path) for path in ('/lib', '/lib32', '/lib64') if os.path.islink(path)}
    mount('tmpfs', '/tmp', 'tmpfs', MS_NOSUID | MS_NODEV, 'size=1m,mode=0755')
    os.mkdir('/tmp/.host', 0o700)
    kernel.syscall('pivot_root', b'/tmp', b'/tmp/.host')
    os.chdir('/')
    for path, target in links.items():
        os.symlink(target, path)
    for path, source in sources.items():
        if not under_a_link(path, links):
            attach(source, path, ATTR_RDONLY | ATTR_NOSUID | ATTR_NODEV)
    for path in DEVICES:
        attach(path, path, ATTR_RDONLY | ATTR_NOSUID)
    if writable:
        attach(os.path.realpath('/.host' + writable)[len('/.host'):], writable, ATTR_NOSUID | ATTR_NODEV)
    kernel.checked(kernel.libc.umount2(b'/.host', MNT_DETACH), 'umount')
    os.rmdir('/.host')
    mount(None, '/', None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)


def outermost(paths):
    """Without what lies below another of them: that is there already."""
    kept = []
    for path in sorted(set(paths), key=len):
        if not any(path.startswith(folder.rstrip('/') + '/') for folder in kept):
            kept.append(path)
    return kept


def under_a_link(path, links):
    return any(path == link or path.startswith(link + '/') for link in links)


def attach(source, path, attributes):
    """Shows `source` of the host at `path`. What does not exist is left out."""
    origin = '/.host' + source
    if not os.path.lexists(origin):
        return
    if stat.S_ISDIR(os.stat(origin).st_mode):
        os.makedirs(path, 0o755, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o444))
    mount(origin, path, None, MS_BIND | MS_REC)
    attribute = (ctypes.c_uint64 * 4)(attributes, 0, 0, 0)
    kernel.syscall('mount_setattr', -100, path.encode(), AT_RECURSIVE, attribute, 32)


def mount(source, target, kind, flags, data=None):
    encoded = [text.encode() if text else None for text in (source, target, kind, data)]
    result = kernel.libc.mount(encoded[0], encoded[1], encoded[2], ctypes.c_ulong(flags), encoded[3])
    kernel.checked(result, f'mount {target}')


def fork_into():
    """
    Forks the first process of the new pid namespace, and from it the one to box. Returns in that one only; the other two
    wait, hold no descriptor and end with it. Whoever kills the outer one kills all.
    """
    alive, mine = os.pipe()
    child = os.fork()
    if child:
        os.close(alive)
        wait_for(child, keep=mine)
    kernel.die_with_parent()
    os.close(mine)
    return alive


def stand_by():
    """The second fork: this process stays as the init of the namespace, which reaps; returns in the child."""
    child = os.fork()
    if child:
        wait_for(child, keep=-1)


def wait_for(child, keep):
    """Ends as `child` ends. Other children are reaped on the way."""
    for fd in range(3, 256):
        if fd != keep:
            try:
                os.close(fd)
            except OSError:
                pass
    for fd in (0, 1):
        os.close(fd)
    privileges.keep_capabilities()
    while True:
        pid, status = os.wait()
        if pid == child:
            os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
