"""What every process of ours does at its start."""

import gc
import logging
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import yaml

from desk.phrases import Phrases
from settings import Settings

CHINA = timezone(timedelta(hours=8))
ROOT = Path(__file__).parent.parent


def read_settings() -> Settings:
    """From the environment, with the log set up as they say; raises SettingsError."""
    settings = Settings.from_environment(os.environ)
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # one line per request to Rasa is no news
    return settings


def phrases() -> Phrases:
    return Phrases(read_yaml("domain.yml")["responses"])


def read_yaml(path: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))
    return loaded


def now() -> datetime:
    """In the zone in which customers and agents read times."""
    return datetime.now(CHINA)


def spare_the_collector() -> None:
    """What is loaded by now stays to the end: to look through it for garbage again and again costs an eighth of all."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
