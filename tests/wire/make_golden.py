"""Writes tests/wire/golden: frames, and what a reader must find in them.

Run after an intended change of the format: python tests/wire/make_golden.py
"""

import json
import math
from pathlib import Path

import numpy as np

from cnnwalk.wire import (
    Detection,
    Detections,
    Histogram,
    LayerHeader,
    Partial,
    Prediction,
    ProblemHeader,
    ResultHeader,
    Segment,
    Segmentation,
    Statistics,
    ValuesHeader,
    encode_frame,
)

GOLDEN = Path(__file__).with_name("golden")

# Every fourth bin is empty, the others count up, so that a shifted or reversed read shows.
STATISTICS = Statistics(
    count=12,
    mean=0.25,
    std=1.5,
    minimum=-2.5,
    maximum=3.75,
    zeros=0.125,
    dead_channels=1,
    nan=2,
    infinite=1,
    histogram=Histogram(low=-2.5, high=3.75, counts=[i * (i % 4 > 0) for i in range(64)]),
)


def golden_files() -> dict[str, bytes]:
    """Return the content of every golden file by its name."""
    files = {}
    stream, expected = b"", []
    for name, (header, payload, found) in _frames().items():
        frame = encode_frame(header, *payload)
        entry = {
            "header": header.model_dump(mode="json"),
            "payload_bytes": sum(part.nbytes for part in payload),
            **found,
        }
        files[f"{name}.bin"] = frame
        files[f"{name}.json"] = _json([entry])
        stream += frame
        expected.append(entry)
    files["stream.bin"] = stream
    files["stream.json"] = _json(expected)
    return files


def _frames():
    """Return (header, payload, expected numbers) by name."""
    frames = {}
    scales = [0.5, 1.0, 2.5e30]
    plane = [
        [[0, 1, 2], [127, 128, 129]],
        [[253, 254, 255], [64, 192, 0]],
        [[254, 254, 0], [255, 255, 255]],
    ]
    negative = [
        [[0, 254, 1], [3, 0, 128]],
        [[0, 0, 255], [200, 1, 254]],
        [[0, 9, 0], [255, 255, 255]],
    ]
    for level in ("base", "detail"):
        for encoding in ("unsigned", "signed"):
            frames[f"{encoding}_{level}"] = _layer(level, encoding, scales, [plane])
    frames["split_base"] = _layer("base", "split", scales, [plane, negative])
    # One value alone: the shortest payload that needs padding.
    frames["one_value"] = _layer("base", "unsigned", [1e-30], [[[[254]]]])

    values = np.array([[0, -1.5, 1e-30], [np.nan, np.inf, -np.inf]], np.float32)
    header = ValuesHeader(layer="layer1.0", channel=7, shape=(2, 3))
    frames["values"] = (header, [values], {"values": [_number(v) for v in values.flat]})

    top = [
        Prediction(index=504, label="coffee mug", probability=0.5),
        Prediction(index=967, label="café “espresso”", probability=0.25),
    ]
    frames["result"] = (ResultHeader(predictions=top, seconds=0.125), [], {})
    frames["result_without_classes"] = (ResultHeader(predictions=[], seconds=1.5), [], {})
    frames |= _results(top[:1])
    detail = "Layer conv1: 3 channels were expected – the image has 4."
    frames["problem"] = (ProblemHeader(detail=detail), [], {})
    return frames


def _results(top):
    """Return the ends of passes that say more than classes."""
    region = (0.125, 0.0, 0.875, 1.0)
    places = np.array([[0, 0, 1], [1, 0, 0], [255, 0, 2]], np.uint8)
    segmentation = Segmentation(
        region=region,
        shape=places.shape,
        segments=[
            Segment(index=0, label="background", color=None, share=5 / 9),
            Segment(index=12, label="dog", color="#56b4e9", share=2 / 9),
            Segment(index=7, label="bus – “double decker”", color="#e69f00", share=1 / 9),
        ],
    )
    detections = Detections(
        region=region,
        threshold=0.5,
        left_out=3,
        found=[
            Detection(index=18, label="dog", color="#56b4e9", score=0.75, box=(0, 0.25, 0.5, 1)),
            Detection(index=1, label="person", color="#e69f00", score=0.5, box=(0.5, 0, 1, 0.125)),
        ],
    )
    partial = Partial(layers=["roi_heads.fc6", "add.2"], detail="Not all of café was reached.")
    return {
        "segmentation": (
            ResultHeader(predictions=[], seconds=0.25, segmentation=segmentation),
            [places],
            {"places": places.flatten().tolist()},
        ),
        "detections": (ResultHeader(predictions=[], seconds=0.5, detections=detections), [], {}),
        "partial": (ResultHeader(predictions=top, seconds=0.5, partial=partial), [], {}),
    }


def _layer(level, encoding, scales, planes):
    codes = np.array(planes, np.uint8)
    scale = np.array(scales, np.float32)
    header = LayerHeader(
        layer="layer1.0",
        level=level,
        encoding=encoding,
        shape=codes.shape[1:],
        statistics=STATISTICS if level == "base" else None,
    )
    expected = {
        "scales": [float(s) for s in scale],
        "codes": codes.flatten().tolist(),
        "planes": [
            [
                _decoded(int(code), float(s), encoding)
                for s, c in zip(scale, p, strict=True)
                for code in c.flat
            ]
            for p in codes
        ],
    }
    return header, [scale, codes], expected


def _decoded(code, scale, encoding):
    if encoding == "signed":
        return None if code == 0 else (code - 128) / 127 * scale
    return None if code == 255 else code / 254 * scale


def _number(value):
    value = float(value)
    return (
        value
        if math.isfinite(value)
        else {"nan": "NaN", "inf": "Infinity"}.get(str(value), "-Infinity")
    )


def _json(frames):
    return (json.dumps({"frames": frames}, ensure_ascii=False, indent=1) + "\n").encode()


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for file, content in golden_files().items():
        (GOLDEN / file).write_bytes(content)
