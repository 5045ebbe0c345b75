"""The images that visitors may insert, named by their pixels, in bounded memory."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import hashlib
import io
import threading
from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
from PIL import Image

from cnnwalk.images.decode import ImageError
from cnnwalk.pixels import AnyImage, Pixels, preview, to_pixels

Origin = Literal["dataset", "upload", "noise", "visualization"]

THUMBNAIL_BYTES = 10_000
THUMBNAIL_SIDE = 192
_MIB = 1024 * 1024
_OVERHEAD = 1024


def image_id(pixels: Pixels) -> str:
    """Return the first 32 hex digits of a SHA-256 over shape, type and values."""
    height, width, channels = pixels.shape
    digest = hashlib.sha256(f"{width}x{height}x{channels} {pixels.dtype}".encode())
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()[:32]


class _Kept:
    """What stored images of the same id share; the store's lock guards what changes."""

    def __init__(self, pixels: Pixels) -> None:
        self.pixels: Pixels | None = pixels
        self.reload: Callable[[], AnyImage] | None = None
        self.held = 0
        self.thumbnail: bytes | None = None

    def size(self) -> int:
        """Return how many bytes this takes now."""
        pixels = 0 if self.pixels is None else self.pixels.nbytes
        return pixels + len(self.thumbnail or b"") + self.held + _OVERHEAD


@dataclasses.dataclass(frozen=True)
class StoredImage:
    """An image and what whoever brought it calls it.

    Attributes:
        id: 32 hex digits, of the pixels.
        width: in pixels.
        height: in pixels.
        channels: 3 for RGB, 1 for grayscale.
        origin: where it comes from.
        name: for people.
        label: class name, where there is one.
    """

    id: str
    width: int
    height: int
    channels: int
    origin: Origin
    name: str
    label: str | None
    _store: ImageStore = dataclasses.field(repr=False, compare=False)
    _kept: _Kept = dataclasses.field(repr=False, compare=False)

    def image(self) -> Pixels:
        """Return the pixels, reloaded when they were dropped; do not change them.

        Raises:
            ImageError: it was dropped, and its source no longer gives the same pixels.
        """
        return self._store._load(self)

    def png(self) -> bytes:
        """Return its `preview` as a PNG file, lossless for 8 bits; raises as `image` does."""
        # Level 1: a few percent larger than the default, several times faster.
        data = io.BytesIO()
        preview(self.image()).save(data, "PNG", compress_level=1)
        return data.getvalue()

    def thumbnail(self) -> bytes:
        """Return a JPEG file of at most 10,000 bytes and 192x192 pixels; raises as `image`."""
        return self._store._thumbnail(self)


class ImageStore:
    """Keeps images up to a number of bytes; safe to use from several threads.

    When it is full, pixels that can be reloaded go first, those not used for longest
    before others; then whole images, likewise.
    """

    def __init__(self, capacity_bytes: int = 256 * _MIB) -> None:
        self._capacity = capacity_bytes
        self._lock = threading.Lock()
        self._size = 0
        self._entries: collections.OrderedDict[str, StoredImage] = collections.OrderedDict()

    def add(  # noqa: PLR0913 - all but the image by name
        self,
        image: AnyImage,
        *,
        origin: Origin,
        name: str,
        label: str | None,
        reload: Callable[[], AnyImage] | None = None,
        held_bytes: int = 0,
    ) -> StoredImage:
        """Keep an image; pixels that are already there are not kept twice.

        Args:
            image: not to be changed any more.
            origin: where it comes from.
            name: for people.
            label: class name, where a dataset gives one.
            reload: gives the same image again; None when only this copy exists.
            held_bytes: memory that `reload` keeps for this, such as an uploaded file.
        """
        pixels = to_pixels(image)
        height, width, channels = pixels.shape
        key = image_id(pixels)
        with self._lock:
            known = self._entries.get(key)
            kept = _Kept(pixels) if known is None else known._kept
            stored = StoredImage(key, width, height, channels, origin, name, label, self, kept)
            if known is None:
                self._entries[key] = stored
                self._size += kept.size()
            with self._resizing(stored):
                kept.pixels = pixels
                if kept.reload is None and reload is not None:
                    kept.reload, kept.held = reload, held_bytes
        return stored

    def get(self, image_id: str) -> StoredImage:
        """Return a kept image, named as by the first who brought it; raises KeyError."""
        with self._lock:
            stored = self._entries[image_id]
            self._entries.move_to_end(image_id)
            return stored

    @property
    def size_bytes(self) -> int:
        """How many bytes are kept now."""
        return self._size

    def _load(self, stored: StoredImage) -> Pixels:
        kept = stored._kept
        with self._lock:
            if stored.id in self._entries:
                self._entries.move_to_end(stored.id)
            pixels, reload = kept.pixels, kept.reload
        if pixels is not None:
            return pixels
        # Outside the lock: a slow disk must not hold up the others.
        pixels = None if reload is None else to_pixels(reload())
        if pixels is None or image_id(pixels) != stored.id:
            raise ImageError(
                f"{stored.name} is not the same picture any more: its source gives another one "
                "each time it is read. Draw again."
            )
        with self._lock, self._resizing(stored):
            kept.pixels = pixels
        return pixels

    def _thumbnail(self, stored: StoredImage) -> bytes:
        kept = stored._kept
        if kept.thumbnail is None:
            made = _make_thumbnail(preview(stored.image()))
            with self._lock, self._resizing(stored):
                kept.thumbnail = made
            return made
        return kept.thumbnail

    @contextlib.contextmanager
    def _resizing(self, stored: StoredImage) -> Iterator[None]:
        """Account for what the body changes, then make room; the lock is held."""
        before = stored._kept.size()
        yield
        if stored.id in self._entries and self._entries[stored.id]._kept is stored._kept:
            self._size += stored._kept.size() - before
            self._entries.move_to_end(stored.id)
            self._make_room(stored.id)

    def _make_room(self, keep: str) -> None:
        """Drop until all fits, `keep` at last alone; the lock is held."""
        for key, stored in self._entries.items():
            kept = stored._kept
            if self._size <= self._capacity:
                return
            if key != keep and kept.reload is not None and kept.pixels is not None:
                before = kept.size()
                kept.pixels = None
                self._size += kept.size() - before
        while self._size > self._capacity and len(self._entries) > 1:
            # `keep` was used last, so it is not the first.
            _, stored = self._entries.popitem(last=False)
            self._size -= stored._kept.size()


def _make_thumbnail(image: Image.Image) -> bytes:
    side = THUMBNAIL_SIDE
    while True:
        scale = min(1, side / max(image.size))
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        small = image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
        # Noise hardly compresses: quality goes down first, then size.
        for quality in (85, 70, 50, 30):
            data = io.BytesIO()
            small.save(data, "JPEG", quality=quality)
            if data.tell() <= THUMBNAIL_BYTES:
                return data.getvalue()
        side //= 2
