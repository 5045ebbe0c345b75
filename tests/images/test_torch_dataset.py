from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import DataLoader, IterableDataset, Subset, TensorDataset
from torchvision.datasets import FakeData

from cnnwalk.images import Dataset, ImageError, find_images, from_torch
from cnnwalk.images.datasets import first_readable
from cnnwalk.pixels import preview, to_pixels

Picture = Callable[..., Image.Image]


class Items:
    """A map-style dataset of given items."""

    def __init__(self, *items: object) -> None:
        self.items = items

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> object:
        return self.items[index]


def pixels(found: Dataset, index: int = 0) -> np.ndarray:
    return to_pixels(found.item(index).image)


def test_the_forms_that_an_image_may_have(picture: Picture) -> None:
    expected = np.asarray(picture())
    tensor = torch.from_numpy(expected.copy()).permute(2, 0, 1)
    forms = [picture(), tensor, tensor.float() / 255, (tensor.double() / 255).requires_grad_()]
    forms += [expected, expected.astype(np.float32) / 255]
    for form in forms:
        for item in ((form, 3), [form, 3], (form, 3, "more"), {"image": form, "label": 3}, form):
            assert np.array_equal(pixels(from_torch(Items(item))), expected)


def test_gray_images() -> None:
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
        shown = np.asarray(preview(pixels(from_torch(Items(form)))))
        tolerance = 1 if isinstance(form, torch.Tensor) and form.is_floating_point() else 0
        assert np.abs(shown - gray[:, :, None].astype(int)).max() <= tolerance


@pytest.mark.parametrize("channels", [2, 4, 5, 12, 40])
def test_images_of_many_channels_are_kept_exactly(channels: int) -> None:
    values = np.random.default_rng(0).random((9, 9, channels), dtype=np.float32)
    front = np.ascontiguousarray(values.transpose(2, 0, 1))
    for form in (values, front, torch.from_numpy(front)):
        found = pixels(from_torch(Items({"image": form, "label": 0})))
        assert found.dtype == np.float32
        assert np.array_equal(found, values)


@pytest.mark.parametrize(
    ("form", "size"),
    [
        (torch.zeros(12, 20, 30), (20, 30, 12)),
        (np.zeros((20, 30, 12)), (20, 30, 12)),
        (torch.zeros(20, 30, 3), (20, 30, 3)),
        (np.zeros((4, 20, 30)), (20, 30, 4)),
        (np.zeros((12, 20, 20)), (20, 20, 12)),
        (np.zeros((20, 20, 100)), (20, 20, 100)),
        (torch.zeros(100, 20, 20), (20, 20, 100)),
    ],
)
def test_which_axis_has_the_channels(form: object, size: tuple[int, ...]) -> None:
    assert pixels(from_torch(Items(form))).shape == size


def test_values_of_eight_bits_are_kept_in_eight_bits() -> None:
    values = np.arange(256, dtype=np.uint8).reshape(16, 16, 1)
    for form in (values, values.astype(np.float32) / 255, torch.from_numpy(values).double() / 255):
        found = pixels(from_torch(Items(form)))
        assert found.dtype == np.uint8
        assert np.array_equal(found, values)


def test_sixteen_bits_are_kept() -> None:
    values = np.array([[0, 1, 32768, 65535]], np.uint16)
    for form in (values, torch.from_numpy(values)):
        found = pixels(from_torch(Items(form)))
        assert found.dtype == np.float32
        assert np.allclose(found[0, :, 0], values[0] / 65535, atol=1e-7)


def test_named_tuples_and_transparent_pictures() -> None:
    class Sample(NamedTuple):
        image: Image.Image
        label: int

    clear = Image.new("RGBA", (4, 5), (200, 0, 0, 0))
    item = from_torch(Items(Sample(clear, 0)), ["glass"]).item(0)
    assert item.label == "glass"
    assert np.array_equal(to_pixels(item.image), np.full((5, 4, 3), 255))


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
        (np.array([1]), "dog"),
        (7, "label 7"),
        (-1, "label -1"),
        (None, None),
        (1.5, None),
        (torch.tensor([0.1, 0.9]), None),
        ({"boxes": []}, None),
    ],
)
def test_labels(picture: Picture, label: object, expected: str | None) -> None:
    assert from_torch(Items((picture(), label)), ["cat", "dog"]).item(0).label == expected


def test_a_label_without_a_name_is_warned_of_once(
    picture: Picture, caplog: pytest.LogCaptureFixture
) -> None:
    found = from_torch(Items((picture(), 17), (picture(), 18)), ["cat", "dog"], "pets")
    caplog.clear()
    assert [found.item(index).label for index in (0, 1, 0)] == ["label 17", "label 18", "label 17"]
    fresh = from_torch(Items((picture(), 1), (picture(), 17), (picture(), 18)), ["cat", "dog"])
    assert caplog.messages == []
    assert [fresh.item(index).label for index in range(3)] == ["dog", "label 17", "label 18"]
    (message,) = caplog.messages
    assert "label 17, but the dataset Items has 2 class names, for 0 to 1" in message
    nameless = from_torch(Items((picture(), 3)))
    assert nameless.item(0).label == "label 3"
    assert len(caplog.messages) == 1


