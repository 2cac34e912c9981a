"""Every page of the console."""

from fastapi import FastAPI
from nicegui import ui

from console import acts, admin, checking, notices, photos, reporting, tickets, wallboard, workbench
from console.parts import Parts
from console.session import PREFIX, SessionGate
from console.sign_in_page import router as door

AWAY_AT_MOST = 60.0  # seconds for which a page waits for its browser to come back before it is given up


def install(app: FastAPI, parts: Parts, *, secret: str, secure: bool) -> None:
    """Serve the console below /console of this application."""
    app.include_router(door(parts.sign_in, secure=secure))
    app.include_router(photos.router(parts.switchboard, parts.pictures))
    for each in (workbench, tickets, notices, wallboard, reporting, checking, admin, acts):
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
