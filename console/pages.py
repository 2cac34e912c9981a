"""Every page of the console, and the pictures that conversations hold."""

from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse, PlainTextResponse, Response
from nicegui import ui

from console import acts, admin, checking, reporting, tickets, wallboard, workbench
from console.parts import Parts
from console.session import PREFIX, SessionGate
from console.sign_in_page import router as door

AWAY_AT_MOST = 60.0  # seconds for which a page waits for its browser to come back before it is given up


def install(app: FastAPI, parts: Parts, *, secret: str, secure: bool) -> None:
    """Serve the console below /console of this application."""
    app.include_router(door(parts.sign_in, secure=secure))
    app.include_router(_pictures(parts.pictures))
    for each in (workbench, tickets, wallboard, reporting, checking, admin, acts):
        each.page(parts)
    ui.run_with(
        app,
        mount_path=PREFIX,
        title="电答坐席",
        favicon="⚡",
        language="zh-CN",
        reconnect_timeout=AWAY_AT_MOST,
        storage_secret=secret,
        binding_refresh_interval=None,
        show_welcome_message=False,
        tailwind=False,
    )
    app.add_middleware(SessionGate, sign_in=parts.sign_in)


def _pictures(folder: Path) -> APIRouter:
    made = APIRouter(prefix=PREFIX, include_in_schema=False)

    @made.get("/pictures/{message}")
    async def picture(message: str) -> Response:
        """A picture that a customer sent; its name is that of its message."""
        found = [file for kind in ("jpg", "png", "gif") if (file := folder / f"{message}.{kind}").is_file()]
        if not message.isalnum() or not found:
            return PlainTextResponse("没有这张图片", 404)
        return FileResponse(found[0], headers={"Cache-Control": "private, max-age=3600"})

    return made
