"""The parts of the channels that have to be carried to, from the settings."""

from dataclasses import dataclass

import httpx
import telegram
from fastapi import APIRouter

from app.process import now
from channels.chart import ChartRenderer
from channels.picture import PictureSource
from channels.telegram.carrier import TelegramCarrier
from channels.telegram.routes import router as telegram_router
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
from desk.database import Database
from desk.delivery import Delivery
from desk.phrases import Phrases
from desk.shelf import DatabaseShelf
from desk.switchboard import Switchboard
from settings import Settings


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
        tokens = Tokens(http, settings.wechat_app_id, secret, DatabaseShelf(database, now), now)
        api = Api(http, tokens, now)
        rendering = Rendering(phrases.texts())
        keys = [key.reveal() for key in (settings.wechat_aes_key, settings.wechat_aes_key_before) if key.reveal()]
        door = Door(settings.wechat_token.reveal(), settings.wechat_app_id, Mode(settings.wechat_mode), keys)
        pictures = Pictures(api, FolderAlbum(settings.media_folder, database))
        oauth = OAuth(http, settings.wechat_app_id, secret, settings.wechat_oauth)
        notice = Notice(settings.wechat_template, settings.wechat_template_fields, now)
        pictures_of_ours = PictureSource(chart, settings.media_folder)
        carrier = WeChatCarrier(api, rendering, pictures_of_ours, notice if settings.wechat_template else None)
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
        carrier = TelegramCarrier(bot, PictureSource(chart, settings.media_folder), phrases.text("utter_web_chart_alt"))
        album = FolderAlbum(settings.media_folder, database)
        return cls(bot, carrier, settings.telegram_secret.reveal(), album)

    def router(self, switchboard: Switchboard) -> APIRouter:
        return telegram_router(switchboard, bot=self.bot, carrier=self.carrier, secret=self.secret, album=self.album)
