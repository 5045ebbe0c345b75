"""Pictures on disk: what comes back, what does not, and what is told when none can be kept."""

import errno
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from cnnwalk.featvis.cache import PictureCache, picture_folder
from cnnwalk.featvis.picture import Picture, Response

RESPONSE = Response(before=None, after=3.5, probability=0.25, rank=2)
FACTS = {"layer": "conv", "name": "Füße"}
DEAD = Picture(None, "dead", None, 0.5)


def key(number):
    return f"{number:064x}"


def picture(shape=(5, 7, 3), seed=0):
    pixels = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
    return Picture(pixels, "before_activation", RESPONSE, 1.5)


@pytest.fixture
def told():
    return []


@pytest.fixture
def cache(tmp_path, told):
    return PictureCache(tmp_path / "pictures", tell=told.append)


def files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def assert_same(found, expected):
    np.testing.assert_array_equal(found.pixels, expected.pixels)
    assert found.pixels is None or found.pixels.dtype == np.uint8
    rest = [(each.silence, each.response, each.seconds) for each in (found, expected)]
    assert rest[0] == rest[1]


@pytest.mark.parametrize("shape", [(5, 7, 3), (1, 1, 1), (4, 3, 12)])
def test_a_picture_comes_back_as_it_was_also_in_another_cache(cache, tmp_path, shape):
    kept = picture(shape)
    assert cache.put(key(1), kept, FACTS)
    entry = PictureCache(tmp_path / "pictures").read(key(1))
    assert_same(entry.picture, kept)
    assert {**FACTS, "made": entry.facts["made"]} == entry.facts
    entry.picture.pixels[0] = 0  # it belongs to whoever asked


def test_a_picture_may_be_a_view_of_a_batch(cache):
    batch = np.random.default_rng(0).integers(0, 256, (2, 3, 5, 7), np.uint8)
    pixels = batch[1].transpose(1, 2, 0)
    cache.put(key(1), Picture(pixels, None, RESPONSE, 1.0), {})
    np.testing.assert_array_equal(cache.get(key(1)).pixels, pixels)


def test_a_dead_target_is_kept_too(cache):
    cache.put(key(1), DEAD, {})
    assert_same(cache.get(key(1)), DEAD)


def test_what_was_never_kept_is_absent(cache):
    assert cache.get(key(1)) is None
    assert cache.has([key(1)]) == set()
    assert cache.delete([key(1)]) == 0


def test_pictures_are_deleted_one_by_one(cache):
    for number in range(3):
        cache.put(key(number), picture(), {})
    assert cache.delete([key(0), key(2), key(9)]) == 2
    assert cache.has(map(key, range(3))) == {key(1)}
    assert cache.get(key(0)) is None


def test_only_hashes_are_keys(cache):
    with pytest.raises(ValueError, match="is no key of a picture"):
        cache.get("../../secret")


def test_a_file_cut_short_anywhere_is_absent_and_removed(cache, tmp_path):
    cache.put(key(1), picture((2, 2, 1)), {})
    (file,) = files(tmp_path)
    whole = file.read_bytes()
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        assert cache.get(key(1)) is None
        assert not file.exists()
    file.write_bytes(whole)
    assert cache.get(key(1)) is not None


def test_any_wrong_byte_is_noticed(cache, tmp_path):
    cache.put(key(1), picture((2, 2, 1)), {})
    (file,) = files(tmp_path)
    whole = file.read_bytes()
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert cache.get(key(1)) is None
        assert not file.exists()


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n" + bytes(99), b"\x80\x04N."])
def test_a_foreign_file_is_absent_and_removed(cache, tmp_path, content):
    cache.put(key(1), picture(), {})
    (file,) = files(tmp_path)
    file.write_bytes(content)
    assert cache.get(key(1)) is None
    assert files(tmp_path) == []


def test_a_picture_under_another_name_is_absent(cache, tmp_path):
    cache.put(key(1), picture(), {})
    (file,) = files(tmp_path)
    file.rename(file.with_name(file.name.replace(key(1), key(2))))
    assert cache.get(key(2)) is None
    assert files(tmp_path) == []


def test_a_folder_in_the_place_of_a_file_is_absent(cache, tmp_path):
    cache.put(key(1), picture(), {})
    (file,) = files(tmp_path)
    file.unlink()
    file.mkdir()
    assert cache.get(key(1)) is None
    assert cache.has([key(1)]) == set()


