"""The composition root: the only file that wires everything. `gateway` and `backend` are uvicorn factories."""

import asyncio
import gc
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import telegram
import yaml
from fastapi import APIRouter, FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from backend.app import create_app as create_backend
from channels.binding.routes import router as binding
from channels.chart import ChartRenderer
from channels.telegram.carrier import TelegramCarrier
from channels.telegram.routes import router as telegram_router
from channels.webchat.pages import allow_origins, pages
from channels.webchat.routes import router as webchat
from channels.wechat.api import Api
from channels.wechat.carrier import WeChatCarrier
from channels.wechat.door import Door, Mode
from channels.wechat.media import Pictures
from channels.wechat.notice import Notice
from channels.wechat.oauth import OAuth
from channels.wechat.rendering import Rendering
from channels.wechat.routes import router as wechat
from channels.wechat.token import Tokens
from desk.album import FolderAlbum
from desk.answer import Answerer
from desk.bindings import UtilityAccounts
from desk.database import Database
from desk.delivery import Delivery
from desk.errands import ErrandStore, Runner
from desk.feed import Feed
from desk.hazard import HazardWatch
from desk.ledger import Ledger
from desk.links import SignedLinks
from desk.phrases import Phrases
from desk.rasa import RasaBot
from desk.shelf import DatabaseShelf
from desk.store import Store
from desk.switchboard import Switchboard
from settings import Settings, SettingsError
from utility.client import UtilityClient
from utility.transport import Transport

ROOT = Path(__file__).parent


@dataclass(frozen=True)
class WeChat:
    """The official account's parts."""

    door: Door
    rendering: Rendering
    carrier: WeChatCarrier
    pictures: Pictures
    oauth: OAuth
    http: httpx.AsyncClient

    @classmethod
    def from_settings(cls, settings: Settings, phrases: Phrases, database: Database, chart: ChartRenderer) -> "WeChat":
        http = httpx.AsyncClient(base_url=settings.wechat_api)
        secret = settings.wechat_app_secret.reveal()
        tokens = Tokens(http, settings.wechat_app_id, secret, DatabaseShelf(database, _now), _now)
        api = Api(http, tokens, _now)
        rendering = Rendering(phrases.texts())
        keys = [key.reveal() for key in (settings.wechat_aes_key, settings.wechat_aes_key_before) if key.reveal()]
        door = Door(settings.wechat_token.reveal(), settings.wechat_app_id, Mode(settings.wechat_mode), keys)
        pictures = Pictures(api, FolderAlbum(settings.media_folder, database))
        oauth = OAuth(http, settings.wechat_app_id, secret, settings.wechat_oauth)
        notice = Notice(settings.wechat_template, settings.wechat_template_fields, _now)
        carrier = WeChatCarrier(api, rendering, chart, notice if settings.wechat_template else None)
        return cls(door, rendering, carrier, pictures, oauth, http)

    def router(self, switchboard: Switchboard, delivery: Delivery) -> APIRouter:
        return wechat(
            switchboard,
            delivery,
            door=self.door,
            rendering=self.rendering,
            carrier=self.carrier,
            pictures=self.pictures,
        )


@dataclass(frozen=True)
class Telegram:
    """The Telegram bot's parts."""

    bot: telegram.Bot
    carrier: TelegramCarrier
    secret: str
    album: FolderAlbum

    @classmethod
    def from_settings(
        cls, settings: Settings, phrases: Phrases, database: Database, chart: ChartRenderer
    ) -> "Telegram":
        api = settings.telegram_api
        bot = telegram.Bot(settings.telegram_token.reveal(), f"{api}/bot", f"{api}/file/bot")
        carrier = TelegramCarrier(bot, chart, phrases.text("utter_web_chart_alt"))
        album = FolderAlbum(settings.media_folder, database)
        return cls(bot, carrier, settings.telegram_secret.reveal(), album)

    def router(self, switchboard: Switchboard) -> APIRouter:
        return telegram_router(switchboard, bot=self.bot, carrier=self.carrier, secret=self.secret, album=self.album)


