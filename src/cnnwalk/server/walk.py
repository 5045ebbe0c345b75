"""The running walk: its networks as they stand, its datasets, images and passes."""

from __future__ import annotations

import contextlib
import functools
import logging
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus

import numpy as np
import numpy.typing as npt

from cnnwalk.featvis.cache import PictureCache
from cnnwalk.featvis.jobs import Jobs
from cnnwalk.images import (
    Dataset,
    ImageError,
    ImageStore,
    NoiseKind,
    StoredImage,
    decode_upload,
    draw,
    first_readable,
    noise,
    noisy,
)
from cnnwalk.networks import Network
from cnnwalk.passes import PassError, Passes
from cnnwalk.pixels import Pixels, goes_into
from cnnwalk.server.halls import Halls
from cnnwalk.server.messages import (
    DatasetSummary,
    Draw,
    ImageInfo,
    WalkInfo,
)
from cnnwalk.server.pictures import Pictures
from cnnwalk.server.placements import PlacementStore
from cnnwalk.server.problems import ProblemError
from cnnwalk.server.served import ServedNetwork, serve, told_apart
from cnnwalk.server.showing import Showing
from cnnwalk.server.visualizations import Visualizations
from cnnwalk.userfolders import state_folder
from cnnwalk.version import __version__

_LOG = logging.getLogger(__name__)


