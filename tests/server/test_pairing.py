"""The code with which a headset comes in: what it opens, and how little it helps to guess."""

from __future__ import annotations

import asyncio
import collections
import concurrent.futures
import logging
import random
import secrets
import ssl
import threading

import httpx
import pytest

from cnnwalk.server.app import create_app
from cnnwalk.server.credentials import Credentials
from cnnwalk.server.gate import SECURITY_HEADERS, Gate
from cnnwalk.server.pairing import SECONDS, TRIES, Pairing, Verdict
from cnnwalk.server.pairingpage import PairingPage
from cnnwalk.server.static import StaticFile


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def other_than(code):
    return f"{(int(code) + 1) % 10**6:06}"


def test_a_code_has_six_digits_and_is_new_each_time():
    pairing = Pairing()
    codes = {pairing.new_code() for _ in range(200)}
    assert len(codes) > 190
    assert all(len(code) == 6 and code.isdecimal() for code in codes)


def test_a_code_works_once():
    pairing = Pairing()
    assert pairing.redeem("000000") is Verdict.NO_CODE
    code = pairing.new_code()
    assert pairing.redeem(code) is Verdict.RIGHT
    assert pairing.redeem(code) is Verdict.NO_CODE


@pytest.mark.parametrize(
    ("waited", "verdict"), [(SECONDS - 0.1, Verdict.RIGHT), (SECONDS, Verdict.NO_CODE)]
)
def test_a_code_ends_after_two_minutes(waited, verdict):
    assert SECONDS == 120
    clock = Clock()
    pairing = Pairing(clock)
    code = pairing.new_code()
    clock.now += waited
    assert pairing.redeem(code) is verdict


def test_the_fifth_try_may_be_right_and_the_sixth_may_not():
    assert TRIES == 5
    for wrong, verdict in ((4, Verdict.RIGHT), (5, Verdict.NO_CODE)):
        pairing = Pairing()
        code = pairing.new_code()
        tries = [pairing.redeem(other_than(code)) for _ in range(wrong)]
        assert tries[:4] == [Verdict.WRONG] * 4
        assert tries[4:] == [Verdict.LAST_WRONG] * (wrong - 4)
        assert pairing.redeem(code) is verdict


def test_a_new_code_ends_the_one_before_and_has_all_its_tries():
    pairing = Pairing()
    old = pairing.new_code()
    for _ in range(4):
        pairing.redeem(other_than(old))
    new = pairing.new_code()
    while new == old:
        new = pairing.new_code()
    assert pairing.redeem(old) is Verdict.WRONG
    assert pairing.redeem(new) is Verdict.RIGHT


def test_who_watches_hears_how_a_code_ended():
    heard = []
    pairing = Pairing()
    pairing.on_end = heard.append
    pairing.redeem(pairing.new_code())
    code = pairing.new_code()
    for _ in range(7):
        pairing.redeem(other_than(code))
    assert heard == [Verdict.RIGHT, Verdict.LAST_WRONG]


def all_at_once(act, count=32):
    start = threading.Barrier(count)

    def run(_):
        start.wait(30)
        return act()

    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return collections.Counter(pool.map(run, range(count)))


def test_many_at_once_share_the_tries():
    for _ in range(20):
        pairing = Pairing()
        code = pairing.new_code()
        right = all_at_once(lambda p=pairing, c=code: p.redeem(c))
        assert right == {Verdict.RIGHT: 1, Verdict.NO_CODE: 31}
        wrong = other_than(pairing.new_code())
        tried = all_at_once(lambda p=pairing, c=wrong: p.redeem(c))
        assert tried == {Verdict.WRONG: 4, Verdict.LAST_WRONG: 1, Verdict.NO_CODE: 27}


def gate_with(pairing):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"the walk"})

    credentials = Credentials(8765, b"secret", secure=True)
    return Gate(app, credentials, frozenset({"studio"}), 8765, PairingPage(pairing, credentials))


def visitor(gate):
    transport = httpx.ASGITransport(app=gate)
    return httpx.AsyncClient(transport=transport, base_url="https://studio:8765")


