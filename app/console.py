"""The agents' console, as a process of its own, apart from the public door."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
from fastapi import FastAPI
from fastapi.responses import RedirectResponse, Response

from app.people import People
from app.process import CHINA, now, phrases, read_settings, read_yaml
from console.pages import install
from console.parts import Parts
from console.rows import SharedQueue
from desk.answer import Answerer
from desk.audit import AuditLog
from desk.copilot import Copilot
from desk.database import Database
from desk.dispatch import Dispatcher
from desk.feed import Feed
from desk.hazard import HazardWatch
from desk.notice_report import NoticeReport
from desk.papers import Papers
from desk.quality import QualityChecks
from desk.rasa import RasaBot
from desk.reading import Reading
from desk.reports import Reports
from desk.sign_in import SignIn
from desk.store import Store
from desk.switchboard import Switchboard
from utility.staff_client import StaffClient
from utility.transport import Transport

# An agent who is ready and has nothing to do yet is at work all the same.
IDLE = timedelta(hours=4)


def console() -> FastAPI:
    """A uvicorn factory; raises SettingsError."""
    settings = read_settings()
    database, feed, said = Database(settings.database_url), Feed(), phrases()
    http = httpx.AsyncClient(base_url=settings.utility_url, transport=Transport())
    to_rasa = httpx.AsyncClient(transport=Transport())
    utility = StaffClient(http, secret=settings.utility_secret.reveal(), budget=settings.utility_budget)
    bot = RasaBot(to_rasa, settings.rasa_urls, settings.rasa_timeout)
    people = People.at(database, feed, utility)
    hazards = HazardWatch.from_lexicon(read_yaml("data/lexicon/hazard.yml"))
    answerer = Answerer(bot, hazards, said, now, people.duty)
    switchboard = Switchboard(Store(database), people.handoffs, answerer, feed, said, now, lambda: None)
    dispatcher = Dispatcher(people.board, people.duty, people.handoffs, people.agents, switchboard, said, now)
    reading = Reading(database)
    parts = Parts(
        switchboard=switchboard,
        board=people.board,
        duty=people.duty,
        handoffs=people.handoffs,
        agents=people.agents,
        papers=Papers(database),
        reading=reading,
        reports=Reports(database, CHINA),
        quality=QualityChecks(database),
        rules=people.rules,
        notices=NoticeReport(database),
        audit=AuditLog(database, now),
        sign_in=SignIn(database, now, idle=IDLE),
        copilot=Copilot(bot, reading),
        utility=utility,
        pictures=settings.media_folder,
        queue=SharedQueue(),
        clock=now,
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await people.board.look()
        tasks = [asyncio.create_task(work) for work in (people.board.follow(), dispatcher.run())]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for client in (http, to_rasa):
            await client.aclose()
        await database.close()

    app = FastAPI(title="电答坐席", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)

    @app.get("/")
    async def root() -> Response:
        return RedirectResponse("/console/")

    @app.get("/healthz")
    async def healthz() -> Response:
        return Response("ok")

    install(app, parts, secret=settings.console_secret.reveal(), secure=settings.console_secure)
    return app
