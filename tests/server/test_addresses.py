from ipaddress import ip_address

import pytest

from cnnwalk.server.addresses import Authority, is_loopback, parse_authority, parse_origin


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("localhost", Authority("localhost", 80)),
        ("LocalHost:8765", Authority("localhost", 8765)),
        ("localhost.:8765", Authority("localhost", 8765)),
        ("127.0.0.1:8765", Authority(ip_address("127.0.0.1"), 8765)),
        ("[::1]:8765", Authority(ip_address("::1"), 8765)),
        ("[0:0:0:0:0:0:0:1]", Authority(ip_address("::1"), 80)),
        ("[::ffff:127.0.0.1]:1", Authority(ip_address("127.0.0.1"), 1)),
        # Other spellings of numbers are names, so that none is taken for an address.
        ("127.1", Authority("127.1", 80)),
        ("0177.0.0.1", Authority("0177.0.0.1", 80)),
        ("2130706433", Authority("2130706433", 80)),
    ],
)
def test_authorities_are_parsed(text, expected):
    assert parse_authority(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", ":80", "a b", "user@localhost", "localhost:", "localhost:x", "::1", "[localhost]", "[::1",
     "localhost:123456", "localhost/", "localhost\\", "[::1%eth0]", "ⅼocalhost"],
)  # fmt: skip
def test_what_is_no_authority_is_none(text):
    assert parse_authority(text) is None


@pytest.mark.parametrize("text", ["null", "", "file://", "localhost", "ftp://localhost"])
def test_what_is_no_web_origin_is_none(text):
    assert parse_origin(text) is None


def test_origins_have_their_scheme_s_port():
    assert parse_origin("https://localhost", "https") == Authority("localhost", 443)
    assert parse_origin("https://localhost", "http") is None
    assert parse_origin("http://localhost", "https") is None
    assert parse_origin("HTTP://127.0.0.1") == Authority(ip_address("127.0.0.1"), 80)


def test_loopback_is_known_by_meaning():
    assert is_loopback("localhost")
    assert is_loopback(ip_address("127.9.9.9"))
    assert is_loopback(ip_address("::1"))
    assert not is_loopback("127.1")
    assert not is_loopback(ip_address("10.0.0.1"))
