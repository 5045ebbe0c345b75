from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from cnnwalk.images import ImageError, ImageStore, StoredImage, noise, samples

Picture = Callable[..., Image.Image]
SIZE = 100 * 100 * 3
ENTRY = SIZE + 1024


def add(
    store: ImageStore,
    image: Image.Image,
    reload: Callable[[], Image.Image] | None = None,
    name: str = "any",
) -> StoredImage:
    return store.add(image, origin="upload", name=name, label=None, reload=reload)


def test_the_id_names_the_pixels(picture: Picture) -> None:
    store = ImageStore()
    image = picture()
    stored = store.add(image, origin="dataset", name="cat.jpg", label="cat")
    digest = hashlib.sha256(b"40x30x3 uint8" + np.asarray(image).tobytes()).hexdigest()
    assert stored.id == digest[:32]
    assert (stored.width, stored.height, stored.channels) == (40, 30, 3)
    assert (stored.origin, stored.name, stored.label) == ("dataset", "cat.jpg", "cat")
    assert store.get(stored.id).image().tobytes() == image.tobytes()
    turned = Image.frombytes("RGB", (30, 40), image.tobytes())
    assert add(store, turned).id != stored.id
    with pytest.raises(KeyError):
        store.get("0" * 32)


def test_every_channel_and_the_type_are_part_of_the_id() -> None:
    values = np.zeros((4, 6, 12), np.uint8)
    changed = values.copy()
    changed[3, 5, 11] = 1
    forms = [values, changed, values.reshape(6, 4, 12), values.reshape(4, 12, 6)]
    forms += [values[:, :, :3], np.zeros((4, 6, 3), np.float32)]
    store = ImageStore()
    ids = {store.add(form, origin="dataset", name="", label=None).id for form in forms}
    assert len(ids) == len(forms)
    assert store.size_bytes == sum(form.nbytes + 1024 for form in forms)


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 12])
@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_images_of_any_channels_have_a_picture(kind: type, channels: int) -> None:
    values = np.random.default_rng(0).integers(0, 256, (20, 30, channels), dtype=np.uint8)
    image = values if kind is np.uint8 else values.astype(np.float32) / 255
    stored = ImageStore().add(image, origin="dataset", name="", label=None)
    assert np.array_equal(stored.image(), image)
    shown = values[:, :, :3] if channels >= 3 else np.repeat(values[:, :, :1], 3, axis=2)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(stored.png()))), shown)
    assert Image.open(io.BytesIO(stored.thumbnail())).size == (30, 20)


def test_images_of_many_channels_are_reloaded() -> None:
    values = np.random.default_rng(0).random((100, 100, 12), dtype=np.float32)
    store = ImageStore(capacity_bytes=values.nbytes + 2048)
    first = store.add(values, origin="dataset", name="", label=None, reload=values.copy)
    store.add(values + 1, origin="dataset", name="", label=None)
    assert store.size_bytes <= values.nbytes + 2048
    assert np.array_equal(first.image(), values)


def test_the_same_pixels_are_kept_once_and_keep_no_secret(picture: Picture) -> None:
    store = ImageStore()
    mine = add(store, picture(), name="my secret.jpg")
    before = store.size_bytes
    theirs = add(store, picture(), name="public.jpg")
    assert theirs.id == mine.id
    assert theirs.name == "public.jpg"
    assert store.size_bytes == before


def test_png_is_lossless_and_gray_becomes_rgb(picture: Picture) -> None:
    stored = add(ImageStore(), picture().convert("L"))
    png = Image.open(io.BytesIO(stored.png()))
    assert png.format == "PNG"
    assert png.mode == "RGB"
    assert png.tobytes() == picture().convert("L").convert("RGB").tobytes()


def test_thumbnails_are_small_and_keep_the_aspect_ratio() -> None:
    images = [samples().item(index).image for index in range(3)]
    images += [noise("uniform", 1, 500, 400), Image.new("RGB", (1, 1)), Image.new("RGB", (3000, 2))]
    for image in images:
        data = add(ImageStore(), image).thumbnail()
        small = Image.open(io.BytesIO(data))
        size = image.size if isinstance(image, Image.Image) else image.shape[1::-1]
        assert small.format == "JPEG"
        assert len(data) <= 10_000
        assert max(small.size) == min(192, max(size))
        ratio = min(size) / max(size)
        assert min(small.size) == pytest.approx(ratio * max(small.size), abs=1)
        mean = np.asarray(image).mean((0, 1)) - np.asarray(small).mean((0, 1))
        assert np.abs(mean).max() < 3


