"""The paper's two data sets and those that need no folder, in the layouts that they come in."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest
from imagefolders import class_folders, write_image
from PIL import Image
from sklearn.datasets import load_digits

from cnnwalk.study.errors import StudyError
from cnnwalk.study.sources import open_images


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def opened(source, folder=None, **options):
    return open_images(source, folder, on_step=lambda _: None, **options)


@pytest.mark.parametrize("inside", ["caltech101/101_ObjectCategories", "101_ObjectCategories", "."])
def test_caltech101_is_found_without_its_background_and_squeezed(tmp_path, inside) -> None:
    root = tmp_path / "data"
    class_folders(root / inside, [20, 10, 8])
    write_image(root / inside / "BACKGROUND_Google" / "image_0001.png", 5000)
    images = opened("caltech101", root)
    assert images.classes == ("a", "b", "c")
    assert images.pixels.shape == (38, 150, 175, 3)
    picture = Image.open(root / inside / images.keys[0]).resize((175, 150), Image.BILINEAR)
    np.testing.assert_array_equal(images.pixels[0], np.asarray(picture))
    train = np.bincount(images.labels[images.parts["train"]])
    assert train.tolist() == [5, 5, 5]  # of 8: 2 for test, 1 for validation
    assert np.bincount(images.labels[images.parts["test"]]).tolist() == [4, 2, 2]
    assert images.mean == (0.5487, 0.5313, 0.5050)
    assert any("3 classes, while Caltech101 has 101" in note for note in images.notes)


def test_caltech101_in_a_wrong_folder_names_torchvisions_layout(tmp_path) -> None:
    with pytest.raises(StudyError, match="FOLDER/caltech101/101_ObjectCategories/accordion/"):
        opened("caltech101", tmp_path)


@pytest.mark.parametrize(
    "names", [("COVID", "non-COVID"), ("covid", "NonCOVID"), ("COVID", "non_covid")]
)
def test_ct_slices_are_gray_in_three_channels(tmp_path, names) -> None:
    for number, name in enumerate(names):
        for index in range(10):
            write_image(tmp_path / "ct" / name / f"{name} ({index}).png", 100 * number + index)
    images = opened("sars-cov-2", tmp_path / "ct")
    assert set(images.classes) == set(names)
    assert images.pixels.shape == (20, 180, 250, 3)
    assert images.mean == (0.485, 0.456, 0.406)
    assert len(images.parts["test"]) == 4
    assert any("do not say which slices are of one person" in note for note in images.notes)


def test_ct_slices_of_one_person_are_kept_together_where_folders_say_so(tmp_path) -> None:
    for number in range(40):
        name = ("COVID", "non-COVID")[number % 2]
        write_image(tmp_path / "ct" / name / f"person{number // 4}" / f"{number}.png", number)
    images = opened("sars-cov-2", tmp_path / "ct", split="by-folder")
    people = [{images.keys[row].split("/")[1] for row in rows} for rows in images.parts.values()]
    assert sum(map(len, people)) == len(set.union(*people)) == 10
    assert not any("do not say" in note for note in images.notes)


@pytest.mark.parametrize("names", ["ab", "abc"])
def test_other_folders_are_no_ct_slices(tmp_path, names) -> None:
    class_folders(tmp_path / "ct", [3] * len(names))
    with pytest.raises(StudyError, match=rf"has the folders {', '.join(names)}\. .*FOLDER/COVID/"):
        opened("sars-cov-2", tmp_path / "ct")


@pytest.fixture
def solar_cells(tmp_path, monkeypatch) -> Path:
    """Return a package as elpv-dataset has it, of fewer and smaller cells."""
    data = tmp_path / "site" / "elpv_dataset" / "data"
    probabilities = [0.0, 1.0, 1 / 3, 0.0, 2 / 3, *[0.0, 1.0] * 10]
    lines = []
    for number, probability in enumerate(probabilities, 1):
        write_image(data / "images" / f"cell{number:04}.png", number, (30, 30), "L")
        lines.append(f"images/cell{number:04}.png  {probability:.16g}   mono\n")
    (data / "labels.csv").write_text("".join(lines))
    (data.parent / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    yield data
    importlib.invalidate_caches()


def test_solar_cells_are_those_of_which_the_experts_were_sure(solar_cells) -> None:
    images = opened("elpv", size=(30, 30))
    assert images.classes == ("functional", "defective")
    assert images.keys[:3] == tuple(f"images/cell000{number}.png" for number in (1, 2, 4))
    assert images.labels.tolist() == [0, 1, 0, *[0, 1] * 10]
    picture = np.asarray(Image.open(solar_cells / images.keys[2]))
    np.testing.assert_array_equal(images.pixels[2], np.repeat(picture[:, :, None], 3, axis=2))
    assert any("2 cells" in note for note in images.notes)
    assert "CC BY-NC-SA 4.0" in images.licence


def test_a_spoilt_table_of_solar_cells_is_said(solar_cells) -> None:
    (solar_cells / "labels.csv").write_text("images/cell0001.png half mono\n")
    with pytest.raises(StudyError, match=r"labels.csv is not the table of elpv-dataset"):
        opened("elpv")


def test_without_the_solar_cells_the_extra_and_its_licence_are_named(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "elpv_dataset", None)
    with pytest.raises(StudyError, match=r'pip install "cnnwalk\[elpv\]" .*CC BY-NC-SA 4.0'):
        opened("elpv")


def test_digits_are_scikit_learns_and_few() -> None:
    images = opened("digits")
    found = load_digits()
    assert images.pixels.shape == (1797, 32, 32, 3)
    assert images.labels.tolist() == found.target.tolist()
    assert {part: len(rows) for part, rows in images.parts.items()} == {
        "train": 240,
        "validation": 60,
        "test": 600,
    }
    used = np.concatenate(list(images.parts.values()))
    assert len(np.unique(used)) == 900
    for part, count in (("train", 24), ("validation", 6), ("test", 60)):
        assert np.bincount(images.labels[images.parts[part]]).tolist() == [count] * 10
    # Scaled up by 4, so that each fourth pixel lies near one of the digit's.
    small = images.pixels[:, 2::4, 2::4, 0].astype(float)
    assert np.corrcoef(small.ravel(), found.images.ravel())[0, 1] > 0.97
    other = opened("digits", seed=1)
    assert not np.array_equal(other.parts["test"], images.parts["test"])


def test_without_scikit_learn_the_extra_is_named(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(StudyError, match=r'pip install "cnnwalk\[study\]"'):
        opened("digits")
