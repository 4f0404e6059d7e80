"""
What a source may use of Indag: `fetch`, `log`, `SourceError`, `Response`, and the `ctx` that its hooks are given.
There is no network and no file: everything goes through the host, which knows what this source may reach.
"""

import json as _json
import time as _time
from base64 import b64decode as _b64decode, b64encode as _b64encode
from urllib.parse import urlencode as _urlencode, urlsplit as _urlsplit, urlunsplit as _urlunsplit

__all__ = ['FetchError', 'Headers', 'Response', 'SourceError', 'fetch', 'log']

_channel = None
_running_loop = None
_REASONS = ('rate-limited', 'unauthorized', 'provider-error', 'misconfigured')


class SourceError(Exception):
    """The provider's trouble, in one of four words: 'rate-limited', 'unauthorized', 'provider-error', 'misconfigured'."""

    def __init__(self, reason, message='', retry_after_ms=None):
        if reason not in _REASONS:
            raise ValueError(f'reason is {reason!r}: write one of {", ".join(_REASONS)}')
        super().__init__(message or reason)
        self.reason, self.retry_after_ms = reason, retry_after_ms


class FetchError(Exception):
    """The host refused a request or got no answer. `reason`: 'egress-denied', 'host-unreachable', 'timeout', 'bad-request'."""

    def __init__(self, failure):
        super().__init__(failure.get('message', ''))
        self.reason = failure.get('reason', 'host-unreachable')
        self.failure_reason = 'exception' if self.reason == 'bad-request' else self.reason


class Headers:
    """Headers of a response: any spelling of a name; several values of one name are joined by a comma."""

    def __init__(self, pairs):
        self._values = {}
        for name, value in pairs:
            known = self._values.get(name.lower())
            self._values[name.lower()] = value if known is None else f'{known}, {value}'

    def get(self, name, default=None):
        return self._values.get(name.lower(), default)

    def __getitem__(self, name):
        return self._values[name.lower()]

    def __contains__(self, name):
        return name.lower() in self._values

    def __iter__(self):
        return iter(self._values)

    def __len__(self):
        return len(self._values)

    def keys(self):
        return self._values.keys()

    def items(self):
        return self._values.items()

    def __repr__(self):
        return repr(self._values)


class Response:
    """An HTTP response, whole. It may be awaited too, which gives itself."""

    def __init__(self, answer):
        self.status, self.url, self.headers = answer['status'], answer['url'], Headers(answer['headers'])
        self._body, self._encoding = answer['body'], answer['encoding']

    @property
    def ok(self):
        return 200 <= self.status < 300

    @property
    def text(self):
        return self._body if self._encoding == 'utf8' else self.content.decode('utf-8', 'replace')

    @property
    def content(self):
        return self._body.encode() if self._encoding == 'utf8' else _b64decode(self._body)

    def json(self):
        return _json.loads(self._body if self._encoding == 'utf8' else self.content)

    def __await__(self):
        return self
        yield

    def __repr__(self):
        return f'<Response {self.status}>'


class _Pending:
    """A request under way inside `async def`: await it, or use it at once and wait."""

    def __init__(self, op, shape):
        self._op, self._shape, self._value = op, shape, None

    def __await__(self):
        ok, value = yield from _channel.future(self._op).__await__()
        self._value = _settle(ok, value, self._shape)
        return self._value

    def __getattr__(self, name):
        if self._value is None:
            self._value = _settle(*_channel.wait(self._op), self._shape)
        return getattr(self._value, name)


class _PendingList(_Pending):
    def _all(self):
        return self.copy()

    def __iter__(self):
        return iter(self._all())

    def __len__(self):
        return len(self._all())

    def __getitem__(self, index):
        return self._all()[index]


def _settle(ok, value, shape):
    if not ok:
        raise FetchError(value)
    return shape(value)


def _operate(operation, shape, pending=_Pending):
    op = _channel.ask(operation)
    if _running_loop() is not None:
        return pending(op, shape)
    return _settle(*_channel.wait(op), shape)


def fetch(url, method=None, headers=None, body=None, json=None, params=None, data=None):
    """
    An HTTP request by the host. `json`: any JSON value; `data` or a dict as `body`: a form; `body`: text or bytes;
    `params`: added to the query. Raises FetchError when the host refuses or gets no answer; any status is an answer.
    """
    pairs = [(str(name), str(value)) for name, value in dict(headers or {}).items()]
    body = data if body is None else body
    if json is not None:
        body = _json.dumps(json)
        _default(pairs, 'content-type', 'application/json')
    elif isinstance(body, (dict, list, tuple)):
        body = _urlencode(body, doseq=True)
        _default(pairs, 'content-type', 'application/x-www-form-urlencoded')
    request = {'op': 'fetch', 'url': _with_query(str(url), params), 'headers': pairs}
    request['method'] = (method or ('GET' if body is None else 'POST')).upper()
    if isinstance(body, (bytes, bytearray)):
        request['body'], request['encoding'] = _b64encode(body).decode(), 'base64'
    elif body is not None:
        request['body'] = str(body)
    return _operate(request, Response)


def _default(pairs, name, value):
    if not any(known.lower() == name for known, _ in pairs):
        pairs.append((name, value))


def _with_query(url, params):
    if not params:
        return url
    if isinstance(params, dict):
        params = {name: value for name, value in params.items() if value is not None}
    text = params if isinstance(params, str) else _urlencode(params, doseq=True)
    parts = _urlsplit(url)
    return _urlunsplit(parts._replace(query='&'.join(part for part in (parts.query, text) if part)))


class Log:
    """Lines for the person who looks at the call: ctx.log.info('...', value)."""

    def __init__(self):
        self._left = 0

    def _write(self, level, parts):
        if self._left > 0 and _channel.call_id:
            self._left -= 1
            message = ' '.join(part if isinstance(part, str) else repr(part) for part in parts)
            _channel.send_json(69, _channel.call_id, {'level': level, 'message': message[:2000]})

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
        return _operate({'op': 'dns', 'name': str(name), 'type': str(type)}, list, _PendingList)


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
    _channel.send(70, _channel.call_id, _json.dumps(event, allow_nan=False).encode())


class Context:
    """`ctx`: what one call may use and see."""

    fetch, log, dns = staticmethod(fetch), log, Dns()
    dataset, entities, links = Emitter('dataset'), Emitter('entity'), Emitter('link')

    def __init__(self, call):
        self.config, self.secrets, self.matches = call['config'], call['secrets'], call['matches']
        self.deadline_ms = call['deadlineMs']

    @property
    def remaining_ms(self):
        return max(0, self.deadline_ms - _time.time() * 1000)

    @staticmethod
    def progress(done, total):
        _emit({'what': 'progress', 'done': done, 'total': total})


def _attach(channel, running_loop):
    """For the worker, before any source is loaded."""
    global _channel, _running_loop
    _channel, _running_loop = channel, running_loop
