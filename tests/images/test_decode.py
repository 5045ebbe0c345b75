from __future__ import annotations

import io
import struct
import tracemalloc
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from cnnwalk.images import MAX_PIXELS, MAX_UPLOAD_BYTES, ImageError, decode_upload

Picture = Callable[..., Image.Image]
FileBytes = Callable[..., bytes]


def difference(one: Image.Image, other: Image.Image) -> float:
    pixels = [np.asarray(image, dtype=float) for image in (one, other)]
    return float(np.abs(pixels[0] - pixels[1]).max())


@pytest.mark.parametrize(
    ("kind", "options", "tolerance"),
    [
        ("PNG", {}, 0),
        ("BMP", {}, 0),
        ("WEBP", {"lossless": True}, 0),
        ("WEBP", {"quality": 95}, 16),
        ("JPEG", {"quality": 95, "subsampling": 0}, 8),
        ("JPEG", {"quality": 95, "subsampling": 0, "progressive": True}, 8),
    ],
)
def test_pictures_of_each_format(
    picture: Picture,
    file_bytes: FileBytes,
    kind: str,
    options: dict[str, object],
    tolerance: float,
) -> None:
    for size in ((40, 30), (1, 1)):
        decoded = decode_upload(file_bytes(picture(*size), kind, **options))
        assert decoded.mode == "RGB"
        assert decoded.size == size
        assert difference(decoded, picture(*size)) <= tolerance


