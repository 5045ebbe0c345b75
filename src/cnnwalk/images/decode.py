"""From the bytes of a picture file to pixels, with limits, since they may be anyone's."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_UPLOAD_BYTES = 16 * 1024 * 1024
MAX_PIXELS = 64_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF")
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif")

_READABLE = "JPEG, PNG, WebP, BMP and GIF pictures can be read"
_WHITE = (255, 255, 255, 255)


class ImageError(ValueError):
    """An image cannot be had; the message is a sentence for people."""


def decode_upload(data: bytes) -> Image.Image:
    """Make an image of the bytes of a JPEG, PNG, WebP, BMP or GIF file.

    What the file is, is proven by decoding it; its name plays no part. The first frame is
    taken, the EXIF orientation is applied, transparency is laid on white, 16-bit gray is
    brought to 8 bits, and everything else in the file is dropped.

    Args:
        data: at most `MAX_UPLOAD_BYTES`.

    Returns:
        RGB, at most `MAX_PIXELS`.

    Raises:
        ImageError: the file is too large, damaged, or no such picture.
    """
    if len(data) > MAX_UPLOAD_BYTES:
        raise ImageError(
            f"The file has {len(data) / 2**20:.1f} MiB, more than the "
            f"{MAX_UPLOAD_BYTES // 2**20} MiB that are taken: save the picture smaller."
        )
    if not data:
        raise ImageError(f"The file is empty: {_READABLE}.")
    return _decode(io.BytesIO(data), "The file")


def decode_file(path: Path) -> Image.Image:
    """Make an image of a file of the user's own, of any number of bytes; else as an upload.

    Raises:
        ImageError: the file is missing, damaged, or no such picture.
    """
    try:
        with path.open("rb") as file:
            return _decode(file, str(path))
    except OSError as error:
        raise ImageError(f"{path} cannot be opened: {error.strerror or error}.") from error


def _decode(file: BinaryIO, source: str) -> Image.Image:
    try:
        with Image.open(file, formats=FORMATS) as picture:
            _check_size(picture, source)
            picture.load()
            return to_rgb(ImageOps.exif_transpose(picture))
    except UnidentifiedImageError as error:
        raise ImageError(f"{source} is no picture, whatever its name says: {_READABLE}.") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageError(_too_large(source, "too many")) from error
    except ImageError:
        raise
    # Pillow's decoders raise nearly anything on damaged files.
    except Exception as error:
        raise ImageError(
            f"{source} is damaged or cut off ({str(error) or type(error).__name__}): "
            "open it in an image editor and save it anew."
        ) from error


def _check_size(picture: Image.Image, source: str) -> None:
    """Look at the header alone: a small file can ask for gigabytes."""
    if picture.width * picture.height > MAX_PIXELS:
        raise ImageError(_too_large(source, f"{picture.width}×{picture.height}"))


def _too_large(source: str, size: str) -> str:
    return (
        f"{source} has {size} pixels, more than the {MAX_PIXELS // 10**6} megapixels that are "
        "taken: save the picture smaller."
    )


def to_rgb(picture: Image.Image) -> Image.Image:
    """Return the first frame as RGB: transparency on white, 16-bit gray brought to 8 bits."""
    if picture.mode.startswith("I"):
        wide = np.asarray(picture).astype(np.float64) / 257
        picture = Image.fromarray(np.clip(np.rint(wide), 0, 255).astype(np.uint8), "L")
    if picture.has_transparency_data:
        front = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", front.size, _WHITE), front)
    rgb = picture.convert("RGB")
    # EXIF may say where a photograph was taken; a colour profile would tint it in the browser.
    rgb.info = {}
    return rgb
