"""Trained networks measured from their files, kept, and read again."""

from __future__ import annotations

import dataclasses
import json
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.study.reporting import measured
from tests.study.trainedfiles import ABOUT, network, toys

from cnnwalk.study.accuracy import accuracies
from cnnwalk.study.errors import StudyError
from cnnwalk.study.imageset import ImageSet
from cnnwalk.study.measures import (
    FULL,
    PICTURE_PLACES,
    PLACES,
    Measurements,
    MeasureSettings,
    Step,
    from_json,
    measure,
    measure_all,
    to_json,
)
from cnnwalk.study.measures.kept import digest_of_images, keep, key_of, read_kept
from cnnwalk.study.measures.several import Job, work
from cnnwalk.study.trained import load_trained, save_trained

SETTINGS = MeasureSettings(
    accuracies=("test", "balanced"),
    images=8,
    gradients=4,
    robustness=None,
    noises=(0.0, 0.5),
    blurs=(0.0, 2.0),
    channels=2,
    steps=2,
    side=32,
    examples=3,
)
NO_PICTURES = dataclasses.replace(SETTINGS, channels=0)
FEW = dataclasses.replace(NO_PICTURES, images=2, gradients=1, robustness=1, accuracies=())


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "cnnwalk" / "study" / "measures"


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    return save_trained(tmp_path, network(), ABOUT)


def kept_in(cache: Path) -> list[Path]:
    return sorted(cache.iterdir())


def same(first: Measurements, second: Measurements) -> bool:
    return first == second and all(
        np.array_equal(first.arrays[name], second.arrays[name])
        for name in {*first.arrays, *second.arrays}
    )


@pytest.mark.parametrize("architecture", ["covidresnet", "coviddensenet"])
def test_a_network_is_measured_whole(tmp_path: Path, architecture: str) -> None:
    about = dataclasses.replace(ABOUT, network=architecture)  # type: ignore[arg-type]
    path = save_trained(tmp_path, network(about), about)
    images = toys()

    found = measure(path, images, settings=SETTINGS)

    module, _ = load_trained(path)
    expected = accuracies(module, images, about, names=SETTINGS.accuracies)
    assert found.about == about
    assert found.accuracies == pytest.approx(expected)
    assert found.test_images == len(images.parts["test"]) == 40
    # All of the test part, undisturbed.
    assert found.noise.accuracies[0] == pytest.approx(expected["test"])
    assert found.blur.accuracies[0] == pytest.approx(expected["test"])
    assert found.noise.images == 40
    assert tuple(each.place for each in found.maps_of) == PLACES
    assert tuple(each.place for each in found.pictures_of) == PICTURE_PLACES
    for place in PICTURE_PLACES:
        assert found.pictures(place).shape == (2, 32, 32, 3)
        assert found.pictures(place).dtype == np.uint8


def test_examples_are_the_last_convolutions_maps_of_test_images(trained: Path) -> None:
    images = toys()

    found = measure(trained, images, settings=NO_PICTURES)

    module, about = load_trained(trained)
    examples = found.examples
    rows = list(examples.images)
    assert set(rows) <= set(images.parts["test"].tolist())
    assert examples.keys == tuple(f"toy {row}" for row in rows)
    assert list(examples.labels) == images.labels[rows].tolist()
    values = torch.from_numpy(images.pixels[rows]).permute(0, 3, 1, 2) / 255
    mean, std = (torch.tensor(each)[:, None, None] for each in (about.mean, about.std))
    maps: list[torch.Tensor] = []
    module.get_submodule(examples.layer).register_forward_hook(
        lambda _module, _inputs, output: maps.append(output)
    )
    with torch.no_grad():
        scores = module((values - mean) / std)
    assert list(examples.predictions) == scores.argmax(1).tolist()
    np.testing.assert_allclose(found.maps(), maps[0].numpy(), rtol=1e-3, atol=1e-4)


def test_measurements_become_json_and_come_back() -> None:
    whole = measured("plain", hoyer=None, gradient=None, geary=(None, 0.1, 0.2, 0.3, 0.4))

    text = to_json(whole)

    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert "arrays" not in json.loads(text)
    assert same(from_json(text, whole.arrays), whole)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"about": 3}'])