def test_those_not_used_for_longest_are_removed_first(tmp_path):
    large = picture((100, 100, 3))  # 30 kB
    cache = PictureCache(tmp_path, capacity_bytes=160_000)
    for number in range(4):
        cache.put(key(number), large, {})
        _age(tmp_path, number, seconds=100 - number)
    assert cache.get(key(0)) is not None  # used now
    for number in (4, 5):
        cache.put(key(number), large, {})
        assert sum(file.stat().st_size for file in files(tmp_path)) <= 160_000
    assert cache.has(map(key, range(6))) == {key(number) for number in (0, 3, 4, 5)}


def _age(folder, number, seconds):
    (file,) = folder.rglob(f"{key(number)}*")
    then = time.time() - seconds
    os.utime(file, (then, then))


def test_a_picture_larger_than_the_cache_stays_until_the_next(tmp_path):
    cache = PictureCache(tmp_path, capacity_bytes=1000)
    for number in range(3):
        cache.put(key(number), picture((50, 50, 3)), {})
        assert cache.has(map(key, range(3))) == {key(number)}


def test_what_a_killed_process_left_half_written_is_removed_when_it_is_old(tmp_path):
    cache = PictureCache(tmp_path, capacity_bytes=1000)
    cache.put(key(1), picture((1, 1, 1)), {})
    old, new = (files(tmp_path)[0].with_name(f".{name}.0.part") for name in ("old", "new"))
    for part in (old, new):
        part.write_bytes(b"half")
    hours = time.time() - 7200
    os.utime(old, (hours, hours))
    cache.put(key(2), picture((5, 5, 3)), {})
    assert not old.exists()
    assert new.exists()


def test_a_full_disk_is_told_once_and_leaves_nothing_behind(cache, tmp_path, told, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    assert not cache.put(key(1), picture(), {})
    assert not cache.put(key(2), picture(), {})
    (sentence,) = told
    assert "No space left on device" in sentence
    assert str(tmp_path) in sentence
    assert files(tmp_path) == []
    monkeypatch.undo()
    assert cache.put(key(1), picture(), {})


def test_a_folder_that_cannot_be_made_is_told_as_a_warning(tmp_path):
    (tmp_path / "file").write_text("in the way")
    cache = PictureCache(tmp_path / "file" / "pictures")
    with pytest.warns(UserWarning, match="Pictures cannot be kept in .*Not a directory"):
        assert not cache.put(key(1), picture(), {})
    assert cache.get(key(1)) is None


def test_readers_see_whole_pictures_while_they_are_written(cache):
    one, other = picture(seed=1), picture(seed=2)
    cache.put(key(1), one, {})
    ended = threading.Event()
    seen = set()

    def read():
        while not ended.is_set():
            found = cache.get(key(1))
            seen.add(None if found is None else found.pixels.tobytes())

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(100):
        cache.put(key(1), other if number % 2 else one, {})
    ended.set()
    reader.join()
    assert seen <= {one.pixels.tobytes(), other.pixels.tobytes()}
    assert seen


WRITER = """
import sys
import numpy as np
from pathlib import Path
from cnnwalk.featvis.cache import PictureCache
from cnnwalk.featvis.picture import Picture
cache = PictureCache(Path(sys.argv[1]), capacity_bytes=200_000)
for number in range(30):
    pixels = np.full((100, 100, 1), number, np.uint8)
    assert cache.put(f"{number:064x}", Picture(pixels, None, None, 0.0), {})
"""


def test_several_processes_share_a_folder(tmp_path):
    command = [sys.executable, "-W", "error", "-c", WRITER, str(tmp_path)]
    writers = [subprocess.Popen(command) for _ in range(2)]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    cache = PictureCache(tmp_path)
    left = cache.has(map(key, range(30)))
    assert left
    for name in left:
        assert (cache.get(name).pixels == int(name, 16)).all()
    assert sum(file.stat().st_size for file in files(tmp_path)) <= 220_000


@pytest.mark.parametrize("base", ["", "relative/path"])
def test_the_folder_is_that_of_the_standard(monkeypatch, tmp_path, base):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", base)
    assert picture_folder() == tmp_path / ".cache" / "cnnwalk" / "featvis"
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    assert picture_folder() == Path("/elsewhere/cnnwalk/featvis")
