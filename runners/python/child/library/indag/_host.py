"""Operations of the host: asked for over the worker's channel, and waited for."""

import sys

from channel import TooLarge, TooLate

from ._errors import FetchError

host = sys.modules[__name__]
channel = None
running_loop = None


def attach(to, loop):
    """For the worker, before any source is loaded. `loop` tells the running event loop, if there is one."""
    host.channel, host.running_loop = to, loop


class Pending:
    """A request under way inside `async def`: await it, or use it at once and wait."""

    def __init__(self, op, shape, seconds):
        self._op, self._shape, self._seconds, self._value = op, shape, seconds, None

    def __await__(self):
        ok, value = yield from host.channel.future(self._op).__await__()
        self._value = settle(ok, value, self._shape)
        return self._value

    def __getattr__(self, name):
        if self._value is None:
            self._value = settle(*wait(self._op, self._seconds), self._shape)
        return getattr(self._value, name)


class PendingList(Pending):
    def _all(self):
        return self.copy()

    def __iter__(self):
        return iter(self._all())

    def __len__(self):
        return len(self._all())

    def __getitem__(self, index):
        return self._all()[index]


def settle(ok, value, shape):
    if not ok:
        raise FetchError(value)
    return shape(value)


def wait(op, seconds):
    try:
        return host.channel.wait(op, seconds)
    except TooLate:
        raise FetchError({'reason': 'timeout', 'message': f'No answer within {seconds} s'}, 'host-unreachable') from None


def operate(operation, shape, pending=Pending, seconds=None):
    """`seconds`: what the code itself gives the host, when it gives less than the call has."""
    try:
        op = host.channel.ask(operation)
    except TooLarge as error:
        raise FetchError({'reason': 'bad-request', 'message': str(error)}) from None
    if host.running_loop() is not None:
        return pending(op, shape, seconds)
    return settle(*wait(op, seconds), shape)
