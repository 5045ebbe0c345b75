"""Starting and ending: ports, open answers, restarts, and no connection to anybody."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading

import httpx
import numpy as np
import pytest
from PIL import Image

from cnnwalk.server.listen import DEFAULT_PORT, ListenError, listen
from cnnwalk.wire import ProblemHeader, decode_frames


def test_by_default_this_machine_alone_can_connect():
    with listen(port=0).socket as bound:
        assert bound.getsockname()[0] == "127.0.0.1"


def test_a_free_port_is_found_and_named(serve, small):
    running = serve(small.network)
    port = int(running.url.partition("?")[0].rstrip("/").rpartition(":")[2])
    assert port > 0
    assert httpx.get(running.url).status_code == 303


def test_a_port_that_was_asked_for_and_is_in_use_is_an_error():
    with listen(port=0).socket as bound:
        port = bound.getsockname()[1]
        with pytest.raises(ListenError, match=f"port {port} is in use; choose another one with"):
            listen(port=port)


def test_the_next_port_is_taken_where_none_was_asked_for():
    first, second = listen(), listen()
    with first.socket, second.socket:
        assert second.port != first.port
        assert second.port > DEFAULT_PORT


@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        ("no.such.host.invalid", "knows no host 'no.such.host.invalid'"),
        ("192.0.2.1", "cannot listen at '192.0.2.1'"),
        ("a" * 300, "knows no host"),
    ],
)
def test_hosts_that_are_not_here_are_errors(host, sentence):
    with pytest.raises(ListenError, match=sentence):
        listen(host, 0)


@pytest.mark.parametrize(
    ("host", "start"),
    [
        ("127.0.0.1", "http://127.0.0.1:"),
        ("localhost", "http://localhost:"),
        ("0.0.0.0", "http://127.0.0.1:"),  # noqa: S104
    ],
)
def test_urls_lead_a_browser_on_this_machine(host, start):
    listener = listen(host, 0)
    with listener.socket:
        assert listener.url == f"{start}{listener.port}/"
        assert listener.is_public == (host == "0.0.0.0")  # noqa: S104


def test_a_walk_ends_with_its_block_and_twice_is_not_wrong(serve, small):
    with serve(small.network) as running:
        assert httpx.get(running.url).status_code == 303
    with pytest.raises(httpx.ConnectError):
        httpx.get(running.url)
    running.close()
    assert running.url.partition("=")[2] not in repr(running)


def test_the_end_tells_those_who_wait_for_a_pass(server, caplog):
    checkpoint = server.small.checkpoint
    checkpoint.open.clear()
    with server.client.stream("GET", server.pass_path) as answer:
        chunks = answer.iter_bytes()
        stream = next(chunks)
        ending = threading.Thread(target=server.running.close)
        ending.start()
        stream += b"".join(chunks)  # ends although the network still hangs
    *_, last = decode_frames(stream)
    assert isinstance(last.header, ProblemHeader)
    assert ending.is_alive()
    checkpoint.open.set()
    ending.join(30)
    assert not ending.is_alive()
    assert caplog.text == ""


def test_a_reader_who_does_not_read_holds_up_nobody_and_not_the_end(server, caplog):
    """Four connections ask for some MB each and never take them."""
    pixels = np.random.default_rng(0).integers(0, 256, (1500, 1500, 3), dtype=np.uint8)
    info = server.walk.images.add(
        Image.fromarray(pixels), origin="upload", name="large", label=None
    )
    request = f"GET /api/images/{info.id} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
    request += f"Authorization: Bearer {server.token}\r\n\r\n"
    stalled = []
    for _ in range(4):
        connection = socket.create_connection(("127.0.0.1", server.port))
        connection.sendall(request.encode())
        assert connection.recv(12) == b"HTTP/1.1 200"
        stalled.append(connection)
    assert server.is_alive()
    server.running.close()
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.base)
    for connection in stalled:
        connection.close()
    assert caplog.text == ""


def test_nothing_is_written_to_logs_about_requests(server, caplog):
    with caplog.at_level(logging.DEBUG, "uvicorn"):
        httpx.get(server.running.url)
        httpx.get(f"{server.base}/?token=wrong-but-secret")
        server.raw("/api/walk", {"Host": "evil.example"})
    assert server.token not in caplog.text
    assert "wrong-but-secret" not in caplog.text


def test_an_interrupted_wait_leaves_the_walk_running(server):
    """As Ctrl-C interrupts it: the end must still find the server and end it."""
    interrupt = threading.Timer(0.2, signal.raise_signal, [signal.SIGINT])
    interrupt.start()
    with pytest.raises(KeyboardInterrupt):
        server.running.wait()
    assert server.is_alive()
    server.running.close()
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.base)


OFFLINE = """
import os, sys
def audit(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.sendto"}:
        # Only the listening address itself may be looked up.
        if not (event == "socket.getaddrinfo" and arguments[0] == "127.0.0.1"):
            print("OUTGOING", event, arguments, file=sys.stderr, flush=True)
sys.addaudithook(audit)
from cnnwalk.cli import main
sys.argv = ["cnnwalk", "demo", "--no-browser", "--port", "0"]
main()
"""


def test_the_server_asks_no_other_host_and_ends_at_an_interrupt(tmp_path):
    """A whole demo walk in a process of its own, in which every way out is watched."""
    environment = os.environ | {"XDG_STATE_HOME": str(tmp_path), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        [sys.executable, "-c", OFFLINE],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("cnnwalk: ready at "):
                break
        url = lines[-1].removeprefix("cnnwalk: ready at ").strip()
        with httpx.Client(follow_redirects=True, timeout=120) as browser:
            browser.get(url)
            base = url.partition("?")[0].rstrip("/")
            info = browser.get(f"{base}/api/walk").json()
            network, image = info["networks"][0]["id"], info["first_image"]["id"]
            stream = browser.get(f"{base}/api/networks/{network}/passes/{image}").content
            result = list(decode_frames(stream))[-1].header
            assert result.predictions[0].label == "espresso"
            dataset = info["datasets"][0]["id"]
            assert browser.get(f"{base}/api/datasets/{dataset}/draws/1").status_code == 200
            with browser.stream("GET", f"{base}/api/networks/{network}/passes/{image}"):
                process.send_signal(signal.SIGINT)
                out, err = process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    assert process.returncode == 0
    assert err == ""
    assert out == ""  # the URL was the last line
    assert len(lines) <= 5
