"""A response, whole: `iter_content` and `iter_lines` go over what is there."""

import json as _json
from datetime import timedelta
from email.message import Message

from .exceptions import HTTPError, JSONDecodeError
from .status_codes import phrase_of


class Response:
    def __init__(self, answer, elapsed_seconds=0.0):
        self._answer, self._position = answer, 0
        self.status_code, self.url, self.headers, self.elapsed = answer.status, answer.url, answer.headers, timedelta(seconds=elapsed_seconds)
        self.encoding = self.apparent_encoding = charset_of(answer.headers.get('content-type', ''))
        self.history, self.cookies, self.links = [], {}, {}
        self.is_redirect = self.is_permanent_redirect = False

    @property
    def ok(self):
        return self.status_code < 400

    @property
    def reason(self):
        return phrase_of(self.status_code)

    @property
    def content(self):
        return self._answer.content

    @property
    def text(self):
        try:
            return self.content.decode(self.encoding or 'utf-8', 'replace')
        except LookupError:
            return self._answer.text

    def json(self, **options):
        try:
            return _json.loads(self._answer.text, **options)
        except ValueError as error:
            raise JSONDecodeError(str(error), self.text[:200], getattr(error, 'pos', 0)) from None

    def raise_for_status(self):
        if self.status_code >= 400:
            who = 'Client' if self.status_code < 500 else 'Server'
            raise HTTPError(f'{self.status_code} {who} Error: {self.reason} for url: {self.url}', response=self)

    def iter_content(self, chunk_size=1, decode_unicode=False):
        whole = self.text if decode_unicode else self.content
        size = max(1, chunk_size or len(whole))
        return (whole[at:at + size] for at in range(0, len(whole), size))

    def iter_lines(self, chunk_size=512, decode_unicode=False, delimiter=None):
        whole = self.text if decode_unicode else self.content
        return iter(whole.split(delimiter) if delimiter else whole.splitlines())

    @property
    def raw(self):
        from io import BytesIO

        return BytesIO(self.content)

    def close(self):
        pass

    def __iter__(self):
        return self.iter_content(128)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        pass

    def __bool__(self):
        return self.ok

    def __repr__(self):
        return f'<Response [{self.status_code}]>'


def charset_of(content_type):
    fields = Message()
    fields['content-type'] = content_type
    return fields.get_content_charset() or 'utf-8'
