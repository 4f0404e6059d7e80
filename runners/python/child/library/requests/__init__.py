"""
The part of `requests` that sources use, over the host's fetch. What has no meaning here is taken and ignored: `verify`, `cert`, `stream`,
`proxies`, `hooks`, adapters. Redirects are always followed, by the host, which checks each; files are not sent, and no cookie is kept.
"""

import sys

from . import adapters, auth, exceptions
from . import quoting as utils
from .exceptions import ConnectionError, ConnectTimeout, HTTPError, JSONDecodeError, ReadTimeout, RequestException, Timeout
from .models import Response
from .sessions import Session, request
from .status_codes import codes

__all__ = [
    *('ConnectTimeout', 'ConnectionError', 'HTTPError', 'JSONDecodeError', 'ReadTimeout', 'RequestException', 'Response', 'Session'),
    *('Timeout', 'adapters', 'auth', 'codes', 'delete', 'exceptions', 'get', 'head', 'options', 'patch', 'post', 'put', 'request'),
    *('session', 'utils'),
]
session = Session
# The name by which people import it.
sys.modules['requests.utils'] = utils


def get(url, params=None, **options):
    return request('GET', url, params=params, **options)


def options(url, **options):
    return request('OPTIONS', url, **options)


def head(url, **options):
    return request('HEAD', url, **options)


def post(url, data=None, json=None, **options):
    return request('POST', url, data=data, json=json, **options)


def put(url, data=None, **options):
    return request('PUT', url, data=data, **options)


def patch(url, data=None, **options):
    return request('PATCH', url, data=data, **options)


def delete(url, **options):
    return request('DELETE', url, **options)
