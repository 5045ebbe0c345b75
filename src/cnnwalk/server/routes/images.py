"""Where images come from: datasets, noise and uploads; and the images themselves."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from cnnwalk.images import MAX_UPLOAD_BYTES, STRONGEST, NoiseKind
from cnnwalk.server.caching import revalidate, tag
from cnnwalk.server.messages import Draw, ImageInfo
from cnnwalk.server.problems import ProblemError, not_found
from cnnwalk.server.routes.bodies import read_body
from cnnwalk.server.routes.state import image_of, network_of, walk_of

_LARGEST_SEED = 2**32 - 1
_LARGEST_PAGE = 48

router = APIRouter(prefix="/api", tags=["images"])

Seed = Annotated[int, Path(ge=0, le=_LARGEST_SEED)]


@router.get("/datasets/{dataset}/draws/{seed}")
def get_draw(
    request: Request,
    dataset: str,
    seed: Seed,
    offset: Annotated[int, Query(ge=0)] = 0,
    count: Annotated[int, Query(ge=1, le=_LARGEST_PAGE)] = 8,
) -> Draw:
    """A page of the dataset's items in the random order that `seed` gives."""
    walk = walk_of(request)
    if dataset not in walk.datasets:
        raise not_found("dataset", dataset, "reload the page, the walk has changed")
    return walk.draw(dataset, seed=seed, offset=offset, count=count)


@router.get("/networks/{network}/noise/{kind}/{seed}")
def get_noise(request: Request, network: str, kind: NoiseKind, seed: Seed) -> ImageInfo:
    """A noise image in the size that the network takes."""
    return walk_of(request).noise(network_of(request, network), kind, seed)


@router.get("/images/{image}/noisy")
def get_noisy(
    request: Request, image: str, sigma: Annotated[float, Query(gt=0, le=STRONGEST)]
) -> ImageInfo:
    """The image with Gaussian noise on it; `sigma` is its standard deviation where 1 is white."""
    return walk_of(request).with_noise(image_of(request, image), sigma)


@router.post(
    "/images",
    status_code=HTTPStatus.CREATED,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def post_image(
    request: Request, name: Annotated[str, Query(min_length=1, max_length=200)] = "upload"
) -> ImageInfo:
    """Take an uploaded picture: the bytes of the file are the body."""
    data = await _read_upload(request)
    _check_upload_type(request)
    return await run_in_threadpool(walk_of(request).upload, data, name)


@router.get(
    "/images/{image}", response_class=Response, responses={200: {"content": {"image/png": {}}}}
)
def get_image(request: Request, image: str) -> Response:
    """The image as a PNG."""
    headers = revalidate(request, tag("image", image))
    return Response(image_of(request, image).png(), headers=headers, media_type="image/png")


@router.get(
    "/images/{image}/thumbnail",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}}},
)
def get_thumbnail(request: Request, image: str) -> Response:
    """The image as a small JPEG."""
    headers = revalidate(request, tag("thumbnail", image))
    return Response(image_of(request, image).thumbnail(), headers=headers, media_type="image/jpeg")


def _check_upload_type(request: Request) -> None:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind and not kind.startswith("image/") and kind != "application/octet-stream":
        raise ProblemError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"The body is said to be {kind!r}, but a picture is expected: send the bytes of a "
            "JPEG, PNG, WebP, BMP or GIF file with Content-Type image/*.",
        )


async def _read_upload(request: Request) -> bytes:
    data = await read_body(request, MAX_UPLOAD_BYTES)
    if data is None:
        raise ProblemError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"The file is larger than {MAX_UPLOAD_BYTES // 2**20} MiB; make the picture smaller "
            "and drop it again.",
        )
    return data
