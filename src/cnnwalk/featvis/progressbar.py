"""Progress of pictures as a bar in a terminal or a notebook."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from cnnwalk.featvis.progress import OnProgress, Progress


@contextlib.contextmanager
def progress_bar(title: str) -> Iterator[OnProgress]:
    """Show a bar on standard error; silent where nobody watches.

    Yields:
        What is to be told of progress, from any thread.
    """
    from rich import progress as parts  # its import takes longer than the whole help
    from rich.console import Console

    console = Console(stderr=True)
    columns = (
        parts.TextColumn("{task.description}"),
        parts.BarColumn(),
        parts.TextColumn("{task.fields[pictures]}"),
        parts.TextColumn("[dim]{task.fields[steps]}"),
        parts.TextColumn("[cyan]{task.fields[left]}"),
    )
    watched = console.is_terminal or console.is_jupyter
    with parts.Progress(*columns, console=console, disable=not watched) as bar:
        task = bar.add_task(title, total=None, pictures="", steps="", left="")

        def tell(now: Progress) -> None:
            bar.update(
                task,
                completed=now.steps,
                total=now.all_steps,
                pictures=f"{now.finished}/{now.pictures} pictures",
                steps=f"{now.steps:,}/{now.all_steps:,} steps",
                left="" if now.seconds_left is None else f"{_duration(now.seconds_left)} left",
            )

        yield tell


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
