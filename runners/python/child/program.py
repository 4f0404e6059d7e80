"""The source's one module: parsed, looked through, run."""

import ast
import linecache
import sys
import types
import warnings

import place
from place import FILE

HOOKS = {'fetchData': 'fetch_data', 'backgroundTask': 'background_task', 'receive': 'receive'}
MOST_WARNINGS = 50


def parse(code, diagnostics):
    """The compiler's view, without running a line. Its warnings become diagnostics, errors are raised."""
    # Some editors begin a file with a byte order mark, which is no part of the text.
    code = code.removeprefix('\ufeff')
    place.remember(code)
    refuse_null(code)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always', SyntaxWarning)
        tree = ast.parse(code, FILE)
        compile(tree, FILE, 'exec', dont_inherit=True)
    for warning in caught[:MOST_WARNINGS]:
        diagnostics.append({'severity': 'warning', 'message': str(warning.message), 'line': warning.lineno})
    return tree


def refuse_null(code):
    """The parser does it too, but does not say where."""
    found = code.find('\0')
    if found >= 0:
        line = next(number for number, text in enumerate(place.lines, 1) if '\0' in text)
        column = place.lines[line - 1].index('\0') + 1
        raise SyntaxError('The code has a null character', (FILE, line, column, ''))


def hooks_of(tree, diagnostics):
    """The hooks that the top level defines, or seems to."""
    names = set()
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update(alias.asname or alias.name for alias in node.names)
    hooks = [name for name, own in HOOKS.items() if own in names]
    if not hooks:
        message = f'The code defines none of {", ".join(HOOKS.values())}: define the one that it is for'
        diagnostics.append({'severity': 'warning', 'message': message, 'line': 1, 'column': 1})
    return hooks


def run(tree):
    """Runs the module's top level."""
    text = '\n'.join(place.lines)
    linecache.cache[FILE] = (len(text), None, text.splitlines(True), FILE)
    module = types.ModuleType('source')
    module.__file__ = FILE
    sys.modules['source'] = module
    exec(compile(tree, FILE, 'exec', dont_inherit=True), module.__dict__)
    return module
