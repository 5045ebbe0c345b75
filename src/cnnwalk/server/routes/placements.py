"""Where visitors have put the panels of a network."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from cnnwalk.layout import Course
from cnnwalk.server.halls import View, view_of
from cnnwalk.server.messages import Placements
from cnnwalk.server.problems import ProblemError
from cnnwalk.server.routes.bodies import read_body
from cnnwalk.server.routes.state import network_of, walk_of

_MOST_BYTES = 4 * 2**20  # of 20,000 panels and more

router = APIRouter(prefix="/api/networks/{network}/placements", tags=["placements"])


def _view(
    request: Request,
    network: str,
    collapsed: Annotated[list[str] | None, Query()] = None,
    course: Course = "straight",
) -> View:
    """Return the view that is asked about, as with the hall."""
    return view_of(network_of(request, network).graph, collapsed or (), course=course)


AskedView = Annotated[View, Depends(_view)]


@router.get("")
def get_placements(request: Request, network: str, view: AskedView) -> Placements:
    """How the panels of a view stand, as far as they were moved."""
    return walk_of(request).placements.read(network_of(request, network), view)


@router.put(
    "",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/Placements"}}
            },
        }
    },
)
async def put_placements(request: Request, network: str, view: AskedView) -> Placements:
    """Keep how all panels of a view stand; 409 where another revision is kept than was changed."""
    served = network_of(request, network)
    data = await read_body(request, _MOST_BYTES)
    if data is None:
        raise ProblemError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"The placements take more than {_MOST_BYTES // 2**20} MiB; send those of this "
            "network's layers alone.",
        )
    try:
        asked = Placements.model_validate_json(data)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error
    return await run_in_threadpool(walk_of(request).placements.write, served, view, asked)
