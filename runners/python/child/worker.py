"""A worker: one process, boxed, for one source version of one trust domain, one call at a time."""

import ast
import asyncio
import inspect
import itertools
import json
import linecache
import mmap
import os
import resource
import signal
import struct
import sys
import threading
import time
import types
import warnings

import channel as frames
import indag
from channel import Channel, Stopped

FILE = 'source.py'
HOOKS = {'fetchData': 'fetch_data', 'backgroundTask': 'background_task', 'receive': 'receive'}
MESSAGE_CHARACTERS = 2000
# Taken now: the code may replace what these modules hold, and would only hurt itself.
loads, now, set_timer, active_threads = frames.loads, time.time, signal.setitimer, threading.active_count
dumps = json.JSONEncoder().encode
write_result = json.JSONEncoder(allow_nan=False, ensure_ascii=False, separators=(',', ':')).encode
# After the hash: wallMs, cpuMs, and until when the caller waits (epoch ms).
CALL_CLOCKS = struct.Struct('>IId')
WALL, PROCESSOR = signal.ITIMER_REAL, signal.ITIMER_PROF


class Lines:
    """`print` of a source: whole lines become log lines."""

    encoding, errors = 'utf-8', 'replace'

    def __init__(self, write_line):
        self._write_line, self._rest = write_line, ''

    def write(self, text):
        *lines, self._rest = (self._rest + str(text)).split('\n')
        self._rest = self._rest[-MESSAGE_CHARACTERS:]
        for line in lines:
            self._write_line(line)
        return len(text)

    def flush(self):
        pass

    def isatty(self):
        return False


class Worker:
    def __init__(self, sock):
        self.channel = Channel(sock)
        self.module, self.loop = None, None
        self.armed, self.limited = False, False

    def serve(self):
        """For ever: the runner ends the process, or goes away."""
        indag._attach(self.channel, asyncio._get_running_loop)
        sys.stdout, sys.stderr = Lines(indag.log.info), Lines(indag.log.warn)
        signal.signal(signal.SIGALRM, self._on_alarm)
        signal.signal(signal.SIGPROF, self._on_alarm)
        self.channel.send(frames.READY, 0, b'{}')
        while True:
            kind, call_id, payload = self.channel.next()
            if kind == frames.CALL:
                self._call(call_id, payload)
            elif kind == frames.LOAD:
                self._load(call_id, loads(payload))
            elif kind == frames.UNLOAD:
                os._exit(0)

    def _on_alarm(self, number, frame):
        if self.armed:
            self.armed = False
            self.channel.stop()

    def _load(self, call_id, request):
        if not self.limited:
            limit_memory(request['memoryBytes'])
            self.limited = True
        diagnostics, hooks = [], []
        self._arm(request['withinMs'] / 1000, None)
        try:
            tree = parse(request['code'], diagnostics)
            hooks = hooks_of(tree)
            if not request.get('checkOnly'):
                self.module = load(request['code'], tree)
                hooks = [name for name, own in HOOKS.items() if callable(getattr(self.module, own, None))]
        except BaseException as error:
            self._disarm()
            diagnostics.append({'severity': 'error', **diagnose(error)})
        self._disarm()
        answer = {'hash': request['hash'], 'hooks': hooks, 'diagnostics': diagnostics}
        self.channel.send_json(frames.LOADED, call_id, answer)

    def _call(self, call_id, payload):
        start = 1 + payload[0]
        wall_ms, cpu_ms, deadline_ms = CALL_CLOCKS.unpack_from(payload, start)
        call = loads(payload[start + 16:])
        channel, limits, begun = self.channel, call['limits'], now()
        seconds = min(wall_ms / 1000, deadline_ms / 1000 - begun)
        call['deadlineMs'] = (begun + seconds) * 1000
        channel.begin(call_id)
        indag.log._left = limits['logLines']
        kind, payload = frames.FAILURE, b''
        try:
            self._arm(seconds, cpu_ms / 1000)
            payload = self._run(call)
            self._disarm()
            kind = frames.RESULT
            if len(payload) > limits['outputBytes']:
                message = f'The result has {len(payload)} bytes; at most {limits["outputBytes"]} are taken'
                kind, payload = frames.FAILURE, encode({'reason': 'output-too-large', 'message': message})
        except BaseException as error:
            self._disarm()
            payload = encode(explain(error))
        channel.call_id = 0
        channel.send(kind, call_id, payload)
        # Threads that outlive their call would act in the next one's name.
        if active_threads() > 1:
            channel.leave()

    def _arm(self, seconds, processor_seconds):
        self.armed = True
        set_timer(WALL, max(0.0005, seconds))
        if processor_seconds:
            set_timer(PROCESSOR, processor_seconds)

    def _disarm(self):
        # The timers run on: an alarm that finds nothing armed does nothing, and the next call sets them anew.
        self.armed = False

    def _run(self, call):
        name = HOOKS[call['hook']]
        hook = getattr(self.module, name, None)
        if hook is None:
            raise Refusal('missing-hook', f'The code defines no {name}()')
        context = indag.Context(call)
        if name == 'fetch_data':
            result = hook(indag.Indicator(call['indicator']), context)
        elif name == 'receive':
            result = hook(call['messages'], context)
        else:
            result = hook(context)
        if inspect.iscoroutine(result):
            result = self._wait_for(result)
        return b'null' if name == 'background_task' else as_json(result, name)

    def _wait_for(self, coroutine):
        """Runs an async hook on the worker's own loop; what it leaves behind is cancelled."""
        if self.loop is None:
            self.loop = asyncio.new_event_loop()
        loop = self.loop
        self.channel.attach(loop)
        try:
            return loop.run_until_complete(coroutine)
        finally:
            self.channel.detach(loop)
            left = asyncio.all_tasks(loop)
            if left:
                for task in left:
                    task.cancel()
                loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))


