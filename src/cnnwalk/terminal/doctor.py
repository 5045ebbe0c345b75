"""``cnnwalk doctor``: what is here and what is missing, in words with the next step."""

from __future__ import annotations

import dataclasses
import importlib
import os
import platform
import shutil
import sys
import tempfile
import webbrowser
from collections.abc import Callable, Iterator
from importlib import metadata

from rich.console import Console
from rich.text import Text

from cnnwalk.server.interfaces import lan_addresses
from cnnwalk.server.listen import DEFAULT_HOST, DEFAULT_PORT, ListenError, listen
from cnnwalk.server.static import BUNDLE
from cnnwalk.userfolders import state_folder

_NEEDED_PYTHON = (3, 11)


@dataclasses.dataclass(frozen=True)
class Finding:
    """What one look found; `needed` says that no walk is possible as long as it is not `ok`."""

    ok: bool
    text: str
    needed: bool = True


_WAYS = f"""
Three ways into a headset, whose browser has VR at a secure address alone:
  in the same network: cnnwalk demo --lan
    then open the printed address in the headset's browser and enter the code
  on a USB cable, in developer mode: cnnwalk demo
    then: adb reverse tcp:{DEFAULT_PORT} tcp:{DEFAULT_PORT}
    then: adb shell am start -a android.intent.action.VIEW -d URL, with the printed URL
    (to the headset that is an address of its own, http://127.0.0.1, which counts as secure)
  with a certificate of your own: cnnwalk demo --host NAME --cert FILE --key FILE
docs/headset.md has each step."""


def run_doctor() -> int:
    """Print all findings; return the exit code: 1 when something needed is missing."""
    console = Console()
    findings = list(examine())
    for finding in findings:
        mark, style = ("✓", "green") if finding.ok else ("✗", "red")
        if not finding.ok and not finding.needed:
            mark, style = "–", "yellow"
        console.print(Text.assemble((mark, style), f" {finding.text}"), soft_wrap=True)
    console.print(_WAYS, highlight=False, markup=False, soft_wrap=True)
    return int(any(finding.needed and not finding.ok for finding in findings))


def examine() -> Iterator[Finding]:
    """Look at everything that a walk needs, one after the other."""
    looks: list[Callable[[], Iterator[Finding]]] = [
        _python,
        _packages,
        _gpu,
        _port,
        _browser,
        _page,
        _state,
        _lan,
        _cable,
    ]
    for look in looks:
        yield from look()


def _python() -> Iterator[Finding]:
    found = platform.python_version()
    enough = sys.version_info >= _NEEDED_PYTHON
    wanted = ".".join(str(part) for part in _NEEDED_PYTHON)
    yield Finding(enough, f"Python {found}" if enough else f"Python {found}: install {wanted}+")


def _packages() -> Iterator[Finding]:
    for name in ("torch", "torchvision", "timm", "skimage"):
        try:
            module = importlib.import_module(name)
        except (ImportError, OSError) as error:  # OSError: a library of torch cannot be loaded
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            yield Finding(False, f"{name} cannot be imported ({reason}): pip install cnnwalk")
        else:
            yield Finding(True, f"{name} {module.__version__}")


def _gpu() -> Iterator[Finding]:
    try:
        import torch
    except (ImportError, OSError):
        return  # said above
    if torch.cuda.is_available():
        yield Finding(True, f"GPU {torch.cuda.get_device_name()}: use it with --device cuda")
    elif torch.backends.mps.is_available():
        yield Finding(True, "Apple GPU: use it with --device mps")
    else:
        text = "no GPU that torch can use: networks run on the CPU, which is fine for a walk"
        yield Finding(False, text, needed=False)


def _port() -> Iterator[Finding]:
    try:
        listen(DEFAULT_HOST, DEFAULT_PORT).socket.close()
    except ListenError as error:
        text = f"{error}; without --port the next free one is taken"
        yield Finding(False, text, needed=False)
    else:
        yield Finding(True, f"port {DEFAULT_PORT} is free")


def _browser() -> Iterator[Finding]:
    try:
        name = webbrowser.get().name
    except webbrowser.Error:
        text = "no browser found here: open the printed URL in one yourself"
        yield Finding(False, text, needed=False)
    else:
        yield Finding(True, f"browser {os.path.basename(name)}")


def _page() -> Iterator[Finding]:
    if (BUNDLE / "index.html").is_file():
        yield Finding(True, "the page is built")
    else:
        yield Finding(False, "the page is not built: run make client in the repository")


def _state() -> Iterator[Finding]:
    try:
        folder = state_folder()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except (OSError, RuntimeError) as error:
        text = f"the state folder cannot be written ({error}): after a restart, pages need its URL"
        yield Finding(False, text, needed=False)
    else:
        yield Finding(True, f"state folder {folder}")


def _lan() -> Iterator[Finding]:
    """Look for what --lan needs; walks on this machine need none of it."""
    for name in ("cryptography", "segno"):
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            text = f"{name} is missing, which --lan needs: pip install 'cnnwalk[lan]'"
            yield Finding(False, text, needed=False)
        else:
            yield Finding(True, f"{name} {version}")
    addresses = lan_addresses()
    if not addresses:
        text = "no address in a network: --lan needs one that the headset reaches"
        yield Finding(False, text, needed=False)
    else:
        others = f"; with --host also {', '.join(addresses[1:])}" if addresses[1:] else ""
        yield Finding(True, f"--lan serves at {addresses[0]}{others}")


def _cable() -> Iterator[Finding]:
    found = shutil.which("adb")
    if found is None:
        text = "no adb here: a headset on a USB cable needs it, from Android's platform tools"
        yield Finding(False, text, needed=False)
    else:
        yield Finding(True, f"adb {found}")
