"""The emoji set: drawings under Apache-2.0 and MIT, in classes by Unicode subgroup.

Its pixels, their order and both splits of seed 0 are those with which the shipped networks were
trained; `emoji.csv` has them. 36 duplicates were left out of it before WebP coding, which made one
more pair equal: both stay, since the networks know both.
"""

from __future__ import annotations

import dataclasses
import importlib.metadata
from pathlib import Path

import numpy as np

from cnnwalk.images import ImageError
from cnnwalk.pixels import Pixels
from cnnwalk.study.errors import StudyError
from cnnwalk.study.imageset import PARTS, Indices
from cnnwalk.study.sources.drawings import (
    Draw,
    as_stored,
    names_in,
    picture_drawings,
    vector_drawings,
)
from cnnwalk.study.sources.listing import (
    Decode,
    Listing,
    OnStep,
    Parts,
    Size,
    Source,
    SplitName,
    fingerprint,
)
from cnnwalk.study.sources.npm import Package, fetch
from cnnwalk.study.sources.parts import divide
from cnnwalk.study.writing import cache_folder

TABLE = Path(__file__).with_name("emoji.csv")
_LETTERS = dict(zip("tve", PARTS, strict=True))
_WOMAN, _MAN, _PERSON = "1f469", "1f468", "1f9d1"
_GENDERS = ("-200d-2640", "-200d-2642")

NOTO = Package(
    "@iconify-json/noto",
    "1.2.9",
    "Apache-2.0",
    "sha512-DQiuXENbun41ch+XPSV55H9FaWKpHTyz46YIKtSaKYD4fIDDzL1tR6H4np/T38jfrTAeI3rcKF0mqHYeZVAuaw==",
)
NOTO_V1 = Package(
    "@iconify-json/noto-v1",
    "1.2.5",
    "Apache-2.0",
    "sha512-/DsVMius69Q0fRS53z7QK1TROSuar606jiIx+laXtdsYGMXpf6LtHBx6CGfoo3UHHb/XpBsw+1L1x3eyPqMuVA==",
)
FLUENT_FLAT = Package(
    "@iconify-json/fluent-emoji-flat",
    "1.2.6",
    "MIT",
    "sha512-RY47RgPb47fYUiyrA64sIOL0+UU02s29sXpNBbIQRBUlPlfNFTKUmZDERGuxDs/7yNGWqQYvuaSYM1M4fRXlUw==",
)
FLUENT_3D = Package(
    "@lobehub/fluent-emoji-3d",
    "1.1.0",
    "MIT",
    "sha512-Wlq2lVStTnr8BDpIJ0pEnTKO4LuDxxqTEhTvRtD1DLRF0me7ogeRQjKoehDHXuVJ2Qaecgl5wRBv60lUAG3h7g==",
)
PACKAGES = (NOTO, NOTO_V1, FLUENT_FLAT, FLUENT_3D)
VENDORS = ("noto", "noto-v1", "fluent-flat", "fluent-3d")
EQUAL = (
    "36 duplicates are not among them; WebP coding made one more pair equal, which stays, since "
    "the shipped networks were trained with both"
)


@dataclasses.dataclass(frozen=True)
class _Drawing:
    """A row of the table and one of its vendors."""

    vendor: str
    code: str
    subgroup: str
    by_emoji: str
    random: str


def read(_: Path, size: Size) -> Listing:
    """List the drawings; nothing is downloaded for that.

    Raises:
        StudyError: the size is not square, or what renders the drawings is not installed.
    """
    if size[0] != size[1]:
        raise StudyError(f"Emoji are square, not {size[0]}x{size[1]}: give a size such as 144x144.")
    drawings = _drawings(TABLE)
    classes = tuple(sorted({drawing.subgroup for drawing in drawings}))
    numbers = {name: number for number, name in enumerate(classes)}
    labels = np.array([numbers[drawing.subgroup] for drawing in drawings])
    packages = PACKAGES

    def split(rows: Indices, split: SplitName, seed: int) -> Parts:
        chosen = [drawings[row] for row in rows]
        if seed == 0:
            return _as_shipped(chosen, split)
        grouped = split == "by-emoji"
        groups = [family(drawing.code) for drawing in chosen] if grouped else None
        return divide(labels[rows], seed, groups)

    return Listing(
        classes,
        tuple(f"{drawing.vendor} {drawing.code}" for drawing in drawings),
        labels,
        place=f"emoji {size[0]}",
        fingerprint=fingerprint(
            [TABLE.read_text("utf-8"), size, _renderer(), *(p.integrity for p in packages)]
        ),
        start=lambda on_step: _decoder(drawings, packages, size[0], on_step),
        divide=split,
        notes=(EQUAL,),
        unique=True,
    )


def family(code: str) -> str:
    """Return what all gender variants of an emoji have in common."""
    for gender in _GENDERS:
        code = code.removesuffix(gender)
    first, *others = code.split("-")
    return "-".join([_PERSON if first in {_WOMAN, _MAN} else first, *others])


SOURCE = Source(
    "emoji",
    "5,321 emoji drawings in 66 classes, made from npm packages (22 MB to download, once)",
    "Noto Emoji by Google: Apache-2.0; Fluent Emoji by Microsoft, the 3D ones packaged by LobeHub: "
    "MIT",
    (144, 144),
    ("by-emoji", "random"),
    needs_folder=False,
    read=read,
    mean=(0.8364465, 0.7958165, 0.7549137),  # of the images for training, as shipped networks have
    std=(0.2766218, 0.2665322, 0.3261054),
)


def _drawings(table: Path) -> list[_Drawing]:
    """Return all drawings, vendor by vendor, by code points in each."""
    lines = [line.split(",") for line in table.read_text("utf-8").splitlines() if line[0] != "#"]
    return [
        _Drawing(vendor, code, subgroup, by_emoji, letters[place])
        for place, vendor in enumerate(VENDORS)
        for code, subgroup, by_emoji, letters in lines
        if letters[place] != "-"
    ]


def _as_shipped(drawings: list[_Drawing], split: SplitName) -> Parts:
    letters = [drawing.by_emoji if split == "by-emoji" else drawing.random for drawing in drawings]
    found = np.array(letters)
    return {part: np.flatnonzero(found == letter) for letter, part in _LETTERS.items()}


def _renderer() -> str:
    try:
        return importlib.metadata.version("resvg-py")
    except importlib.metadata.PackageNotFoundError as error:
        raise StudyError(
            'The emoji are rendered by resvg-py, which is missing: pip install "cnnwalk[study]".'
        ) from error


def _decoder(
    drawings: list[_Drawing], packages: tuple[Package, ...], size: int, on_step: OnStep
) -> Decode:
    folder = cache_folder() / "downloads"
    archives = [fetch(package, folder, on_step) for package in packages]
    on_step("reading the drawings")
    draws = dict(zip(VENDORS, _draws(archives), strict=True))

    def decode(number: int) -> Pixels:
        drawing = drawings[number]
        try:
            return as_stored(draws[drawing.vendor](drawing.code, size))
        except (KeyError, StopIteration, OSError, ValueError) as error:
            raise ImageError(
                f"{drawing.vendor} {drawing.code} cannot be drawn: {error or 'it is not there'}"
            ) from error

    return decode


def _draws(archives: list[Path]) -> tuple[Draw, ...]:
    noto, noto_v1, flat, solid = archives
    names = names_in(noto)
    return (
        vector_drawings(noto, names),
        vector_drawings(noto_v1, names),  # has no list of its own
        vector_drawings(flat, names_in(flat)),
        picture_drawings(solid),
    )
