"""Pictures of conversations: files in one folder, those of customers named by their message."""

import asyncio
import os
import uuid
from pathlib import Path

from sqlalchemy import select, update

from desk import tables as t
from desk.database import Database
from desk.model import Json

# What a picture begins with; anything else is no picture, whatever it calls itself.
BEGINNINGS = {b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png", b"GIF87a": "gif", b"GIF89a": "gif"}
LARGEST = 10 * 1024 * 1024


async def keep_new(folder: Path, content: bytes) -> Json:
    """A picture that is about to be sent, under a name of its own: what its message says of it (`data["media"]`).
    Raises ValueError."""
    file = folder / f"{uuid.uuid4().hex}.{_kind(content)}"
    await asyncio.to_thread(_write, file, content)
    return {"file": file.name, "bytes": len(content)}


class FolderAlbum:
    """See ports.Album."""

    def __init__(self, folder: Path, database: Database) -> None:
        self._folder, self._db = folder, database

    async def keep(self, message: str, content: bytes) -> None:
        file = self._folder / f"{message}.{_kind(content)}"
        await asyncio.to_thread(_write, file, content)
        m = t.message.c
        async with self._db.write() as db:
            data = await db.scalar(select(m.data).where(m.id == message))
            data = data | {"media": (data.get("media") or {}) | {"file": file.name, "bytes": len(content)}}
            await db.execute(update(t.message).where(m.id == message).values(data=data))


def _kind(content: bytes) -> str:
    kind = next((name for start, name in BEGINNINGS.items() if content.startswith(start)), None)
    if kind is None or len(content) > LARGEST:
        raise ValueError("it is no picture, or too large")
    return kind


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all, and for our own eyes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_bytes(content)
    part.chmod(0o600)
    os.replace(part, file)
