"""Landlock: what the files of the box are. Everything that no rule names is refused. Needs no privilege."""

import ctypes
import os
import stat

import kernel

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, REMOVE_DIR, REMOVE_FILE, MAKE_DIR, MAKE_REG = 1, 2, 4, 8, 16, 32, 128, 256
TRUNCATE = 1 << 14
# Of the file system, by ABI version: every right that the kernel knows is handled, hence refused.
HANDLED = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
HANDLED_NOW = (1 << 16) - 1
BIND_AND_CONNECT_TCP = 3
ABSTRACT_SOCKETS_AND_SIGNALS = 3
SCRATCH = READ_FILE | WRITE_FILE | READ_DIR | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | TRUNCATE
# The libraries of the system and what they read: a program needs nothing else of it to start. Node refuses to, when its
# OpenSSL finds openssl.cnf and may not read it.
SYSTEM = [
    *('/lib', '/lib64', '/usr/lib', '/usr/lib64', '/usr/local/lib', '/etc/ld.so.cache'),
    *('/etc/ssl/openssl.cnf', '/etc/localtime', '/usr/share/zoneinfo'),
]
OF_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE


class Ruleset(ctypes.Structure):
    _fields_ = [('fs', ctypes.c_uint64), ('net', ctypes.c_uint64), ('scoped', ctypes.c_uint64)]


class PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [('allowed', ctypes.c_uint64), ('parent', ctypes.c_int32)]


def abi():
    """The version of Landlock in this kernel; 0 when there is none."""
    try:
        return kernel.syscall('landlock_create_ruleset', None, 0, 1)
    except OSError:
        return 0


def restrict(readable, executable, scratch):
    """
    From here on this process and its children read only `readable` (files, or folders with all below), execute only
    `executable`, and write only below the folder `scratch` (None: nowhere). No TCP, no signals out, no abstract sockets.
    """
    version = abi()
    handled = HANDLED.get(version, HANDLED_NOW)
    attributes = Ruleset(handled, BIND_AND_CONNECT_TCP, ABSTRACT_SOCKETS_AND_SIGNALS)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = kernel.syscall('landlock_create_ruleset', ctypes.byref(attributes), size, 0)
    for path in readable:
        allow(ruleset, path, READ_FILE | READ_DIR, handled)
    for path in executable:
        allow(ruleset, path, READ_FILE | EXECUTE, handled)
    allow(ruleset, '/dev/null', READ_FILE | WRITE_FILE, handled)
    if scratch:
        allow(ruleset, scratch, SCRATCH, handled)
    kernel.no_new_privileges()
    kernel.syscall('landlock_restrict_self', ruleset, 0)
    os.close(ruleset)


def allow(ruleset, path, rights, handled):
    """One rule. A path that does not exist needs none."""
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(os.fstat(parent).st_mode):
        rights &= OF_A_FILE
    rule = PathBeneath(rights & handled, parent)
    kernel.syscall('landlock_add_rule', ruleset, 1, ctypes.byref(rule), 0)
    os.close(parent)
