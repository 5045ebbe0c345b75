"""The class names of ImageNet, from timm."""

from __future__ import annotations

from timm.data.imagenet_info import ImageNetInfo


def imagenet_classes(subset: str = "imagenet-1k") -> tuple[str, ...]:
    """Return the names in the order of the network's output, without their synonyms.

    Args:
        subset: as timm names it.
    """
    info = ImageNetInfo(subset)
    return tuple(
        info.index_to_description(index).split(",")[0] for index in range(info.num_classes())
    )
