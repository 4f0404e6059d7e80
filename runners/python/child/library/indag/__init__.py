"""
What a source may use of Indag: `fetch`, `log`, `SourceError`, `Response`, and the `ctx` that its hooks are given.
There is no network and no file: everything goes through the host, which knows what this source may reach.
"""

from ._context import Context, Indicator, log
from ._errors import FetchError, SourceError
from ._fetch import fetch
from ._host import attach
from ._response import Headers, Response

__all__ = ['Context', 'FetchError', 'Headers', 'Indicator', 'Response', 'SourceError', 'attach', 'fetch', 'log']
