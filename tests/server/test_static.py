"""The page's files, from a table that is read at the start."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from cnnwalk.server.app import create_app
from cnnwalk.server.static import read_bundle


@pytest.fixture
def bundle(tmp_path):
    (tmp_path / "assets").mkdir()
    files = {
        "index.html": "<!doctype html><title>the walk</title>",
        "favicon.svg": "<svg/>",
        "assets/index-B7cD.js": "export {}",
        "assets/index-B7cD.css": "body {}",
        "assets/yoga-A1.wasm": "\0asm",
        "assets/font-A1.woff2": "font",
        "assets/worker-A1.js": "postMessage(1)",
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    (tmp_path.parent / "secret.txt").write_text("secret")
    return tmp_path


@pytest.fixture
def get(server, bundle):
    """Return the function that asks the application of the server's walk, with this bundle."""
    app = create_app(server.walk, read_bundle(bundle))

    def ask(path, headers=None):
        async def send():
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
                return await client.get(path, headers=headers)

        return asyncio.run(send())

    return ask


def test_the_page_is_asked_for_again_and_its_hashed_files_are_not(get):
    page = get("/")
    assert page.text == "<!doctype html><title>the walk</title>"
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "private, no-cache"
    assert get("/", {"If-None-Match": page.headers["etag"]}).status_code == 304
    script = get("/assets/index-B7cD.js")
    assert script.text == "export {}"
    assert script.headers["cache-control"] == "private, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/index.html", "text/html; charset=utf-8"),
        ("/favicon.svg", "image/svg+xml"),
        ("/assets/index-B7cD.css", "text/css; charset=utf-8"),
        ("/assets/index-B7cD.js", "text/javascript; charset=utf-8"),
        ("/assets/yoga-A1.wasm", "application/wasm"),
        ("/assets/font-A1.woff2", "font/woff2"),
    ],
)
def test_types_are_right_since_browsers_must_not_guess(get, path, kind):
    assert get(path).headers["content-type"] == kind


def test_files_that_come_later_are_not_served(get, bundle):
    (bundle / "assets" / "later.js").write_text("late")
    assert get("/assets/later.js").status_code == 404


def test_without_a_bundle_the_page_says_what_to_run(server, tmp_path):
    app = create_app(server.walk, read_bundle(tmp_path / "not built"))

    async def ask():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            return await client.get("/")

    page = asyncio.run(ask())
    assert page.status_code == 503
    assert "make client" in page.text


DOTS = [
    "..",
    "%2e%2e",
    "%2E%2E",
    ".%2e",
    "%252e%252e",
    "..%00",
    "..;",
    "%c0%ae%c0%ae",
    "%ef%bc%8e%ef%bc%8e",
]
SEPARATORS = ["/", "%2f", "%5c", "\\", "%252f", "//", "/./", "%c0%af"]
TARGETS = ["etc/passwd", "secret.txt", "pyproject.toml"]
STARTS = ["/", "/assets/", "/api/images/"]


def traversals():
    for start in STARTS:
        for dots in DOTS:
            for separator in SEPARATORS:
                for target in TARGETS:
                    yield start + (dots + separator) * 4 + target


def test_no_spelling_of_a_path_leaves_the_table(server):
    """As they are on the wire: clients would tidy most of them up."""
    tried = 0
    for path in traversals():
        answer = server.raw(path)
        assert 400 <= answer.status < 500, path
        assert b"root:" not in answer.body
        assert b"secret" not in answer.body.replace(path.encode(), b"").replace(b"secret.txt", b"")
        tried += 1
    assert tried >= 200
    assert server.is_alive()