async def try_code(gate, code):
    """Send a code without a client's own work, and return the answer's status and text."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": f"code={code}".encode(), "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/pair", "query_string": b""}
    scope |= {"scheme": "https", "headers": [(b"host", b"studio:8765")], "server": None}
    await gate(scope, receive, send)
    return sent[0]["status"], sent[1]["body"].decode()


def test_a_thousand_attackers_all_fail(monkeypatch):
    """Each tries codes at the gate until it is told that none is valid any more."""
    drawn = random.Random(0)  # noqa: S311 - so that the thousand codes are the same each time
    monkeypatch.setattr(secrets, "randbelow", drawn.randrange)
    pairing = Pairing()
    gate = gate_with(pairing)

    async def attack(guesses):
        for tries, code in enumerate(guesses, 1):
            status, text = await try_code(gate, code)
            if status != 403:
                return tries, status
            if "No code is valid now" in text:
                return tries, None
        raise AssertionError("was never told to stop")

    async def run():
        guessing = random.Random(1)  # noqa: S311
        ends = collections.Counter()
        for _ in range(1000):
            pairing.new_code()
            ends[await attack(f"{code:06}" for code in guessing.sample(range(10**6), 100))] += 1
        # The same attacker gets in where one of the five guesses is right.
        known = pairing.new_code()
        ends[await attack([other_than(known)] * 4 + [known])] += 1
        return ends

    assert asyncio.run(run()) == {(TRIES + 1, None): 1000, (TRIES, 303): 1}


def test_the_page_trades_a_code_for_a_cookie():
    async def run():
        pairing = Pairing()
        async with visitor(gate_with(pairing)) as client:
            arrival = await client.get("/")
            assert (arrival.status_code, arrival.headers["location"]) == (303, "/pair")
            form = await client.get("/pair")
            assert form.status_code == 200
            assert 'name="code"' in form.text
            code = pairing.new_code()
            answer = await client.post("/pair", data={"code": f" {code[:3]} {code[3:]} "})
            assert (answer.status_code, answer.headers["location"]) == (303, "/")
            name, _, rest = answer.headers["set-cookie"].partition("=")
            assert name == "__Host-cnnwalk-8765"
            assert {"HttpOnly", "SameSite=Strict", "Secure", "Path=/"} <= set(rest.split("; "))
            assert (await client.get("/")).text == "the walk"
            again = await client.get("/pair")
            assert (again.status_code, again.headers["location"]) == (303, "/")

    asyncio.run(run())


def test_every_answer_of_the_page_has_the_security_headers():
    async def run():
        pairing = Pairing()
        async with visitor(gate_with(pairing)) as client:
            code = pairing.new_code()
            answers = [
                await client.get("/pair"),
                await client.put("/pair"),
                await client.post("/pair", data={"code": other_than(code)}),
                await client.post("/pair", data={"code": "x"}),
                await client.post("/pair", content=b"x" * 2000),
                await client.post("/pair", data={"code": code}),
            ]
        assert [answer.status_code for answer in answers] == [200, 405, 403, 422, 413, 303]
        for answer in answers:
            for name, value in SECURITY_HEADERS.items():
                if name not in {"Content-Security-Policy", "Referrer-Policy"}:
                    assert answer.headers[name] == value
            # Not no-referrer: the form would then be sent with the Origin null.
            assert answer.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
            policy = answer.headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert "access-control-allow-origin" not in answer.headers

    asyncio.run(run())


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "１２３４５６", "-12345"])
def test_what_is_no_code_takes_no_try(code):
    async def run():
        pairing = Pairing()
        right = pairing.new_code()
        async with visitor(gate_with(pairing)) as client:
            for _ in range(10):
                answer = await client.post("/pair", data={"code": code})
                assert answer.status_code == 422
            assert (await client.post("/pair", content=b"\xff&&=")).status_code == 422
            assert (await client.post("/pair", data={"code": right})).status_code == 303

    asyncio.run(run())


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://studio:8765", "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "http://studio:8765"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Host": "evil.example:8765"}, 403),
        ({"Host": "studio.evil.example:8765"}, 403),
        ({"Host": "studio"}, 403),
    ],
)
def test_other_sites_cannot_send_codes(headers, status):
    async def run():
        pairing = Pairing()
        code = pairing.new_code()
        async with visitor(gate_with(pairing)) as client:
            answer = await client.post("/pair", data={"code": code}, headers=headers)
            assert answer.status_code == status
            if status == 403:
                assert "set-cookie" not in answer.headers
                # It was no try, either.
                assert pairing.redeem(code) is Verdict.RIGHT

    asyncio.run(run())


def test_a_long_body_is_cut_and_other_methods_are_not_possible():
    sent = 0

    async def endless():
        nonlocal sent
        while True:
            sent += 512
            yield b"code=123456&" + b"x" * 500

    async def run():
        pairing = Pairing()
        pairing.new_code()
        async with visitor(gate_with(pairing)) as client:
            assert (await client.post("/pair", content=endless())).status_code == 413
            assert sent < 4096
            for method in ("PUT", "DELETE", "OPTIONS"):
                assert (await client.request(method, "/pair")).status_code == 405

    asyncio.run(run())


def test_a_cookie_that_travelled_unencrypted_opens_nothing_over_tls():
    plain, secure = Credentials(8765, b"secret"), Credentials(8765, b"secret", secure=True)
    value = plain.new_cookie().partition(";")[0].partition("=")[2]
    assert plain.has_cookie(f"{plain.cookie_name}={value}")
    assert not secure.has_cookie(f"{secure.cookie_name}={value}")


@pytest.fixture
def stranger(serve, small):
    """A client of a walk over TLS that has neither token nor cookie, and the walk."""
    running = serve(small.network, lan=True)
    trusting = ssl.create_default_context()
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE  # the certificate has tests of its own
    base = running.url.partition("/?")[0]
    with httpx.Client(base_url=base, verify=trusting, timeout=60) as client:
        yield client, running


def test_the_pairing_page_is_all_that_a_stranger_sees(stranger):
    client, running = stranger
    files = {"/index.html": StaticFile(b"", "text/html", "etag", "no-cache")}
    app = create_app(running.walk, files)
    values = collections.defaultdict(lambda: "x", seed="1", kind="gaussian", channel="0")
    paths = {
        (method.upper(), path.format_map(values))
        for path, operations in app.openapi()["paths"].items()
        for method in operations
    }
    paths |= {("GET", route.path) for route in app.routes if hasattr(route, "path")}
    assert len(paths) >= 12
    paths |= {("GET", "/pair/"), ("GET", "/pair/x"), ("GET", "/PAIR"), ("POST", "/"), ("HEAD", "/")}
    for method, path in sorted(paths - {("GET", "/")}):
        assert client.request(method, path).status_code in {401, 403}, (method, path)
    arrival = client.get("/?token=of-another-process")
    assert (arrival.status_code, arrival.headers["location"]) == (303, "/pair")
    assert client.get("/pair").status_code == 200


def test_a_headset_pairs_with_a_real_server_and_no_log_has_the_code(stranger, caplog):
    client, running = stranger
    assert running.pairing_url == f"{client.base_url}/pair".replace("//pair", "/pair")
    with caplog.at_level(logging.DEBUG, "uvicorn"), caplog.at_level(logging.DEBUG, "asyncio"):
        code = running.pairing.new_code()
        assert client.post("/pair", data={"code": other_than(code)}).status_code == 403
        assert client.post("/pair", data={"code": code}).status_code == 303
    assert code not in caplog.text
    assert client.get("/api/health").json() == {"instance": running.walk.instance}
    assert code not in repr(running)


def test_a_walk_that_is_served_unencrypted_has_no_pairing_page(server):
    assert server.running.pairing_url is None
    assert httpx.get(f"{server.base}/pair").status_code == 401
    assert server.client.get("/pair").status_code == 404
