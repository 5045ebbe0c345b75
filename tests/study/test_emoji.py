"""The emoji set: what the table says, drawn from packages; here packages of a few drawings."""

from __future__ import annotations

import io
import json
from collections import Counter

import numpy as np
import pytest
from PIL import Image
from registry import serving

from cnnwalk.study.errors import StudyError
from cnnwalk.study.imageset import PARTS
from cnnwalk.study.shipped import shipped
from cnnwalk.study.sources import emoji, open_images
from cnnwalk.study.sources.parts import divide

TABLE = """# code points, subgroup, part by emoji, parts of the four drawings
1f431,cat,t,tt-e
1f63a,cat,e,t-tt
1f436,dog,t,tttv
1f468-200d-2695,dog,e,et--
1f469-200d-2695,dog,e,t---
"""
RED, GREEN, BLUE = "#f00", "#0f0", "#00f"
_CHARACTERS = {
    "1f431": "cat",
    "1f63a-fe0f": "grin",
    "1f436": "dog",
    "1f468-200d-2695-fe0f": "man",
    "1f469-200d-2695-fe0f": "woman",
}


def icons(fills: dict[str, str], **more: object) -> dict[str, object]:
    """Return an Iconify set: squares of a colour in the middle of a box of 8."""
    square = '<path fill="{}" d="M2 2h4v4h-4z"/>'
    return {
        "icons": {name: {"body": square.format(fill)} for name, fill in fills.items()},
        "width": 8,
        "height": 8,
        **more,
    }


def webp(fill: tuple[int, int, int, int]) -> bytes:
    file = io.BytesIO()
    Image.new("RGBA", (64, 64), fill).save(file, "WEBP", lossless=True)
    return file.getvalue()


def licence(spdx: str) -> dict[str, object]:
    return {"license": {"spdx": spdx}}


@pytest.fixture
def registry(tmp_path, monkeypatch):
    noto = icons(
        {"cat": RED, "grin": GREEN, "dog": BLUE, "man": RED, "woman": GREEN},
        aliases={"kitten": {"parent": "cat"}},
    )
    table = tmp_path / "emoji.csv"
    table.write_text(TABLE)
    with serving() as running:
        packages = (
            running.add("@i/noto", "Apache-2.0", {"icons.json": noto, "chars.json": _CHARACTERS}),
            running.add(
                "@i/noto-v1",
                "Apache-2.0",
                # Has the cat under its old name, and the dog as an alias.
                {
                    "icons.json": icons(
                        {"kitten": BLUE, "hound": RED, "man": BLUE},
                        aliases={"dog": {"parent": "hound"}},
                    )
                },
            ),
            running.add(
                "@i/flat",
                "MIT",
                {"icons.json": icons({"grin": RED, "dog": RED}), "chars.json": _CHARACTERS},
            ),
            running.add(
                "@l/solid",
                "MIT",
                {
                    "assets/1f431.webp": webp((0, 0, 0, 255)),
                    "assets/1f63a-fe0f.webp": webp((0, 0, 0, 128)),
                    "assets/1f436.webp": webp((0, 0, 0, 0)),
                },
            ),
        )
        monkeypatch.setattr(emoji, "PACKAGES", packages)
        monkeypatch.setattr(emoji, "TABLE", table)
        monkeypatch.setenv("npm_config_registry", running.address)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        yield running


def opened(**options):
    return open_images("emoji", on_step=lambda _: None, **options)


def test_drawings_stand_in_order_on_white_in_their_colours(registry) -> None:
    images = opened(size=(48, 48))
    assert images.classes == ("cat", "dog")
    assert images.keys == (
        *(f"noto {code}" for code in ("1f431", "1f63a", "1f436", "1f468-200d-2695")),
        "noto 1f469-200d-2695",
        *(f"noto-v1 {code}" for code in ("1f431", "1f436", "1f468-200d-2695")),
        *(f"fluent-flat {code}" for code in ("1f63a", "1f436")),
        *(f"fluent-3d {code}" for code in ("1f431", "1f63a", "1f436")),
    )
    assert images.labels.tolist() == [0, 0, 1, 1, 1, 0, 1, 1, 0, 1, 0, 0, 1]
    corners, centres = images.pixels[:10, 2, 2], images.pixels[:10, 24, 24]
    assert (corners > 250).all()
    colours = "RGB RG BRB RR".replace(" ", "")
    for colour, centre in zip(colours, centres, strict=True):
        assert "RGB"[centre.argmax()] == colour
        assert centre.max() - centre.min() > 200
    greys = images.pixels[10:, 24, 24].mean(axis=-1)
    np.testing.assert_allclose(greys, [0, 127, 255], atol=3)


