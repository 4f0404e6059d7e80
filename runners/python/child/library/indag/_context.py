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

    def put(self, *parts):
        event = {'what': self._what}
        event.update({'key': str(parts[0]), 'value': parts[1]} if self._what == 'dataset' else {'value': parts[0]})
        _emit(event)


def _emit(event):
    _host.channel.send(70, _host.channel.call_id, json.dumps(event, allow_nan=False).encode())


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
        _emit({'what': 'progress', 'done': done, 'total': total})