def test_json_of_something_else_is_refused(text: str) -> None:
    with pytest.raises(StudyError, match="These are no measurements"):
        from_json(text, {})


def test_the_second_time_nothing_is_measured(
    trained: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[Step] = []
    first = measure(trained, toys(), settings=SETTINGS, on_step=steps.append)
    assert {step.measure for step in steps} == {
        "feature maps",
        "accuracies",
        "gradients at the input",
        "robustness",
        "feature visualizations",
    }
    assert all(0 <= step.done <= step.of for step in steps)
    last = {step.measure: step for step in steps}
    assert all(step.done == step.of for step in last.values())
    assert set(first.seconds) == set(last)
    assert len(kept_in(cache)) == 1

    steps.clear()
    monkeypatch.setattr(
        "cnnwalk.study.measures.measuring.load_trained", lambda path: pytest.fail("measured")
    )
    second = measure(trained, toys(), settings=SETTINGS, on_step=steps.append)

    assert same(first, second)
    assert steps == []


def test_what_is_kept_is_read_again() -> None:
    whole = measured("noisy-copies")

    keep("f" * 64, whole)

    found = read_kept("f" * 64)
    assert found is not None
    assert same(found, whole)
    assert read_kept("e" * 64) is None


@pytest.mark.parametrize("kind", ["cut", "turned", "empty", "other"])
def test_what_is_damaged_counts_as_absent(cache: Path, kind: str) -> None:
    keep("f" * 64, measured("plain"))
    (file,) = kept_in(cache)
    data = bytearray(file.read_bytes())
    if kind == "cut":
        del data[len(data) // 2 :]
    elif kind == "turned":
        data[len(data) // 3] ^= 0x55
    elif kind == "empty":
        data.clear()
    if kind == "other":
        keep("e" * 64, measured("noisy-copies"))
        file.write_bytes((cache / f"{'e' * 64}.measures").read_bytes())
    else:
        file.write_bytes(data)

    assert read_kept("f" * 64) is None


def test_a_damaged_file_is_measured_anew_and_replaced(trained: Path, cache: Path) -> None:
    images = toys()
    first = measure(trained, images, settings=FEW)
    (file,) = kept_in(cache)
    file.write_bytes(b"damaged")

    second = measure(trained, images, settings=FEW)

    assert dataclasses.replace(second, seconds=first.seconds) == first
    assert kept_in(cache) == [file]
    assert same(measure(trained, images, settings=FEW), second)


def test_all_that_matters_is_in_the_key() -> None:
    images = toys()
    digest = digest_of_images(images)
    pixels, labels = images.pixels.copy(), images.labels.copy()
    pixels[7, 3, 3, 1] ^= 1
    labels[7] ^= 1
    parts = {**images.parts, "test": images.parts["test"][1:]}
    others = [
        dataclasses.replace(images, pixels=pixels),
        dataclasses.replace(images, labels=labels),
        dataclasses.replace(images, parts=parts),
        dataclasses.replace(images, classes=("a", "b", "c")),
    ]
    digests = {digest, *(digest_of_images(other) for other in others)}
    assert len(digests) == 5
    assert digest_of_images(toys()) == digest

    key = key_of("w", digest, SETTINGS)
    keys = {key, key_of("v", digest, SETTINGS), key_of("w", "d", SETTINGS)}
    changes: list[dict[str, object]] = [
        {"accuracies": ("test",)},
        {"images": 9},
        {"gradients": 5},
        {"robustness": 3},
        {"noises": (0.0,)},
        {"blurs": (0.0,)},
        {"channels": 1},
        {"steps": 3},
        {"side": 33},
        {"examples": 1},
        {"seed": 1},
    ]
    assert {name for change in changes for name in change} == {
        field.name for field in dataclasses.fields(MeasureSettings)
    }
    for change in changes:
        keys.add(key_of("w", digest, dataclasses.replace(SETTINGS, **change)))  # type: ignore[arg-type]
    assert len(keys) == 3 + len(changes)


def test_where_nothing_can_be_kept_all_is_measured_and_told(trained: Path, cache: Path) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_text("in the way")

    with pytest.warns(UserWarning, match="are not kept, so that they will be made again"):
        found = measure(trained, toys(), settings=FEW)

    assert found.test_images == 40


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_finite_are_named(tmp_path: Path, value: float) -> None:
    module = network()
    with torch.no_grad():
        module.get_parameter("layer2.0.conv1.weight")[0, 0, 0, 0] = value
    path = save_trained(tmp_path, module, ABOUT)

    with pytest.raises(StudyError, match=r"infinite or not a number, in layer2\.0\.conv1\.weight"):
        measure(path, toys(), settings=SETTINGS)


def test_scores_that_are_not_finite_are_named(tmp_path: Path) -> None:
    module = network()
    torch.nn.init.constant_(module.get_parameter("conv1.weight"), 1e38)
    path = save_trained(tmp_path, module, ABOUT)

    with pytest.raises(StudyError, match=r"says of toy .* scores that are infinite"):
        measure(path, toys(), settings=SETTINGS)


def test_images_of_another_kind_are_refused(trained: Path, tmp_path: Path) -> None:
    images = toys()
    none = np.array([], np.int64)

    with pytest.raises(StudyError, match="no test part"):
        measure(trained, dataclasses.replace(images, parts={**images.parts, "test": none}))
    with pytest.raises(StudyError, match="classes"):
        measure(trained, dataclasses.replace(images, classes=("a", "b", "c")))
    with pytest.raises(StudyError, match="pixels"):
        measure(trained, dataclasses.replace(images, pixels=images.pixels[:, :16]))
    with pytest.raises(StudyError, match="cannot be read"):
        measure(tmp_path / "nothing.safetensors", images)


@pytest.mark.parametrize(
    "change",
    [{"images": 0}, {"robustness": 0}, {"steps": 0}, {"side": 8}, {"noises": (-0.1,)}],
)
def test_settings_out_of_range_are_refused(change: dict[str, object]) -> None:
    (name,) = change
    with pytest.raises(StudyError, match=name):
        MeasureSettings(**change)  # type: ignore[arg-type]


def mapped(images: ImageSet, path: Path) -> ImageSet:
    images.pixels.tofile(path)
    pixels = np.memmap(path, np.uint8, "r", shape=images.pixels.shape)
    return dataclasses.replace(images, pixels=pixels)


def test_processes_measure_the_same_and_what_they_made_is_kept(tmp_path: Path) -> None:
    abouts = [dataclasses.replace(ABOUT, seed=seed) for seed in (1, 2)]
    paths = [save_trained(tmp_path, network(about), about) for about in abouts]
    images = mapped(toys(), tmp_path / "pixels")
    steps: list[Step] = []

    found = measure_all(paths, images, settings=FEW, on_step=steps.append, processes=2)

    assert [each.about.seed for each in found] == [1, 2]
    assert {step.network for step in steps} == {about.name for about in abouts}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "cnnwalk.study.measures.measuring.load_trained", lambda path: pytest.fail("measured")
        )
        again = measure_all(paths, toys(), settings=FEW)
    assert all(same(one, other) for one, other in zip(found, again, strict=True))


def test_only_the_files_name_of_mapped_pixels_goes_to_processes(tmp_path: Path) -> None:
    whole = mapped(toys(), tmp_path / "pixels")
    part = dataclasses.replace(whole, pixels=whole.pixels[5:])

    for images, sent in ((whole, False), (part, True), (toys(), True)):
        job = Job.of(images, "digest", FEW)
        assert (len(pickle.dumps(job)) > part.pixels.nbytes) == sent
        assert np.array_equal(job.all_images().pixels, images.pixels)


def test_what_a_process_cannot_do_is_told_and_ends_its_work(tmp_path: Path) -> None:
    bad = tmp_path / "bad.safetensors"
    bad.write_bytes(b"nothing")
    tasks = iter([(0, bad), (1, bad), None])
    told: list[object] = []

    work(Job.of(toys(), "digest", FEW), tasks.__next__, told.append)

    (error,) = told
    assert isinstance(error, StudyError)
    assert "bad.safetensors" in str(error)


def test_full_looks_at_all_test_images() -> None:
    assert FULL.robustness is None
    assert set(FULL.accuracies) > set(MeasureSettings().accuracies)
