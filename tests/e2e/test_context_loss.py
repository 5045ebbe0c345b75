"""A graphics card that is taken away and given back: everything is drawn again."""

import numpy as np

EXTENSION = (
    "document.querySelector('canvas').getContext('webgl2').getExtension('WEBGL_lose_context')"
)


def test_maps_are_drawn_again_when_the_graphics_card_comes_back(visitors, demo):
    visit = visitors(960, 540).open(demo.url)
    layers = ("conv_stem", "blocks.3.1.conv_pw")
    before = {layer: visit.texels(layer, 3, "base") for layer in layers}
    place = visit.tell("cnnwalk.camera")
    bytes_before = visit.tell("cnnwalk.textureBytes")
    assert all(texels.any() for texels in before.values())
    visit.tell(f"() => {{ window.lost = {EXTENSION}; lost.loseContext(); }}")
    visit.until("document.querySelector('canvas').getContext('webgl2').isContextLost()")
    visit.tell("() => { lost.restoreContext(); }")
    visit.until("!document.querySelector('canvas').getContext('webgl2').isContextLost()")
    for layer in layers:
        visit.until(
            "layer => cnnwalk.layers.find(({ id }) => id === layer).level !== 'none'", layer
        )
    visit.until("cnnwalk.progress.stage === 'done'")
    for layer in layers:
        np.testing.assert_array_equal(visit.texels(layer, 3, "base"), before[layer])
    assert visit.tell("cnnwalk.textureBytes") <= bytes_before
    assert visit.tell("cnnwalk.camera") == place
    visit.picture("context_restored")
    visit.check(demo.origin)
