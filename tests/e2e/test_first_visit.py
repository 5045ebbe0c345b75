"""What only a first visit shows: the hints, and that software drawing is said politely."""


def test_hints_go_once_done_and_do_not_come_again(demo, visitors):
    visit = visitors().open(demo.url)
    hint = visit.page.get_by_label("Hint")
    assert "Walk" in hint.inner_text()
    banner = visit.page.get_by_text("without a graphics card")
    said = visit.page.get_by_role("status").filter(has=banner)
    said.get_by_role("button", name="Dismiss").click()
    banner.wait_for(state="detached")
    visit.page.keyboard.press("w")
    hint.get_by_text("Click a picture").wait_for()
    visit.insert_picture("astronaut")
    hint.wait_for(state="hidden")
    visit.reload()
    assert not hint.is_visible()
    visit.check(demo.origin)
