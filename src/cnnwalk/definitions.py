"""Where names are defined in Python files, which are read and not run."""

from __future__ import annotations

import ast
import sys
from pathlib import Path


def definition(reference: str, *, returns: bool = False) -> str:
    """Return where in the user's code a name is defined: `` (net.py, line 3)``, or nothing.

    Args:
        reference: was resolved before.
        returns: name the last line of a function that returns something, where there is one.
    """
    place, _, name = reference.rpartition(":")
    file = place if place.endswith(".py") else getattr(sys.modules.get(place), "__file__", None)
    tree = None if file is None else _parse(Path(file))
    if file is None or tree is None:
        return ""
    defined = [node for node in tree.body if name in _names(node)]
    if not defined:
        return Path(file).name
    results = _returns(defined[-1]) if returns else []
    line = (results or defined)[-1].lineno
    return f"{Path(file).name}, line {line}"


def defined_in(path: Path) -> list[str]:
    """Return the public functions and classes of a Python file, which is not run."""
    tree = _parse(path)
    kinds = (ast.FunctionDef, ast.ClassDef)
    names = [node.name for node in (tree.body if tree else ()) if isinstance(node, kinds)]
    return [name for name in names if not name.startswith("_")]


def _parse(path: Path) -> ast.Module | None:
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError):
        return None


def _names(node: ast.stmt) -> set[str]:
    """Return what a statement at the top of a file gives a name to."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return {
            part.id for each in targets for part in ast.walk(each) if isinstance(part, ast.Name)
        }
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {each.asname or each.name for each in node.names}
    return set()


def _returns(node: ast.AST) -> list[ast.stmt]:
    """Return the statements of a function that give its result, not those of functions in it."""
    found: list[ast.stmt] = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Return):
            found.append(child)
        elif not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found += _returns(child)
    return found
