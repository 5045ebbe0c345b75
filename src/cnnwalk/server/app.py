"""The application: all routes, with errors as problems. The gate stands around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.routing import APIRoute

from cnnwalk.server.head import HeadAsGet
from cnnwalk.server.problems import describe_problems, install_problem_handlers
from cnnwalk.server.routes import images, layers, passes, placements, visualizations, walk
from cnnwalk.server.static import StaticFile, install_static

if TYPE_CHECKING:
    from cnnwalk.server.walk import Walk


def build_routes() -> FastAPI:
    """Return the typed routes, without a walk to serve: enough for their description."""
    # Off is whatever could ask a foreign host: FastAPI's pages of documents, and telemetry.
    app = FastAPI(
        title="cnnwalk",
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
        generate_unique_id_function=_operation_id,
        responses=describe_problems(),
    )
    for part in (walk, placements, images, passes, layers, visualizations):
        app.include_router(part.router)
    install_problem_handlers(app)
    return app


def create_app(served: Walk, files: dict[str, StaticFile]) -> FastAPI:
    """Return the application that serves this walk and the page's files."""
    app = build_routes()
    app.state.walk = served
    install_static(app, files)
    app.add_middleware(HeadAsGet)
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name
