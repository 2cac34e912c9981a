"""What a request is given: the database, the time, the secret. Made once by `create_app`, found on `app.state`."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from backend.clock import Clock
from backend.database import Database


@dataclass(frozen=True)
class Parts:
    database: Database
    secret: str
    clock: Clock


def parts(request: Request) -> Parts:
    found: Parts = request.app.state.parts
    return found


async def _now(request: Request) -> datetime:
    """Asynchronous, as all dependencies here: FastAPI hands a plain function to a thread, which costs more than it."""
    return parts(request).clock()


async def _secret(request: Request) -> str:
    return parts(request).secret


async def _reading(request: Request) -> AsyncIterator[AsyncSession]:
    async with parts(request).database.read() as session:
        yield session


async def _writing(request: Request) -> AsyncIterator[AsyncSession]:
    """Committed before the answer leaves. After a refusal nothing is kept but what was committed before it."""
    async with parts(request).database.write() as session:
        yield session
        await session.commit()


Now = Annotated[datetime, Depends(_now)]
Secret = Annotated[str, Depends(_secret)]
Reading = Annotated[AsyncSession, Depends(_reading, scope="function")]
Writing = Annotated[AsyncSession, Depends(_writing, scope="function")]
