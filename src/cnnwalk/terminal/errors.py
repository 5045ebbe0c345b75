"""What goes wrong in the terminal: one line on standard error, exit code 2 after bad input.

An output that cannot be written (a full disk behind ``> FILE``) ends with exit code 1.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from typing import TextIO

BAD_INPUT = 2
NO_OUTPUT = 1
_OF_OUTPUTS = {errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EFBIG}


@contextlib.contextmanager
def plain_errors() -> Iterator[None]:
    """Say what is wrong with the user's input in one line, without a traceback.

    Raises:
        SystemExit: code 2 after bad input, 1 where standard output cannot be written.
    """
    try:
        try:
            yield
        finally:
            if _has_output():
                sys.stdout.flush()  # here, because at Python's own end nobody could say a word
    except Exception as error:
        if isinstance(error, OSError) and error.filename is None and error.errno in _OF_OUTPUTS:
            _drop_output()
            print(
                f"cnnwalk: the output cannot be written: {error.strerror}. Make room there, or "
                "send it elsewhere.",
                file=sys.stderr,
            )
            raise SystemExit(NO_OUTPUT) from None
        if not _is_bad_input(error):
            raise
        sentence = " ".join(str(error).split())
        print(f"cnnwalk: {sentence}", file=sys.stderr)
        raise SystemExit(BAD_INPUT) from None


def _has_output() -> bool:
    output: TextIO | None = sys.stdout  # None after ``>&-``
    return output is not None


def _drop_output() -> None:
    """Let what is still to be written go nowhere, so that Python does not try again at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _is_bad_input(error: Exception) -> bool:
    from cnnwalk.server.listen import ListenError

    if isinstance(error, ListenError):  # comes before torch is loaded, and need not wait for it
        return True
    from cnnwalk.capture import CaptureError
    from cnnwalk.featvis import FeatureVisualizationError
    from cnnwalk.images import ImageError
    from cnnwalk.networks import NetworkError
    from cnnwalk.references import ReferenceNotFoundError
    from cnnwalk.study.errors import StudyError

    return isinstance(
        error,
        CaptureError
        | FeatureVisualizationError
        | ImageError
        | NetworkError
        | ReferenceNotFoundError
        | StudyError,
    )