def test_a_part_of_a_dataset_has_its_classes(picture: Picture) -> None:
    whole = Items((picture(), 1), (picture(), 0))
    whole.classes = ["lynx", "wolf"]  # type: ignore[attr-defined]
    assert from_torch(Subset(Subset(whole, [1, 0]), [0])).item(0).label == "lynx"


def test_a_dataset_knows_its_classes_best(picture: Picture) -> None:
    dataset = Items((picture(), 0))
    dataset.classes = ["lynx"]  # type: ignore[attr-defined]
    assert from_torch(dataset, ["cat"]).item(0).label == "lynx"


def test_datasets_of_torch_and_torchvision() -> None:
    fake = FakeData(size=4, image_size=(3, 8, 9), num_classes=2)
    assert pixels(from_torch(fake), 3).shape == (8, 9, 3)
    tensors = TensorDataset(torch.rand(2, 1, 8, 8), torch.tensor([0, 1]))
    found = from_torch(tensors, ["no", "yes"], "answers")
    assert (found.name, len(found), found.item(1).label) == ("answers", 2, "yes")
    assert found.item(1).name == "answers 1"


def test_normalized_values_are_refused_with_the_way_out() -> None:
    with pytest.raises(ImageError, match=r"from -2 to 2: expected uint8.*without normalization"):
        from_torch(Items(torch.linspace(-2, 2, 48).reshape(3, 4, 4)))


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("a/path.png", "of type str: expected a PIL image"),
        (None, "of type NoneType"),
        ({"picture": 1, "y": 2}, "mapping with the keys 'picture', 'y'.*'image'"),
        ((7, "label first"), "of type int.*first in a tuple"),
        (torch.zeros(1, 3, 4, 4), r"shape \(1, 3, 4, 4\)"),
        (torch.zeros(3, 0, 4), "shape"),
        (torch.full((3, 4, 4), float("nan")), "nan to nan.*nan_to_num"),
        (torch.full((3, 4, 4), 300, dtype=torch.int64), "int64 values from 300.*Divide it by the"),
        (torch.full((3, 4, 4), 200, dtype=torch.int64), r"\.to\(torch\.uint8\)"),
        (torch.full((3, 4, 4), 200.0), "Divide it by 255"),
        (torch.zeros(3, 4, 4, dtype=torch.complex64), "type complex64: expected numbers"),
        (np.full((4, 4), "a"), "expected numbers"),
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


def test_the_first_items_may_be_bad(picture: Picture) -> None:
    found = from_torch(Items(*[None] * 15, picture()))
    assert first_readable(found) == 15
    with pytest.raises(ImageError, match=r"None of the first 16 images of Items .* Items 0 is of"):
        from_torch(Items(*[None] * 16, picture()))
    with pytest.raises(ImageError, match=r"^Items 0 is of type NoneType"):
        from_torch(Items(None))


class Endless(IterableDataset):
    def __iter__(self) -> Iterator[object]:
        return iter(())


class Counted(Endless):
    def __len__(self) -> int:
        return 5


class Raising(Items):
    def __len__(self) -> int:
        raise RuntimeError("index not built")


class Huge(Items):
    def __len__(self) -> int:
        return 10**12


class WithoutLength:
    def __getitem__(self, index: int) -> object:
        return None


@pytest.mark.parametrize(
    ("dataset", "said"),
    [
        (Items(), "Items is empty: give one with at least one"),
        (Endless(), "Endless gives one image after the other.*itertools.islice"),
        (Counted(), "Counted gives one image after the other"),
        (WithoutLength(), r"WithoutLength does not say how many .* __len__\(self\)"),
        ((image for image in ()), "generator gives one image after the other"),
        (DataLoader(Items(0)), "gives batches: give its dataset, loader.dataset"),
        (Raising(), r"how many .* RuntimeError: index not built \(.*line \d+\)"),
        (Huge(), "1,000,000,000,000 images, and at most 10,000,000.*Subset"),
        (1.5, "of type float has no images"),
    ],
)
def test_what_is_no_map_style_dataset(dataset: object, said: str) -> None:
    with pytest.raises(ImageError, match=said):
        find_images(dataset)


def test_a_tensor_an_array_and_a_list_are_datasets(picture: Picture) -> None:
    assert pixels(find_images(torch.zeros(4, 3, 8, 9)), 3).shape == (8, 9, 3)
    assert pixels(find_images(np.zeros((4, 8, 9, 5))), 3).shape == (8, 9, 5)
    assert pixels(find_images([picture()])).shape == (30, 40, 3)
