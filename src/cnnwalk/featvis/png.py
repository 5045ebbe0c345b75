"""A picture as a PNG file that says how it was made."""

from __future__ import annotations

import io
from collections.abc import Mapping

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from cnnwalk.featvis.errors import FeatureVisualizationError
from cnnwalk.featvis.picture import Picture
from cnnwalk.pixels import preview


def to_png(picture: Picture, facts: Mapping[str, str]) -> bytes:
    """Return the bytes of a PNG file of a picture.

    Pictures of 1 and 3 channels are saved as they are, without loss: inserted again they excite
    the channel as much. Of others people see what `cnnwalk.pixels.preview` shows, and the file
    says so.

    Args:
        picture: with pixels.
        facts: go into iTXt chunks of the same names (`cnnwalk.featvis.facts`); names of 1 to 79
            Latin letters.

    Raises:
        FeatureVisualizationError: the target is dead, so that there is no picture.
    """
    if picture.pixels is None:
        raise FeatureVisualizationError(
            "The target is dead: no gradient comes back from it, so there is no picture to save. "
            "Take another channel."
        )
    channels = picture.pixels.shape[2]
    told = dict(facts)
    if channels not in {1, 3}:
        told["shown"] = f"{'the first 3' if channels > 3 else 'the first'} of {channels} channels"
    shown = preview(picture.pixels)
    metadata = PngInfo()
    for name, text in told.items():
        metadata.add_itxt(name, text)
    data = io.BytesIO()
    image: Image.Image = shown if channels >= 3 else shown.getchannel(0)
    image.save(data, "PNG", pnginfo=metadata)
    return data.getvalue()
