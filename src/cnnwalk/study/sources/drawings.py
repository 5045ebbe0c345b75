"""Emoji drawings of npm packages: from a code point to pixels."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias, cast

import numpy as np
from PIL import Image

from cnnwalk.images.decode import to_rgb
from cnnwalk.pixels import Pixels
from cnnwalk.study.sources.npm import read_json

QUALITY = 85
Draw: TypeAlias = Callable[[str, int], Image.Image]
"""From code points (hexadecimal, hyphens between, without FE0F) and a size to an RGBA picture."""
_Icons: TypeAlias = Mapping[str, Mapping[str, object]]


def bare(code: str) -> str:
    """Return code points without FE0F, which only says that an emoji is meant."""
    return "-".join(point for point in code.lower().split("-") if point != "fe0f")


def as_stored(drawing: Image.Image) -> Pixels:
    """Return a square drawing on white as the study's set has it: after WebP of quality 85."""
    file = io.BytesIO()
    to_rgb(drawing).save(file, "WEBP", quality=QUALITY)
    return np.asarray(Image.open(file).convert("RGB"))


def vector_drawings(archive: Path, names: Mapping[str, tuple[str, ...]]) -> Draw:
    """Return what draws the icons of an Iconify set.

    Args:
        archive: of the package.
        names: that an emoji may have in the set, by its code points, best first.
    """
    import resvg_py

    found = read_json(archive, "icons.json")
    icons = cast("_Icons", found["icons"])
    aliases = cast("_Icons", found.get("aliases", {}))
    width, height = found.get("width", 16), found.get("height", 16)

    def draw(code: str, size: int) -> Image.Image:
        name = next(name for name in names[code] if name in icons or name in aliases)
        while name not in icons:
            name = str(aliases[name]["parent"])
        icon = icons[name]
        box = f"0 0 {icon.get('width', width)} {icon.get('height', height)}"
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'viewBox="{box}" width="{size}" height="{size}">{icon["body"]}</svg>'
        )
        png = resvg_py.svg_to_bytes(svg, width=size, height=size, skip_system_fonts=True)
        return Image.open(io.BytesIO(png)).convert("RGBA")

    return draw


def names_in(archive: Path) -> dict[str, tuple[str, ...]]:
    """Return the names of an Iconify set's emoji by code points: its own first, then older ones."""
    characters = cast("dict[str, str]", read_json(archive, "chars.json"))
    aliases = cast("_Icons", read_json(archive, "icons.json").get("aliases", {}))
    older: dict[str, list[str]] = {}
    for alias, icon in aliases.items():
        older.setdefault(str(icon["parent"]), []).append(alias)
    return {bare(code): (name, *older.get(name, ())) for code, name in characters.items()}


def picture_drawings(archive: Path) -> Draw:
    """Return what draws the WebP pictures of a package, which are named by their code points."""
    with tarfile.open(archive) as tar:
        pictures = {
            bare(Path(member.name).stem): cast("io.BufferedReader", tar.extractfile(member)).read()
            for member in tar
            if member.isfile() and member.name.endswith(".webp")
        }

    def draw(code: str, size: int) -> Image.Image:
        picture = Image.open(io.BytesIO(pictures[code])).convert("RGBA")
        # Before it is laid on white: the accuracies of the shipped networks tell the difference.
        return picture.resize((size, size), Image.Resampling.LANCZOS)

    return draw
