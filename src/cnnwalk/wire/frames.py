"""Frames: how activations and results travel in one streamed HTTP answer.

A stream is a row of frames. A frame is, with all integers little endian::

    uint32  bytes of the header, its padding included
    uint32  bytes of the payload, its padding not included
    header  UTF-8 JSON (`FrameHeader`), padded with spaces to a multiple of 4 bytes
    payload raw bytes, followed by zeros up to a multiple of 4 bytes

so that every payload begins at a multiple of 4 within the stream and a client can
look at float32 values without copying.

A *code* is one byte that stands for one value of a feature map. Every channel c has a
scale s(c) > 0, in the unit of the activation and the same at both levels: the largest
finite magnitude in that channel, or 1 when all its values are 0. Codes are rounded to the
nearest; by encoding:

========  ===================================================================
unsigned  value = code / 254 * s(c); used when no finite value is negative
signed    value = (code - 128) / 127 * s(c); 128 is exactly 0
split     two planes, the means of the positive and of the negative parts,
          each value = code / 254 * s(c); only for base levels that are
          smaller than their map (DESIGN, decision 3)
========  ===================================================================

The code of a value that is NaN or infinite is `NON_FINITE`: 255 where unsigned, 0 where
signed, 255 in both planes where split.

The base level of maps of H x W values has h = ceil(H / 2^k) rows and w = ceil(W / 2^k)
columns, with the smallest k for which neither is above `BASE_SIDE`. Its h x w rectangles
are of equal size and cover the map exactly, so both levels of a map fill the same cell; a
code is the mean over its rectangle, in which a value that lies across the rectangle's edge
counts by the share of its area inside. A rectangle that touches a value that is NaN or
infinite is `NON_FINITE`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, TypeAdapter
from typing_extensions import Buffer

from cnnwalk.wire.message import Message
from cnnwalk.wire.result import ResultHeader

Level = Literal["base", "detail"]
Encoding = Literal["unsigned", "signed", "split"]

UNSIGNED_STEPS = 254
SIGNED_STEPS = 127
SIGNED_ZERO = 128
NON_FINITE: dict[Encoding, int] = {"unsigned": 255, "signed": 0, "split": 255}

BASE_SIDE = 14

HISTOGRAM_BINS = 64

_LENGTHS = struct.Struct("<II")
_ALIGNMENT = 4


class Histogram(Message):
    """Counts of finite values in `HISTOGRAM_BINS` bins of equal width from low to high.

    The last bin includes `high`, as in `numpy.histogram`.
    """

    low: float
    high: float
    counts: list[int] = Field(min_length=HISTOGRAM_BINS, max_length=HISTOGRAM_BINS)


class Statistics(Message):
    """What a layer's values are like in one pass, or what a layer's weights are like.

    Attributes:
        count: all values; the figures below look at the finite ones only.
        zeros: share of values that are exactly 0, in 0..1.
        dead_channels: channels whose values are all exactly 0.
        nan, infinite: how many values are NaN, and plus or minus infinity.
    """

    count: int
    mean: float
    std: float
    minimum: float
    maximum: float
    zeros: float
    dead_channels: int
    nan: int
    infinite: int
    histogram: Histogram


class LayerHeader(Message):
    """One layer's activation at one level.

    The payload is float32 scales of shape (C,), then uint8 codes of shape (C, h, w), or
    (2, C, h, w) where split: the positive plane first.

    Attributes:
        shape: (C, h, w) of the codes. At level ``detail`` the full size of the maps; at
            ``base`` reduced by the smallest power of two that makes both h and w at most 14.
            A layer whose maps are that small has its full size at ``base`` already; asked for
            at ``detail`` it has the same codes.
        statistics: with the base level only.
    """

    type: Literal["layer"] = "layer"
    layer: str
    level: Level
    encoding: Encoding
    shape: tuple[int, int, int]
    statistics: Statistics | None = None


class ValuesHeader(Message):
    """One feature map in its true values; the payload is float32 of shape (h, w)."""

    type: Literal["values"] = "values"
    layer: str
    channel: int
    shape: tuple[int, int]


class ProblemHeader(Message):
    """The pass stopped: no more frames follow; no payload. `detail` is a sentence for people."""

    type: Literal["problem"] = "problem"
    detail: str


FrameHeader = Annotated[
    LayerHeader | ValuesHeader | ResultHeader | ProblemHeader, Field(discriminator="type")
]
_HEADER: TypeAdapter[FrameHeader] = TypeAdapter(FrameHeader)


class Frame(NamedTuple):
    """A header and its payload, the padding taken off."""

    header: FrameHeader
    payload: memoryview


def encode_frame(header: FrameHeader, *payload: Buffer) -> bytes:
    """Return one frame; the payload is the concatenation of the given C-contiguous buffers."""
    text = header.model_dump_json().encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    parts = [memoryview(part).cast("B") for part in payload]
    size = sum(len(part) for part in parts)
    return b"".join([_LENGTHS.pack(len(text), size), text, *parts, b"\0" * (-size % _ALIGNMENT)])


def decode_frames(stream: Buffer) -> Iterator[Frame]:
    """Yield the frames of a whole stream; raises ValueError when it ends within a frame."""
    view = memoryview(stream).cast("B")
    at = 0
    while at < len(view):
        if at + _LENGTHS.size > len(view):
            raise ValueError(f"the stream ends within the lengths of the frame at byte {at}")
        header_size, payload_size = _LENGTHS.unpack_from(view, at)
        start = at + _LENGTHS.size + header_size
        end = start + payload_size
        following = end + -payload_size % _ALIGNMENT
        if following > len(view):
            raise ValueError(
                f"the stream ends at byte {len(view)}, within the frame from {at} to {following}"
            )
        yield Frame(_HEADER.validate_json(bytes(view[at + _LENGTHS.size : start])), view[start:end])
        at = following
