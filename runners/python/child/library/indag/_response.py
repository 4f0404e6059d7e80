"""What the host's fetch gives."""

import json
from base64 import b64decode


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
        return self._body.encode() if self._encoding == 'utf8' else b64decode(self._body)

    def json(self):
        return json.loads(self._body if self._encoding == 'utf8' else self.content)

    def __await__(self):
        return self
        yield

    def __repr__(self):
        return f'<Response {self.status}>'
