"""An HTTP request of the host, in the words that people use."""

import json as encoding
from base64 import b64encode
from urllib.parse import urlencode, urlsplit, urlunsplit

from ._host import operate
from ._response import Response


def fetch(url, method=None, headers=None, body=None, json=None, params=None, data=None, timeout=None):
    """
    An HTTP request by the host. `json`: any JSON value; `data` or a dict as `body`: a form; `body`: text or bytes;
    `params`: added to the query; `timeout`: seconds, when less than the call has. Raises FetchError when the host refuses
    or gets no answer; any status is an answer.
    """
    pairs = [(str(name), str(value)) for name, value in dict(headers or {}).items()]
    body = data if body is None else body
    if json is not None:
        body = encoding.dumps(json)
        _default(pairs, 'content-type', 'application/json')
    elif isinstance(body, (dict, list, tuple)):
        body = urlencode(body, doseq=True)
        _default(pairs, 'content-type', 'application/x-www-form-urlencoded')
    request = {'op': 'fetch', 'url': _with_query(str(url), params), 'headers': pairs}
    request['method'] = (method or ('GET' if body is None else 'POST')).upper()
    if isinstance(body, (bytes, bytearray)):
        request['body'], request['encoding'] = b64encode(body).decode(), 'base64'
    elif body is not None:
        request['body'] = str(body)
    return operate(request, Response, seconds=timeout)


def _default(pairs, name, value):
    if not any(known.lower() == name for known, _ in pairs):
        pairs.append((name, value))


def _with_query(url, params):
    if not params:
        return url
    if isinstance(params, dict):
        params = {name: value for name, value in params.items() if value is not None}
    text = params if isinstance(params, str) else urlencode(params, doseq=True)
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query='&'.join(part for part in (parts.query, text) if part)))