class Refusal(Exception):
    """What came back, or did not exist, in the words of a failure."""

    def __init__(self, reason, message):
        super().__init__(message)
        self.reason = reason


def encode(value):
    return dumps(value).encode('utf-8', 'replace')


def as_json(result, name):
    """The result as JSON text. Anything that JSON has no word for is the author's to mend, so the message says where."""
    if result is None:
        return b'null'
    wanted = list if name == 'receive' else dict
    if not isinstance(result, wanted):
        raise Refusal('bad-result', f'{name}() returned {type(result).__name__}; it must return a {wanted.__name__} or None')
    try:
        return write_result(result).encode()
    except (TypeError, ValueError, RecursionError) as error:
        what = 'it is nested too deeply' if isinstance(error, RecursionError) else str(error)[:300]
        raise Refusal('bad-result', f'What {name}() returned cannot be written as JSON: {what}') from None


def limit_memory(memory_bytes):
    """Address space: what the interpreter has now, and what the code may have besides. There is no way back up."""
    limit = resource.RLIMIT_AS
    hard = resource.getrlimit(limit)[1]
    low, high = 0, 1 << 40
    # There is no /proc to ask: the least limit under which one page more can be had is what is in use.
    while high - low > 1 << 16:
        middle = (low + high) // 2
        resource.setrlimit(limit, (middle, hard))
        low, high = (low, middle) if can_map() else (middle, high)
    resource.setrlimit(limit, (high + memory_bytes, high + memory_bytes))


def can_map():
    try:
        mmap.mmap(-1, 4096).close()
        return True
    except OSError:
        return False


def parse(code, diagnostics):
    """The compiler's view, without running a line. Its warnings become diagnostics, errors are raised."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always', SyntaxWarning)
        tree = ast.parse(code, FILE)
        compile(tree, FILE, 'exec', dont_inherit=True)
    for warning in caught:
        diagnostics.append({'severity': 'warning', 'message': str(warning.message), 'line': warning.lineno})
    return tree


def hooks_of(tree):
    """The hooks that the top level defines, or seems to."""
    names = set()
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update(alias.asname or alias.name for alias in node.names)
    return [name for name, own in HOOKS.items() if own in names]


def load(code, tree):
    """Runs the module's top level."""
    linecache.cache[FILE] = (len(code), None, code.splitlines(True), FILE)
    module = types.ModuleType('source')
    module.__file__ = FILE
    sys.modules['source'] = module
    exec(compile(tree, FILE, 'exec', dont_inherit=True), module.__dict__)
    return module


def explain(error):
    """A failure as the analyst and the author need it: reason, message, the author's own line."""
    try:
        failure = {'reason': reason_of(error), 'message': describe(error), **place_of(error)}
        if isinstance(error, indag.SourceError) and isinstance(error.retry_after_ms, (int, float)):
            failure['retryAfterMs'] = int(error.retry_after_ms)
        return failure
    except BaseException:
        return {'reason': 'exception', 'message': 'The code raised an exception that cannot be described'}


def reason_of(error):
    if isinstance(error, (Stopped, Refusal, indag.SourceError)):
        return error.reason
    if isinstance(error, MemoryError):
        return 'memory'
    return getattr(error, 'failure_reason', None) or 'exception'


def describe(error):
    if isinstance(error, Stopped):
        return 'The code ran past its deadline' if error.reason == 'timeout' else 'The caller went away'
    if isinstance(error, MemoryError):
        return 'The code used more memory than it may'
    text = str(error)[:MESSAGE_CHARACTERS]
    if isinstance(error, (Refusal, indag.SourceError, indag.FetchError)):
        return text
    return f'{type(error).__name__}: {text}' if text else type(error).__name__


def diagnose(error):
    """What stopped the code from loading: a syntax error with line and column, or what its top level raised."""
    if isinstance(error, SyntaxError) and error.filename == FILE:
        place = {'line': error.lineno or 0, 'column': error.offset or 0}
        return {'message': str(error.msg)[:MESSAGE_CHARACTERS], **place}
    failure = explain(error)
    return {key: failure[key] for key in ('message', 'line', 'column') if key in failure}


def place_of(error):
    """The innermost line of the source itself; lines of libraries tell the author nothing."""
    found, step = None, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == FILE:
            found = step
        step = step.tb_next
    if found is None:
        return {}
    place = {'line': found.tb_lineno}
    positions = getattr(found.tb_frame.f_code, 'co_positions', None)
    if positions is not None:
        column = next(itertools.islice(positions(), found.tb_lasti // 2, None), (0, 0, None, 0))[2]
        if column is not None:
            place['column'] = column + 1
    return place
