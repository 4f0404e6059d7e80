"""The exceptions of `requests`, by the same names."""


class RequestException(IOError):
    def __init__(self, *arguments, response=None, request=None, failure_reason=None):
        super().__init__(*arguments)
        self.response, self.request = response, request
        # What the call fails with when the source lets it through.
        self.failure_reason = failure_reason


class HTTPError(RequestException):
    pass


class ConnectionError(RequestException):
    pass


class Timeout(RequestException):
    pass


class ConnectTimeout(ConnectionError, Timeout):
    pass


class ReadTimeout(Timeout):
    pass


class JSONDecodeError(RequestException, ValueError):
    def __init__(self, message, document='', position=0):
        super().__init__(message)
        self.doc, self.pos = document, position


class InvalidURL(RequestException, ValueError):
    pass


class TooManyRedirects(RequestException):
    pass


class MissingSchema(InvalidURL):
    pass


class InvalidHeader(RequestException, ValueError):
    pass


class SSLError(ConnectionError):
    pass


class ProxyError(ConnectionError):
    pass


class ChunkedEncodingError(RequestException):
    pass


class ContentDecodingError(RequestException):
    pass


class RetryError(RequestException):
    pass
