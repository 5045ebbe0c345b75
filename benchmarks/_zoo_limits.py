"""Where the oracle of benchmarks/zoo.py cannot tell the truth, network by network."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Limit:
    """Why a network is compared in part.

    Attributes:
        reason: for people.
        left_out: the kinds of node that are left out of the comparison.
        aside: convolutions that ran on no data of the image.
        says: how the warnings begin that are true of it.
    """

    reason: str
    left_out: frozenset[str] = frozenset()
    aside: int = 0
    says: str = "nothing"


NONE = Limit("")
_PLACES = Limit(
    "one convolution makes a position code out of constants; no data of the image goes "
    "through it, so it is not drawn, and the graph warns of it.",
    aside=1,
    says="1 of ",
)
_NUMBERS = Limit(
    "the sizes of the boxes become Python numbers before masks or heat maps are scaled to them; "
    "the graph warns of it.",
    says="Data left torch",
)
_ATTENTION = Limit(
    "multi-head attention is one layer here; autograd sees the two linear layers in it.",
    left_out=frozenset({"linear"}),
)

LIMITS = {
    **{f"vit_{size}": _ATTENTION for size in ("b_16", "b_32", "l_16", "l_32", "h_14")},
    "ghostnet_050": Limit(
        "its shortcut is added to a slice in place, which autograd knows as a copy of slices; "
        "the 16 additions are drawn.",
        left_out=frozenset({"add"}),
    ),
    "sequencer2d_s": Limit(
        "a bidirectional LSTM is one layer here; autograd sees the two concatenations in it.",
        left_out=frozenset({"cat"}),
    ),
    "keypointrcnn_resnet50_fpn": _NUMBERS,
    "maskrcnn_resnet50_fpn": _NUMBERS,
    "maskrcnn_resnet50_fpn_v2": _NUMBERS,
    "edgenext_xx_small": _PLACES,
    "xcit_nano_12_p8_224": _PLACES,
}
