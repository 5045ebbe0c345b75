"""Images decoded once into a file that is mapped into memory.

A pack is one file: the pixels, one image after the other, then a JSON object that says what they
are, then the SHA-256 and the length of that object, and a mark. It gets its name when it is whole,
and what was cut short or changed since is seen: the JSON by its hash, the pixels by their number
and by the sums of some images. To hash all pixels would mean to read a large file each time.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import logging
import os
from collections import deque
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from cnnwalk.images import ImageError
from cnnwalk.pixels import Pixels
from cnnwalk.study.errors import StudyError
from cnnwalk.study.imageset import Indices
from cnnwalk.study.sources.listing import Decode, Listing, OnStep, Size
from cnnwalk.study.writing import cache_folder, cached_file

_LOG = logging.getLogger(__name__)
_KIND = b"cnnwalk"
_MARK = _KIND + b"2"
_LENGTH = 8
_DIGEST = 32
_LOOKED_AT = 16
"""Images of which the sums are compared with what was written."""
_CHANNELS = 3
_AHEAD = 4
"""Images that wait to be written, for each thread that decodes."""
_TELL_EVERY = 50


class _DamagedError(ValueError):
    """A pack is not what was written; the message says how that shows."""


@dataclasses.dataclass(frozen=True)
class Pack:
    """Decoded images.

    Attributes:
        pixels: uint8 (N, H, W, 3), a memory map.
        rows: (N,) their numbers in the listing, ascending.
        sums: int64 (N, 2, 3): of each image and channel the sum of its values and of their
            squares, in 0..255.
        skipped: images that could not be read, each with the reason.
        duplicates: images that were left out, since their pixels are another's.
    """

    pixels: Pixels
    rows: Indices
    sums: Indices
    skipped: tuple[str, ...]
    duplicates: int


def packed(listing: Listing, size: Size, on_step: OnStep) -> Pack:
    """Return the images of a listing, decoded before or now.

    Raises:
        StudyError: they cannot be had, or the cache folder cannot be written.
    """
    place = hashlib.sha256(f"{listing.place}\0{size}".encode()).hexdigest()[:16]
    path = cache_folder() / f"{place}.pack"
    try:
        found = _read(path, listing.fingerprint, size)
    except _DamagedError as error:
        _LOG.warning("%s is damaged (%s), so that its images are decoded again.", path, error)
        found = None
    if found is not None:
        return found
    decode = listing.start(on_step)
    with cached_file(path) as file:
        facts = _write_pixels(file, listing, size, decode, on_step)
        text = json.dumps({"fingerprint": listing.fingerprint, **facts}).encode()
        digest = hashlib.sha256(text).digest()
        file.write(text + digest + len(text).to_bytes(_LENGTH, "little") + _MARK)
    made = _read(path, listing.fingerprint, size)
    if made is None:
        raise StudyError(f"{path} was changed while it was made: run the command again.")
    return made


def _read(path: Path, fingerprint: str, size: Size) -> Pack | None:
    """Return what a pack has; None where there is none, or one of other images or of old times.

    Raises:
        _DamagedError: it is not what was written.
    """
    try:
        with path.open("rb") as file:
            facts = _facts(file)
        if facts is None or facts["fingerprint"] != fingerprint:
            return None
        rows = np.array(facts["rows"], np.int64)
        sums = np.array(facts["sums"], np.int64).reshape(len(rows), 2, _CHANNELS)
        shape = (len(rows), *size, _CHANNELS)
        if facts["bytes"] != int(np.prod(shape)):
            raise _DamagedError("pixels are missing, or there are too many")
        pixels = np.memmap(path, np.uint8, "r", shape=shape)
        for row in np.unique(np.linspace(0, len(rows) - 1, _LOOKED_AT).astype(int)):
            if _sums(pixels[row]) != sums[row].tolist():
                raise _DamagedError(f"the pixels of image {row + 1} are others")
        return Pack(pixels, rows, sums, tuple(facts["skipped"]), facts["duplicates"])
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _DamagedError(error.strerror or error) from error


def _facts(file: BinaryIO) -> dict[str, Any] | None:
    """Return what a pack says of itself; None where another version of cnnwalk has made it.

    Raises:
        _DamagedError: it says nothing, or other things than were written.
    """
    tail = _DIGEST + _LENGTH + len(_MARK)
    end = file.seek(0, os.SEEK_END) - tail
    file.seek(max(end, 0))
    digest, length, mark = file.read(_DIGEST), file.read(_LENGTH), file.read()
    if mark.startswith(_KIND) and len(mark) == len(_MARK) and mark != _MARK:
        return None
    begin = end - int.from_bytes(length, "little")
    if mark != _MARK or begin < 0:
        raise _DamagedError("it is cut short")
    file.seek(begin)
    text = file.read(end - begin)
    if hashlib.sha256(text).digest() != digest:
        raise _DamagedError("what it says of its images was changed")
    facts: dict[str, Any] = json.loads(text)
    return facts | {"bytes": begin}


def _write_pixels(
    file: BinaryIO, listing: Listing, size: Size, decode: Decode, on_step: OnStep
) -> dict[str, object]:
    """Write all images that can be had; return what is to be said of them."""
    rows: list[int] = []
    sums: list[list[list[int]]] = []
    skipped: list[str] = []
    seen: set[bytes] = set()
    total = len(listing.keys)
    with contextlib.closing(_decoded(decode, total)) as images:
        for number, pixels in enumerate(images):
            if number % _TELL_EVERY == 0:
                on_step(f"decoding images: {number:,} of {total:,}")
            if isinstance(pixels, ImageError):
                # A file's name may be no Unicode, and then nobody could print it.
                skipped.append(str(pixels).encode("utf-8", "replace").decode())
                continue
            data = _bytes(pixels, size)
            digest = hashlib.blake2b(data, digest_size=16).digest()
            if listing.unique or digest not in seen:
                seen.add(digest)
                file.write(data)
                rows.append(number)
                sums.append(_sums(pixels))
    if not rows:
        raise StudyError(f"None of the {total:,} images can be read; the first: {skipped[0]}")
    duplicates = total - len(rows) - len(skipped)
    return {"rows": rows, "sums": sums, "skipped": skipped, "duplicates": duplicates}


def _bytes(pixels: Pixels, size: Size) -> bytes:
    if pixels.shape != (*size, _CHANNELS) or pixels.dtype != np.uint8:
        raise ValueError(f"an image became {pixels.dtype} {pixels.shape}")
    return pixels.tobytes()


def _decoded(decode: Decode, total: int) -> Generator[Pixels | ImageError]:
    """Yield images in their order, decoded by as many threads as there are processors."""

    def attempt(number: int) -> Pixels | ImageError:
        try:
            return decode(number)
        except ImageError as error:
            return error

    threads = os.cpu_count() or 1
    with ThreadPoolExecutor(threads) as pool:
        numbers = iter(range(total))
        ahead: deque[Future[Pixels | ImageError]] = deque(
            pool.submit(attempt, number) for number in islice(numbers, _AHEAD * threads)
        )
        try:
            while ahead:
                done = ahead.popleft().result()
                ahead.extend(pool.submit(attempt, number) for number in islice(numbers, 1))
                yield done
        finally:
            for future in ahead:
                future.cancel()


def _sums(pixels: Pixels) -> list[list[int]]:
    values = pixels.reshape(-1, _CHANNELS).astype(np.int64)
    return [values.sum(0).tolist(), (values * values).sum(0).tolist()]
