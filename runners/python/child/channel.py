"""The worker's only way out: frames over one socket (children/frames.ts says the same in TypeScript)."""

import json
import os
import select
import struct
import threading
import time

LOAD, CALL, SETTLE, CANCEL, UNLOAD = 1, 2, 3, 4, 5
LOADED, RESULT, FAILURE, OP, LOG, EMIT, READY, LEAVING = 65, 66, 67, 68, 69, 70, 71, 73
HEADER = struct.Struct('>IBI')
OP_ID = struct.Struct('>I')
CHUNK = 65536

# Captured now: code of a source may replace what the modules hold.
get_ident, MAIN_THREAD = threading.get_ident, threading.main_thread().ident
dumps, decode, exit_now = json.dumps, json.JSONDecoder().decode, os._exit
monotonic, wait_readable = time.monotonic, select.select


def loads(payload):
    return decode(payload.decode())


class Stopped(BaseException):
    """The call must end now: its deadline came or the caller went away. No `except Exception` holds it up."""

    def __init__(self, reason, message):
        super().__init__(message)
        self.reason, self.where = reason, None


class TooLate(Exception):
    """The host has not answered within the time that the code itself gave it."""


class TooLarge(Exception):
    """The runner takes no frame of this size."""


class Channel:
    """One reader at a time, whole frames out. Threads of a source may wait for their answers side by side."""

    def __init__(self, sock):
        self.sock = sock
        self.call_id = self.most_bytes = 0
        self._buffer = b''
        self._writing = threading.Lock()
        self._reading = threading.RLock()
        self._next_op = 0
        self._later = []
        self._settled = {}
        self._futures = {}
        self._loop = None
        self._sender = None
        self._stop_after = None
        # Set while bytes are on their way from the socket into the buffer: who is stopped there may have lost some.
        self.torn = False

    def send(self, kind, call_id, payload):
        with self._writing:
            self._sender = get_ident()
            self.sock.sendall(HEADER.pack(len(payload), kind, call_id) + payload)
            self._sender = None
        if self._stop_after and get_ident() == MAIN_THREAD:
            why, self._stop_after = self._stop_after, None
            raise Stopped('timeout', why)

    def leave(self):
        """Asks to be ended, and waits for it: an exit now could take along what the runner has not read yet."""
        self.send(LEAVING, 0, b'')
        while True:
            self._receive()

    def stop(self, why):
        """For the alarm, which comes to the main thread at any point: raises Stopped, but never in the middle of a frame."""
        if self._sender == MAIN_THREAD:
            self._stop_after = why
        else:
            raise Stopped('timeout', why)

    def send_json(self, kind, call_id, value):
        self.send(kind, call_id, dumps(value).encode('utf-8', 'replace'))

    def next(self):
        """The next frame that is not about a call under way."""
        return self._later.pop(0) if self._later else self.read()

    def read(self):
        """The next frame: (type, call id, payload). The runner going away ends the process."""
        self.torn = True
        buffer = self._buffer
        while len(buffer) < 9:
            buffer += self._receive()
        length, kind, call_id = HEADER.unpack_from(buffer)
        end = 9 + length
        if len(buffer) < end:
            parts, have = [buffer], len(buffer)
            while have < end:
                parts.append(self._receive())
                have += len(parts[-1])
            buffer = b''.join(parts)
        self._buffer = buffer[end:]
        self.torn = False
        return kind, call_id, buffer[9:end]

    def _receive(self):
        chunk = self.sock.recv(CHUNK)
        if not chunk:
            exit_now(0)
        return chunk

    def begin(self, call_id, most_bytes):
        """`most_bytes`: of one operation or emission, as of the output."""
        self._stop_after = None
        self.call_id, self.most_bytes = call_id, most_bytes
        self._settled.clear()
        self._futures.clear()

    def ask(self, operation):
        """Sends an operation to the host; returns its id, to wait for."""
        if not self.call_id:
            raise RuntimeError('No call is running: the host can only be asked during one')
        text = dumps(operation).encode('utf-8', 'replace')
        if len(text) > self.most_bytes:
            raise TooLarge(f'A request may have at most {self.most_bytes} bytes, as the output')
        with self._writing:
            self._next_op = op = self._next_op % 0xFFFFFFF0 + 1
        self.send(OP, self.call_id, OP_ID.pack(op) + text)
        return op

    def wait(self, op, seconds=None):
        """Blocks until the host has answered: (ok, value). Raises TooLate when that is not within `seconds`."""
        until = None if seconds is None else monotonic() + seconds
        while op not in self._settled:
            with self._reading:
                if op in self._settled:
                    break
                if until is not None and not self._comes(until - monotonic()):
                    raise TooLate
                self._dispatch(*self.read())
        return self._settled.pop(op)

    def _comes(self, seconds):
        return bool(self._buffer) or bool(wait_readable([self.sock], [], [], max(0, seconds))[0])

    def attach(self, loop):
        """Lets an event loop wake up for answers, so that several operations of one call can be under way."""
        self._loop = loop
        loop.add_reader(self.sock.fileno(), self._wake)

    def detach(self, loop):
        loop.remove_reader(self.sock.fileno())
        self._loop = None

    def future(self, op):
        future = self._loop.create_future()
        if op in self._settled:
            future.set_result(self._settled.pop(op))
        else:
            self._futures[op] = future
            # What came with an earlier chunk wakes no loop.
            self._drain()
        return future

    def _wake(self):
        if self._reading.acquire(blocking=False):
            try:
                self._dispatch(*self.read())
                self._drain()
            finally:
                self._reading.release()

    def _drain(self):
        while len(self._buffer) >= 9 and len(self._buffer) >= 9 + HEADER.unpack_from(self._buffer)[0]:
            self._dispatch(*self.read())

    def _dispatch(self, kind, call_id, payload):
        if kind == CANCEL and call_id == self.call_id:
            raise Stopped('cancelled', 'The caller went away')
        if kind == CALL:
            # The next one, sent ahead: its turn comes.
            self._later.append((kind, call_id, payload))
        if kind != SETTLE or call_id != self.call_id:
            return
        op, answer = OP_ID.unpack_from(payload)[0], (payload[4] == 1, loads(payload[5:]))
        future = self._futures.pop(op, None)
        if future is None:
            self._settled[op] = answer
        else:
            self._loop.call_soon_threadsafe(lambda: future.done() or future.set_result(answer))
