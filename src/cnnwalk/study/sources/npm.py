"""Packages of an npm registry as files: fetched whole, or not at all, and known by their hash."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import cast

from cnnwalk.study.errors import StudyError
from cnnwalk.study.sources.listing import OnStep
from cnnwalk.study.writing import cached_file

REGISTRY = "https://registry.npmjs.org"
MOST_BYTES = 64 * 2**20
"""Of an archive: a registry that never ends must not fill the disk."""
_CHUNK = 2**18
_SECONDS = 30


@dataclasses.dataclass(frozen=True)
class Package:
    """A package of a version whose bytes are known.

    Attributes:
        name: with its scope.
        version: of the package.
        licence: that its ``package.json`` has to name.
        integrity: sha512 of its archive, as registries write it.
    """

    name: str
    version: str
    licence: str
    integrity: str

    @property
    def file(self) -> str:
        """Name of its archive in a folder."""
        return f"{self.name.lstrip('@').replace('/', '-')}-{self.version}.tgz"

    @property
    def path(self) -> str:
        """Of its archive below a registry's address."""
        return f"{self.name}/-/{self.name.rpartition('/')[2]}-{self.version}.tgz"


def fetch(package: Package, folder: Path, on_step: OnStep) -> Path:
    """Return a package's archive in a folder; download it where it is not there whole.

    Raises:
        StudyError: the registry cannot be reached or has something else, the package names
            another licence, or the folder cannot be written.
    """
    path = folder / package.file
    if not (path.is_file() and _integrity(path) == package.integrity):
        _download(package, path, on_step)
    _check_licence(package, path)
    return path


def read_json(archive: Path, member: str) -> dict[str, object]:
    """Return a JSON object of an archive.

    Raises:
        KeyError: it has no such member.
    """
    with tarfile.open(archive) as tar:
        file = tar.extractfile(f"package/{member}")
        if file is None:
            raise KeyError(member)
        return cast("dict[str, object]", json.load(file))


def registry() -> str:
    """Return the address of the registry that the user has set for npm, or npm's own."""
    named = os.environ.get("npm_config_registry", "")  # noqa: SIM112 - npm writes it so
    address = named or _of_npm() or REGISTRY
    if not address.startswith(("https://", "http://")):
        raise StudyError(
            f"The npm registry {address!r} is no http address: set npm_config_registry to one, "
            f"such as {REGISTRY}."
        )
    return address.rstrip("/")


def _of_npm() -> str:
    npm = shutil.which("npm")
    if npm is None:
        return ""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        asked = subprocess.run(  # noqa: S603 - npm itself, nothing of the user's
            [npm, "config", "get", "registry"],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=True,
        )
        return asked.stdout.strip()
    return ""


def _download(package: Package, path: Path, on_step: OnStep) -> None:
    address = f"{registry()}/{package.path}"
    digest = hashlib.sha512()
    with cached_file(path) as file:
        for chunk in _chunks(address, package.name, on_step):
            file.write(chunk)
            digest.update(chunk)
        found = _written(digest.digest())
        if found != package.integrity:
            raise StudyError(
                f"{address} gave other bytes than {package.name} {package.version} has "
                f"({found[:23]}…, expected {package.integrity[:23]}…): nothing of it is kept. Try "
                "again, or set npm_config_registry to another registry."
            )


def _chunks(address: str, name: str, on_step: OnStep) -> Iterator[bytes]:
    """Yield what an address has, as it comes."""
    try:
        with urllib.request.urlopen(address, timeout=_SECONDS) as answer:  # noqa: S310 - http(s)
            whole = int(answer.headers.get("Content-Length", "0"))
            had = 0
            while chunk := _read(answer):
                had += len(chunk)
                if had > MOST_BYTES:
                    raise StudyError(
                        f"{address} has more than {MOST_BYTES // 2**20} MB, which {name} does not: "
                        "set npm_config_registry to another registry."
                    )
                on_step(f"downloading {name}: {had / 1e6:.1f} of {max(had, whole) / 1e6:.1f} MB")
                yield chunk
            if had < whole:
                raise HTTPException(f"it ended after {had} of {whole} bytes")
    except (urllib.error.URLError, HTTPException, TimeoutError, ConnectionError) as error:
        reason = getattr(error, "reason", error)
        raise StudyError(
            f"{address} cannot be downloaded ({reason}): try again when the network is there, or "
            "set npm_config_registry to a registry that has it. What was downloaded whole is kept."
        ) from error


def _read(answer: HTTPResponse) -> bytes:
    return answer.read(_CHUNK)


def _integrity(path: Path) -> str:
    with path.open("rb") as file:
        return _written(hashlib.file_digest(file, "sha512").digest())


def _written(digest: bytes) -> str:
    return f"sha512-{base64.b64encode(digest).decode()}"


def _check_licence(package: Package, path: Path) -> None:
    """Stop where a package names another licence than the one that was looked at."""
    named = {"package.json": read_json(path, "package.json").get("license")}
    with contextlib.suppress(KeyError):  # icon sets say it a second time
        licence = cast("dict[str, object]", read_json(path, "info.json")["license"])
        named["info.json"] = licence.get("spdx")
    for file, licence_named in named.items():
        if licence_named != package.licence:
            raise StudyError(
                f"{package.name} {package.version} names the licence {licence_named!r} in its "
                f"{file}, not {package.licence}: its drawings are not used. Read its licence "
                "before you go on."
            )
