"""Errors as problem+json (RFC 9457): one sentence for people, never a traceback."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from cnnwalk.images import ImageError
from cnnwalk.server.messages import Problem

MEDIA_TYPE = "application/problem+json"


class ProblemError(Exception):
    """An error that a route answers with; `detail` is a sentence for people."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


def not_found(what: str, value: str, next_step: str) -> ProblemError:
    """Return the 404 problem that names what was asked for and what to do."""
    return ProblemError(HTTPStatus.NOT_FOUND, f"There is no {what} {value!r}; {next_step}.")


def problem_response(
    status: int, detail: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Return the answer for a problem."""
    problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)
    return Response(
        problem.model_dump_json(), status_code=status, headers=headers, media_type=MEDIA_TYPE
    )


def describe_problems() -> dict[int | str, dict[str, object]]:
    """Return the part of the OpenAPI document that every operation shares: how errors look."""
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"default": {"description": "a problem", "content": {MEDIA_TYPE: problem}}}


def install_problem_handlers(app: FastAPI) -> None:
    """Let every error of `app` answer with a problem."""
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(ImageError, _on_image)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)
    app.add_exception_handler(Exception, _on_crash)


# Starlette's handlers take the class of the exception by registration, which types cannot say:
# hence the casts.


async def _on_problem(_request: Request, error: Exception) -> Response:
    problem = cast(ProblemError, error)
    return problem_response(problem.status, problem.detail)


async def _on_http(request: Request, error: Exception) -> Response:
    raised = cast(HTTPException, error)
    if raised.status_code == HTTPStatus.NOT_MODIFIED:
        return Response(status_code=raised.status_code, headers=raised.headers)
    details = {
        HTTPStatus.NOT_FOUND: f"There is nothing at {request.scope['path'][:200]!r}.",
        HTTPStatus.METHOD_NOT_ALLOWED: f"{request.method} is not possible here.",
    }
    detail = details.get(HTTPStatus(raised.status_code), str(raised.detail))
    return problem_response(raised.status_code, detail, raised.headers)


async def _on_validation(_request: Request, error: Exception) -> Response:
    invalid = cast(RequestValidationError, error)
    sentences = [
        f"{' '.join(str(part) for part in issue['loc'])}: {issue['msg']}"
        f" (got {str(issue.get('input'))[:100]!r})"
        for issue in invalid.errors()
    ]
    return problem_response(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(sentences))


async def _on_image(_request: Request, error: Exception) -> Response:
    return problem_response(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))


async def _on_disconnect(_request: Request, _error: Exception) -> Response:
    # Nobody is there to read it, but without an answer it would count as our own error.
    return problem_response(HTTPStatus.BAD_REQUEST, "The connection ended within the body.")


async def _on_crash(_request: Request, _error: Exception) -> Response:
    # The server's log has the traceback: uvicorn writes it when this answer is sent.
    return problem_response(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "The server met an error of its own; the terminal it runs in shows what happened.",
    )
