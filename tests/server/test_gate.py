"""Who may enter; every rule against the real server."""

from __future__ import annotations

import asyncio
import time

import httpx
import itsdangerous
import pytest

from cnnwalk.server.app import create_app
from cnnwalk.server.credentials import Credentials
from cnnwalk.server.gate import SECURITY_HEADERS, Gate
from cnnwalk.server.static import StaticFile


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:{port}",
        "localhost:{port}",
        "LOCALHOST:{port}",
        "localhost.:{port}",
        "127.0.0.2:{port}",
        "[::1]:{port}",
        "[0:0:0:0:0:0:0:1]:{port}",
        "[::ffff:127.0.0.1]:{port}",
    ],
)
def test_spellings_of_this_machine_are_let_in(server, host):
    assert server.raw("/api/health", {"Host": host.format(port=server.port)}).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "",
        "127.0.0.1",
        "localhost:1",
        "evil.example:{port}",
        "localhost.evil.example:{port}",
        "127.0.0.1.evil.example:{port}",
        "127.1:{port}",
        "0177.0.0.1:{port}",
        "2130706433:{port}",
        "0x7f.0.0.1:{port}",
        "0.0.0.0:{port}",
        "192.168.1.20:{port}",
        "user@localhost:{port}",
        "localhost:{port}@evil.example",
        "localhost:{port}/evil.example",
        "evil.example",
    ],
)
def test_other_hosts_are_refused_even_with_the_token(server, host):
    answer = server.raw("/api/health", {"Host": host.format(port=server.port)})
    assert answer.status in {400, 403}  # 400: no HTTP 1.1 at all
    assert b"instance" not in answer.body
    assert server.is_alive()


async def through(gate, host, token, kind="http"):
    """Return the types of the messages, and the status, that a connection on the LAN gets."""
    sent = []

    async def receive():
        return {"type": f"{kind}.connect"}

    async def send(message):
        sent.append(message)

    headers = [(b"host", host), (b"authorization", b"Bearer " + token.encode())]
    scope = {"type": kind, "method": "GET", "path": "/api/walk", "query_string": b""}
    scope |= {"scheme": "http", "headers": headers, "server": ("192.168.1.5", 8765)}
    await gate(scope, receive, send)
    return [message["type"] for message in sent], sent[0].get("status")


@pytest.fixture
def gate():
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    return Gate(app, Credentials(8765, b"secret"), frozenset({"studio.local"}), 8765)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        (b"studio.local:8765", 200),
        (b"Studio.Local:8765", 200),
        (b"192.168.1.5:8765", 200),
        (b"[::ffff:192.168.1.5]:8765", 200),
        (b"localhost:8765", 200),
        (b"192.168.1.6:8765", 403),
        (b"studio.local:80", 403),
        (b"other.local:8765", 403),
        (b"studio.local.evil.example:8765", 403),
    ],
)
def test_a_chosen_host_and_the_address_that_was_reached_are_let_in(gate, host, status):
    assert asyncio.run(through(gate, host, gate.credentials.token))[1] == status


def test_two_hosts_are_none(gate):
    answer = asyncio.run(through(gate, b"localhost:8765, evil.example", gate.credentials.token))
    assert answer[1] == 403


def test_web_sockets_are_refused_even_with_the_token(gate):
    answer = asyncio.run(through(gate, b"localhost:8765", gate.credentials.token, "websocket"))
    assert answer[0] == ["websocket.close"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"Origin": "http://127.0.0.1:{port}"}, 201),
        ({"Origin": "http://127.0.0.1:{port}", "Sec-Fetch-Site": "same-origin"}, 201),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://localhost:{port}"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "https://127.0.0.1:{port}.evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://127.0.0.1:{port}", "Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_other_sites_cannot_upload(server, picture, headers, status):
    sent = {name: value.format(port=server.port) for name, value in headers.items()}
    answer = server.client.post("/api/images", content=picture(), headers=sent)
    assert answer.status_code == status
    assert "access-control-allow-origin" not in answer.headers


def test_other_sites_cannot_read_but_may_lead_to_the_start_page(server):
    foreign = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert server.client.get("/api/walk", headers=foreign).status_code == 403
    assert server.client.get("/", headers=foreign).status_code != 403
    framed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert server.client.get("/", headers=framed).status_code == 403


def test_the_url_s_token_becomes_a_cookie_and_leaves_the_address(server):
    with httpx.Client() as browser:
        answer = browser.get(f"{server.base}/?xr=emulate&token={server.token}")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/?xr=emulate"
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith(f"cnnwalk-{server.port}=")
        assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
        assert server.token not in cookie
        assert browser.get(f"{server.base}/api/health").status_code == 200
        # The link works again, as from a history or a second window.
        assert browser.get(server.running.url).headers["location"] == "/"


def test_the_token_in_a_url_opens_the_start_page_only(server):
    answer = httpx.get(f"{server.base}/api/walk?token={server.token}")
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer ÿÿ"},
        {"Authorization": "Basic dXNlcjpwYXNz"},
        {"Cookie": "cnnwalk-{port}="},
        {"Cookie": "cnnwalk-{port}=page.aaaaaa.bbbbbbbb"},
        {"Cookie": "cnnwalk-{port}=page"},
    ],
)
def test_without_credentials_there_is_a_sentence_and_nothing_else(server, headers):
    sent = {name: value.format(port=server.port) for name, value in headers.items()}
    answer = httpx.get(
        f"{server.base}/api/walk", headers={n: v.encode("latin-1") for n, v in sent.items()}
    )
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Open the URL that the terminal printed" in answer.json()["detail"]
    page = httpx.get(f"{server.base}/", headers={n: v.encode("latin-1") for n, v in sent.items()})
    assert page.status_code == 401
    assert page.headers["content-type"].startswith("text/html")
    assert "Open the URL that the terminal printed" in page.text