def test_parts_of_seed_0_are_those_of_the_table_and_of_other_seeds_by_a_rule(registry) -> None:
    by_emoji, at_random = opened(), opened(split="random")
    table = [line.split(",") for line in TABLE.splitlines()[1:]]
    by_code = {code: letter for code, _, letter, _ in table}
    for images, letters in (
        (by_emoji, [by_code[key.split()[1]] for key in by_emoji.keys]),
        (at_random, "tttet" + "ttt" + "tt" + "etv"),
    ):
        for part, letter in zip(PARTS, "tve", strict=True):
            found = [row for row, each in enumerate(letters) if each == letter]
            assert images.parts[part].tolist() == found
    other = opened(seed=1)
    sides = [{emoji.family(other.keys[row].split()[1]) for row in r} for r in other.parts.values()]
    assert sum(map(len, sides)) == len(set.union(*sides)) == 4


def test_an_interrupted_build_leaves_no_half_set_and_keeps_whole_downloads(
    registry, tmp_path
) -> None:
    third = emoji.PACKAGES[2]
    registry.breaks.add(third.path)
    with pytest.raises(StudyError, match="cannot be downloaded"):
        opened()
    cache = tmp_path / "cache" / "cnnwalk" / "study"
    assert not list(cache.glob("*.pack"))
    assert len(list((cache / "downloads").iterdir())) == 2
    registry.breaks.clear()
    registry.asked.clear()
    assert len(opened().keys) == 13
    assert registry.asked == [third.path, emoji.PACKAGES[3].path]
    registry.asked.clear()
    opened()
    assert registry.asked == []


def test_a_drawing_that_is_missing_is_named(registry, tmp_path, monkeypatch) -> None:
    (tmp_path / "emoji.csv").write_text(TABLE + "1f98a,dog,t,---t\n1f98b,dog,t,t---\n")
    images = opened()
    assert len(images.keys) == 13
    assert [reason.split(" cannot")[0] for reason in images.skipped] == [
        "noto 1f98b",
        "fluent-3d 1f98a",
    ]


def test_emoji_are_square(registry) -> None:
    with pytest.raises(StudyError, match="Emoji are square, not 100x120"):
        opened(size=(100, 120))


@pytest.fixture(scope="module")
def index():
    """Return what the shipped networks' package says of their images."""
    return json.loads((shipped()[0].parent / "index.json").read_text())


def test_the_table_has_the_images_of_the_shipped_networks_in_their_order(index) -> None:
    listing = emoji.read(None, (144, 144))
    assert list(listing.classes) == index["classes"]
    vendors, rows = index["vendors"], index["images"]
    assert list(listing.keys) == [f"{vendors[vendor]} {code}" for vendor, code, *_ in rows]
    assert listing.labels.tolist() == [label for _, _, label, _, _ in rows]
    for column, split in ((3, "by-emoji"), (4, "random")):
        parts = listing.divide(np.arange(len(rows)), split, 0)
        for number, part in enumerate(PARTS):
            found = [row for row, image in enumerate(rows) if image[column] == number]
            assert parts[part].tolist() == found
    wanted = {(package.name, package.version, package.licence) for package in emoji.PACKAGES}
    assert wanted == {
        (*each["npm"].rsplit("@", 1), each["license"]) for each in index["packages"].values()
    }


def test_no_emoji_is_on_two_sides_in_any_drawing_or_gender(index) -> None:
    listing = emoji.read(None, (144, 144))
    rows = np.arange(len(listing.keys))
    families = [emoji.family(key.split()[1]) for key in listing.keys]
    assert emoji.family("1f469-200d-2695") == emoji.family("1f9d1-200d-2695") == "1f9d1-200d-2695"
    assert emoji.family("1f3c3-200d-2642") == emoji.family("1f3c3") == "1f3c3"
    tests = set()
    for seed in (0, 1, 2):
        parts = listing.divide(rows, "by-emoji", seed)
        sides = [{families[row] for row in part} for part in parts.values()]
        assert sum(map(len, sides)) == len(set.union(*sides)) == len(set(families))
        tests.add(tuple(parts["test"]))
        assert 0.18 < len(parts["test"]) / len(rows) < 0.22
    assert len(tests) == 3
    by_class = Counter(listing.labels.tolist())
    assert min(by_class.values()) == 30
    assert len(divide(listing.labels, 0)["validation"]) == pytest.approx(0.08 * len(rows), rel=0.1)
