"""The one settings object, read from the environment; every variable is described in docs/settings.md.

SettingsError   a variable is missing, malformed, or unknown; its text names the variable and says what to do

Standard library only, and Python 3.8: the launcher reads the settings before any environment exists.
"""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Callable, Mapping, TypeVar

import conversions as to
from conversions import Secret, written

PREFIX = "DIANDA_"
WECHAT_MODES = ("off", "plain", "compatible", "safe")
LONG_WORD = "at least 16 letters, digits, - and _"
TEMPLATE_FIELDS = "thing1=您有一条客服消息待查看,time2={time}"
AES_KEY = r"[A-Za-z0-9]{43}"
FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
    "/System/Library/Fonts",
)
FONT_NAMES = (
    "wqy-microhei.tt?",
    "wqy-zenhei.tt?",
    "NotoSansCJK*Regular*",
    "NotoSansSC*Regular*",
    "SourceHanSans*Regular*",
    "PingFang.ttc",
)

T = TypeVar("T")


class SettingsError(Exception):
    """A variable is missing, malformed, or unknown."""


@dataclass(frozen=True)
class Settings:
    """One field for each variable: `port` is DIANDA_PORT. Seconds unless the name says otherwise."""

    host: str
    port: int
    database_url: str = field(repr=False)  # may carry a password
    backend_database_url: str = field(repr=False)
    backend_port: int
    actions_port: int
    rasa_port: int
    rasa_processes: int
    rasa_urls: tuple[str, ...]
    rasa_timeout: float
    utility_url: str
    utility_budget: float
    console_host: str
    console_port: int
    console_secure: bool  # browsers come by https
    console_secret: Secret
    actions_secret: Secret
    utility_secret: Secret
    webchat_secret: Secret
    webchat_origins: tuple[str, ...]
    webchat_token_hours: int
    webchat_rate: str  # as 20/minute or 20/minute;200/hour
    webchat_global_rate: str
    webchat_session_rate: str
    wechat_mode: str  # off, plain, compatible, safe
    wechat_app_id: str
    wechat_app_secret: Secret
    wechat_token: Secret
    wechat_aes_key: Secret
    wechat_aes_key_before: Secret
    wechat_api: str
    wechat_oauth: str
    wechat_template: str  # empty: what waits is not told of
    wechat_template_fields: tuple[str, ...]
    public_url: str  # empty: pages of our own cannot be linked to
    telegram_token: Secret  # empty: Telegram is off
    telegram_secret: Secret
    telegram_api: str
    telegram_personal_data: bool
    media_folder: Path
    cjk_font: Path | None  # None: no font on this machine shows Chinese
    log_level: str
    lease_seconds: float

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read and check every variable; raises SettingsError. An empty variable counts as absent."""
        _refuse_unknown(environment)
        variables = _Variables(environment)
        backend_port = variables.read("BACKEND_PORT", to.port, "8010")
        rasa_port = variables.read("RASA_PORT", to.port, "5005")
        rasa_processes = variables.read("RASA_PROCESSES", to.whole(1, 64), "1")
        rasa_urls = ",".join(f"http://127.0.0.1:{rasa_port + n}" for n in range(rasa_processes))
        host, port = variables.read("HOST", to.host, "127.0.0.1"), variables.read("PORT", to.port, "8000")
        at_home = f"http://127.0.0.1:{port}" if host == "127.0.0.1" else ""
        settings = cls(
            host=host,
            port=port,
            database_url=variables.read("DATABASE_URL", to.database_url, "sqlite+aiosqlite:///var/desk.db"),
            backend_database_url=variables.read(
                "BACKEND_DATABASE_URL", to.database_url, "sqlite+aiosqlite:///var/backend.db"
            ),
            backend_port=backend_port,
            actions_port=variables.read("ACTIONS_PORT", to.port, "5055"),
            rasa_port=rasa_port,
            rasa_processes=rasa_processes,
            rasa_urls=variables.read("RASA_URLS", to.some(to.url), rasa_urls),
            rasa_timeout=variables.read("RASA_TIMEOUT", to.positive, "3.0"),
            utility_url=variables.read("UTILITY_URL", to.url, f"http://127.0.0.1:{backend_port}"),
            utility_budget=variables.read("UTILITY_BUDGET", to.positive, "3.0"),
            console_host=variables.read("CONSOLE_HOST", to.host, "127.0.0.1"),
            console_port=variables.read("CONSOLE_PORT", to.port, "8001"),
            console_secure=variables.read("CONSOLE_SECURE", to.yes_or_no, "no"),
            console_secret=variables.read("CONSOLE_SECRET", to.secret),
            actions_secret=variables.read("ACTIONS_SECRET", to.secret),
            utility_secret=variables.read("UTILITY_SECRET", to.secret),
            webchat_secret=variables.read("WEBCHAT_SECRET", to.secret),
            webchat_origins=variables.read("WEBCHAT_ORIGINS", to.listed(to.origin), ""),
            webchat_token_hours=variables.read("WEBCHAT_TOKEN_HOURS", to.whole(1, 8760), "24"),
            webchat_rate=variables.read("WEBCHAT_RATE", to.rate, "20/minute"),
            webchat_global_rate=variables.read("WEBCHAT_GLOBAL_RATE", to.rate, "3000/minute"),
            webchat_session_rate=variables.read("WEBCHAT_SESSION_RATE", to.rate, "60/minute;600/hour"),
            wechat_mode=variables.read("WECHAT_MODE", to.one_of(*WECHAT_MODES), "off"),
            wechat_app_id=variables.read("WECHAT_APP_ID", to.matching(r"[A-Za-z0-9_]{1,64}", "an AppID"), ""),
            wechat_app_secret=variables.read("WECHAT_APP_SECRET", to.hidden(r"[A-Za-z0-9]{8,64}", "an AppSecret"), ""),
            wechat_token=variables.read(
                "WECHAT_TOKEN", to.hidden(r"[A-Za-z0-9]{3,32}", "3 to 32 letters and digits"), ""
            ),
            wechat_aes_key=variables.read("WECHAT_AES_KEY", to.hidden(AES_KEY, "43 letters and digits"), ""),
            wechat_aes_key_before=variables.read(
                "WECHAT_AES_KEY_BEFORE", to.hidden(AES_KEY, "43 letters and digits"), ""
            ),
            wechat_api=variables.read("WECHAT_API", to.url, "https://api.weixin.qq.com"),
            wechat_oauth=variables.read("WECHAT_OAUTH", to.url, "https://open.weixin.qq.com/connect/oauth2/authorize"),
            wechat_template=variables.read(
                "WECHAT_TEMPLATE", to.matching(r"[A-Za-z0-9_-]{1,64}", "a template's id"), ""
            ),
            wechat_template_fields=variables.read("WECHAT_TEMPLATE_FIELDS", to.listed(to.field), TEMPLATE_FIELDS),
            public_url=variables.read("PUBLIC_URL", to.optional(to.origin), at_home),
            telegram_token=variables.read("TELEGRAM_TOKEN", to.hidden(r"\d+:[A-Za-z0-9_-]{8,}", "a bot token"), ""),
            telegram_secret=variables.read("TELEGRAM_SECRET", to.hidden(r"[A-Za-z0-9_-]{16,256}", LONG_WORD), ""),
            telegram_api=variables.read("TELEGRAM_API", to.url, "https://api.telegram.org"),
            telegram_personal_data=variables.read("TELEGRAM_PERSONAL_DATA", to.yes_or_no, "no"),
            media_folder=variables.read("MEDIA_FOLDER", Path, "var/media"),
            cjk_font=variables.read("CJK_FONT", to.file, "") or find_cjk_font(),
            log_level=variables.read("LOG_LEVEL", to.log_level, "INFO"),
            lease_seconds=variables.read("LEASE_SECONDS", to.positive, "10"),
        )
        _refuse_shared_ports(settings)
        _refuse_half_a_wechat(settings)
        if settings.telegram_token.reveal() and not settings.telegram_secret.reveal():
            raise SettingsError("DIANDA_TELEGRAM_SECRET is missing, and Telegram is not off: make up a long one")
        return settings

    def to_environment(self) -> dict[str, str]:
        """Every variable with its value in force, secrets in the clear: what the launcher hands to its children."""
        return {variable: written(getattr(self, name)) for name, variable in variables().items()}


def variables() -> dict[str, str]:
    """The field of each variable: {"port": "DIANDA_PORT", …}."""
    return {each.name: PREFIX + each.name.upper() for each in fields(Settings)}


def find_cjk_font() -> Path | None:
    """A font file of this machine that shows Chinese: a usual one, else what fontconfig knows."""
    for folder in FONT_FOLDERS:
        for name in FONT_NAMES:
            for found in sorted(Path(folder).expanduser().glob(f"**/{name}")):
                return found
    if not shutil.which("fc-list"):
        return None
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "file"], stdout=subprocess.PIPE, check=False).stdout.decode()
    files = sorted(line.split(":")[0] for line in listed.splitlines())
    return Path(files[0]) if files else None


class _Variables:
    """Reads one variable at a time and puts its name into what goes wrong."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def read(self, name: str, convert: Callable[[str], T], default: str | None = None) -> T:
        text = self._environment.get(PREFIX + name, "").strip() or default
        if text is None:
            raise SettingsError(f"{PREFIX}{name} is missing: set it, or start with `make run`, which makes the secrets")
        try:
            return convert(text)
        except ValueError as problem:
            raise SettingsError(f"{PREFIX}{name} {problem}") from None


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = set(variables().values())
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else "docs/settings.md lists them all"
            raise SettingsError(f"{name} is not a setting: {hint}")


