"""Pictures that customers sent: files in one folder, named by their message."""

import asyncio
import os
from pathlib import Path

from sqlalchemy import select, update

from desk import tables as t
from desk.database import Database

# What a picture begins with; anything else is no picture, whatever it calls itself.
BEGINNINGS = {b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png", b"GIF87a": "gif", b"GIF89a": "gif"}
LARGEST = 10 * 1024 * 1024


class FolderAlbum:
    """See ports.Album."""

    def __init__(self, folder: Path, database: Database) -> None:
        self._folder, self._db = folder, database

    async def keep(self, message: str, content: bytes) -> None:
        kind = next((name for start, name in BEGINNINGS.items() if content.startswith(start)), None)
        if kind is None or len(content) > LARGEST:
            raise ValueError("it is no picture, or too large")
        file = self._folder / f"{message}.{kind}"
        await asyncio.to_thread(_write, file, content)
        m = t.message.c
        async with self._db.write() as db:
            data = await db.scalar(select(m.data).where(m.id == message))
            data = data | {"media": (data.get("media") or {}) | {"file": file.name, "bytes": len(content)}}
            await db.execute(update(t.message).where(m.id == message).values(data=data))


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all, and for our own eyes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_bytes(content)
    part.chmod(0o600)
    os.replace(part, file)
