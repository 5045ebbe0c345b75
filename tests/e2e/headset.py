"""A visitor with an emulated headset, who aims at places of the world and waits for frames."""

import numpy as np

# The pose, in the rig's space, of a controller at `from` whose ray meets `to`; both in the world.
AIM = """([side, from, to]) => {
    const { rig } = cnnwalk.xr;
    const local = ({ x, y, z }) => {
        const [dx, dy, dz] = [x - rig.x, y - rig.y, z - rig.z].map((way) => way / rig.scale);
        const [sin, cos] = [Math.sin(rig.yaw), Math.cos(rig.yaw)];
        return { x: cos * dx - sin * dz, y: dy, z: sin * dx + cos * dz };
    };
    const bare = xrDevice.primaryInputMode === 'hand';
    const input = (bare ? xrDevice.hands : xrDevice.controllers)[side];
    const { position } = input;
    const at = from === null ? { x: position.x, y: position.y, z: position.z } : local(from);
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
    """What a `Visit` does with the headset of its page, which is opened with ``&xr=emulate``."""

    def __init__(self, visit):
        self.visit = visit
        self.tell = visit.tell
        self.until = visit.until
        self.picture = visit.picture

    def enter(self):
        """Enter VR, and wait until both eyes see the hall and the headset sees the hands."""
        ready = "document.querySelector('.vr').getAttribute('aria-disabled') === 'false'"
        self.until(ready)
        self.visit.page.get_by_role("button", name="Enter VR").click()
        self.until("cnnwalk.xr !== null && cnnwalk.xr.hands.right.present")
        self.frames()
        return self

    def leave(self):
        """End the session as the headset's own menu does."""
        self.tell("() => { void xrDevice.activeSession.end(); }")
        self.until("cnnwalk.session === null")

    def frames(self, count=2):
        """Wait until the headset has drawn what it has been told: the first frame hears of it."""
        self.visit.frames(count)

    def rest(self):
        """Stand at the start and look ahead, both hands before the chest, the tool empty."""
        self.visit.page.keyboard.press("Home")
        self.until("Math.abs(cnnwalk.camera.z - cnnwalk.framePlace.z) < 6")
        self.tell(
            "() => { xrDevice.position.set(0, 1.6, 0); xrDevice.quaternion.set(0, 0, 0, 1); }"
        )
        for side, x in (("left", -0.25), ("right", 0.25)):
            self.hold(side, (x, 1.3, -0.4), (0, 0, 0, 1))
        if self.tell("cnnwalk.selection.held") is not None:
            self.click("right", "a-button")
            self.until("cnnwalk.selection.held === null")
        return self

    def go_to(self, layer):
        """Search for a layer and be carried before its panel."""
        self.visit.page.keyboard.press("/")
        self.visit.page.keyboard.type(layer)
        self.visit.page.keyboard.press("Enter")
        near = """(layer) => {
            const { x, z } = cnnwalk.layers.find(({ id }) => id === layer).pose;
            return Math.hypot(x - cnnwalk.camera.x, z - cnnwalk.camera.z) < 5;
        }"""
        self.until(near, layer)
        self.frames()

    def take_picture(self, name, side="right"):
        """Pick a picture of the dataset panel with the trigger; the hologram shows it."""
        find = f"cnnwalk.draw.images.find(({{ name }}) => name === {name!r})?.id"
        self.until("cnnwalk.draw !== null")
        if not self.tell(find):
            page = "Next" if self.tell("cnnwalk.draw.offset === 0") else "Previous"
            self.aim(side, f"cnnwalk.datasetPlace('{page}')")
            self.click(side)
        image = self.until(find)
        self.aim(side, f"cnnwalk.datasetPlace('{image}')")
        self.click(side)
        self.until(f"cnnwalk.selection.held?.image.id === '{image}'")
        self.until("cnnwalk.xr.hologram.visible")

    def insert(self, side="right"):
        """Put what is in hand into the frame, and wait until all has arrived."""
        image = self.tell("cnnwalk.selection.held.image.id")
        self.aim(side, "cnnwalk.framePlace")
        self.click(side)
        self.until(f"cnnwalk.selection.inserted.id === '{image}'")
        self.until("cnnwalk.progress.stage === 'done'")

    def aim(self, side, place, at=None):
        """Point a hand at a place of the world, an expression or {x, y, z}; `at`: from there."""
        goal = self.until(place) if isinstance(place, str) else place
        self.tell(AIM, [side, at, goal])
        self.frames()
        return goal

    def hold(self, side, place, turn=None):
        """Bring a hand to (x, y, z) of the rig's space, in m; `turn`: a quaternion (x, y, z, w)."""
        move = """([side, place, turn]) => {
            const { position, quaternion } = xrDevice.controllers[side];
            position.set(...place);
            if (turn !== null) quaternion.set(...turn);
        }"""
        self.tell(move, [side, place, turn])
        self.frames()

    def press(self, side, button="trigger"):
        self.tell(PRESS, [side, button, 1])
        self.frames()

    def release(self, side, button="trigger"):
        self.tell(PRESS, [side, button, 0])
        self.frames()

    def click(self, side="right", button="trigger"):
        """Press and release a button; of a bare hand, pinch."""
        self.press(side, button)
        self.release(side, button)

    def stick(self, side, x, y):
        """Hold a thumbstick; (0, 0) lets it go."""
        move = "([side, x, y]) => { xrDevice.controllers[side].updateAxes('thumbstick', x, y); }"
        self.tell(move, [side, x, y])

    def hands(self, mode):
        """Put the controllers away ('hand'), or take them up again ('controller')."""
        self.tell("(mode) => { xrDevice.primaryInputMode = mode; }", mode)
        bare = "true" if mode == "hand" else "false"
        self.until(f"cnnwalk.xr.hands.right.bare === {bare} && cnnwalk.xr.hands.right.present")

    def press_button(self, label):
        """Press what is called so on a board with the tool's trigger, or with a pinch."""
        tool = self.tell("cnnwalk.xr.tool.hand")
        find = "(label) => cnnwalk.xr.menus.buttons.find((one) => one.label === label)"
        self.aim(tool, self.until(find, label))
        self.click(tool)

    def open_menu(self, page):
        """Open the menu at one of its pages by the plate over the other hand."""
        self.press_button("Menu")
        self.until("cnnwalk.xr.menus.open === 'menu'")
        self.press_button(page)
        self.until("(page) => cnnwalk.xr.menus.page === page", page)

    def toggle_menu(self):
        """Press the upper button of the hand without the tool."""
        right_handed = self.tell("cnnwalk.xr.tool.hand") == "right"
        self.click(*(("left", "y-button") if right_handed else ("right", "b-button")))

    def choose(self, page, label):
        """Open the menu at a page, press what is called so there, and close it."""
        self.toggle_menu()
        self.press_button(page)
        self.press_button(label)
        self.toggle_menu()
        self.until("cnnwalk.xr.menus.open === 'none'")

    def throw(self, pitch, yaw=0, side="right"):
        """Point a hand while its stick throws an arc; where that lands, or None.

        `pitch`, `yaw`: of the ray in the hall, upwards and to the left of -z, in rad.
        """
        start = self.tell(f"cnnwalk.xr.hands.{side}.origin")
        way = {
            "x": -np.cos(pitch) * np.sin(yaw),
            "y": np.sin(pitch),
            "z": -np.cos(pitch) * np.cos(yaw),
        }
        self.aim(side, {axis: start[axis] + 4 * float(way[axis]) for axis in "xyz"})
        return self.tell("cnnwalk.xr.landing")
