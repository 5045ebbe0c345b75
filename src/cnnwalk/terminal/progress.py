"""Progress on standard error, so that standard output stays for results."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Show what happens, in a line that goes when it is done; silent where nobody watches."""
    from rich.console import Console  # its import takes longer than the whole help

    console = Console(stderr=True)
    with console.status("starting") as status:
        yield lambda step: status.update(f"{step} …")
