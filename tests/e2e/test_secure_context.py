"""A browser on the network, over https: it pairs with a code, and has what a headset needs."""

import re
from pathlib import Path

import pytest

from cnnwalk.server.interfaces import lan_addresses


@pytest.fixture(scope="module")
def host():
    """This machine's address in its network, else one that is not the loopback's usual."""
    return next(iter(lan_addresses()), "127.0.0.2")


@pytest.fixture(scope="module")
def lan(serve, host):
    with serve("demo", "--lan", "--host", host) as walk:
        yield walk


@pytest.fixture
def headset(visitors):
    """A visitor whose browser accepts the certificate, as a person does once."""
    return visitors(accepts_certificates=True)


def spoken(walk):
    """The pairing page's address and the code, from what the terminal says."""
    text = "".join(walk.lines)
    address = re.search(r"^Headset: (\S+)$", text, re.MULTILINE)[1]
    return address, "".join(re.search(r"^Code: (\d{3}) (\d{3}) ", text, re.MULTILINE).groups())


def test_a_browser_that_does_not_know_the_certificate_stops(lan, visitors):
    with pytest.raises(Exception, match="ERR_CERT_AUTHORITY_INVALID"):
        visitors().page.goto(spoken(lan)[0])


def test_a_headset_pairs_by_its_keys_and_walks(lan, headset, host):
    address, code = spoken(lan)
    assert address == f"https://{host}:{lan.port}/pair"
    page = headset.page
    # Nothing is served before: every way ends at the pairing page.
    for path in ("/api/walk", "/index.html", "/api/health"):
        assert page.request.get(f"{lan.origin}{path}").status == 401
    page.goto(f"{lan.origin}/?xr=emulate")
    assert page.url == address
    assert headset.tell("typeof window.cnnwalk") == "undefined"
    wrong = f"{(int(code) + 1) % 10**6:06}"
    page.get_by_role("textbox", name="Code").press_sequentially(wrong)
    page.get_by_role("alert").filter(has_text="is not the code").wait_for()
    # The browser itself tells the console of that answer, and nothing else went wrong.
    assert [error for error in headset.console_errors if "403" not in error] == []
    headset.console_errors.clear()
    for key in ["9", code[0], "Delete", "Delete"]:
        page.get_by_role("button", name=key, exact=True).click()
    page.screenshot(path=Path(__file__).parents[2] / "artifacts" / "pairing.png")
    for digit in code:
        page.get_by_role("button", name=digit, exact=True).click()
    page.wait_for_url(f"{lan.origin}/")
    headset.until("window.cnnwalk?.arrival.stage === 'ready'")
    headset.until("cnnwalk.progress.stage === 'done'")
    assert headset.tell("isSecureContext")
    assert headset.tell("navigator.xr instanceof XRSystem")
    assert headset.results()[0][0] == "espresso"
    headset.insert_picture("rocket")
    headset.until("document.querySelector('.results')?.textContent.includes('missile')")
    headset.check(lan.origin)


def test_a_code_that_let_one_headset_in_lets_no_other_in(lan, headset):
    address, code = spoken(lan)
    request = headset.page.request
    assert "No code is valid now" in request.post(address, form={"code": code}).text()
    assert request.get(f"{lan.origin}/api/walk").status == 401
    # On a computer the URL with the token opens the walk, as ever.
    assert request.get(lan.url).status == 200
    assert request.get(f"{lan.origin}/api/walk").status == 200