def test_the_first_frame_of_an_animation(picture: Picture, file_bytes: FileBytes) -> None:
    red, blue = Image.new("RGB", (9, 7), "red"), Image.new("RGB", (9, 7), "blue")
    for kind in ("GIF", "WEBP", "PNG"):
        options = {"lossless": True} if kind == "WEBP" else {}
        data = file_bytes(red, kind, save_all=True, append_images=[blue], **options)
        assert Image.open(io.BytesIO(data)).n_frames == 2
        assert difference(decode_upload(data), red) == 0
    # Phones put a preview behind the photograph, which makes a JPEG file an MPO one.
    phone = file_bytes(red, "MPO", save_all=True, append_images=[blue], quality=95)
    assert difference(decode_upload(phone), red) <= 4


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied_and_then_gone(
    picture: Picture, file_bytes: FileBytes, orientation: int
) -> None:
    """EXIF 2.32, tag 0x0112: what row 0 and column 0 of the file show, as numpy turns."""
    upright = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.transpose(1, 0, 2),
        6: lambda a: np.rot90(a, -1),
        7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
        8: lambda a: np.rot90(a, 1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    decoded = decode_upload(file_bytes(picture(), "PNG", exif=exif))
    assert np.array_equal(np.asarray(decoded), upright(np.asarray(picture())))
    assert not dict(decoded.getexif())
    assert decoded.info == {}


def test_transparency_lies_on_white(picture: Picture, file_bytes: FileBytes) -> None:
    image = picture().convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    alpha = np.asarray(image)[:, :, 3:] / 255
    expected = np.asarray(picture()) * alpha + 255 * (1 - alpha)
    for kind, options in (("PNG", {}), ("WEBP", {"lossless": True, "exact": True})):
        decoded = np.asarray(decode_upload(file_bytes(image, kind, **options)), dtype=float)
        assert np.abs(decoded - expected).max() <= 1


def test_transparent_colours_lie_on_white(file_bytes: FileBytes) -> None:
    palette = Image.new("P", (2, 1))
    palette.putpalette([255, 0, 0, 0, 0, 255])
    palette.putdata([0, 1])
    gray = Image.new("L", (2, 1))
    gray.putdata([7, 200])
    for image, kind, key, colours in (
        (palette, "GIF", 1, [(255, 0, 0), (255, 255, 255)]),
        (palette, "PNG", 1, [(255, 0, 0), (255, 255, 255)]),
        (palette, "PNG", bytes([255, 0]), [(255, 0, 0), (255, 255, 255)]),
        (gray, "PNG", 200, [(7, 7, 7), (255, 255, 255)]),
    ):
        decoded = decode_upload(file_bytes(image, kind, transparency=key))
        assert [decoded.getpixel((x, 0)) for x in (0, 1)] == colours


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P"])
def test_modes_that_are_not_rgb(file_bytes: FileBytes, mode: str) -> None:
    ramp = Image.linear_gradient("L").resize((64, 64)).convert(mode)
    decoded = decode_upload(file_bytes(ramp, "PNG"))
    assert difference(decoded, ramp.convert("RGB")) == 0


def test_sixteen_bit_gray_keeps_its_range(file_bytes: FileBytes) -> None:
    values = np.linspace(0, 65535, 256).astype(np.uint16)[None].repeat(4, 0)
    decoded = np.asarray(decode_upload(file_bytes(Image.fromarray(values), "PNG")))
    assert np.array_equal(decoded[0, :, 0], np.arange(256))
    assert np.array_equal(decoded[:, :, 0], decoded[:, :, 2])


def test_cmyk(picture: Picture, file_bytes: FileBytes) -> None:
    data = file_bytes(picture().convert("CMYK"), "JPEG", quality=95)
    assert difference(decode_upload(data), picture()) <= 12


def png_header(width: int, height: int) -> bytes:
    """A PNG file of a few bytes that promises any number of pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content))
            + kind
            + content
            + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    lines = zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "size", [(8001, 8000), (9500, 9500), (20_000, 20_000), (2**31 - 1, 1), (2**31 - 1, 2**31 - 1)]
)
def test_a_bomb_of_pixels_is_refused_by_its_header(size: tuple[int, int]) -> None:
    tracemalloc.start()
    with pytest.raises(ImageError, match="64 megapixels"):
        decode_upload(png_header(*size))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**20


def test_a_gif_whose_frame_is_larger_than_its_screen_is_refused() -> None:
    screen = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0, 0, 0)
    frame = b"," + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0) + b"\x02\x02D\x01\x00;"
    with pytest.raises(ImageError):
        decode_upload(screen + frame)


def test_the_limits_themselves_are_allowed(file_bytes: FileBytes) -> None:
    assert MAX_PIXELS == 64_000_000
    assert MAX_UPLOAD_BYTES == 16 * 2**20
    large = Image.new("L", (8000, 8000), 200)
    assert decode_upload(file_bytes(large, "PNG", compress_level=1)).size == (8000, 8000)


def test_too_many_bytes_are_refused(file_bytes: FileBytes, picture: Picture) -> None:
    data = file_bytes(picture(), "BMP")
    padded = data + bytes(MAX_UPLOAD_BYTES - len(data))
    assert decode_upload(padded).size == (40, 30)
    with pytest.raises(ImageError, match="16 MiB"):
        decode_upload(padded + b"\0")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"this is the text of cat.jpg", "no picture, whatever its name says"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "no picture|damaged"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture"),
        (b"%PDF-1.7", "no picture"),
        (b"\0" * 1000, "no picture"),
    ],
)
def test_what_is_no_picture(data: bytes, said: str) -> None:
    with pytest.raises(ImageError, match=said):
        decode_upload(data)


def test_formats_that_pillow_reads_but_the_walk_does_not(
    picture: Picture, file_bytes: FileBytes
) -> None:
    """Each more decoder is more that can be attacked; EPS even runs a program."""
    for kind in ("TIFF", "EPS", "ICO", "PPM", "TGA"):
        with pytest.raises(ImageError, match="JPEG, PNG, WebP, BMP and GIF"):
            decode_upload(file_bytes(picture(), kind))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP"])
def test_pictures_that_are_cut_off(picture: Picture, file_bytes: FileBytes, kind: str) -> None:
    data = file_bytes(picture(200, 150), kind)
    for share in (0.1, 0.5, 0.9):
        with pytest.raises(ImageError, match=r"damaged or cut off|no picture"):
            decode_upload(data[: int(len(data) * share)])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "GIF"])
def test_damaged_pictures_give_an_image_or_a_sentence(
    picture: Picture, file_bytes: FileBytes, kind: str
) -> None:
    random_ = np.random.default_rng(1)
    data = file_bytes(picture(60, 50), kind)
    refused = 0
    for _ in range(200):
        damaged = bytearray(data)
        for _ in range(random_.integers(1, 8)):
            damaged[random_.integers(min(len(data), 400))] = random_.integers(256)
        try:
            assert decode_upload(bytes(damaged)).mode == "RGB"
        except ImageError:
            refused += 1
    assert refused > 0
