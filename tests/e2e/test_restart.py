"""The server goes away and comes back: the page says so, waits, and loses nothing."""

import io

import numpy as np
from PIL import Image


def picture():
    noise = np.random.default_rng(7).integers(0, 256, (40, 40, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, "PNG")
    return buffer.getvalue()


def magnify(visit):
    """Look at true values, which the server computes from the image again."""
    visit.page.keyboard.press("/")
    visit.page.get_by_role("combobox").fill("conv_stem")
    visit.page.keyboard.press("Enter")
    visit.frames(3)
    visit.click("cnnwalk.mapSpot('conv_stem', 5)", button="right")
    magnifier = visit.page.get_by_role("dialog", name="Magnifier")
    magnifier.get_by_text("channel 5").wait_for()
    visit.page.keyboard.press("Escape")
    magnifier.wait_for(state="hidden")


def test_the_page_recovers_from_restarts(serve, visitors):
    with serve("demo") as walk:
        visit = visitors(960, 540).open(walk.url)
        visit.drop("mine.png", picture())
        visit.until("cnnwalk.selection.inserted.name === 'mine.png'")
        visit.until("cnnwalk.progress.stage === 'done'")
        image = visit.tell("cnnwalk.selection.inserted.id")
        before = visit.tell("cnnwalk.predictions")
        visit.check(walk.origin)
        assert walk.stop() == 0
        visit.until("cnnwalk.connection === 'lost'")
        alert = visit.page.get_by_role("alert")
        assert "does not answer" in alert.inner_text()
        visit.picture("lost")
    with serve("demo", port=walk.port) as walk:
        visit.until("cnnwalk.connection === 'online'")
        alert.wait_for(state="hidden")
        assert visit.tell("cnnwalk.selection.inserted.id") == image
        assert visit.tell("cnnwalk.predictions") == before
        magnify(visit)
    with serve("demo", port=walk.port, state="another") as walk:
        visit.until("cnnwalk.connection === 'refused'")
        assert "new link" in alert.inner_text()
        # Whoever opens the new link in this browser lets the old page in as well.
        other = visit.page.context.new_page()
        other.goto(walk.url)
        other.close()
        visit.until("cnnwalk.connection === 'online'")
        magnify(visit)
        assert visit.tell("cnnwalk.selection.inserted.id") == image
        assert visit.tell("cnnwalk.errors") == []
