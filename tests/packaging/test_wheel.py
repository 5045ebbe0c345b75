"""The wheel as a stranger gets it: of the sdist of a clean copy, in an empty environment."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READY = "cnnwalk: ready at "


def run(*command: object, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """Build from the files that git knows; return the folder of the sdist, and its wheel."""
    checkout = tmp_path_factory.mktemp("checkout")
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, checkout / name)
    out = tmp_path_factory.mktemp("built")
    run(sys.executable, "-m", "build", "--outdir", out, checkout, cwd=checkout)
    return out


@pytest.fixture(scope="module")
def wheel(built) -> Path:
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory) -> Path:
    """An empty virtual environment with the wheel alone in it.

    Its dependencies are read from this environment's site-packages, because a second
    torch takes 5 GB. A path that a .pth file names is searched after the wheel's own and
    its .pth files are not followed, so the editable cnnwalk of this environment is not seen.
    """
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", folder, cwd=folder)
    run(folder / "bin/pip", "install", "--quiet", "--no-deps", wheel, cwd=folder)
    (packages,) = (folder / "lib").glob("python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


def test_the_wheel_holds_the_page_and_nothing_of_this_machine(wheel):
    assert wheel.stat().st_size < 3_000_000
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        assert "cnnwalk/server/static/index.html" in names
        assert "cnnwalk/py.typed" in names
        assert not [name for name in names if name.endswith(".map")]
        for name in names:
            assert str(ROOT).encode() not in archive.read(name), name


def test_the_sdist_holds_the_page_and_neither_its_sources_nor_weights(built):
    (sdist,) = built.glob("*.tar.gz")
    assert sdist.stat().st_size < 3_000_000
    with tarfile.open(sdist) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    assert "src/cnnwalk/server/static/index.html" in names
    assert {name.partition("/")[0] for name in names} == {
        "src",
        "hatch_build.py",
        "pyproject.toml",
        "PKG-INFO",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        ".gitignore",
    }


def test_the_demo_runs_from_the_wheel(environment):
    where = run(
        environment / "bin/python", "-c", "import cnnwalk; print(cnnwalk.__file__)", cwd=environment
    )
    assert where.startswith(str(environment))

    with subprocess.Popen(
        [environment / "bin/cnnwalk", "demo", "--no-browser", "--port", "0"],
        cwd=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            url = next(
                line.removeprefix(READY).strip() for line in server.stdout if line.startswith(READY)
            )
            opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
            with opener.open(url, timeout=30) as page:
                text = page.read().decode()
            assert "<title>cnnwalk" in text
        finally:
            server.terminate()
