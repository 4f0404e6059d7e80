"""One request, and sessions that remember what all of theirs have in common."""

import time

import indag as _indag

from .auth import HTTPBasicAuth
from .exceptions import ConnectionError, InvalidURL, ReadTimeout
from .models import Response


class _Prepared:
    """What an `auth` may change."""

    def __init__(self, method, url, headers, body):
        self.method, self.url, self.headers, self.body = method, url, headers, body


def request(method, url, params=None, data=None, json=None, headers=None, timeout=None, auth=None, files=None, cookies=None, **ignored):
    """The host's own deadline holds whatever `timeout` says."""
    if files:
        raise NotImplementedError('requests here sends no files: build the body yourself and give it as data')
    headers = {name: value for name, value in dict(headers or {}).items() if value is not None}
    if cookies:
        headers['cookie'] = '; '.join(f'{name}={value}' for name, value in dict(cookies).items())
    if hasattr(data, 'read'):
        data = data.read()
    if auth is not None:
        prepared = _Prepared(method, url, headers, data)
        prepared = (auth if callable(auth) else HTTPBasicAuth(*auth))(prepared) or prepared
        url, headers = prepared.url, prepared.headers
    begun = time.monotonic()
    try:
        answer = _indag.fetch(
            url, method=method, params=params, body=data or None, json=json, headers=headers, timeout=seconds_of(timeout)
        )
        answer.status
    except _indag.FetchError as error:
        kind = {'timeout': ReadTimeout, 'bad-request': InvalidURL}.get(error.reason, ConnectionError)
        raise kind(str(error), failure_reason=error.failure_reason) from None
    return Response(answer, time.monotonic() - begun)


def seconds_of(timeout):
    """A number, or (connect, read): the host tells the two not apart."""
    if isinstance(timeout, tuple):
        known = [each for each in timeout if each is not None]
        return sum(known) if known else None
    return timeout


class Session:
    def __init__(self):
        self.headers, self.params, self.auth, self.cookies = {}, {}, None, {}
        self.verify, self.cert, self.proxies, self.hooks, self.stream, self.trust_env, self.max_redirects = True, None, {}, {}, False, True, 30

    def request(self, method, url, params=None, headers=None, auth=None, cookies=None, **options):
        merged = {**self.params, **params} if isinstance(params, dict) else params or self.params
        return request(
            method, url, params=merged, headers={**self.headers, **(headers or {})}, auth=auth or self.auth,
            cookies={**self.cookies, **(cookies or {})}, **options,
        )

    def get(self, url, **options):
        return self.request('GET', url, **options)

    def options(self, url, **options):
        return self.request('OPTIONS', url, **options)

    def head(self, url, **options):
        return self.request('HEAD', url, **options)

    def post(self, url, data=None, json=None, **options):
        return self.request('POST', url, data=data, json=json, **options)

    def put(self, url, data=None, **options):
        return self.request('PUT', url, data=data, **options)

    def patch(self, url, data=None, **options):
        return self.request('PATCH', url, data=data, **options)

    def delete(self, url, **options):
        return self.request('DELETE', url, **options)

    def mount(self, prefix, adapter):
        """Retries and pools are the host's business."""

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        pass
