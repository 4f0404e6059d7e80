"""A worker: one process, boxed, for one source version of one trust domain, one call at a time."""

import asyncio
import inspect
import json
import os
import signal
import struct
import sys
import threading
import time

import channel as frames
import explain
import indag
import memory
import place
import program
import result
from channel import Channel, Stopped
from lines import Lines

# Taken now: the code may replace what these modules hold, and would only hurt itself.
loads, now, set_timer, active_threads = frames.loads, time.time, signal.setitimer, threading.active_count
is_coroutine, dumps = inspect.iscoroutine, json.JSONEncoder().encode
# After the hash: wallMs, cpuMs, and until when the caller waits (epoch ms).
CALL_CLOCKS = struct.Struct('>IId')
WALL, PROCESSOR = signal.ITIMER_REAL, signal.ITIMER_PROF
LATE, BUSY = 'The code ran past its deadline', 'The code used more processor time than it may'


def encode(value):
    return dumps(value).encode('utf-8', 'replace')


class Worker:
    def __init__(self, sock):
        self.channel = Channel(sock)
        self.module, self.loop = None, None
        self.armed, self.limited, self.full = False, False, False
        self.printed = Lines(indag.log.info), Lines(indag.log.warn)

    def serve(self):
        """For ever: the runner ends the process, or goes away."""
        indag.attach(self.channel, asyncio._get_running_loop)
        sys.stdout, sys.stderr = self.printed
        signal.signal(signal.SIGALRM, lambda number, frame: self._stop(LATE))
        signal.signal(signal.SIGPROF, lambda number, frame: self._stop(BUSY))
        self.channel.send(frames.READY, 0, b'{}')
        while True:
            kind, call_id, payload = self.channel.next()
            if kind == frames.CALL:
                self._call(call_id, payload)
            elif kind == frames.LOAD:
                self._load(call_id, loads(payload))
            elif kind == frames.UNLOAD:
                os._exit(0)

    def _stop(self, why):
        if self.armed:
            self.armed = False
            self.channel.stop(why)

    def _load(self, call_id, request):
        diagnostics, hooks, failure = [], [], None
        try:
            if not self.limited:
                memory.limit(request['memoryBytes'])
                self.limited = True
            self._arm(request['withinMs'] / 1000, request['withinMs'] / 1000)
            try:
                tree = program.parse(request['code'], diagnostics)
                hooks = program.hooks_of(tree, diagnostics)
                if not request['checkOnly']:
                    self.module = program.run(tree)
                    hooks = [name for name, own in program.HOOKS.items() if callable(getattr(self.module, own, None))]
            finally:
                self.armed = False
        except BaseException as error:
            failure = explain.diagnose(error)
        if failure is not None and failure['reason'] != 'syntax':
            # Not about the text: it was stopped, or its top level failed.
            return self.channel.send(frames.FAILURE, call_id, encode(failure))
        if failure is not None:
            diagnostics.append({'severity': 'error', **failure})
        answer = {'hash': request['hash'], 'hooks': hooks, 'diagnostics': diagnostics}
        self.channel.send(frames.LOADED, call_id, encode(answer))

    def _call(self, call_id, payload):
        try:
            kind, payload = self._answer(call_id, payload)
        except BaseException as error:
            # The alarm came between the end of the code and that of the clock.
            kind, payload = frames.FAILURE, explain.as_text(error)
        channel = self.channel
        channel.call_id = 0
        channel.send(kind, call_id, payload)
        # Threads that outlive their call would act in the next one's name; half a frame may be lost where the call was stopped; and what
        # filled the memory may be there to stay.
        if active_threads() > 1 or channel.torn or self.full:
            channel.leave()

    def _answer(self, call_id, payload):
        start = 1 + payload[0]
        wall_ms, cpu_ms, deadline_ms = CALL_CLOCKS.unpack_from(payload, start)
        call = loads(payload[start + 16:])
        limits, begun = call['limits'], now()
        seconds = min(wall_ms / 1000, deadline_ms / 1000 - begun)
        call['deadlineMs'] = (begun + seconds) * 1000
        self.channel.begin(call_id, limits['outputBytes'])
        indag.log.begin(limits['logLines'])
        try:
            self._arm(seconds, cpu_ms / 1000)
            answer = frames.RESULT, self._run(call, limits['outputBytes'])
            for printed in self.printed:
                printed.end()
            self.armed = False
            return answer
        except BaseException as error:
            self.armed = False
            self.full = self.full or isinstance(error, MemoryError)
            return frames.FAILURE, explain.as_text(error)

    def _arm(self, seconds, processor_seconds):
        # The timers run on after a call: an alarm that finds nothing armed does nothing, and the next call sets them anew.
        self.armed = True
        set_timer(WALL, max(0.0005, seconds))
        set_timer(PROCESSOR, max(0.0005, processor_seconds))

    def _run(self, call, most_bytes):
        name = program.HOOKS[call['hook']]
        hook = getattr(self.module, name, None)
        if hook is None:
            raise explain.Refusal('missing-hook', f'The code defines no {name}()')
        context = indag.Context(call)
        if name == 'fetch_data':
            given = hook(indag.Indicator(call['indicator']), context)
        elif name == 'receive':
            given = hook(call['messages'], context)
        else:
            given = hook(context)
        if is_coroutine(given):
            given = self._wait_for(given)
        return b'null' if name == 'background_task' else result.as_json(given, name, most_bytes)

    def _wait_for(self, coroutine):
        """Runs an async hook on the worker's own loop; what it leaves behind is cancelled."""
        if self.loop is None:
            self.loop = asyncio.new_event_loop()
        loop = self.loop
        self.channel.attach(loop)
        try:
            return loop.run_until_complete(coroutine)
        except Stopped as stopped:
            stopped.where = place.of_coroutine(coroutine)
            raise
        finally:
            self.channel.detach(loop)
            left = asyncio.all_tasks(loop)
            if left:
                for task in left:
                    task.cancel()
                loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
