"""A failure as the analyst and the author need it. What it is made of came from the code: nothing of it is believed."""

import json
import math

import indag
import place
from channel import Stopped

MESSAGE_CHARACTERS, NAME_CHARACTERS = 2000, 200
# What a worker may say; parse-frames.ts has the same words.
REASONS = frozenset(
    'exception missing-hook bad-result timeout memory output-too-large egress-denied host-unreachable'
    ' rate-limited unauthorized provider-error misconfigured cancelled'.split()
)
UNSPEAKABLE = {'reason': 'exception', 'message': 'The code raised an exception that cannot be described'}
FULL = {'reason': 'memory', 'message': 'The code used more memory than it may'}
# Taken and written now: there may be no memory left to do it later.
dumps = json.JSONEncoder().encode
FULL_TEXT = dumps(FULL).encode()
# The real name, whatever a metaclass says.
name_of_type = type.__dict__['__name__'].__get__


class Refusal(Exception):
    """What came back, or did not exist, in the words of a failure."""

    def __init__(self, reason, message, where=None):
        super().__init__(message)
        self.reason, self.where = reason, where


def as_text(error):
    """FAILURE's payload."""
    try:
        return dumps(explain(error)).encode('utf-8', 'replace')
    except MemoryError:
        return FULL_TEXT


def explain(error):
    """Reason, message, and the author's own line and column."""
    if isinstance(error, MemoryError):
        return {**FULL, **place_of_full(error)}
    try:
        failure = {'reason': reason_of(error), 'message': message_of(error), **place_of(error)}
        wait = getattr(error, 'retry_after_ms', None)
        if isinstance(error, indag.SourceError) and type(wait) in (int, float) and math.isfinite(wait) and wait > 0:
            failure['retryAfterMs'] = int(wait)
        return failure
    except MemoryError:
        return FULL
    except BaseException:
        return UNSPEAKABLE


def place_of_full(error):
    """What fills the memory hangs on the frames that the exception came through, and can be let go of before anything else is made."""
    error.__context__ = error.__cause__ = None
    step = error.__traceback__
    while step is not None:
        try:
            step.tb_frame.clear()
        except RuntimeError:
            # It still runs: the worker's own.
            pass
        step = step.tb_next
    return place.of_error(error)


def diagnose(error):
    """What stopped the code from loading: a syntax error with line and column, or what its top level raised."""
    if type(error) in (SyntaxError, IndentationError, TabError) and error.filename == place.FILE:
        where = {'line': error.lineno or 1, 'column': max(1, error.offset or 1)}
        return {'reason': 'syntax', 'message': str(error.msg)[:MESSAGE_CHARACTERS], **where}
    return explain(error)


def reason_of(error):
    if isinstance(error, (Stopped, Refusal, indag.SourceError)):
        reason = error.reason
    else:
        reason = getattr(error, 'failure_reason', None)
    return reason if type(reason) is str and reason in REASONS else 'exception'


def message_of(error):
    text = text_of(error)
    if isinstance(error, (Stopped, Refusal, indag.SourceError, indag.FetchError)):
        return text
    name = name_of_type(type(error))[:NAME_CHARACTERS]
    return f'{name}: {text}' if text else name


def text_of(error):
    try:
        # Of a subclass of str too, the characters and nothing else.
        return str.__getitem__(str(error), slice(MESSAGE_CHARACTERS))
    except Exception:
        return 'it has no text'


def place_of(error):
    known = error.where if isinstance(error, (Refusal, Stopped)) else None
    return place.of_error(error) or known or {}
