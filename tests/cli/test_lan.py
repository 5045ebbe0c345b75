"""``--lan`` in the terminal: what it says, in which someone presses Enter and Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

import httpx
import pytest
import segno

PATIENCE = 60  # s until a text that does not come is a failure
CELLS = {" ": (0, 0), "▄": (0, 1), "▀": (1, 0), "█": (1, 1)}

# The first terminal that a session opens is the one whose Ctrl-C it hears.
IN_A_TERMINAL = """
import os
os.close(os.open(os.ttyname(0), os.O_RDWR))
from cnnwalk.cli import main
main()
"""


class Terminal:
    """A command in a terminal of its own, with what it wrote there."""

    def __init__(self, *arguments):
        ours, theirs = pty.openpty()
        environment = os.environ | {"OMP_NUM_THREADS": "1", "CI": "1", "TERM": "xterm-256color"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", IN_A_TERMINAL, *map(str, arguments)],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment | {"COLUMNS": "100"},
            start_new_session=True,
        )
        os.close(theirs)
        self._ours = ours
        self.text = ""

    def press(self, keys):
        os.write(self._ours, keys.encode())

    def until(self, pattern):
        """Read until the pattern is in the text, and return the match."""
        end = time.monotonic() + PATIENCE
        while not (found := re.search(pattern, self.text)):
            assert time.monotonic() < end, f"never there: {pattern} in {self.text[-2000:]}"
            if select.select([self._ours], [], [], 1)[0]:
                self.text += os.read(self._ours, 65536).decode()
        return found

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._ours)


@pytest.fixture
def terminal(networks):
    with contextlib.ExitStack() as opened:

        def run(*arguments):
            small = ("walk", f"{networks}:build", "--input-size", "16x16", "--port", "0")
            window = Terminal(*small, *arguments)
            opened.callback(window.close)
            return window

        yield run


def test_at_a_terminal_there_are_a_qr_code_and_new_codes_at_enter(terminal):
    window = terminal("--lan", "--host", "127.0.0.1")
    first = window.until(r"Code: (\d{3}) (\d{3}) .*Press Enter for a new code\.")
    address = window.until(r"Headset: (https://127\.0\.0\.1:\d+/pair)\r\n")[1]
    window.until(r"cnnwalk: ready at (https://\S+)\r\n")

    rows = []
    for line in re.findall(r"\x1b\[38;5;16;48;5;231m([ ▄▀█]+)\x1b\[0m", window.text):
        rows += zip(*(CELLS[cell] for cell in line), strict=True)
    expected = [tuple(row) for row in segno.make(address).matrix_iter(border=4)]
    assert rows[: len(expected)] == expected

    with httpx.Client(verify=False) as headset:  # noqa: S501 - the warning is accepted
        wrong = httpx.post(address, data={"code": "000000"}, verify=False)  # noqa: S501
        assert wrong.status_code == 403
        window.press("\n")
        second = window.until(r"ready at[\s\S]*Code: (\d{3}) (\d{3}) ")
        assert headset.post(address, data={"code": "".join(first.groups())}).status_code == 403
        assert headset.post(address, data={"code": "".join(second.groups())}).status_code == 303
        window.until(r"Paired\. Press Enter for a new code\.")
        window.press("\n")
        third = window.until(r"Paired[\s\S]*Code: (\d{3}) (\d{3}) ")
        assert headset.post(address, data={"code": "".join(third.groups())}).status_code == 303

    window.press("\x03")
    assert window.process.wait(30) == 0
    assert "Traceback" not in window.text


def test_elsewhere_there_is_text_alone_and_the_end_is_as_quiet(start, networks):
    process, lines = start(
        "walk", f"{networks}:build", "--input-size", "16x16", "--port", "0",
        "--lan", "--host", "127.0.0.1",
    )  # fmt: skip
    text = "\n".join(lines)
    assert not set(text) & set("▄▀█\x1b")
    url = lines[-1].removeprefix("cnnwalk: ready at ")
    assert re.fullmatch(r"https://127\.0\.0\.1:\d+/\?token=[\w-]{22,}", url)
    assert lines[-2] == "Ctrl-C ends the walk."
    address = re.search(r"^Headset: (\S+)$", text, re.MULTILINE)[1]
    code = re.search(r"^Code: (\d{3}) (\d{3}) \(once, within 2 minutes\)\.$", text, re.MULTILINE)
    assert re.search(r"^  ([0-9A-F]{2}:){31}[0-9A-F]{2}$", text, re.MULTILINE)
    for _ in range(5):
        assert httpx.post(address, data={"code": "12345x"}, verify=False).status_code == 422  # noqa: S501
    answer = httpx.post(address, data={"code": "".join(code.groups())}, verify=False)  # noqa: S501
    assert answer.status_code == 303
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, "Paired.\n", "")


def test_a_certificate_for_another_host_is_a_warning(start, networks, tmp_path):
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-days", "9", "-subj", "/CN=own", "-addext", "subjectAltName=DNS:own.example",
            "-keyout", tmp_path / "own.key", "-out", tmp_path / "own.crt",
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    process, lines = start(
        "walk", f"{networks}:build", "--input-size", "16x16", "--port", "0",
        "--host", "127.0.0.1", "--cert", tmp_path / "own.crt", "--key", tmp_path / "own.key",
    )  # fmt: skip
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert err.startswith("cnnwalk: the certificate is not for 127.0.0.1 but for own.example")
    assert any(line.startswith("Certificate: yours; valid until ") for line in lines)
