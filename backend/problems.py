"""Refusals of the contract and how they leave: a `Problem` body with a code and a status.

Refusal
├── Missing      404 not_found
├── Mismatch     403 identity_mismatch, with the tries that are left
├── Locked       423 identity_locked, with the end of the pause
├── Forbidden    403 not_allowed
├── Unknown      401 not_allowed: the shared secret is missing or wrong
├── Impossible   409 not_possible: the ticket is not in a status for it
├── Invalid      422 invalid
└── Unready      503 unavailable: not migrated, not seeded, or the database is away
"""

import logging
import traceback
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from utility.models import Problem

log = logging.getLogger("dianda.backend")

HERE = str(Path(__file__).parent)


class Refusal(Exception):
    """Root: knows its status and its body."""

    status = 400
    code = "invalid"

    def problem(self) -> Problem:
        return Problem(code=self.code, message=str(self))


class Missing(Refusal):
    status, code = 404, "not_found"


class Forbidden(Refusal):
    status, code = 403, "not_allowed"


class Unknown(Refusal):
    status, code = 401, "not_allowed"


class Invalid(Refusal):
    status, code = 422, "invalid"


class Impossible(Refusal):
    status, code = 409, "not_possible"


class Unready(Refusal):
    status, code = 503, "unavailable"


class Mismatch(Refusal):
    status, code = 403, "identity_mismatch"

    def __init__(self, tries_left: int) -> None:
        super().__init__("account number and second factor do not belong together")
        self.tries_left = tries_left

    def problem(self) -> Problem:
        return Problem(code=self.code, message=str(self), tries_left=self.tries_left)


class Locked(Refusal):
    status, code = 423, "identity_locked"

    def __init__(self, until: datetime) -> None:
        super().__init__("too many wrong tries")
        self.until = until

    def problem(self) -> Problem:
        return Problem(code=self.code, message=str(self), until=self.until)


def install(app: FastAPI) -> None:
    """Every error of the app leaves as a Problem. None of them repeats what the request said: it may be personal."""
    app.exception_handler(Refusal)(_refused)
    app.exception_handler(RequestValidationError)(_malformed)
    app.exception_handler(HTTPException)(_unrouted)
    app.exception_handler(SQLAlchemyError)(_database_away)
    app.add_middleware(LastResort)


def _answer(status: int, problem: Problem, headers: Any = None) -> Response:
    body = problem.model_dump_json(exclude_none=True)
    return Response(body, status_code=status, media_type="application/json", headers=headers)


async def _refused(_request: Request, error: Refusal) -> Response:
    return _answer(error.status, error.problem())


async def _malformed(_request: Request, error: RequestValidationError) -> Response:
    faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['type']}" for fault in error.errors()[:5])
    return _answer(422, Problem(code="invalid", message=faults))


async def _unrouted(_request: Request, error: HTTPException) -> Response:
    code = "not_found" if error.status_code == 404 else "invalid"
    return _answer(error.status_code, Problem(code=code, message=str(error.detail)), error.headers)


async def _database_away(_request: Request, error: SQLAlchemyError) -> Response:
    log.error("the database failed: %s", _where(error))
    return _answer(503, Problem(code="unavailable", message="the database cannot be used now"))


class LastResort:
    """A bug is an honest 500. The log gets its kind and its place, not the values that a traceback may carry."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except Exception as error:
            if scope["type"] != "http":
                raise
            log.error("a request broke: %s", _where(error))
            problem = Problem(code="unavailable", message="the backend failed")
            await _answer(500, problem)(scope, receive, send)


def _where(error: Exception) -> str:
    """The kind of the failure and the last line of our own that it went through."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(HERE)]
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "outside the backend"
    return f"{type(getattr(error, 'orig', None) or error).__name__} at {place}"
