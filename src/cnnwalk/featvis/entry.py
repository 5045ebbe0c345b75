"""The file of one finished picture: its pixels and facts as plain bytes, with a checksum.

=========  ====================================================================
bytes      what
=========  ====================================================================
16         the signature `_SIGNATURE`
32         SHA-256 of all that follows
4          length of the JSON, little-endian
length     JSON: the key, the shape of the pixels, what `Picture` has, the facts
the rest   the pixels in row-major order; none where the target is dead
=========  ====================================================================
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import struct
from collections.abc import Mapping

import numpy as np

from cnnwalk.featvis.picture import Picture, Response

_SIGNATURE = b"cnnwalk picture\x01"
_DIGEST = 32
_LENGTH = struct.Struct("<I")
_HEAD = len(_SIGNATURE) + _DIGEST


class ForeignFileError(ValueError):
    """A file is not the picture that it should be."""


@dataclasses.dataclass(frozen=True)
class Entry:
    """A picture that is kept, and what is told of it.

    Attributes:
        picture: with pixels of its own that may be written to.
        facts: such as its layer, channel, mode and parameters, and when it was made.
    """

    picture: Picture
    facts: Mapping[str, str]


def to_bytes(key: str, entry: Entry) -> bytes:
    """Return the file of an entry."""
    picture = entry.picture
    pixels = picture.pixels
    header = {
        "key": key,
        "shape": None if pixels is None else pixels.shape,
        "silence": picture.silence,
        "response": None if picture.response is None else dataclasses.asdict(picture.response),
        "seconds": picture.seconds,
        "facts": dict(entry.facts),
    }
    told = json.dumps(header).encode()
    values = b"" if pixels is None else np.ascontiguousarray(pixels).tobytes()
    body = _LENGTH.pack(len(told)) + told + values
    return _SIGNATURE + hashlib.sha256(body).digest() + body


def from_bytes(key: str, data: bytes) -> Entry:
    """Return what a file holds.

    Raises:
        ForeignFileError: it is none of these files, is damaged, or is another key's.
    """
    body = memoryview(data)[_HEAD:]
    if not data.startswith(_SIGNATURE) or hashlib.sha256(body).digest() != data[16:_HEAD]:
        raise ForeignFileError("the signature or the checksum is wrong")
    # From here on the file is as some version of this module wrote it.
    (length,) = _LENGTH.unpack(body[: _LENGTH.size])
    header = json.loads(bytes(body[_LENGTH.size : _LENGTH.size + length]))
    if header["key"] != key:
        raise ForeignFileError(f"it is the picture of {header['key']}")
    shape, response = header["shape"], header["response"]
    values = np.frombuffer(body[_LENGTH.size + length :], np.uint8)
    picture = Picture(
        pixels=None if shape is None else values.reshape(shape).copy(),
        silence=header["silence"],
        response=None if response is None else Response(**response),
        seconds=header["seconds"],
    )
    return Entry(picture, header["facts"])
