"""What every worker finds imported already: a fork costs 2 ms, importing this 50."""

import ctypes
import importlib
import threading

# The part of the standard library that sources use. Anything else can still be imported, from the read-only folder.
MODULES = """
    abc argparse array ast base64 binascii bisect calendar codecs collections colorsys configparser contextlib copy csv dataclasses
    datetime decimal difflib email email.utils encodings.idna enum fnmatch fractions functools gzip hashlib heapq hmac html
    html.parser http.client http.cookies io ipaddress itertools json keyword logging math numbers operator os pathlib pprint queue
    quopri random re secrets shlex socket ssl statistics string stringprep struct tempfile textwrap time traceback types typing
    unicodedata urllib.error urllib.parse urllib.request uuid warnings xml.etree.ElementTree zipfile zlib zoneinfo
    concurrent.futures asyncio
""".split()

M_ARENA_MAX = -8
THREAD_STACK_BYTES = 1 << 20


def up():
    for name in MODULES:
        try:
            importlib.import_module(name)
        except ImportError:
            # A slim interpreter may lack `ssl`.
            continue
    import requests  # noqa: F401
    import web_requests

    web_requests.install()
    # An arena of 64 MiB a thread, and 8 MiB of stack, would eat the address space that a worker may have.
    ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
    threading.stack_size(THREAD_STACK_BYTES)
