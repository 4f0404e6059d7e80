"""
Puts a program into the box: `python3 -I -S launch.py '<plan as JSON>' program argument...`
or says what this machine allows: `python3 -I -S launch.py probe`.

It fails closed: when a layer that the plan names cannot be had, the program is not started (exit code 70, reason on stderr).
"""

import json
import os
import select
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import kernel  # noqa: E402
import landlock  # noqa: E402
import namespaces  # noqa: E402
import privileges  # noqa: E402
import seccomp  # noqa: E402

# The dynamic loader: exec() of a program opens it.
LOADERS = ['/lib64/ld-linux-x86-64.so.2', '/lib/ld-linux-aarch64.so.1', '/lib/ld-musl-x86_64.so.1', '/lib/ld-musl-aarch64.so.1']


def main(arguments):
    if arguments == ['probe']:
        import probe

        print(json.dumps(probe.machine()))
        return
    plan, command = json.loads(arguments[0]), arguments[1:]
    try:
        launch(plan, command)
    except OSError as error:
        sys.stderr.write(f'The box could not be built: {error}\n')
        sys.exit(70)


def launch(plan, command):
    if not plan.get('inside'):
        join(plan.get('cgroups', []))
    layers, paths = plan['layers'], [*landlock.SYSTEM, *plan['readOnlyPaths'], command[0]]
    if 'bubblewrap' in layers and not plan.get('inside'):
        enter_by_bubblewrap(plan, paths, command)
    own_world = 'mountns' in layers and 'bubblewrap' not in layers
    # Counted while /proc is there, and only where the uid is shared.
    processes = plan['processes'] + (0 if 'mountns' in layers or os.geteuid() == 0 else privileges.processes_of_this_uid())
    uid = privileges.own_uid([*plan['readOnlyPaths'], command[0]], not own_world) if 'uid' in layers else None
    if own_world:
        enter_own_world(paths, plan.get('scratchDir'))
    else:
        kernel.die_with_parent()
    confine(plan, command, paths, processes, uid)


def join(groups):
    """First of all, while the hierarchy can be seen: all that is started from here belongs to them."""
    for procs in groups:
        with open(procs, 'w') as file:
            file.write(str(os.getpid()))


def enter_own_world(paths, scratch):
    # Before: nothing may come between the start and it. After: a new user namespace might have cleared it.
    kernel.die_with_parent()
    namespaces.enter()
    kernel.die_with_parent()
    alive = namespaces.fork_into()
    namespaces.change_root(paths, scratch)
    # The outer process may have died before the death signal was asked for: its end of the pipe tells.
    if select.select([alive], [], [], 0)[0]:
        os._exit(70)
    os.close(alive)
    namespaces.stand_by()


def enter_by_bubblewrap(plan, paths, command):
    """Where only bubblewrap may make namespaces (Ubuntu's AppArmor): it does, and this file goes on inside."""
    here = os.path.abspath(__file__)
    folders = [sys.executable, os.path.dirname(os.__file__), os.path.dirname(here), *paths]
    binds = [word for path in namespaces.outermost(folders) for word in ('--ro-bind-try', path, path)]
    if plan.get('scratchDir'):
        binds += ['--bind', plan['scratchDir'], plan['scratchDir']]
    options = ['--unshare-all', '--die-with-parent', '--new-session', '--clearenv', '--dev-bind', '/dev/null', '/dev/null']
    inner = [sys.executable, '-I', '-S', here, json.dumps({**plan, 'inside': True}), *command]
    os.execvp('bwrap', ['bwrap', *options, *binds, '--', *inner])


def confine(plan, command, paths, processes, uid):
    """From rlimits to exec, in an order in which each step still has what it needs."""
    layers, zygote = plan['layers'], plan.get('zygote', False)
    close_all_but(plan['keepFds'])
    if 'rlimits' in layers:
        privileges.limit(plan['openFiles'], processes, plan['fileSizeBytes'], plan.get('cpuSeconds'), plan.get('memoryBytes'))
    # Does not preempt the runner when it wakes: a frame written to it must not cost the writer its processor.
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    become(uid, zygote)
    kernel.die_with_parent()
    kernel.no_new_privileges()
    execution = seccomp.OneExecution(command[0], command)
    if 'landlock' in layers:
        landlock.restrict(paths, [command[0], *LOADERS], plan.get('scratchDir'))
    # A zygote runs no code of a source: it forks, and each fork puts on a narrower filter before it loads any.
    if 'seccomp' in layers and not zygote:
        seccomp.install(seccomp.program(plan['jit'], bool(plan.get('scratchDir')), os.getpid(), execution.addresses))
    execution.run()


def become(uid, zygote):
    """A zygote started by root keeps what it needs to give each of its forks a uid of its own, and to kill them."""
    if zygote and uid is not None:
        privileges.keep_capabilities([privileges.CAP_SETUID, privileges.CAP_SETGID, privileges.CAP_KILL])
        return
    if uid is not None:
        privileges.become(uid)
    privileges.keep_capabilities()


def close_all_but(kept):
    wanted = {0, 1, 2, *kept}
    for fd in range(3, 1024):
        if fd in wanted:
            os.set_inheritable(fd, True)
        else:
            try:
                os.close(fd)
            except OSError:
                pass


if __name__ == '__main__':
    main(sys.argv[1:])
