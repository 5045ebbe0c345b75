"""The pictures of feature visualizations: as cells of panels, as images of the walk, as files."""

from __future__ import annotations

import functools
import io
from collections.abc import Iterable, Mapping, Sequence

from cnnwalk.featvis import Picture
from cnnwalk.featvis.jobs import Jobs, JobState
from cnnwalk.featvis.png import to_png
from cnnwalk.featvis.sheet import contact_sheet
from cnnwalk.images import ImageError, ImageStore
from cnnwalk.pixels import Pixels
from cnnwalk.server.downloads import Download, file_name
from cnnwalk.server.messages import ImageInfo, VisualizedChannel
from cnnwalk.server.picturegrid import picture_grid
from cnnwalk.server.problems import not_found
from cnnwalk.server.served import ServedNetwork
from cnnwalk.server.visualizations import refusing


class Pictures:
    """The pictures that the jobs of a walk have made. For use by several threads.

    All that takes a job's id raises the 404 problem where there is no such job, and where what
    is asked for is not there.
    """

    def __init__(
        self, jobs: Jobs, networks: Mapping[str, ServedNetwork], images: ImageStore
    ) -> None:
        """Serve the pictures of `jobs`, which are about `networks`, and keep some in `images`."""
        self._jobs = jobs
        self._networks = networks
        self._images = images

    def preview(self, job: str, revision: int, cell: int) -> bytes:
        """Return the pictures that form as a grid of cells, see `picture_grid`."""
        state = self._state(job)
        preview = self._jobs.preview(job, revision)
        if preview is None:
            raise not_found(
                "preview", str(revision), f"newer ones have followed, up to {state.revision}"
            )
        return picture_grid(list(preview.pixels), self._size(state), cell)

    def grid(self, job: str, channels: Sequence[int], cell: int) -> tuple[bytes, bool]:
        """Return finished pictures as a grid, and whether it has all that there will ever be."""
        state = self._state(job)
        pictures = [self._picture(state, channel) for channel in channels]
        pixels = [None if picture is None else picture.pixels for picture in pictures]
        return picture_grid(pixels, self._size(state), cell), None not in pictures

    def channel(self, job: str, channel: int) -> VisualizedChannel:
        """Return what is known of a finished picture, which becomes an image of the walk."""
        state = self._state(job)
        picture = self._finished(state, channel)
        response = picture.response
        classes = self._classes(state, [picture])
        class_name = None if classes is None else classes[channel]
        return VisualizedChannel(
            channel=channel,
            image=self._image(state, channel, picture, class_name),
            silence=picture.silence,
            before=None if response is None else response.before,
            after=None if response is None else response.after,
            probability=None if response is None else response.probability,
            rank=None if response is None else response.rank,
            class_name=class_name,
        )

    def _image(
        self, state: JobState, channel: int, picture: Picture, class_name: str | None
    ) -> ImageInfo | None:
        if picture.pixels is None:
            return None
        stored = self._images.add(
            picture.pixels,
            origin="visualization",
            name=f"{state.layer} · {channel} · {state.mode}",
            label=class_name,
            reload=functools.partial(self._reload, state, channel),
        )
        return ImageInfo.of(stored)

    def _reload(self, state: JobState, channel: int) -> Pixels:
        picture = self._jobs.picture(state.id, channel)
        if picture is None or picture.pixels is None:
            raise ImageError(
                f"The picture of channel {channel} of layer {state.layer} was deleted: ask for the "
                "feature visualization again."
            )
        return picture.pixels

    def png(self, job: str, channel: int) -> Download:
        """Return a finished picture as a PNG that says how it was made."""
        state = self._state(job)
        picture = self._finished(state, channel)
        if picture.pixels is None:
            raise not_found(
                "picture of channel", str(channel), f"layer {state.layer} is silent there"
            )
        network = self._networks[state.network].network
        name = file_name(network.name, state.layer, f"channel_{channel:05}", suffix=".png")
        content = to_png(picture, self._jobs.facts(job, channel))
        return Download(name, content, "image/png")

    def sheet(self, job: str) -> Download:
        """Return all finished pictures of a layer as one PNG."""
        state = self._state(job)
        pictures = {
            channel: picture
            for channel in state.done
            if (picture := self._jobs.picture(job, channel)) is not None
        }
        if not pictures:
            raise not_found("picture", state.layer, "wait until the first one is finished")
        network = self._networks[state.network].network
        title = f"{network.name} · {state.layer} · {state.mode}"
        names = self._classes(state, pictures.values())
        data = io.BytesIO()
        contact_sheet(pictures, title=title, names=names).save(data, "PNG")
        name = file_name(network.name, state.layer, "contact_sheet", suffix=".png")
        return Download(name, data.getvalue(), "image/png")

    def _state(self, job: str) -> JobState:
        with refusing(job):
            return self._jobs.state(job)

    def _classes(self, state: JobState, pictures: Iterable[Picture]) -> tuple[str, ...] | None:
        """Return the names of the channels where they are classes, as the responses show."""
        responses = [picture.response for picture in pictures]
        if all(response is None or response.probability is None for response in responses):
            return None
        return self._networks[state.network].network.classes

    def _size(self, state: JobState) -> tuple[int, int]:
        spec = self._networks[state.network].network.input
        return spec.width, spec.height

    def _picture(self, state: JobState, channel: int) -> Picture | None:
        """Return a picture where there is one; raises the 404 problem without such a channel."""
        if not 0 <= channel < state.channels:
            raise not_found(
                "channel", str(channel), f"layer {state.layer!r} has 0 to {state.channels - 1}"
            )
        return self._jobs.picture(state.id, channel)

    def _finished(self, state: JobState, channel: int) -> Picture:
        picture = self._picture(state, channel)
        if picture is None:
            raise not_found(
                "picture of channel", str(channel), "it is not finished, so ask for it and wait"
            )
        return picture
