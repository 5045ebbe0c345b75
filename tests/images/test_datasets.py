from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from torchvision.datasets import ImageFolder

from cnnwalk.images import ImageError, draw, find_images, folder, from_torch, samples

Picture = Callable[..., Image.Image]


@pytest.fixture
def class_folders(tmp_path: Path, picture: Picture) -> Path:
    for number, name in enumerate(["cat/a.png", "cat/b.PNG", "dog/deep/c.bmp", "dog/.hidden.png"]):
        path = tmp_path / "pets" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        picture(seed=number).save(path)
    (tmp_path / "pets" / "notes.txt").write_text("no picture")
    return tmp_path / "pets"


def test_samples_are_the_photographs_of_scikit_image() -> None:
    found = samples()
    items = [found.item(index) for index in range(len(found))]
    assert (items[0].name, items[0].label) == ("coffee", "coffee")
    names = [item.name for item in items]
    assert {"chelsea", "astronaut", "camera", "rocket", "retina"} <= set(names)
    assert "motorcycle_left" not in names  # no licence is stated for it

    from skimage import data

    for item in items[:6]:
        reference = getattr(data, item.name)()
        pixels = np.asarray(item.image)
        assert np.array_equal(pixels if reference.ndim == 3 else pixels[:, :, 0], reference)


def test_samples_import_neither_scikit_image_nor_torch() -> None:
    program = (
        "import sys; from cnnwalk.images import samples; samples().item(0);"
        "print([name for name in ('skimage', 'pooch', 'torch') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_draw_is_a_permutation_that_its_seed_fixes() -> None:
    assert sorted(draw(1000, 3)) == list(range(1000))
    draw.cache_clear()
    again = draw(1000, 3)
    draw.cache_clear()
    assert np.array_equal(again, draw(1000, 3))
    assert not np.array_equal(again, draw(1000, 4))
    assert len(draw(0, 1)) == 0
    with pytest.raises(ImageError, match="-1"):
        draw(10, -1)


def test_a_draw_puts_every_item_anywhere() -> None:
    """Of 2,000 draws of 5, each index is first about 400 times (standard deviation 18)."""
    first = np.bincount([draw(5, seed)[0] for seed in range(2000)], minlength=5)
    assert np.abs(first - 400).max() < 90


def test_a_folder_reads_what_image_folder_reads(class_folders: Path) -> None:
    found = folder(class_folders)
    reference = ImageFolder(class_folders, is_valid_file=lambda path: "/." not in path)
    assert len(found) == len(reference) == 3
    for index, (image, label) in enumerate(reference):
        item = found.item(index)
        assert np.array_equal(np.asarray(item.image), np.asarray(image))
        assert item.label == reference.classes[label]
    assert [found.item(index).name for index in range(3)] == ["a.png", "b.PNG", "c.bmp"]
    assert found.name == "pets"
    assert found.id == folder(class_folders).id


def test_image_folder_itself_is_a_dataset(class_folders: Path) -> None:
    assert from_torch(ImageFolder(class_folders)).item(0).label == "cat"


def test_a_flat_folder_has_no_labels(class_folders: Path) -> None:
    found = folder(class_folders / "cat")
    assert [found.item(index).label for index in range(len(found))] == [None, None]
    assert found.id != folder(class_folders).id


def test_hidden_folders_are_left_out(class_folders: Path, picture: Picture) -> None:
    (class_folders / ".cache").mkdir()
    picture().save(class_folders / ".cache" / "thumbnail.png")
    assert len(folder(class_folders)) == 3


def test_links_in_circles_end(class_folders: Path) -> None:
    (class_folders / "cat" / "round").symlink_to(class_folders)
    (class_folders / "elsewhere").symlink_to(class_folders.parent / "other")
    assert len(folder(class_folders)) == 3


def test_links_to_class_folders_are_followed(class_folders: Path, tmp_path: Path) -> None:
    (tmp_path / "subset").mkdir()
    (tmp_path / "subset" / "cat").symlink_to(class_folders / "cat")
    found = folder(tmp_path / "subset")
    assert [found.item(index).label for index in range(2)] == ["cat", "cat"]


def test_one_unreadable_picture_does_not_spoil_the_others(class_folders: Path) -> None:
    (class_folders / "cat" / "a.png").write_text("no picture")
    found = folder(class_folders)
    with pytest.raises(ImageError, match=r"a\.png is no picture"):
        found.item(0)
    assert found.item(1).name == "b.PNG"
    (class_folders / "cat" / "b.PNG").unlink()
    with pytest.raises(ImageError, match=r"b\.PNG cannot be opened: No such file"):
        found.item(1)


def test_folders_that_have_no_pictures(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no picture")
    for path, said in (
        (tmp_path, "has no pictures: give a folder with .jpg"),
        (tmp_path / "nowhere", "does not exist: give a folder"),
        (tmp_path / "notes.txt", "is a file, not a folder"),
    ):
        with pytest.raises(ImageError, match=said):
            folder(path)


def test_images_as_the_command_line_names_them(
    class_folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my_data.py").write_text(
        "from torchvision.datasets import FakeData\n"
        "def make(): return FakeData(size=3, image_size=(3, 8, 8))\n"
        "made = make()\n"
        "def broken(): raise OSError('disk not mounted')\n"
        "number = 3\n"
    )
    monkeypatch.chdir(tmp_path)
    for source in (f"{tmp_path}/my_data.py:make", "my_data.py:made", "my_data:made"):
        assert len(find_images(source)) == 3
    assert find_images("my_data:made").name == "made"
    assert len(find_images(str(class_folders))) == len(find_images(class_folders)) == 3
    (tmp_path / "odd:name").symlink_to(class_folders)
    assert len(find_images("odd:name")) == 3
    ready = samples()
    assert find_images(ready) is ready

    for source, said in (
        ("my_data:nothing", "has no 'nothing'"),
        ("my_data.py:broken", "OSError: disk not mounted"),
        ("my_data:number", "type int has no images"),
        ("nowhere", "does not exist"),
        ("nowhere.py:x", "no file nowhere.py"),
        ("nowhere:x", "no Python module 'nowhere'"),
    ):
        with pytest.raises(ImageError, match=said):
            find_images(source)