class Walk:
    """What the server serves. Its methods may be called from several threads.

    Attributes:
        instance: new with every walk, so that a page notices a restart.
        networks: by the id that the page names them by, in the order given.
        datasets: by id, in the order given.
        halls: the networks as they are shown.
        placements: where visitors have put the panels.
        images: what can be inserted.
        passes: what has been, or is being, inserted.
        visualizations: the feature visualizations that were asked for.
        pictures: what they have made.
        first_image: is inserted on arrival: the first image of the first dataset.
        together: whether an image goes into all networks at once, as visitors find it.
    """

    def __init__(
        self,
        networks: Sequence[Network],
        datasets: Sequence[Dataset],
        *,
        showing: Showing | None = None,
        together: bool = False,
        on_step: Callable[[str], None] = lambda _step: None,
    ) -> None:
        """Record every network's graph and arrange it.

        Args:
            networks: at least one; those of one name are numbered.
            datasets: may be empty.
            showing: how the networks are shown on arrival; layers on a straight course if None.
            together: whether an image goes into all networks at once.
            on_step: is told what happens, in a few words, before each long step.

        Raises:
            CaptureError: nothing of a network can be recorded.
            NetworkError: a network fails on its way.
            ImageError: none of a dataset's first images can be read.
        """
        self.instance = secrets.token_hex(8)
        self.together = together
        self.datasets = {dataset.id: dataset for dataset in datasets}
        self.halls = Halls()
        self.placements = PlacementStore(state_folder() / "placements")
        self.images = ImageStore()
        self.passes = Passes()
        self.networks: dict[str, ServedNetwork] = {}
        # One upload is decoded at a time: its pixels may take 256 MB.
        self._upload_lock = threading.Lock()
        for network in told_apart(networks):
            on_step(f"recording {network.name}")
            served = serve(network, showing or Showing())
            self.networks[served.id] = served
            self.passes.add(network, served.graph)
        cache = PictureCache(tell=_LOG.warning)
        jobs = Jobs(cache, state_folder() / "visualizations", quiet=self.passes.quiet)
        self.visualizations = Visualizations(jobs, self.networks, self.images)
        self.pictures = Pictures(jobs, self.networks, self.images)
        on_step("reading the first image")
        self.first_image = self._first_image()

    def close(self) -> None:
        """End all passes and feature visualizations."""
        self.passes.close()
        self.visualizations.close()

    def info(self) -> WalkInfo:
        """Return what a page needs first."""
        datasets = [
            DatasetSummary(
                id=dataset.id,
                name=dataset.name,
                description=dataset.description,
                count=len(dataset),
            )
            for dataset in self.datasets.values()
        ]
        return WalkInfo(
            version=__version__,
            instance=self.instance,
            networks=[served.summary() for served in self.networks.values()],
            datasets=datasets,
            first_image=self.first_image,
            together=self.together,
        )

    def draw(self, dataset_id: str, *, seed: int, offset: int, count: int) -> Draw:
        """Return items of a dataset in the order that `seed` gives; raises KeyError."""
        dataset = self.datasets[dataset_id]
        order = draw(len(dataset), seed)[offset : offset + count]
        images, skipped = [], []
        for index in order.tolist():
            try:
                images.append(self._item(dataset, index))
            except ImageError as error:
                _LOG.warning("%s", error)
                skipped.append(str(error))
        return Draw(
            dataset=dataset_id,
            seed=seed,
            offset=offset,
            total=len(dataset),
            images=images,
            skipped=skipped,
        )

    def noise(self, served: ServedNetwork, kind: NoiseKind, seed: int) -> ImageInfo:
        """Return a noise image in the size that the network takes."""
        spec = served.network.input
        make = functools.partial(noise, kind, seed, spec.width, spec.height, spec.channels)
        stored = self.images.add(
            make(),
            origin="noise",
            name=f"{kind} noise {seed}",
            label=None,
            reload=make,
        )
        return ImageInfo.of(stored)

    def with_noise(self, stored: StoredImage, sigma: float) -> ImageInfo:
        """Return an image with noise on it, scaled before, not again when it is put in.

        So the noise arrives in the strength that was asked for, whatever the image's own size:
        where networks take different sizes, at the one that scales it largest; the others
        average some of it away.

        Args:
            stored: the image.
            sigma: of the noise, as `noisy` takes it.

        Raises:
            ImageError: the sigma is out of its range, or the image far too long.
        """
        size = (stored.width, stored.height)
        networks = [served.network for served in self.networks.values()]
        finest = max(networks, key=lambda network: min(network.crop(size).scaled))

        def make() -> Pixels:
            # By its id: what an image keeps must not stay in memory for those made of it.
            try:
                clean = self.images.get(stored.id)
            except KeyError:
                raise ImageError(
                    f"{stored.name} is no longer held, and so is what was made of it: insert it "
                    "again."
                ) from None
            return noisy(finest.scale(clean.image()), sigma)

        made = self.images.add(
            make(),
            origin=stored.origin,
            name=f"{stored.name} with noise {sigma:g}",
            label=stored.label,
            reload=make,
        )
        return ImageInfo.of(made)

    def upload(self, data: bytes, name: str) -> ImageInfo:
        """Keep an uploaded picture; the file itself is kept, since it is smaller than its pixels.

        Raises:
            ImageError: `data` is not a picture that can be shown.
        """
        with self._upload_lock:
            stored = self.images.add(
                decode_upload(data),
                origin="upload",
                name=name,
                label=None,
                reload=lambda: decode_upload(data),
                held_bytes=len(data),
            )
        return ImageInfo.of(stored)

    def values(
        self, served: ServedNetwork, image: StoredImage, layer: str, channel: int
    ) -> npt.NDArray[np.float32]:
        """Return one feature map in its true values, of shape (h, w).

        Raises:
            ProblemError: 500, the forward pass failed.
        """
        with _failing_passes():
            return self.passes.values(served.network.id, image.id, image.image, layer, channel)

    def maps(
        self, served: ServedNetwork, image: StoredImage, layer: str
    ) -> npt.NDArray[np.float32]:
        """Return all feature maps of a layer in their true values, of shape (C, h, w).

        Raises:
            ProblemError: 500, the forward pass failed.
        """
        with _failing_passes():
            return self.passes.maps(served.network.id, image.id, image.image, layer)

    def _first_image(self) -> ImageInfo | None:
        """Return the first image that can be read; raises ImageError when none of many can."""
        for dataset in self.datasets.values():
            first = self._item(dataset, first_readable(dataset))
            self._check_channels(dataset, first.channels)
            return first
        return None

    def _check_channels(self, dataset: Dataset, present: int) -> None:
        networks = [served.network for served in self.networks.values()]
        if not any(goes_into(present, network.input.channels) for network in networks):
            network = networks[0]
            raise ImageError(
                f"The images of {dataset.name} have {present} channels, but {network.name} takes "
                f"{network.input.channels}: let the dataset give as many, or return a network of "
                f"{present}, with cnnwalk.InputSpec(channels={present})."
            )

    def _item(self, dataset: Dataset, index: int) -> ImageInfo:
        """Keep an item of a dataset; raises ImageError when it cannot be read."""
        item = dataset.item(index)
        stored = self.images.add(
            item.image,
            origin="dataset",
            name=item.name,
            label=item.label,
            reload=lambda: dataset.item(index).image,
        )
        return ImageInfo.of(stored)


@contextlib.contextmanager
def _failing_passes() -> Iterator[None]:
    """Turn a forward pass that fails into the 500 problem, with its sentence."""
    try:
        yield
    except PassError as error:
        raise ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, str(error)) from error
