"""The photographs inside scikit-image that are free of copyright."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from cnnwalk.images.datasets import Dataset, Item
from cnnwalk.images.decode import ImageError, decode_file

# CC0 or public domain, as scikit-image's documentation of each says:
# https://scikit-image.org/docs/stable/api/skimage.data.html
_PHOTOGRAPHS = {
    "coffee.png": "coffee",
    "chelsea.png": "cat",
    "astronaut.png": "astronaut",
    "camera.png": "photographer",
    "rocket.jpg": "rocket",
    "retina.jpg": "retina",
    "hubble_deep_field.jpg": "galaxies",
    "grass.png": "grass",
    "brick.png": "bricks",
    "gravel.png": "gravel",
    "clock_motion.png": "clock",
    "cell.png": "cell",
}


class _Samples:
    id = "samples"
    name = "Photographs"
    description = "photographs of scikit-image, CC0 or in the public domain"

    def __init__(self, folder: Path) -> None:
        # Which photographs the wheel holds changes with its version.
        self._files = [folder / name for name in _PHOTOGRAPHS if (folder / name).is_file()]
        if not self._files:
            raise ImageError(
                f"scikit-image has no photographs in {folder}: install scikit-image 0.22 or newer."
            )

    def __len__(self) -> int:
        return len(self._files)

    def item(self, index: int) -> Item:
        file = self._files[index]
        return Item(decode_file(file), file.stem, _PHOTOGRAPHS[file.name])


def samples() -> Dataset:
    """Return photographs that need no download, a cup of coffee first.

    Raises:
        ImageError: scikit-image is not installed, or without its photographs.
    """
    # Found, not imported: importing it takes longer than reading the pictures.
    found = importlib.util.find_spec("skimage")
    if found is None or found.origin is None:
        raise ImageError("scikit-image, which has the sample photographs, is not installed.")
    return _Samples(Path(found.origin).parent / "data")
