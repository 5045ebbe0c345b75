from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import TensorDataset
from torchvision.datasets import FakeData, ImageFolder

from cnnwalk.images import Dataset, ImageError, draw, find_images, folder, from_torch, samples

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
    assert draw(1000, 3) == draw(1000, 3) != draw(1000, 4)
    assert draw(0, 1) == ()
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


class Items:
    """A map-style dataset of given items."""

    def __init__(self, *items: object) -> None:
        self.items = items

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> object:
        return self.items[index]


def pixels(found: Dataset, index: int = 0) -> np.ndarray:
    image = found.item(index).image
    assert image.mode == "RGB"
    return np.asarray(image)


def test_the_forms_that_an_image_may_have(picture: Picture) -> None:
    expected = np.asarray(picture())
    tensor = torch.from_numpy(expected.copy()).permute(2, 0, 1)
    forms = [picture(), tensor, tensor.float() / 255, (tensor.double() / 255).requires_grad_()]
    forms += [expected, expected.astype(np.float32) / 255]
    for form in forms:
        for item in ((form, 3), [form, 3], (form, 3, "more"), {"image": form, "label": 3}, form):
            assert np.array_equal(pixels(from_torch(Items(item))), expected)


def test_gray_images_have_three_equal_channels() -> None:
    gray = np.arange(200, dtype=np.uint8).reshape(10, 20)
    for form in (
        gray,
        gray[:, :, None],
        gray[None],
        torch.from_numpy(gray),
        torch.from_numpy(gray)[None],
        Image.fromarray(gray),
        torch.from_numpy(gray)[None].to(torch.bfloat16) / 255,
    ):
        found = pixels(from_torch(Items(form)))
        tolerance = 1 if isinstance(form, torch.Tensor) and form.is_floating_point() else 0
        assert np.abs(found - gray[:, :, None].astype(int)).max() <= tolerance


def test_what_could_be_channels_at_both_ends_is_read_as_its_kind_is_written() -> None:
    array = np.arange(27, dtype=np.uint8).reshape(3, 3, 3)
    assert np.array_equal(pixels(from_torch(Items(array))), array)
    tensor = torch.from_numpy(array)
    assert np.array_equal(pixels(from_torch(Items(tensor))), array.transpose(1, 2, 0))


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        (1, "dog"),
        (np.int64(1), "dog"),
        (torch.tensor(1), "dog"),
        ("wolf", "wolf"),
        (7, "7"),
        (-1, "-1"),
        (None, None),
        (1.5, None),
        (torch.tensor([0.1, 0.9]), None),
        ({"boxes": []}, None),
    ],
)
def test_labels(picture: Picture, label: object, expected: str | None) -> None:
    assert from_torch(Items((picture(), label)), ["cat", "dog"]).item(0).label == expected


def test_a_dataset_knows_its_classes_best(picture: Picture) -> None:
    dataset = Items((picture(), 0))
    dataset.classes = ["lynx"]  # type: ignore[attr-defined]
    assert from_torch(dataset, ["cat"]).item(0).label == "lynx"


def test_datasets_of_torch_and_torchvision(class_folders: Path) -> None:
    fake = FakeData(size=4, image_size=(3, 8, 9), num_classes=2)
    assert pixels(from_torch(fake), 3).shape == (8, 9, 3)
    tensors = TensorDataset(torch.rand(2, 1, 8, 8), torch.tensor([0, 1]))
    found = from_torch(tensors, ["no", "yes"], "answers")
    assert (found.name, len(found), found.item(1).label) == ("answers", 2, "yes")
    assert found.item(1).name == "answers 1"
    folders = from_torch(ImageFolder(class_folders))
    assert folders.item(0).label == "cat"


def test_normalized_values_are_refused_with_the_way_out() -> None:
    with pytest.raises(ImageError, match=r"from -2 to 2: expected uint8.*without normalization"):
        from_torch(Items(torch.linspace(-2, 2, 48).reshape(3, 4, 4)))


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("a/path.png", "of type str: expected a PIL image"),
        (None, "of type NoneType"),
        ({"picture": 1}, "of type NoneType.*'image'"),
        (torch.zeros(2, 4, 4), r"shape \(2, 4, 4\)"),
        (torch.zeros(1, 3, 4, 4), r"shape \(1, 3, 4, 4\)"),
        (torch.zeros(3, 0, 4), "shape"),
        (torch.full((3, 4, 4), float("nan")), "nan to nan"),
        (torch.full((3, 4, 4), 300, dtype=torch.int64), "int64 values from 300"),
    ],
)
def test_items_that_are_no_images(item: object, said: str) -> None:
    with pytest.raises(ImageError, match=said):
        from_torch(Items(item))


def test_a_dataset_that_raises_is_said_with_its_line(picture: Picture) -> None:
    class Broken(Items):
        def __getitem__(self, index: int) -> object:
            if index == 1:
                raise KeyError("annotations")
            return self.items[index]

    found = from_torch(Broken(picture(), picture()))
    with pytest.raises(ImageError, match=r"Broken 1 .*KeyError: 'annotations' \(.*line \d+\)"):
        found.item(1)


def test_an_empty_dataset_is_refused() -> None:
    with pytest.raises(ImageError, match="Items is empty"):
        from_torch(Items())


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
    with pytest.raises(ImageError, match="of type float has no images"):
        find_images(1.5)
