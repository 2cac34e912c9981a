"""The desk's database as a benchmark reads it: SQLite or PostgreSQL, by URL, a connection for each question."""

from __future__ import annotations

import asyncio
import itertools
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import asyncpg


class Records:
    """`url` as in DIANDA_DATABASE_URL. Values stand as ? in a question."""

    def __init__(self, url: str) -> None:
        scheme, _, self._path = url.partition(":///") if url.startswith("sqlite") else (url, "", "")
        self._url = scheme.replace("+asyncpg", "")

    def rows(self, question: str, *values: Any) -> list[Any]:
        if self._path:
            with closing(sqlite3.connect(self._path, timeout=30)) as db, db:
                return db.execute(question, values).fetchall()
        numbers = itertools.count(1)
        asked = re.sub(r"\?", lambda _: f"${next(numbers)}", question)
        with ThreadPoolExecutor(1) as thread:  # whoever asks may have a loop of their own
            found: list[Any] = thread.submit(asyncio.run, self._ask(asked, values)).result()
        return found

    async def _ask(self, question: str, values: tuple[Any, ...]) -> list[Any]:
        connection = await asyncpg.connect(self._url)
        try:
            return [tuple(row) for row in await connection.fetch(question, *values)]
        finally:
            await connection.close()
