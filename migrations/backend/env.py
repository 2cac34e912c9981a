"""Alembic's way into the backend's database. The URL comes from `backend.schema` or from `-x url=…`."""

import asyncio
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from backend.columns import Document, Instant, Scaled
from backend.database import open_database
from backend.tables import Base

VERSIONS = "backend_version"
"""A name of its own: the desk may live in the same PostgreSQL database."""


def plain(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """A migration keeps the plain type: it must still run when our own types have changed."""
    plain_types = {Instant: "sa.DateTime(timezone=True)", Scaled: "sa.BigInteger()", Document: "sa.Text()"}
    return plain_types.get(type(item), False) if kind == "type" else False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        version_table=VERSIONS,
        render_as_batch=True,
        render_item=plain,
    )
    with context.begin_transaction():
        context.run_migrations()


async def main(url: str) -> None:
    database = open_database(url)
    try:
        async with database.engine.connect() as connection:
            # SQLite alters a table by making it anew: what refers to it must not stand in the way meanwhile.
            if connection.dialect.name == "sqlite":
                raw = await connection.get_raw_connection()  # past SQLAlchemy: inside a transaction it means nothing
                await raw.driver_connection.execute("PRAGMA foreign_keys=OFF")
            await connection.run_sync(run)
            await connection.commit()
    finally:
        await database.close()


asyncio.run(main(context.config.attributes.get("url") or context.get_x_argument(as_dictionary=True)["url"]))
