"""
Trusted, single-threaded, without secrets and without an environment: it holds an interpreter with the usual modules imported and
forks it into workers. Runs no code of a source. Spoken to over descriptor 3, one JSON object a line:
in  {"fork": id, "token": hex, "library": folder or null} · {"kill": id}
out {"ready": true} · {"forked": id, "pid": its own} · {"ended": id}
Each fork gets its own connection to the runner's socket, shows its one-time token on it, and boxes itself before it serves.
"""

import gc
import json
import os
import select
import signal
import socket
import sys

settings = json.loads(sys.argv[1])
here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [here, os.path.join(here, 'library'), settings['boxModules']]

import confine  # noqa: E402
import warm  # noqa: E402
import worker  # noqa: E402

CONTROL = 3


class Zygote:
    def __init__(self):
        self.control = socket.socket(fileno=CONTROL)
        self.by_id, self.by_pid = {}, {}
        self.buffer = b''
        self.woken, self.wake = os.pipe()
        os.set_blocking(self.wake, False)
        signal.set_wakeup_fd(self.wake)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)

    def say(self, **message):
        self.control.sendall(json.dumps(message).encode() + b'\n')

    def run(self):
        self.say(ready=True)
        while True:
            for fd in select.select([CONTROL, self.woken], [], [])[0]:
                if fd == CONTROL:
                    self.listen()
                else:
                    os.read(self.woken, 4096)
                    self.reap()

    def listen(self):
        chunk = self.control.recv(65536)
        if not chunk:
            # The runner is gone; the workers have its death signal from this process.
            os._exit(0)
        *lines, self.buffer = (self.buffer + chunk).split(b'\n')
        for line in lines:
            message = json.loads(line)
            if 'fork' in message:
                self.fork(message)
            elif message.get('kill') in self.by_id:
                os.kill(self.by_id[message['kill']], signal.SIGKILL)

    def reap(self):
        while self.by_pid:
            pid = os.waitpid(-1, os.WNOHANG)[0]
            if pid == 0:
                return
            ended = self.by_pid.pop(pid, None)
            if ended is not None:
                del self.by_id[ended]
                self.say(ended=ended)

    def fork(self, message):
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(settings['socket'])
            connection.sendall(message['token'].encode())
            pid = os.fork()
        except OSError as error:
            connection.close()
            self.say(ended=message['fork'], why=str(error))
            return
        if pid == 0:
            self.become_worker(connection, message['library'])
        connection.close()
        self.by_id[message['fork']], self.by_pid[pid] = pid, message['fork']
        self.say(forked=message['fork'], pid=pid)

    def become_worker(self, connection, library):
        """In the fork. Never returns, and never runs a line of the zygote again."""
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            confine.confine(settings, connection.fileno(), library)
            os.dup2(0, 2)
            if library:
                sys.path.append(library)
            worker.Worker(connection).serve()
        except BaseException as error:
            os.write(2, f'worker: {type(error).__name__}: {error}\n'.encode()[:500])
        finally:
            os._exit(70)


warm.up()
gc.collect()
gc.freeze()
Zygote().run()
