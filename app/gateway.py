"""The public door: web chat, WeChat, Telegram and the desk behind them, as a process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx
from fastapi import APIRouter, FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.channels import Telegram, WeChat
from app.people import People
from app.process import CHINA, now, phrases, read_settings, read_yaml, spare_the_collector
from channels.binding.routes import router as binding
from channels.chart import ChartRenderer
from channels.picture import PictureSource
from channels.webchat.pages import allow_origins, pages
from channels.webchat.routes import router as webchat
from desk.answer import Answerer
from desk.bindings import UtilityAccounts
from desk.database import Database
from desk.delivery import Delivery
from desk.dispatch import Dispatcher
from desk.errands import ErrandStore, Runner
from desk.feed import Feed
from desk.hazard import HazardWatch
from desk.ledger import Ledger
from desk.links import SignedLinks
from desk.news import NewsRunner
from desk.notices import Notices
from desk.phrases import Phrases
from desk.rasa import RasaBot
from desk.shelf import DatabaseShelf
from desk.store import Store
from desk.switchboard import Switchboard
from settings import Settings, SettingsError
from utility.staff_client import StaffClient
from utility.transport import Transport


@dataclass(frozen=True)
class Desk:
    """The desk's parts, and what has to be closed after it."""

    switchboard: Switchboard
    runner: Runner
    delivery: Delivery
    dispatcher: Dispatcher
    people: People
    news: NewsRunner
    notices: Notices
    wechat: WeChat | None
    telegram: Telegram | None
    accounts: UtilityAccounts
    links: SignedLinks
    bot: RasaBot
    database: Database
    clients: tuple[httpx.AsyncClient, ...]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Watch for abandoned messages, carry errands out and hand conversations to people while the gateway serves."""
        work = (
            self.switchboard.watch(),
            self.runner.run(),
            self.delivery.run(),
            self.people.board.follow(),
            self.dispatcher.run(),
            self.news.run(),
            self.notices.run(),
        )
        tasks = [asyncio.create_task(each) for each in work]
        try:
            yield
        finally:
            await self.switchboard.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for client in self.clients:
                await client.aclose()
            await self.database.close()


def gateway() -> FastAPI:
    """A uvicorn factory; raises SettingsError."""
    settings = read_settings()
    if settings.cjk_font is None:
        raise SettingsError("DIANDA_CJK_FONT: no font that shows Chinese was found; install fonts-wqy-microhei")
    said = phrases()
    chart = ChartRenderer(settings.cjk_font)
    desk = _desk(settings, said, chart)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        warming = asyncio.create_task(chart.warm())  # its imports take seconds: not while a customer waits
        async with desk.running():
            yield
        warming.cancel()
        await chart.close()

    app = FastAPI(title="电答", version="0.1.0", lifespan=lifespan)
    app.include_router(
        webchat(
            desk.switchboard,
            secret=settings.webchat_secret.reveal(),
            token_hours=settings.webchat_token_hours,
            rate=settings.webchat_rate,
            global_rate=settings.webchat_global_rate,
            session_rate=settings.webchat_session_rate,
            phrases=said.texts(),
            clock=now,
            pictures=PictureSource(chart, settings.media_folder),
        )
    )
    if desk.wechat:
        app.include_router(desk.wechat.router(desk.switchboard, desk.delivery))
    if settings.public_url:
        app.include_router(_binding(settings, desk, said))
    if desk.telegram:
        app.include_router(desk.telegram.router(desk.switchboard))
    app.include_router(pages())
    allow_origins(app, settings.webchat_origins)
    _for_operators(app, desk)
    spare_the_collector()
    return app


def _desk(settings: Settings, phrases: Phrases, chart: ChartRenderer) -> Desk:
    database, feed = Database(settings.database_url), Feed()
    to_rasa = httpx.AsyncClient(transport=Transport())
    to_utility = httpx.AsyncClient(base_url=settings.utility_url, transport=Transport())
    bot = RasaBot(to_rasa, settings.rasa_urls, settings.rasa_timeout)
    utility = StaffClient(to_utility, secret=settings.utility_secret.reveal(), budget=settings.utility_budget)
    runner = Runner(ErrandStore(database), utility, feed, phrases, now)
    hazards = HazardWatch.from_lexicon(read_yaml("data/lexicon/hazard.yml"))
    impersonal = frozenset[str]() if settings.telegram_personal_data else frozenset({"telegram"})
    links = SignedLinks(settings.public_url, settings.webchat_secret.reveal(), DatabaseShelf(database, now))
    bind_link = links.bind if settings.public_url else None
    people = People.at(database, feed, utility)
    answerer = Answerer(bot, hazards, phrases, now, people.duty, impersonal, bind_link)
    store = Store(database, timedelta(seconds=settings.lease_seconds))
    switchboard = Switchboard(store, people.handoffs, answerer, feed, phrases, now, runner.wake)
    wechat = None if settings.wechat_mode == "off" else WeChat.from_settings(settings, phrases, database, chart)
    on_telegram = bool(settings.telegram_token.reveal())
    telegram_ = Telegram.from_settings(settings, phrases, database, chart) if on_telegram else None
    carriers = [each.carrier for each in (wechat, telegram_) if each]
    delivery = Delivery(Ledger(database), carriers, phrases, now)
    feed.watch(delivery.wake)
    clients = (to_rasa, to_utility, *([wechat.http] if wechat else []))
    dispatcher = Dispatcher(people.board, people.duty, people.handoffs, people.agents, switchboard, phrases, now)
    accounts = UtilityAccounts(utility)
    return Desk(
        switchboard=switchboard,
        runner=runner,
        delivery=delivery,
        dispatcher=dispatcher,
        people=people,
        news=NewsRunner(database, utility, feed, phrases),
        notices=Notices(database, utility, feed, phrases, now, CHINA),
        wechat=wechat,
        telegram=telegram_,
        accounts=accounts,
        links=links,
        bot=bot,
        database=database,
        clients=clients,
    )


def _binding(settings: Settings, desk: Desk, phrases: Phrases) -> APIRouter:
    return binding(
        desk.switchboard,
        desk.accounts,
        desk.links,
        address=settings.public_url,
        secret=settings.webchat_secret.reveal(),
        phrases=phrases.texts(),
        confirmations={"wechat": desk.wechat.oauth} if desk.wechat else {},
    )


def _for_operators(app: FastAPI, desk: Desk) -> None:
    @app.get("/healthz", tags=["operators"])
    async def healthz() -> Response:
        """200 when a real question gets a real answer from the bot; 503 when not."""
        alive = await desk.bot.alive()
        return Response("ok" if alive else "the bot does not answer", status_code=200 if alive else 503)

    @app.get("/metrics", tags=["operators"], include_in_schema=False)
    async def metrics() -> Response:
        """For Prometheus."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
