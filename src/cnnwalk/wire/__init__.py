"""The bytes that cross to the client; golden files under tests/wire/golden pin both sides."""

from cnnwalk.wire.frames import (
    Encoding,
    Frame,
    FrameHeader,
    Histogram,
    LayerHeader,
    Level,
    ProblemHeader,
    Statistics,
    ValuesHeader,
    decode_frames,
    encode_frame,
)
from cnnwalk.wire.result import (
    MOST_SEGMENTS,
    NO_SEGMENT,
    Detection,
    Detections,
    Partial,
    Prediction,
    ResultHeader,
    Segment,
    Segmentation,
)

__all__ = [
    "MOST_SEGMENTS",
    "NO_SEGMENT",
    "Detection",
    "Detections",
    "Encoding",
    "Frame",
    "FrameHeader",
    "Histogram",
    "LayerHeader",
    "Level",
    "Partial",
    "Prediction",
    "ProblemHeader",
    "ResultHeader",
    "Segment",
    "Segmentation",
    "Statistics",
    "ValuesHeader",
    "decode_frames",
    "encode_frame",
]
