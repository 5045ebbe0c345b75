"""The bytes that cross to the client; golden files under tests/wire/golden pin both sides."""

from cnnwalk.wire.frames import (
    Encoding,
    Frame,
    FrameHeader,
    Histogram,
    LayerHeader,
    Level,
    Prediction,
    ProblemHeader,
    ResultHeader,
    Statistics,
    ValuesHeader,
    decode_frames,
    encode_frame,
)

__all__ = [
    "Encoding",
    "Frame",
    "FrameHeader",
    "Histogram",
    "LayerHeader",
    "Level",
    "Prediction",
    "ProblemHeader",
    "ResultHeader",
    "Statistics",
    "ValuesHeader",
    "decode_frames",
    "encode_frame",
]
