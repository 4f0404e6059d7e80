"""Where in the author's own code something happened: line and column, both counted from 1, columns in characters."""

import ast
import itertools

FILE = 'source.py'
# The text of the one source that this worker runs, by line.
lines = []


def remember(code):
    """Lines end as the compiler sees it: at LF, CRLF or CR, and at nothing else."""
    lines[:] = code.replace('\r\n', '\n').replace('\r', '\n').split('\n')


def at(line, byte_offset):
    """The compiler counts columns in bytes of UTF-8."""
    if byte_offset is None or not 0 < line <= len(lines):
        return {'line': line}
    before = lines[line - 1].encode('utf-8', 'replace')[:byte_offset]
    return {'line': line, 'column': len(before.decode('utf-8', 'ignore')) + 1}


def of_error(error):
    """The innermost place in the source itself that the exception went through: lines of libraries tell the author nothing."""
    found, step = None, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == FILE:
            found = step
        step = step.tb_next
    if found is None:
        return of_part(error)
    return of_instruction(found.tb_frame.f_code, found.tb_lasti, found.tb_lineno)


def of_part(error):
    """A group of exceptions has none of its own when a library made it."""
    parts = getattr(error, 'exceptions', None)
    first = parts[0] if type(parts) is tuple and parts else None
    return of_error(first) if isinstance(first, BaseException) and first is not error else {}


def of_coroutine(coroutine):
    """Where an async hook waits: the innermost of the coroutines that await each other."""
    place = {}
    while coroutine is not None:
        frame = getattr(coroutine, 'cr_frame', None)
        if frame is not None and frame.f_code.co_filename == FILE:
            place = of_instruction(frame.f_code, frame.f_lasti, frame.f_lineno)
        coroutine = getattr(coroutine, 'cr_await', None)
    return place


def of_instruction(code, last, line):
    positions = getattr(code, 'co_positions', None)
    if positions is None:
        return {'line': line}
    return at(line, next(itertools.islice(positions(), last // 2, None), (0, 0, None, 0))[2])


def of_hook(name):
    """Where a hook gives its result: its only `return`, else its head."""
    for node in ast.parse('\n'.join(lines), FILE).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name:
            returns = [each for each in statements(node) if isinstance(each, ast.Return)]
            found = returns[0] if len(returns) == 1 else node
            return at(found.lineno, found.col_offset)
    return {}


def statements(function):
    """All below a function that is its own, not of a function within."""
    for node in ast.iter_child_nodes(function):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            yield node
            yield from statements(node)
