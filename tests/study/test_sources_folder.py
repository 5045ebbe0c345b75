"""A folder of class folders becomes images, or a sentence that says what was expected."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from fulldisk import files_up_to
from imagefolders import class_folders, write_image
from PIL import Image

from cnnwalk.study.errors import StudyError
from cnnwalk.study.sources import classfolders, open_images
from cnnwalk.study.sources.counting import count
from cnnwalk.terminal import arguments


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "cnnwalk" / "study"


@pytest.fixture
def folder(tmp_path) -> Path:
    return class_folders(tmp_path / "mine", [20, 10, 5])


def opened(folder, **options):
    return open_images("folder", folder, size=(10, 8), on_step=lambda _: None, **options)


def expected(path: Path) -> np.ndarray:
    picture = Image.open(path).convert("RGB").resize((8, 10), Image.Resampling.BILINEAR)
    return np.asarray(picture)


def test_pixels_labels_and_names_are_those_of_the_files(folder) -> None:
    images = opened(folder)
    assert images.pixels.shape == (35, 10, 8, 3)
    assert images.pixels.dtype == np.uint8
    assert images.classes == ("a", "b", "c")
    assert images.keys[0] == "a/000.png"
    for row in (0, 19, 20, 34):
        assert images.classes[images.labels[row]] == images.keys[row][0]
        np.testing.assert_array_equal(images.pixels[row], expected(folder / images.keys[row]))
    assert {part: len(rows) for part, rows in images.parts.items()} == {
        "train": 25,
        "validation": 3,
        "test": 7,
    }
    train = images.pixels[images.parts["train"]] / 255
    np.testing.assert_allclose(images.mean, train.mean((0, 1, 2)), rtol=1e-12)
    np.testing.assert_allclose(images.std, train.std((0, 1, 2)), rtol=1e-12)


def test_grayscale_becomes_three_equal_channels_and_transparency_white(folder) -> None:
    write_image(folder / "a" / "gray.png", 77, mode="L")
    clear = Image.new("RGBA", (10, 12), (255, 0, 0, 0))
    clear.save(folder / "b" / "clear.png")
    images = opened(folder)
    gray = images.pixels[images.keys.index("a/gray.png")]
    assert (gray == gray[..., :1]).all()
    assert gray.std() > 10
    assert (images.pixels[images.keys.index("b/clear.png")] == 255).all()


def test_unreadable_images_among_many_are_left_out_counted_and_named(folder) -> None:
    (folder / "a" / "005.png").write_bytes(b"no picture")
    cut = (folder / "b" / "003.png").read_bytes()
    (folder / "b" / "003.png").write_bytes(cut[: len(cut) // 2])
    (folder / "c" / "link.png").symlink_to(folder / "nowhere.png")
    Path(os.fsdecode(os.fsencode(folder / "c") + b"/\xff.png")).write_bytes(b"no picture")
    images = opened(folder)
    assert len(images.pixels) == len(images.labels) == len(images.keys) == 33
    assert len(images.skipped) == 4
    named = ("a/005.png is no picture", "b/003.png is damaged", "c/link.png cannot", "c/�.png")
    for name, reason in zip(named, images.skipped, strict=True):
        assert name in reason.replace("?", "�")
    np.testing.assert_array_equal(images.pixels[5], expected(folder / "a" / "006.png"))
    np.testing.assert_array_equal(images.pixels[-1], expected(folder / "c" / "004.png"))


def test_the_same_image_twice_counts_once(folder) -> None:
    shutil.copy(folder / "a" / "004.png", folder / "b" / "copy.png")
    images = opened(folder)
    assert images.duplicates == 1
    assert "b/copy.png" not in images.keys
    assert len(images.keys) == 35


def test_a_class_of_one_image_is_only_for_training_and_that_is_said(folder) -> None:
    write_image(folder / "lonely" / "1.png", 90_000)
    images = opened(folder)
    assert images.classes[3] == "lonely"
    assert 3 in images.labels[images.parts["train"]]
    assert any("one image alone" in note and "lonely" in note for note in images.notes)


def test_classes_without_a_readable_image_are_left_out_and_named(folder) -> None:
    (folder / "bad").mkdir()
    (folder / "bad" / "1.png").write_bytes(b"no picture")
    (folder / "empty").mkdir()
    write_image(folder / "loose.png", 1)
    images = opened(folder)
    assert images.classes == ("a", "b", "c")
    assert images.labels.max() == 2
    notes = " ".join(images.notes)
    assert "bad" in notes
    assert "empty" in notes
    assert "no class folder: 1 images" in notes


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda root: None, "does not exist"),
        (lambda root: root.write_bytes(b""), "is a file, not a folder"),
        (lambda root: root.mkdir(), "no .jpg"),
        (lambda root: write_image(root / "1.png", 1), "1 images, but no class folders"),
        (lambda root: class_folders(root, [3]), "one class folder alone (a)"),
    ],
)
def test_a_wrong_folder_is_answered_with_the_layout_that_is_expected(tmp_path, make, said) -> None:
    make(tmp_path / "wrong")
    with pytest.raises(StudyError) as caught:
        opened(tmp_path / "wrong")
    assert said in str(caught.value)
    assert "FOLDER/cat/1.jpg, FOLDER/cat/2.jpg, FOLDER/dog/1.jpg" in str(caught.value)


def test_folders_of_parts_are_no_classes(tmp_path) -> None:
    for part in ("train", "val"):
        class_folders(tmp_path / "wrong" / part, [3, 3])
    with pytest.raises(StudyError, match=r"train, val, which are no classes.*wrong/train"):
        opened(tmp_path / "wrong")


def test_images_that_are_all_unreadable_are_an_error(folder) -> None:
    for path in folder.rglob("*.png"):
        path.write_bytes(b"no picture")
    with pytest.raises(StudyError, match=r"None of the 35 images can be read; the first: .*000"):
        opened(folder)


def test_one_class_that_can_be_read_is_too_few(tmp_path) -> None:
    folder = class_folders(tmp_path / "mine", [5, 1])
    (folder / "b" / "000.png").write_bytes(b"no picture")
    with pytest.raises(StudyError, match="all of the class 'a'"):
        opened(folder)


def test_single_images_alone_cannot_be_tested(tmp_path) -> None:
    with pytest.raises(StudyError, match="not enough images to train and to test"):
        opened(class_folders(tmp_path / "mine", [1, 1, 1]))


def test_images_of_one_person_stay_together_where_folders_say_so(tmp_path) -> None:
    root = tmp_path / "people"
    for number in range(60):
        write_image(root / "ab"[number % 2] / f"person{number // 5}" / f"{number}.png", number)
    images = opened(root, split="by-folder")
    assert images.split == "by folder"
    people = [{images.keys[row].split("/")[1] for row in rows} for rows in images.parts.values()]
    assert sum(map(len, people)) == len(set.union(*people)) == 12
    assert all(len(images.parts[part]) for part in ("train", "test"))


def test_nothing_says_what_belongs_together(folder) -> None:
    with pytest.raises(StudyError, match=r"a/person1/1\.png"):
        opened(folder, split="by-folder")


def test_what_was_decoded_is_mapped_into_memory_and_not_decoded_again(
    folder, cache, monkeypatch
) -> None:
    first = opened(folder)
    monkeypatch.setattr(classfolders, "decode_file", lambda path: pytest.fail(f"read {path}"))
    again = opened(folder)
    assert isinstance(again.pixels, np.memmap)
    np.testing.assert_array_equal(first.pixels, again.pixels)
    assert (again.mean, again.keys, again.skipped) == (first.mean, first.keys, first.skipped)
    named = arguments.Size(10, 8)  # as the command line has it
    open_images("folder", folder, size=named, on_step=lambda _: None)
    (pack,) = cache.iterdir()
    assert pack.stat().st_size < first.pixels.nbytes + 200 * len(first.keys)


@pytest.mark.parametrize(
    ("spoil", "how"),
    [
        (lambda data: data[: len(data) // 2], "cut short"),
        (lambda data: data[:-1], "cut short"),
        (lambda data: b"", "cut short"),
        (lambda data: data[:-20] + b"\xff" * 7 + data[-13:], "cut short"),
        (lambda data: data[:100] + data[200:], "pixels are missing"),
        (lambda data: data.replace(b'"duplicates": 0', b'"duplicates": 9'), "was changed"),
        (lambda data: data[:100] + bytes(100) + data[200:], "the pixels of image 1 are others"),
    ],
)
def test_a_damaged_pack_is_told_of_and_made_anew(folder, cache, caplog, spoil, how) -> None:
    first = np.array(opened(folder).pixels)
    (pack,) = cache.iterdir()
    whole = pack.read_bytes()
    pack.write_bytes(spoil(whole))
    np.testing.assert_array_equal(opened(folder).pixels, first)
    assert pack.read_bytes() == whole
    (said,) = caplog.messages
    assert said.startswith(f"{pack} is damaged (")
    assert how in said
    assert said.endswith("so that its images are decoded again.")


def test_a_pack_of_another_version_is_made_anew_and_nobody_is_alarmed(
    folder, cache, caplog
) -> None:
    first = np.array(opened(folder).pixels)
    (pack,) = cache.iterdir()
    whole = pack.read_bytes()
    pack.write_bytes(whole[:-1] + b"0")
    np.testing.assert_array_equal(opened(folder).pixels, first)
    assert pack.read_bytes() == whole
    assert caplog.messages == []


def test_a_changed_file_makes_the_pack_anew_in_its_place(folder, cache) -> None:
    opened(folder)
    write_image(folder / "a" / "000.png", 4711)
    os.utime(folder / "a" / "000.png", ns=(1, 1))
    images = opened(folder)
    np.testing.assert_array_equal(images.pixels[0], expected(folder / "a" / "000.png"))
    assert len(list(cache.iterdir())) == 1


def test_a_cache_that_cannot_be_written_is_said(folder, cache) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_bytes(b"a file stands where the folder should be")
    with pytest.raises(StudyError, match=r"cannot be written .*XDG_CACHE_HOME"):
        opened(folder)


def test_a_full_disk_is_said_and_leaves_nothing_half(folder, cache) -> None:
    with files_up_to(2000), pytest.raises(StudyError, match="make room there"):
        opened(folder)
    assert not list(cache.iterdir())
    assert len(opened(folder).keys) == 35


def test_what_a_killed_process_left_is_removed(folder, cache) -> None:
    cache.mkdir(parents=True)
    old, new = cache / ".x.pack.1.part", cache / ".x.pack.2.part"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))
    opened(folder)
    assert not old.exists()
    assert new.exists()  # of a process that may still run


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"source": "cats"}, "no images called 'cats': choose among emoji, elpv"),
        ({"source": "folder"}, "give the folder"),
        ({"source": "digits", "folder": Path("x")}, "need no folder: leave x out"),
        ({"source": "folder", "folder": Path("x"), "size": (4, 4)}, "from 8x8 to 1024x1024"),
        ({"source": "folder", "folder": Path("x"), "split": "by-emoji"}, "among random, by-folder"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_read(arguments, said) -> None:
    with pytest.raises(StudyError) as caught:
        open_images(**arguments, on_step=lambda _: None)
    assert said in str(caught.value)


def test_counts_are_those_of_the_labels(folder) -> None:
    found = count(opened(folder))
    assert (found.smallest, found.largest, found.majority_class) == (5, 20, "a")
    assert found.majority == pytest.approx(20 / 35)
    assert found.chance == pytest.approx((20**2 + 10**2 + 5**2) / 35**2)