def test_an_old_url_says_that_its_walk_has_ended(server):
    answer = httpx.get(f"{server.base}/?token=of-another-process")
    assert answer.status_code == 401
    assert "has ended" in answer.text


def test_a_link_in_a_foreign_page_arrives(server):
    """A strict cookie is not sent on such a navigation, so the page must ask once more."""
    foreign = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert httpx.get(server.running.url, headers=foreign).status_code == 303
    page = httpx.get(f"{server.base}/", headers=foreign)
    assert page.status_code == 401
    assert 'http-equiv="refresh" content="0;url=/"' in page.text
    # That second request comes from our own page: it must not ask for ever.
    again = httpx.get(f"{server.base}/", headers=foreign | {"Sec-Fetch-Site": "same-origin"})
    assert again.status_code == 401
    assert "refresh" not in again.text


def test_a_page_survives_a_restart_but_its_url_does_not(serve, small):
    first = serve(small.network)
    base = first.url.partition("?")[0]
    with httpx.Client(base_url=base) as browser:
        browser.get(first.url)
        before = browser.get("/api/health").json()
        first.close()
        second = serve(small.network, port=int(base.rpartition(":")[2].rstrip("/")))
        after = browser.get("/api/health")
        assert after.status_code == 200
        assert after.json() != before
        token = first.url.partition("token=")[2]
        refused = httpx.get(f"{base}api/health", headers={"Authorization": f"Bearer {token}"})
        assert refused.status_code == 401
        assert second.url != first.url


def test_cookies_are_for_one_port_and_thirty_days(monkeypatch):
    mine, other = Credentials(8765, b"secret"), Credentials(8766, b"secret")
    cookie = mine.new_cookie().partition(";")[0]
    assert mine.has_cookie(f"theme=dark; {cookie}")
    assert not other.has_cookie(cookie.replace("8765", "8766"))
    assert not Credentials(8765, b"other secret").has_cookie(cookie)
    now = time.time()
    monkeypatch.setattr(
        itsdangerous.TimestampSigner, "get_timestamp", lambda _: int(now + 29 * 86400)
    )
    assert mine.has_cookie(cookie)
    monkeypatch.setattr(
        itsdangerous.TimestampSigner, "get_timestamp", lambda _: int(now + 31 * 86400)
    )
    assert not mine.has_cookie(cookie)


def test_tokens_are_long_and_new(serve):
    tokens = {Credentials(8765, b"secret").token for _ in range(100)}
    assert len(tokens) == 100
    assert min(len(token) for token in tokens) * 6 >= 128  # base64 has 6 bit a character


def paths_of(app):
    """Yield every method and path: those of the API, and the files beside them."""
    for path, operations in app.openapi()["paths"].items():
        yield from ((method.upper(), path.format_map(Anything())) for method in operations)
    yield from (("GET", route.path) for route in app.routes if hasattr(route, "path"))


class Anything(dict):
    def __missing__(self, key):
        return {"seed": "1", "kind": "gaussian", "channel": "0"}.get(key, "x")


def test_no_route_answers_without_credentials(server):
    files = {"/index.html": StaticFile(b"", "text/html", "etag", "no-cache")}
    paths = set(paths_of(create_app(server.walk, files)))
    assert len(paths) >= 12  # the API, the start page and its file
    paths |= {("GET", "/nowhere"), ("GET", "/assets/x.js"), ("TRACE", "/"), ("PUT", "/api/images")}
    paths |= {("OPTIONS", "/api/walk"), ("DELETE", "/api/images/x")}
    for method, path in sorted(paths):
        answer = httpx.request(method, f"{server.base}{path}")
        assert answer.status_code in {401, 403}, (method, path)


def test_every_answer_has_the_security_headers(server, picture):
    answers = [
        server.client.get("/"),
        server.client.get("/api/walk"),
        server.client.get(f"/api/networks/{server.network}/hall"),
        server.client.get("/nowhere"),
        server.client.put("/api/images"),
        server.client.post("/api/images", content=b"text"),
        server.client.post("/api/images", content=picture()),
        server.client.get(f"/api/images/{server.image}"),
        server.client.get(server.pass_path),
        server.client.get("/?token=wrong", headers={"Host": "evil.example"}),
        httpx.get(f"{server.base}/"),
        httpx.get(server.running.url),
    ]
    etag = answers[2].headers["etag"]
    answers.append(server.client.get(answers[2].url.path, headers={"If-None-Match": etag}))
    assert {answer.status_code for answer in answers} >= {
        200,
        201,
        303,
        304,
        401,
        403,
        404,
        405,
        422,
    }
    for answer in answers:
        for name, value in SECURITY_HEADERS.items():
            if name == "Cache-Control":
                assert answer.headers[name]
            elif name == "Content-Security-Policy":
                policy = answer.headers[name]
                assert "default-src 'self'" in policy or "default-src 'none'" in policy
                assert "frame-ancestors 'none'" in policy
                assert "unsafe-inline" not in policy
                assert "'unsafe-eval'" not in policy
            else:
                assert answer.headers[name] == value
        assert "access-control-allow-origin" not in answer.headers
        assert "server" not in answer.headers


def test_an_upgrade_to_a_web_socket_is_no_way_in(server):
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}  # fmt: skip
    assert server.raw("/api/health", upgrade, authorized=False).status == 401
    assert server.raw("/api/health", upgrade).status != 101