def _refuse_shared_ports(settings: Settings) -> None:
    rasa = {f"DIANDA_RASA_PORT (process {n + 1})": settings.rasa_port + n for n in range(settings.rasa_processes)}
    ports = {
        "DIANDA_PORT": settings.port,
        "DIANDA_BACKEND_PORT": settings.backend_port,
        "DIANDA_ACTIONS_PORT": settings.actions_port,
        "DIANDA_CONSOLE_PORT": settings.console_port,
        **rasa,
    }
    taken: dict[int, str] = {}
    for name, port in ports.items():
        if port in taken:
            raise SettingsError(f"{name} is {port}, and so is {taken[port]}: give each process a port of its own")
        taken[port] = name


def _refuse_half_a_wechat(settings: Settings) -> None:
    if settings.wechat_mode == "off":
        return
    needed = ["wechat_app_id", "wechat_app_secret", "wechat_token"]
    needed += ["wechat_aes_key"] if settings.wechat_mode != "plain" else []
    for name in needed:
        if not written(getattr(settings, name)):
            raise SettingsError(
                f"{variables()[name]} is missing, and WeChat is not off: docs/wechat.md says where it is found"
            )


if __name__ == "__main__":
    try:
        print(Settings.from_environment(os.environ))  # noqa: T201
    except SettingsError as error:
        raise SystemExit(f"settings: {error}") from None
