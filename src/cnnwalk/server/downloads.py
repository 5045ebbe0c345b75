"""Files that a visitor takes along."""

from __future__ import annotations

import dataclasses
import re

from fastapi import Response

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST = 150


@dataclasses.dataclass(frozen=True)
class Download:
    """A file under a name that every system takes, see `file_name`."""

    name: str
    content: bytes
    media_type: str

    def response(self) -> Response:
        """Return the answer that lets a browser save the file."""
        return Response(self.content, headers=disposition(self.name), media_type=self.media_type)


def disposition(name: str) -> dict[str, str]:
    """Return the header that lets a browser save an answer under a name, see `file_name`."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def file_name(*parts: str, suffix: str) -> str:
    """Return the parts as one name of plain letters, digits, points, dashes and underscores.

    It never begins with a point or a dash, so that it is no hidden file and no option.
    """
    name = "_".join(_UNSAFE.sub("-", part) for part in parts).lstrip(".-")
    return f"{name[:_LONGEST] or 'picture'}{suffix}"
