"""A folder that pictures are written to."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cnnwalk.wholefile import write_whole

if TYPE_CHECKING:
    from cnnwalk.featvis import Order, Picture
    from cnnwalk.networks import Network

SHEET = "contact_sheet.png"


class PictureFolder:
    """A folder that pictures of one layer are written to; a file is there whole or not at all.

    Args:
        path: is made where it is missing.

    Raises:
        FeatureVisualizationError: it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pictures: dict[int, Picture] = {}
        with self._telling(path):  # before anything takes time
            path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=path):
                pass

    def keep(self, network: Network, order: Order, picture: Picture) -> None:
        """Write a picture; a dead channel has none.

        Raises:
            FeatureVisualizationError: that is not possible.
        """
        channel = order.target.channel
        if channel is None:
            raise ValueError("files are named by channels, but this is a direction")
        # Before its file is written: Ctrl-C may come when the file is there and this has not ended.
        self._pictures[channel] = picture
        if picture.pixels is not None:
            from cnnwalk.featvis.facts import facts_of
            from cnnwalk.featvis.png import to_png

            self._write(_file_of(channel), to_png(picture, facts_of(network, order, picture)))

    def finish(self, orders: Sequence[Order], network: Network) -> str:
        """Write a sheet of all pictures that were kept; return what there is, in words.

        Raises:
            FeatureVisualizationError: the sheet cannot be written.
        """
        channels = [order.target.channel for order in orders]
        there = self._there()
        pictures = {each: there[each] for each in channels if each in there}
        if not pictures:
            return f"{self._path}: no picture is finished"
        from cnnwalk.featvis.sheet import contact_sheet

        responses = [each.response for each in pictures.values() if each.response is not None]
        scores = any(response.probability is not None for response in responses)
        title = _title(orders[0], network)
        sheet = contact_sheet(pictures, title=title, names=network.classes if scores else None)
        data = io.BytesIO()
        sheet.save(data, "PNG")
        self._write(SHEET, data.getvalue())
        return "\n".join(self._told(pictures))

    def _there(self) -> dict[int, Picture]:
        """Return what was kept, without a picture whose file Ctrl-C has prevented."""
        return {
            channel: picture
            for channel, picture in self._pictures.items()
            if picture.pixels is None or (self._path / _file_of(channel)).exists()
        }

    def _told(self, pictures: dict[int, Picture]) -> Iterator[str]:
        dead = _numbers(pictures, "dead")
        count = len(pictures) - len(dead)
        yield f"{self._path}: {count} picture{'' if count == 1 else 's'} and {SHEET}"
        if dead:
            yield f"dead, no gradient comes back from them: {', '.join(dead)}"
        if silent := _numbers(pictures, "before_activation"):
            yield f"silent, so maximized before the activation function: {', '.join(silent)}"

    def _write(self, name: str, content: bytes) -> None:
        path = self._path / name
        with self._telling(path):
            write_whole(path, content)

    @contextlib.contextmanager
    def _telling(self, path: Path) -> Iterator[None]:
        from cnnwalk.featvis.errors import FeatureVisualizationError

        try:
            yield
        except OSError as error:
            raise FeatureVisualizationError(
                f"{path} cannot be written ({error.strerror or error}): make room there, or give "
                "another folder with --out."
            ) from error


def _file_of(channel: int) -> str:
    return f"channel_{channel:05}.png"


def _numbers(pictures: dict[int, Picture], silence: str) -> list[str]:
    return [str(channel) for channel, each in pictures.items() if each.silence == silence]


def _title(order: Order, network: Network) -> str:
    settings = order.settings
    return (
        f"{network.name}: layer {order.target.layer}, mode {settings.mode}, "
        f"{settings.steps} steps, seed {order.seed}"
    )
