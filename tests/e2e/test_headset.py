"""The same hall in an emulated headset."""


def test_a_headset_sees_the_hall_with_both_eyes(demo, visitors):
    visit = visitors(960, 540).open(demo.url, "&xr=emulate")
    button = visit.page.get_by_role("button", name="Enter VR")
    visit.until("document.querySelector('.vr').getAttribute('aria-disabled') === 'false'")
    button.click()
    visit.until("cnnwalk.session !== null")
    visit.frames(4)
    assert visit.tell("cnnwalk.views") == 2
    assert 0 < visit.tell("cnnwalk.drawCalls") <= 60
    visit.picture("headset")
    start = visit.tell("cnnwalk.camera")
    visit.tell("() => { xrDevice.controllers.left.updateAxes('thumbstick', 0, -1); }")
    moved = "(at) => Math.hypot(cnnwalk.camera.x - at.x, cnnwalk.camera.z - at.z) > 0.3"
    visit.until(moved, start)
    visit.tell("() => { xrDevice.controllers.left.updateAxes('thumbstick', 0, 0); }")
    visit.tell("() => { void xrDevice.activeSession.end(); }")
    visit.until("cnnwalk.session === null")
    visit.frames(2)
    visit.check(demo.origin)
