"""`urllib.request.urlopen` over the host's fetch: the same calls, the same exceptions."""

import http.client
import io
import urllib.error
import urllib.request

import indag


def install():
    """Replaces what would open a socket. Parsing, quoting and Request stay as they are."""
    urllib.request.urlopen = urlopen
    urllib.request.OpenerDirector.open = open_by


def open_by(opener, request, data=None, timeout=None):
    """An opener's headers count; its handlers would open connections, and do not."""
    request = as_request(request)
    for name, value in opener.addheaders:
        # Its own word for itself is the host's to say.
        if not value.startswith('Python-urllib') and not request.has_header(name.capitalize()):
            request.add_unredirected_header(name, value)
    return urlopen(request, data, timeout)


def as_request(request):
    return urllib.request.Request(request) if isinstance(request, str) else request


def urlopen(request, data=None, timeout=None, **ignored):
    request = as_request(request)
    if data is not None:
        request.data = data
    body, headers = request.data, dict(request.header_items())
    if hasattr(body, 'read'):
        body = body.read()
    if body is not None:
        if isinstance(body, str):
            raise TypeError('POST data should be bytes: write urlencode(...).encode()')
        headers.setdefault('Content-type', 'application/x-www-form-urlencoded')
    seconds = timeout if isinstance(timeout, (int, float)) else request.timeout if hasattr(request, 'timeout') else None
    try:
        answer = indag.fetch(request.full_url, method=request.get_method(), headers=headers, body=body, timeout=seconds)
        status = answer.status
    except indag.FetchError as error:
        failed = urllib.error.URLError(TimeoutError(str(error)) if error.reason == 'timeout' else str(error))
        failed.failure_reason = error.failure_reason
        raise failed from None
    fields = http.client.HTTPMessage()
    for name, value in answer.headers.items():
        fields[name] = value
    if status >= 400:
        reason = http.client.responses.get(status, '')
        raise urllib.error.HTTPError(answer.url, status, reason, fields, io.BytesIO(answer.content))
    return Opened(answer.content, fields, answer.url, status)


class Opened(io.BytesIO):
    """What urlopen gives: a file with the response's head."""

    version = 11

    def __init__(self, content, headers, url, status):
        super().__init__(content)
        self.headers, self.msg, self.url, self.status, self.code = headers, headers, url, status, status
        self.reason = http.client.responses.get(status, '')

    def getheader(self, name, default=None):
        return self.headers.get(name, default)

    def getheaders(self):
        return list(self.headers.items())

    def info(self):
        return self.headers

    def geturl(self):
        return self.url

    def getcode(self):
        return self.status
