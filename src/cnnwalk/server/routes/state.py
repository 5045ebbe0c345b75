"""What routes reach through the request: the walk and its parts, or the problem to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from fastapi import Request

from cnnwalk.server.problems import not_found

if TYPE_CHECKING:
    from cnnwalk.images import StoredImage
    from cnnwalk.server.served import ServedNetwork
    from cnnwalk.server.walk import Walk


def walk_of(request: Request) -> Walk:
    """Return the walk that this application serves."""
    return cast("Walk", request.app.state.walk)


def network_of(request: Request, network: str) -> ServedNetwork:
    """Return the network with this id; raises the 404 problem when the walk has none."""
    try:
        return walk_of(request).networks[network]
    except KeyError:
        raise not_found("network", network, "reload the page, the walk has changed") from None


def image_of(request: Request, image: str) -> StoredImage:
    """Return the image with this id; raises the 404 problem when it is not held."""
    try:
        return walk_of(request).images.get(image)
    except KeyError:
        raise not_found(
            "image", image, "it is unknown or no longer held, so insert it again"
        ) from None
