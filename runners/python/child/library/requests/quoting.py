"""What of `requests.utils` is used by itself."""

from urllib.parse import quote, unquote, urlparse  # noqa: F401


def requote_uri(uri):
    return quote(unquote(uri), safe="!#$%&'()*+,/:;=?@[]~")


def default_headers():
    return {}
