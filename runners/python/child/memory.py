"""How much memory the code may have: RLIMIT_AS, for which nothing outside has to look."""

import mmap
import resource

HIGHEST_BYTES, STEP_BYTES = 1 << 40, 1 << 16


def limit(memory_bytes):
    """Address space: what the interpreter has now, and what the code may have besides. There is no way back up."""
    kind = resource.RLIMIT_AS
    hard = resource.getrlimit(kind)[1]
    low, high = 0, HIGHEST_BYTES
    # There is no /proc to ask: the least limit under which one page more can be had is what is in use.
    while high - low > STEP_BYTES:
        middle = (low + high) // 2
        resource.setrlimit(kind, (middle, hard))
        low, high = (low, middle) if can_map() else (middle, high)
    resource.setrlimit(kind, (high + memory_bytes, high + memory_bytes))


def can_map():
    try:
        mmap.mmap(-1, 4096).close()
        return True
    except OSError:
        return False
