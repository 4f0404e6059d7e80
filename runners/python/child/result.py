"""What a hook gave back, as JSON text."""

import json

import place
from explain import Refusal

# Taken now: the code may replace what the module holds, and would only hurt itself.
write_result = json.JSONEncoder(allow_nan=False, ensure_ascii=False, separators=(',', ':')).encode


def as_json(result, name, most_bytes):
    """Anything that JSON has no word for is the author's to mend, so the message says what it is, and the place where."""
    if result is None:
        return b'null'
    wanted = list if name == 'receive' else dict
    if not isinstance(result, wanted):
        kind = type(result).__name__
        raise Refusal('bad-result', f'{name}() returned {kind}; it must return a {wanted.__name__} or None', where(name))
    try:
        text = write_result(result).encode()
    except (TypeError, ValueError, RecursionError) as error:
        what = 'it is nested too deeply' if isinstance(error, RecursionError) else str(error)[:300]
        raise Refusal('bad-result', f'What {name}() returned cannot be written as JSON: {what}', where(name)) from None
    if len(text) > most_bytes:
        message = f'The result has {len(text)} bytes; at most {most_bytes} are taken'
        raise Refusal('output-too-large', message, where(name))
    return text


def where(name):
    try:
        return place.of_hook(name)
    except Exception:
        # It was read when it was loaded; there may be no memory left to do it again.
        return {}
