"""Files that appear whole or not at all: what is on the disk at every moment."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

import pytest
from fulldisk import files_up_to

from cnnwalk.wholefile import remove_abandoned, whole_file, write_whole


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "file.bin"


def below(path: Path) -> list[str]:
    return [each.name for each in path.parent.iterdir()]


def test_the_old_file_stays_until_the_new_one_is_whole(path: Path) -> None:
    write_whole(path, b"old")
    with whole_file(path) as file:
        file.write(b"half")
        file.flush()
        assert path.read_bytes() == b"old"
        file.write(b" and half")
    assert path.read_bytes() == b"half and half"
    assert below(path) == [path.name]


def test_what_fails_leaves_the_old_file_and_nothing_else(path: Path) -> None:
    write_whole(path, b"old")
    with contextlib.suppress(KeyboardInterrupt), whole_file(path) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"old"
    assert below(path) == [path.name]


def test_a_disk_without_room_leaves_the_old_file_and_nothing_else(path: Path) -> None:
    write_whole(path, b"old")
    with files_up_to(1000), pytest.raises(OSError, match="File too large"):
        write_whole(path, bytes(5000))
    assert path.read_bytes() == b"old"
    assert below(path) == [path.name]


def test_bytes_are_on_the_disk_before_the_name_and_the_name_before_the_end(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[bool, int, bool]] = []

    def fsync(descriptor: int) -> None:
        found = os.fstat(descriptor)
        folder = stat.S_ISDIR(found.st_mode)
        seen.append((folder, 0 if folder else found.st_size, path.exists()))

    monkeypatch.setattr(os, "fsync", fsync)
    write_whole(path, bytes(5000))
    assert seen == [(False, 5000, False), (True, 0, True)]


def test_two_who_write_at_a_time_do_not_write_into_each_others_file(path: Path) -> None:
    with whole_file(path) as first:
        first.write(b"fir")
        with whole_file(path) as second:
            second.write(b"second")
        assert path.read_bytes() == b"second"
        first.write(b"st")
    assert path.read_bytes() == b"first"
    assert below(path) == [path.name]


@pytest.mark.parametrize(
    ("private", "of_file", "of_folder"), [(False, 0o640, 0o750), (True, 0o600, 0o700)]
)
def test_who_may_read(path: Path, private: bool, of_file: int, of_folder: int) -> None:
    before = os.umask(0o027)
    try:
        with whole_file(path, private=private):
            (part,) = path.parent.iterdir()
            assert stat.S_IMODE(part.stat().st_mode) == of_file
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == of_file
    assert stat.S_IMODE(path.parent.stat().st_mode) == of_folder


def test_what_was_abandoned_is_removed_and_what_may_still_be_written_is_not(path: Path) -> None:
    write_whole(path, b"whole")
    with whole_file(path):
        (part,) = {each.name for each in path.parent.iterdir()} - {path.name}
    old, other = (path.with_name(name) for name in (part, part.replace(path.stem, "another")))
    new = path.with_name(part[:-5] + "0.part")
    for each in (old, other, new, path):
        each.write_bytes(b"half")
    for each in (old, other, path):
        os.utime(each, (1, 1))
    remove_abandoned(path.parent, path.name)
    assert set(below(path)) == {other.name, new.name, path.name}
    remove_abandoned(path.parent)
    assert set(below(path)) == {new.name, path.name}
    remove_abandoned(path.parent / "nowhere")
