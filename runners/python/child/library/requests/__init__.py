"""The part of `requests` that sources use, over the host's fetch. Streaming, files, proxies and adapters are not here."""

import json as _json

import indag as _indag

from . import exceptions
from .exceptions import ConnectionError, HTTPError, JSONDecodeError, RequestException, Timeout

__all__ = ['Response', 'Session', 'codes', 'delete', 'exceptions', 'get', 'head', 'options', 'patch', 'post', 'put', 'request', 'session']


class codes:
    ok, created, no_content, bad_request, unauthorized, forbidden = 200, 201, 204, 400, 401, 403
    not_found, too_many_requests, internal_server_error, service_unavailable = 404, 429, 500, 503


class Response:
    def __init__(self, answer):
        self._answer = answer
        self.status_code, self.url, self.headers, self.encoding = answer.status, answer.url, answer.headers, 'utf-8'

    @property
    def ok(self):
        return self.status_code < 400

    @property
    def reason(self):
        return ''

    @property
    def text(self):
        return self._answer.text

    @property
    def content(self):
        return self._answer.content

    def json(self, **options):
        try:
            return _json.loads(self._answer.text, **options)
        except ValueError as error:
            raise JSONDecodeError(str(error), self.text[:200], getattr(error, 'pos', 0)) from None

    def raise_for_status(self):
        if self.status_code >= 400:
            who = 'Client' if self.status_code < 500 else 'Server'
            raise HTTPError(f'{self.status_code} {who} Error for url: {self.url}', response=self)

    def iter_lines(self, decode_unicode=False):
        return iter(self.text.splitlines() if decode_unicode else self.content.splitlines())

    def __bool__(self):
        return self.ok

    def __repr__(self):
        return f'<Response [{self.status_code}]>'


def request(method, url, params=None, data=None, json=None, headers=None, timeout=None, allow_redirects=True, auth=None, **ignored):
    """The host's own deadline holds whatever `timeout` says. `verify`, `stream` and `proxies` have no meaning here."""
    headers = dict(headers or {})
    if auth is not None:
        from base64 import b64encode

        headers['authorization'] = 'Basic ' + b64encode(f'{auth[0]}:{auth[1]}'.encode()).decode()
    try:
        answer = _indag.fetch(url, method=method, params=params, body=data, json=json, headers=headers)
        answer.status
    except _indag.FetchError as error:
        kind = Timeout if error.reason == 'timeout' else ConnectionError
        raise kind(str(error), failure_reason=error.failure_reason) from None
    return Response(answer)


class Session:
    def __init__(self):
        self.headers, self.params, self.auth = {}, {}, None

    def request(self, method, url, params=None, headers=None, auth=None, **options):
        merged = {**self.params, **params} if isinstance(params, dict) else params or self.params
        return request(method, url, params=merged, headers={**self.headers, **(headers or {})}, auth=auth or self.auth, **options)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def close(self):
        pass


def _verb(name):
    def of_session(self, url, data=None, **options):
        return self.request(name, url, data=data, **options)

    def of_module(url, data=None, **options):
        return request(name, url, data=data, **options)

    return of_session, of_module


for _name in ('get', 'options', 'head', 'post', 'put', 'patch', 'delete'):
    _method, _function = _verb(_name.upper())
    setattr(Session, _name, _method)
    globals()[_name] = _function


def _get(url, params=None, **options):
    return request('GET', url, params=params, **options)


get = _get
Session.get = lambda self, url, params=None, **options: self.request('GET', url, params=params, **options)
session = Session