def test_what_can_be_reloaded_goes_first(picture: Picture) -> None:
    calls: list[int] = []

    def source(seed: int) -> Callable[[], Image.Image]:
        def reload() -> Image.Image:
            calls.append(seed)
            return picture(100, 100, seed)

        return reload

    store = ImageStore(capacity_bytes=3 * ENTRY + 4 * 1024)
    upload = add(store, picture(100, 100, 1))
    drawn = [add(store, picture(100, 100, seed), source(seed)) for seed in (2, 3, 4)]
    assert store.size_bytes == 3 * ENTRY + 1024

    assert store.get(upload.id).image().tobytes() == picture(100, 100, 1).tobytes()
    assert drawn[1].image().tobytes() == picture(100, 100, 3).tobytes()
    assert calls == []
    assert store.get(drawn[0].id).image().tobytes() == picture(100, 100, 2).tobytes()
    assert calls == [2]
    assert store.size_bytes <= 3 * ENTRY + 4 * 1024


def test_the_longest_unused_goes_when_nothing_can_be_reloaded(picture: Picture) -> None:
    store = ImageStore(capacity_bytes=2 * ENTRY)
    first, second = (add(store, picture(100, 100, seed)) for seed in (1, 2))
    store.get(first.id)
    third = add(store, picture(100, 100, 3))
    with pytest.raises(KeyError):
        store.get(second.id)
    assert store.get(first.id).id == first.id
    assert store.get(third.id).id == third.id
    # Whoever still holds it, such as a pass that waits for its turn, can use it.
    assert second.image().tobytes() == picture(100, 100, 2).tobytes()
    second.thumbnail()
    assert store.size_bytes == 2 * ENTRY


def test_memory_is_bounded_whatever_is_brought(picture: Picture) -> None:
    capacity = 10 * ENTRY
    store = ImageStore(capacity)
    for seed in range(300):
        image = picture(100, 100, seed)
        stored = add(store, image, (lambda image=image: image) if seed % 3 else None)
        if seed % 2:
            stored.thumbnail()
        assert store.size_bytes <= capacity
        assert store.get(stored.id).image().tobytes() == image.tobytes()


def test_an_image_larger_than_all_room_is_kept_alone(picture: Picture) -> None:
    store = ImageStore(capacity_bytes=1000)
    add(store, picture(100, 100, 1))
    large = add(store, picture(100, 100, 2))
    assert store.get(large.id).image().shape == (100, 100, 3)
    assert store.size_bytes == ENTRY


def test_what_a_reload_holds_on_to_counts(picture: Picture) -> None:
    store = ImageStore()
    store.add(
        picture(100, 100), origin="upload", name="a", label=None, reload=picture, held_bytes=5000
    )
    assert store.size_bytes == ENTRY + 5000


def test_a_source_that_gives_other_pixels_is_not_believed(picture: Picture) -> None:
    store = ImageStore(capacity_bytes=ENTRY + 2048)
    augmented = add(store, picture(100, 100, 1), lambda: picture(100, 100, 9), name="augmented")
    add(store, picture(100, 100, 2))
    with pytest.raises(ImageError, match="augmented is not the same picture any more"):
        store.get(augmented.id).image()


def test_many_threads_see_the_right_pixels_and_the_right_size(picture: Picture) -> None:
    images = [picture(100, 100, seed) for seed in range(12)]
    store = ImageStore(capacity_bytes=4 * ENTRY + 12 * 12_000)
    start = threading.Barrier(8)

    def visit(worker: int) -> None:
        start.wait()
        for step in range(60):
            image = images[(worker * 5 + step * 7) % len(images)]
            stored = add(store, image, lambda image=image: image)
            stored.thumbnail()
            assert store.get(stored.id).image().tobytes() == image.tobytes()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(visit, range(8)))
    kept = [store.get(add(ImageStore(), image).id) for image in images]
    assert len({stored.id for stored in kept}) == 12
    assert store.size_bytes == sum(stored._kept.size() for stored in kept)
