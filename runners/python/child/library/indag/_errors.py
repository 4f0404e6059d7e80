"""What a source raises, and what the host's refusals are to it."""

_REASONS = ('rate-limited', 'unauthorized', 'provider-error', 'misconfigured')


class SourceError(Exception):
    """The provider's trouble, in one of four words: 'rate-limited', 'unauthorized', 'provider-error', 'misconfigured'."""

    def __init__(self, reason, message='', retry_after_ms=None):
        if reason not in _REASONS:
            raise ValueError(f'reason is {reason!r}: write one of {", ".join(_REASONS)}')
        super().__init__(message or reason)
        self.reason, self.retry_after_ms = reason, retry_after_ms


class FetchError(Exception):
    """The host refused a request or got no answer. `reason`: 'egress-denied', 'host-unreachable', 'timeout', 'bad-request'."""

    def __init__(self, failure, failure_reason=None):
        super().__init__(failure.get('message', ''))
        self.reason = failure.get('reason', 'host-unreachable')
        # What the call fails with when the source lets it through.
        self.failure_reason = failure_reason or ('exception' if self.reason == 'bad-request' else self.reason)
