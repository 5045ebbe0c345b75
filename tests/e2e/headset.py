"""A visitor with an emulated headset: aims by where things are in the world, presses, waits for frames."""

BOTH = ("left", "right")

# The pose, in the rig's space, of a controller at `from` whose ray meets `to`; both in the world.
AIM = """([side, from, to]) => {
    const { rig } = cnnwalk.xr;
    const local = ({ x, y, z }) => {
        const [dx, dy, dz] = [x - rig.x, y - rig.y, z - rig.z].map((way) => way / rig.scale);
        const [sin, cos] = [Math.sin(rig.yaw), Math.cos(rig.yaw)];
        return { x: cos * dx - sin * dz, y: dy, z: sin * dx + cos * dz };
    };
    const input = xrDevice.primaryInputMode === 'hand' ? xrDevice.hands[side] : xrDevice.controllers[side];
    const at = from === null ? { x: input.position.x, y: input.position.y, z: input.position.z } : local(from);
    const goal = local(to);
    const [x, y, z] = [goal.x - at.x, goal.y - at.y, goal.z - at.z];
    // Turned to the left and then upwards, as a hand is.
    const yaw = Math.atan2(-x, -z) / 2;
    const pitch = Math.atan2(y, Math.hypot(x, z)) / 2;
    input.position.set(at.x, at.y, at.z);
    input.quaternion.set(
        Math.cos(yaw) * Math.sin(pitch),
        Math.sin(yaw) * Math.cos(pitch),
        -Math.sin(yaw) * Math.sin(pitch),
        Math.cos(yaw) * Math.cos(pitch),
    );
}"""
PRESS = """([side, button, value]) => {
    if (xrDevice.primaryInputMode === 'hand') xrDevice.hands[side].updatePinchValue(value);
    else xrDevice.controllers[side].updateButtonValue(button, value);
}"""


class Headset:
    """What a `Visit` does with the headset that its page emulates (open it with ``&xr=emulate``)."""

    def __init__(self, visit):
        self.visit = visit

    def enter(self):
        """Enter VR, and wait until both eyes see the hall and the headset sees the hands."""
        ready = "document.querySelector('.vr').getAttribute('aria-disabled') === 'false'"
        self.visit.until(ready)
        self.visit.page.get_by_role("button", name="Enter VR").click()
        self.visit.until("cnnwalk.xr !== null && cnnwalk.xr.hands.right.present")
        self.frames()
        return self

    def leave(self):
        """End the session as the headset's own menu does."""
        self.visit.tell("() => { void xrDevice.activeSession.end(); }")
        self.visit.until("cnnwalk.session === null")

    def frames(self, count=3):
        self.visit.frames(count)

    def aim(self, side, place, at=None):
        """Point a hand at a place of the world: an expression, or {x, y, z}; `at`: move it there first."""
        goal = self.visit.until(place) if isinstance(place, str) else place
        self.visit.tell(AIM, [side, at, goal])
        self.frames()
        return goal

    def hold(self, side, place):
        """Bring a hand to a place of the rig's space, (x, y, z) in m, without turning it."""
        move = "([side, x, y, z]) => { xrDevice.controllers[side].position.set(x, y, z); }"
        self.visit.tell(move, [side, *place])
        self.frames()

    def press(self, side, button="trigger"):
        self.visit.tell(PRESS, [side, button, 1])
        self.frames()

    def release(self, side, button="trigger"):
        self.visit.tell(PRESS, [side, button, 0])
        self.frames()

    def click(self, side="right", button="trigger"):
        """Press and release a button; of a bare hand, pinch."""
        self.press(side, button)
        self.release(side, button)

    def stick(self, side, x, y):
        """Hold a thumbstick; (0, 0) lets it go."""
        move = (
            "([side, x, y]) => { xrDevice.controllers[side].updateAxes('thumbstick', x, y); }"
        )
        self.visit.tell(move, [side, x, y])

    def hands(self, mode):
        """Put the controllers away ('hand'), or take them up again ('controller')."""
        self.visit.tell("(mode) => { xrDevice.primaryInputMode = mode; }", mode)
        bare = "true" if mode == "hand" else "false"
        self.visit.until(f"cnnwalk.xr.hands.right.bare === {bare} && cnnwalk.xr.hands.right.present")
