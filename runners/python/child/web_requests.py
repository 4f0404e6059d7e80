"""`urllib.request.urlopen` over the host's fetch: the same calls, the same exceptions."""

import io
import urllib.error
import urllib.request
from email.message import Message

import indag


def install():
    """Replaces what would open a socket. Parsing, quoting and Request stay as they are."""
    urllib.request.urlopen = urlopen
    urllib.request.OpenerDirector.open = lambda self, request, data=None, timeout=None: urlopen(request, data)


def urlopen(request, data=None, timeout=None, **ignored):
    if isinstance(request, str):
        request = urllib.request.Request(request, data=data)
    body = request.data if data is None else data
    headers = dict(request.header_items())
    if body is not None:
        headers.setdefault('Content-type', 'application/x-www-form-urlencoded')
    try:
        answer = indag.fetch(request.full_url, method=request.get_method(), headers=headers, body=body)
        status = answer.status
    except indag.FetchError as error:
        failed = urllib.error.URLError(TimeoutError(str(error)) if error.reason == 'timeout' else str(error))
        failed.failure_reason = error.failure_reason
        raise failed from None
    fields = Message()
    for name, value in answer.headers.items():
        fields[name] = value
    if status >= 400:
        raise urllib.error.HTTPError(answer.url, status, f'HTTP {status}', fields, io.BytesIO(answer.content))
    return Opened(answer.content, fields, answer.url, status)


class Opened(io.BytesIO):
    """What urlopen gives: a file with the response's head."""

    def __init__(self, content, headers, url, status):
        super().__init__(content)
        self.headers, self.msg, self.url, self.status, self.code, self.reason = headers, headers, url, status, status, ''

    def getheader(self, name, default=None):
        return self.headers.get(name, default)

    def info(self):
        return self.headers

    def geturl(self):
        return self.url

    def getcode(self):
        return self.status
