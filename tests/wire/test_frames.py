"""The frames: golden files, padding, and streams that are cut off."""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest

from cnnwalk.wire import (
    LayerHeader,
    ProblemHeader,
    ResultHeader,
    ValuesHeader,
    decode_frames,
    encode_frame,
)

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
NAMES = sorted(path.stem for path in GOLDEN.glob("*.bin"))


def test_golden_files_are_fresh():
    made = runpy.run_path(str(HERE / "make_golden.py"))["golden_files"]()
    stored = {p.name: p.read_bytes() for p in GOLDEN.iterdir() if p.name != "README.md"}
    assert stored == made, "run: python tests/wire/make_golden.py"


@pytest.mark.parametrize("name", NAMES)
def test_golden_frames_read_as_expected(name):
    stream = (GOLDEN / f"{name}.bin").read_bytes()
    expected = json.loads((GOLDEN / f"{name}.json").read_text())["frames"]
    frames = list(decode_frames(stream))
    assert len(frames) == len(expected)
    for (header, payload), entry in zip(frames, expected, strict=True):
        assert header.model_dump(mode="json") == entry["header"]
        assert len(payload) == entry["payload_bytes"]
        if isinstance(header, LayerHeader):
            channels = header.shape[0]
            assert np.frombuffer(payload[: 4 * channels], "<f4").tolist() == entry["scales"]
            assert list(payload[4 * channels :]) == entry["codes"]
        if isinstance(header, ResultHeader) and header.segmentation is not None:
            height, width = header.segmentation.shape
            assert list(payload) == entry["places"]
            assert len(payload) == height * width
        if isinstance(header, ValuesHeader):
            numbers = [float(number) for number in entry["values"]]
            np.testing.assert_array_equal(np.frombuffer(payload, "<f4"), np.float32(numbers))


def test_a_result_is_as_short_as_what_it_says():
    stored = (GOLDEN / "result_without_classes.bin").read_bytes()[8:]
    assert json.loads(stored) == {"type": "result", "predictions": [], "seconds": 1.5}


@pytest.mark.parametrize("letters", range(4))
@pytest.mark.parametrize("size", range(5))
def test_payloads_begin_and_end_at_multiples_of_4(letters, size):
    payload = np.arange(1, 1 + size, dtype=np.uint8)
    frame = encode_frame(ProblemHeader(detail="é" * letters), payload)
    header_size, payload_size = np.frombuffer(frame, "<u4", 2)
    assert header_size % 4 == 0
    assert payload_size == size
    assert len(frame) % 4 == 0
    assert frame[8 + header_size :][:size] == payload.tobytes()
    assert json.loads(frame[8 : 8 + header_size])["detail"] == "é" * letters


def test_a_frame_takes_several_buffers():
    parts = [np.float32([1.5]), np.array([[1, 2], [3, 4]], np.uint8), b"!"]
    (frame,) = decode_frames(encode_frame(ProblemHeader(detail=""), *parts))
    assert bytes(frame.payload) == np.float32(1.5).tobytes() + b"\1\2\3\4!"


def test_a_stream_that_is_cut_off_says_where():
    stream = (GOLDEN / "stream.bin").read_bytes()
    ends = {0}
    for stem in NAMES:
        if stem != "stream":
            at = stream.index((GOLDEN / f"{stem}.bin").read_bytes())
            ends.add(at + (GOLDEN / f"{stem}.bin").stat().st_size)
    for cut in range(len(stream)):
        if cut in ends:
            list(decode_frames(stream[:cut]))
        else:
            with pytest.raises(ValueError, match=r"the stream ends (at byte \d+, )?within"):
                list(decode_frames(stream[:cut]))
