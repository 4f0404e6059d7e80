"""`ctx`, and what hangs on it."""

import json
import time

from . import _host
from ._fetch import fetch


class Log:
    """Lines for the person who looks at the call: ctx.log.info('...', value)."""

    def __init__(self):
        self._left = 0

    def begin(self, most_lines):
        """For the worker. So many more than the limit go out, as in JavaScript, so that the host can count what was dropped."""
        self._left = most_lines + 1000

    def _write(self, level, parts):
        if self._left > 0 and _host.channel.call_id:
            self._left -= 1
            message = ' '.join(part if isinstance(part, str) else repr(part) for part in parts)
            _host.channel.send_json(69, _host.channel.call_id, {'level': level, 'message': message[:2000]})

    def debug(self, *parts):
        self._write('debug', parts)

    def info(self, *parts):
        self._write('info', parts)

    def warn(self, *parts):
        self._write('warn', parts)

    warning = warn

    def error(self, *parts):
        self._write('error', parts)


log = Log()


class Dns:
    @staticmethod
    def resolve(name, type='A'):
        """Records as the type gives them: A, AAAA, CNAME, MX, NS, TXT, PTR, SOA. [] when there is none."""
        return _host.operate({'op': 'dns', 'name': str(name), 'type': str(type)}, list, _host.PendingList)


class Indicator(dict):
    """`indicator.kind` and `indicator.value`, or by subscript."""

    __getattr__ = dict.__getitem__


class Emitter:
    """`put`s that stream out of a background task."""

    def __init__(self, what):
        self._what = what

    # The host ends a child that sends it nonsense: what is none of it is told the author here.
    def put(self, *parts):
        if self._what == 'dataset':
            key, value = parts
            if str(key) == '':
                raise ValueError('dataset.put: the key is empty')
            return _emit({'what': self._what, 'key': str(key), 'value': value})
        (value,) = parts
        if not isinstance(value, dict):
            raise TypeError(f'{self._what}: give a dict')
        _emit({'what': self._what, 'value': value})


def _emit(event):
    from explain import Refusal  # It imports this package.

    text = json.dumps(event, allow_nan=False).encode()
    if len(text) > _host.channel.most_bytes:
        raise Refusal('output-too-large', f'One {event["what"]} is larger than {_host.channel.most_bytes} bytes')
    _host.channel.send(70, _host.channel.call_id, text)


class Context:
    """`ctx`: what one call may use and see."""

    fetch, log, dns = staticmethod(fetch), log, Dns()
    dataset, entities, links = Emitter('dataset'), Emitter('entity'), Emitter('link')

    def __init__(self, call):
        self.config, self.secrets, self.matches = call['config'], call['secrets'], call['matches']
        self.deadline_ms = call['deadlineMs']

    @property
    def remaining_ms(self):
        return max(0, self.deadline_ms - time.time() * 1000)

    @staticmethod
    def progress(done, total):
        if not all(isinstance(each, (int, float)) and 0 <= each < float('inf') for each in (done, total)):
            raise TypeError('progress: give two numbers, neither below 0')
        _emit({'what': 'progress', 'done': done, 'total': total})
