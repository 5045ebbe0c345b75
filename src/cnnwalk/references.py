"""Names in a user's own Python: ``path/to/file.py:name`` and ``module.path:name``."""

from __future__ import annotations

import difflib
import hashlib
import importlib
import importlib.util
import inspect
import os
import sys
import sysconfig
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType

from cnnwalk.definitions import definition


class ReferenceNotFoundError(ValueError):
    """A reference leads to nothing; the message is a sentence for people."""


_LIBRARIES = tuple(
    str(folder) + os.sep
    for folder in (
        sysconfig.get_path("stdlib"),
        *(Path(sysconfig.get_path("platlib"), name) for name in ("torch", "torchvision", "timm")),
        Path(__file__).parent,
    )
)


def resolve(reference: str) -> object:
    """Import the module of a reference and return what it names.

    A file's own folder, and for ``module.path:name`` the current folder, is put on
    `sys.path`, as Python does for a script, so that the code may import its neighbours.

    Args:
        reference: ``path/to/file.py:name`` or ``module.path:name``.

    Raises:
        ReferenceNotFoundError: no such file, module or name, or the import raises.
    """
    place, _, name = reference.rpartition(":")
    if not place or not name:
        raise ReferenceNotFoundError(
            f"{reference!r} names nothing: write path/to/file.py:name or module.path:name."
        )
    module = _import_file(Path(place)) if place.endswith(".py") else _import_module(place)
    try:
        return getattr(module, name)
    except AttributeError:
        names = [known for known in vars(module) if not known.startswith("_")]
        raise ReferenceNotFoundError(
            f"{place} has no {name!r}{suggest(name, names)}: name a function or an object "
            "that is defined there."
        ) from None


def make(
    reference: str,
    what: str,
    is_made: Callable[[object], bool],
    settings: Mapping[str, int] | None = None,
) -> object:
    """Return what a reference names, or what that returns when it is called.

    Args:
        reference: as of `resolve`.
        what: is to be made, with its article, for people.
        is_made: whether what is named is to be returned as it is, although it can be called.
        settings: take the place of defaults that are whole numbers too, by name.

    Raises:
        ReferenceNotFoundError: as `resolve` does; or the call raises or needs arguments.
    """
    found = resolve(reference)
    if is_made(found) or not callable(found):
        return found
    _check_arguments(reference, found, what)
    try:
        return found(**_wanted(found, settings or {}))
    except (Exception, SystemExit) as error:
        raise ReferenceNotFoundError(
            f"{reference} raises {explain(error)}. It must return {what} when it is called without "
            "arguments."
        ) from error


def suggest(name: str, known: list[str]) -> str:
    """Return `` (did you mean x?)`` for the names that are close, or nothing."""
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.6)
    return f" (did you mean {' or '.join(close)}?)" if close else ""


def explain(error: BaseException) -> str:
    """Return an exception of a user's code in one line: its type, message, file and line."""
    message = " ".join(str(error).split())
    text = f"{type(error).__name__}: {message[:300]}" if message else type(error).__name__
    if isinstance(error, SyntaxError) and error.filename:
        return f"{type(error).__name__}: {error.msg} ({error.filename}, line {error.lineno})"
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not _is_library(frame.filename)]
    return f"{text} ({own[-1].filename}, line {own[-1].lineno})" if own else text


def _check_arguments(reference: str, found: Callable[..., object], what: str) -> None:
    try:
        parameters = inspect.signature(found).parameters.values()
    except (TypeError, ValueError):  # of C code
        return
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    needed = [
        each.name for each in parameters if each.default is each.empty and each.kind not in variable
    ]
    if needed:
        name = reference.rpartition(":")[2]
        values = ", ".join(f"{each}=…" for each in needed)
        place = definition(reference)
        raise ReferenceNotFoundError(
            f"{reference} ({place}) needs the arguments {', '.join(needed)}, but is called without "
            "any: give them default values, or name a function without arguments "
            f"that returns {what}, such as: def make(): return {name}({values})."
        )


def _wanted(found: Callable[..., object], settings: Mapping[str, int]) -> dict[str, int]:
    """Return those settings that a function has a parameter for, a whole number by default."""
    try:
        parameters = inspect.signature(found).parameters
    except (TypeError, ValueError):  # of C code
        return {}
    return {
        name: value
        for name, value in settings.items()
        if name in parameters and type(parameters[name].default) is int
    }


def _is_library(filename: str) -> bool:
    """Say whether a line there helps nobody, since the mistake is in what calls it."""
    return filename.startswith(("<", *_LIBRARIES))


def _import_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise ReferenceNotFoundError(
            f"There is no file {path} (seen from {Path.cwd()}): give the path of a Python file."
        )
    path = path.resolve()
    _add_to_path(path.parent)
    # A name of its own, so that a user's random.py does not take the place of Python's.
    name = f"_cnnwalk_{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ReferenceNotFoundError(f"{path} is not a Python file: give the path of one.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise ReferenceNotFoundError(
            f"{path} cannot be imported, it raises {explain(error)}: run it with Python to see why."
        ) from error
    return module


def _import_module(name: str) -> ModuleType:
    _add_to_path(Path.cwd())
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{name}.".startswith(f"{error.name}."):
            raise ReferenceNotFoundError(
                f"There is no Python module {error.name!r}: install it, or start in the folder "
                "that holds it."
            ) from error
        raise _import_raises(name, error) from error
    except (Exception, SystemExit) as error:
        raise _import_raises(name, error) from error


def _import_raises(name: str, error: BaseException) -> ReferenceNotFoundError:
    return ReferenceNotFoundError(
        f"The module {name} cannot be imported, it raises {explain(error)}: import it in Python "
        "to see why."
    )


def _add_to_path(folder: Path) -> None:
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
