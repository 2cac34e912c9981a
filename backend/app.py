"""The composition root of the backend: one FastAPI application out of its nouns."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from backend import (
    accounts,
    alarms,
    appliance_claims,
    audience,
    billing,
    bindings,
    compensation,
    confirmations,
    emergency_contacts,
    grants,
    hours,
    identity,
    incidents,
    limits,
    notice_tasks,
    outage_news,
    outages,
    places,
    plan_import,
    plans,
    problems,
    reliability,
    staff,
    subscriptions,
    ticket_news,
    tickets,
)
from backend.access import require_secret
from backend.clock import Clock, system_clock
from backend.database import open_database
from backend.examples import examples
from backend.parts import Parts
from backend.problems import Invalid
from backend.refusals import EVERYWHERE

DESCRIPTION = """
The contract between 电答 and a power company's systems: a utility that implements these endpoints can replace this
stand-in. Times are ISO 8601 with offset, money is yuan as a decimal string, energy is kWh, a period is a month
`YYYY-MM`. Every fact says where it comes from (`source`) and as of when (`as_of`, `valid_from`). Names, phones and
addresses leave the systems masked. Errors are `Problem` bodies with a stable `code`. Reads and writes with an
`Idempotency-Key` may be repeated; `POST /identity` and `POST /bindings` may not.
"""
NOUNS = (
    places,
    accounts,
    identity,
    bindings,
    billing,
    outages,
    outage_news,
    plans,
    plan_import,
    notice_tasks,
    incidents,
    alarms,
    confirmations,
    audience,
    reliability,
    tickets,
    staff,
    ticket_news,
    limits,
    hours,
    compensation,
    grants,
    appliance_claims,
    subscriptions,
    emergency_contacts,
)


class Health(BaseModel):
    """The process answers."""

    status: str = "ok"


def create_app(*, database_url: str, secret: str, clock: Clock = system_clock) -> FastAPI:
    """The application over a migrated and seeded database. `clock` gives aware times."""
    database = open_database(database_url)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await database.close()

    app = FastAPI(
        title="电答 · 供电企业系统接口",
        version="1.0",
        description=DESCRIPTION,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    app.state.parts = Parts(database, secret, clock)
    app.openapi = partial(_document, app)  # type: ignore[method-assign]
    problems.install(app)
    app.add_api_route("/healthz", _healthz, tags=["运行"], summary="存活")
    for noun in NOUNS:
        app.include_router(
            noun.router, dependencies=[Depends(require_secret), Depends(_storable)], responses=EVERYWHERE
        )
    return app


def _document(app: FastAPI) -> dict[str, Any]:
    """FastAPI's document, and an example of every noun that matters."""
    if app.openapi_schema is None:
        app.openapi_schema = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        schemas = app.openapi_schema["components"]["schemas"]
        for example in examples():
            schemas[type(example).__name__]["examples"] = [example.model_dump(mode="json")]
    return app.openapi_schema


async def _healthz() -> Health:
    """No authentication; says nothing about the database."""
    return Health()


async def _storable(request: Request) -> None:
    """No database keeps a NUL, and no id, name or number has one."""
    if "%00" in str(request.url):
        raise Invalid("the address contains a NUL")
