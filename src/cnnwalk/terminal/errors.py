"""Bad input in the terminal: one line on standard error and exit code 2."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

BAD_INPUT = 2


@contextlib.contextmanager
def plain_errors() -> Iterator[None]:
    """Say what is wrong with the user's input in one line, without a traceback.

    Raises:
        SystemExit: code 2 after bad input.
    """
    try:
        yield
    except Exception as error:
        if not _is_bad_input(error):
            raise
        sentence = " ".join(str(error).split())
        print(f"cnnwalk: {sentence}", file=sys.stderr)
        raise SystemExit(BAD_INPUT) from None


def _is_bad_input(error: Exception) -> bool:
    from cnnwalk.server.listen import ListenError

    if isinstance(error, ListenError):  # comes before torch is loaded, and need not wait for it
        return True
    from cnnwalk.capture import CaptureError
    from cnnwalk.featvis import FeatureVisualizationError
    from cnnwalk.images import ImageError
    from cnnwalk.networks import NetworkError
    from cnnwalk.references import ReferenceNotFoundError

    return isinstance(
        error,
        CaptureError
        | FeatureVisualizationError
        | ImageError
        | NetworkError
        | ReferenceNotFoundError,
    )