@dataclass(frozen=True)
class Desk:
    """The desk's parts, and what has to be closed after it."""

    switchboard: Switchboard
    runner: Runner
    delivery: Delivery
    wechat: WeChat | None
    telegram: Telegram | None
    accounts: UtilityAccounts
    links: SignedLinks
    bot: RasaBot
    database: Database
    clients: tuple[httpx.AsyncClient, ...]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Watch for abandoned messages and carry errands out while the gateway serves."""
        work = (self.switchboard.watch(), self.runner.run(), self.delivery.run())
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
    """Web chat and the desk behind it, from the environment; raises SettingsError."""
    settings = Settings.from_environment(os.environ)
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # one line per request to Rasa is no news
    if settings.cjk_font is None:
        raise SettingsError("DIANDA_CJK_FONT: no font that shows Chinese was found; install fonts-wqy-microhei")
    phrases = Phrases(_yaml("domain.yml")["responses"])
    chart = ChartRenderer(settings.cjk_font)
    desk = _desk(settings, phrases, chart)

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
            phrases=phrases.texts(),
            clock=_now,
            chart=chart,
        )
    )
    if desk.wechat:
        app.include_router(desk.wechat.router(desk.switchboard, desk.delivery))
    if settings.public_url:
        app.include_router(_binding(settings, desk, phrases))
    if desk.telegram:
        app.include_router(desk.telegram.router(desk.switchboard))
    app.include_router(pages())
    allow_origins(app, settings.webchat_origins)
    _for_operators(app, desk)
    _spare_the_collector()
    return app


def backend() -> FastAPI:
    """The stand-in for the power company's systems; raises SettingsError."""
    settings = Settings.from_environment(os.environ)
    app = create_backend(database_url=settings.backend_database_url, secret=settings.utility_secret.reveal())
    _spare_the_collector()
    return app


def _desk(settings: Settings, phrases: Phrases, chart: ChartRenderer) -> Desk:
    database, feed = Database(settings.database_url), Feed()
    to_rasa = httpx.AsyncClient(transport=Transport())
    to_utility = httpx.AsyncClient(base_url=settings.utility_url, transport=Transport())
    bot = RasaBot(to_rasa, settings.rasa_urls, settings.rasa_timeout)
    utility = UtilityClient(to_utility, secret=settings.utility_secret.reveal(), budget=settings.utility_budget)
    runner = Runner(ErrandStore(database), utility, feed, phrases, _now)
    hazards = HazardWatch.from_lexicon(_yaml("data/lexicon/hazard.yml"))
    impersonal = frozenset[str]() if settings.telegram_personal_data else frozenset({"telegram"})
    links = SignedLinks(settings.public_url, settings.webchat_secret.reveal(), DatabaseShelf(database, _now))
    bind_link = links.bind if settings.public_url else None
    answerer = Answerer(bot, hazards, phrases, _now, _nobody, impersonal, bind_link)
    store = Store(database, timedelta(seconds=settings.lease_seconds))
    switchboard = Switchboard(store, answerer, feed, phrases, _now, runner.wake)
    wechat = None if settings.wechat_mode == "off" else WeChat.from_settings(settings, phrases, database, chart)
    on_telegram = bool(settings.telegram_token.reveal())
    telegram_ = Telegram.from_settings(settings, phrases, database, chart) if on_telegram else None
    carriers = [each.carrier for each in (wechat, telegram_) if each]
    delivery = Delivery(Ledger(database), carriers, phrases, _now)
    feed.watch(delivery.wake)
    clients = (to_rasa, to_utility, *([wechat.http] if wechat else []))
    accounts = UtilityAccounts(utility)
    return Desk(switchboard, runner, delivery, wechat, telegram_, accounts, links, bot, database, clients)


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


def _spare_the_collector() -> None:
    """What is loaded by now stays to the end: to look through it for garbage again and again costs an eighth of all."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _nobody() -> bool:
    """The agents' console is a later issue: until then nobody is on duty, and the bot says so."""
    return False


def _now() -> datetime:
    return datetime.now().astimezone()


def _yaml(path: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))
    return loaded
