"""Pictures: those that a conversation holds, and those that agents send."""

import asyncio
import io
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from fastapi.responses import FileResponse, PlainTextResponse, Response
from PIL import Image, ImageOps, UnidentifiedImageError

from console.session import PREFIX
from desk.album import keep_new
from desk.errors import DeskError
from desk.model import Author, Draft, Kind
from desk.sign_in import Session
from desk.switchboard import Switchboard

LARGEST = 12 * 1024 * 1024  # bytes, as they come
LONGEST_SIDE = 1600  # pixels, as they go out: a platform takes at most 2 MB
MOST_PIXELS = 50_000_000
QUALITY = 85
HEX = Annotated[str, InPath(pattern=r"^[0-9a-f]{32}$")]


class NoPicture(ValueError):
    """These bytes are none, or too many."""


def prepared(content: bytes) -> bytes:
    """A JPEG of bearable size without what a camera writes into it, the place above all. Raises NoPicture."""
    try:
        with Image.open(io.BytesIO(content)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise NoPicture("too many pixels")
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as broken:
        raise NoPicture(type(broken).__name__) from None
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    written = io.BytesIO()
    upright.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()


def router(switchboard: Switchboard, folder: Path) -> APIRouter:
    made = APIRouter(prefix=PREFIX, include_in_schema=False)

    @made.get("/pictures/{name}")
    async def picture(name: str) -> Response:
        """A picture of a conversation, by the name of its file without the ending."""
        found = [file for kind in ("jpg", "png", "gif") if (file := folder / f"{name}.{kind}").is_file()]
        if not name.isalnum() or not found:
            return PlainTextResponse("没有这张图片", 404)
        return FileResponse(found[0], headers={"Cache-Control": "private, max-age=3600"})

    @made.post("/pictures/{conversation}")
    async def send(conversation: HEX, request: Request) -> Response:
        """The body is the picture; it goes to the customer of a conversation that is the agent's own."""
        session: Session = request.state.session
        content = bytearray()
        async for chunk in request.stream():
            content += chunk
            if len(content) > LARGEST:
                return PlainTextResponse("图片太大，最多 12 MB", 413)
        try:
            ready = await asyncio.to_thread(prepared, bytes(content))
        except NoPicture:
            return PlainTextResponse("这个文件不是能发送的图片", 415)
        media = await keep_new(folder, ready)
        agent = session.agent.name
        draft = Draft(Author.AGENT, Kind.IMAGE, "[图片]", data={"agent": agent, "media": media})
        try:
            await switchboard.reply(conversation, agent, draft)
        except DeskError:
            (folder / media["file"]).unlink(missing_ok=True)
            return PlainTextResponse("没有发出：会话已不在您手上", 409)
        return Response(status_code=204)

    return made
