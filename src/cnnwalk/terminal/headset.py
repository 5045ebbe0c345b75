"""What the terminal says to who comes in with a headset: address, code, certificate."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from cnnwalk.server.interfaces import lan_addresses
from cnnwalk.server.pairing import SECONDS, Verdict

if TYPE_CHECKING:
    from cnnwalk.server.listen import Listener
    from cnnwalk.server.pairing import Pairing
    from cnnwalk.server.run import RunningWalk
    from cnnwalk.server.tls import Tls

_QUIET_ZONE = 4  # modules around a QR code, ISO/IEC 18004
_CELLS = {(False, False): " ", (False, True): "▄", (True, False): "▀", (True, True): "█"}
_READ_BYTES = 4096

_ENDINGS = {
    Verdict.RIGHT: "Paired.",
    Verdict.LAST_WRONG: "The code was tried too often and is void.",
}


def invite(running: RunningWalk, listener: Listener) -> None:
    """Say how a headset gets in; where someone sits at the terminal, Enter shows a new code."""
    if running.pairing_url is None or listener.tls is None:
        return
    _say_certificate(listener.tls)
    _say_addresses(listener)
    _print_qr(running.pairing_url)
    print(f"Headset: {running.pairing_url}")
    pairing = running.pairing
    has_keys = _has_keys()
    again = " Press Enter for a new code." if has_keys else ""
    pairing.on_end = lambda verdict: _say(f"{_ENDINGS[verdict]}{again}")
    _print_code(pairing, again)
    if has_keys:
        if sys.platform != "win32":  # else what a shell puts in the background would be stopped
            signal.signal(signal.SIGTTIN, signal.SIG_IGN)
        threading.Thread(
            target=_on_enter,
            args=(lambda: _print_code(pairing, ""),),
            name="cnnwalk keys",
            daemon=True,
        ).start()


def _say_certificate(tls: Tls) -> None:
    made = "made here, so that browsers warn once" if tls.made_here else "yours"
    print(f"Certificate: {made}; valid until {tls.ends:%d %B %Y}; its SHA-256 fingerprint is")
    print(f"  {tls.fingerprint}")
    if tls.warning is not None:
        print(f"cnnwalk: {tls.warning}", file=sys.stderr)


def _say_addresses(listener: Listener) -> None:
    """Name the other addresses, one of which the headset may need."""
    own = listener.socket.getsockname()[0]
    others = [address for address in lan_addresses() if address != own]
    if others:
        print(f"Also this machine's: {', '.join(others)}; choose one with --host.")


def _print_code(pairing: Pairing, again: str) -> None:
    code = pairing.new_code()
    minutes = SECONDS // 60
    _say(f"Code: {code[:3]} {code[3:]} (once, within {minutes} minutes).{again}")


def _say(text: str) -> None:
    with contextlib.suppress(OSError):  # nobody reads what it says any more
        print(text, flush=True)


def _print_qr(address: str) -> None:
    """Draw the address as black on white, two modules a character, in a terminal that can."""
    import segno
    from rich.console import Console
    from rich.text import Text

    console = Console(no_color=False)  # without colours, dark themes would show it inverted
    if not console.is_terminal or console.color_system is None or not _encodes(_CELLS.values()):
        return
    code = segno.make(address, micro=False)
    rows = [list(row) for row in code.matrix_iter(border=_QUIET_ZONE)]
    rows += [[0] * len(rows[0])] * (len(rows) % 2)
    for above, below in zip(rows[::2], rows[1::2], strict=True):
        cells = (_CELLS[bool(up), bool(down)] for up, down in zip(above, below, strict=True))
        console.print(Text("".join(cells), "#000000 on #ffffff"), soft_wrap=True)


def _encodes(texts: Iterable[str]) -> bool:
    try:
        "".join(texts).encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        return False
    return True


def _has_keys() -> bool:
    """Whether someone can press keys here; what runs behind a shell must not ask for them."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        number = sys.stdin.fileno()
        if os.isatty(number):
            return os.name != "posix" or os.tcgetpgrp(number) == os.getpgrp()
    return False


def _on_enter(act: Callable[[], None]) -> None:
    """Call `act` for every line; ends with the input."""
    with contextlib.suppress(OSError, ValueError):
        # Not `sys.stdin`: Python's end waits for the lock of a stream that is being read.
        while os.read(sys.stdin.fileno(), _READ_BYTES):
            act()
