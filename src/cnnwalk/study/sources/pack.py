"""Images decoded once into a file that is mapped into memory.

A pack is one file: the pixels, one image after the other, then a JSON object that says what they
are, then the length of that object and a mark. It gets its name when it is whole, so what was cut
short is never taken for a pack.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
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

_MARK = b"cnnwalk1"
_LENGTH = 8
_CHANNELS = 3
_AHEAD = 4
"""Images that wait to be written, for each thread that decodes."""
_TELL_EVERY = 50


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
    found = _read(path, listing.fingerprint, size)
    if found is not None:
        return found
    decode = listing.start(on_step)
    with cached_file(path) as file:
        facts = _write_pixels(file, listing, size, decode, on_step)
        text = json.dumps({"fingerprint": listing.fingerprint, **facts}).encode()
        file.write(text + len(text).to_bytes(_LENGTH, "little") + _MARK)
    made = _read(path, listing.fingerprint, size)
    if made is None:
        raise StudyError(f"{path} was changed while it was made: run the command again")
    return made


def _read(path: Path, fingerprint: str, size: Size) -> Pack | None:
    """Return what a pack has; None where it is absent, damaged, or of other images."""
    try:
        with path.open("rb") as file:
            facts = _facts(file)
        if facts["fingerprint"] != fingerprint:
            return None
        rows = np.array(facts["rows"], np.int64)
        sums = np.array(facts["sums"], np.int64).reshape(len(rows), 2, _CHANNELS)
        shape = (len(rows), *size, _CHANNELS)
        if facts["bytes"] != int(np.prod(shape)) or not len(rows):
            return None
        pixels = np.memmap(path, np.uint8, "r", shape=shape)
        return Pack(pixels, rows, sums, tuple(facts["skipped"]), facts["duplicates"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _facts(file: BinaryIO) -> dict[str, Any]:
    end = file.seek(0, os.SEEK_END) - _LENGTH - len(_MARK)
    file.seek(end)
    length = int.from_bytes(file.read(_LENGTH), "little")
    if file.read() != _MARK or length > end:
        raise ValueError("cut short")
    file.seek(end - length)
    facts: dict[str, Any] = json.loads(file.read(length))
    return facts | {"bytes": end - length}


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
        raise StudyError(f"none of the {total:,} images can be read; the first: {skipped[0]}")
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
