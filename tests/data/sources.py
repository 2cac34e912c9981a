"""What the checks of the data read: sentences, domain, and our own source code."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.heldout import Sentence, read

ROOT = Path(__file__).parents[2]
PACKAGES = ("actions", "app", "backend", "bench", "bot", "channels", "console", "desk", "launch", "utility")


@cache
def trained() -> tuple[Sentence, ...]:
    """Every training sentence; its source is the folder under data/."""
    return tuple(
        Sentence(sentence.text, sentence.intent, sentence.entities, file.parent.name)
        for file in sorted((ROOT / "data").glob("*/nlu.yml"))
        for sentence in read(file)
    )


@cache
def held_out() -> tuple[Sentence, ...]:
    """Every held-out sentence; its source is the file under tests/nlu/."""
    return tuple(read(ROOT / "tests" / "nlu"))


@cache
def domain() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    return loaded


def intents() -> set[str]:
    return set(domain()["intents"])


@cache
def rules() -> tuple[tuple[str, str], ...]:
    """(intent, action) of every rule."""
    found = []
    for file in sorted((ROOT / "data").glob("*/rules.yml")):
        for rule in yaml.safe_load(file.read_text(encoding="utf-8"))["rules"]:
            intent, action = rule["steps"]
            found.append((intent["intent"], action["action"]))
    return tuple(found)


def modules(*packages: str) -> Iterator[Path]:
    """The Python files of packages, or of all of ours with settings.py and conversions.py."""
    for package in packages or PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))
    if not packages:
        yield from (ROOT / "settings.py", ROOT / "conversions.py")


@cache
def code(*packages: str) -> tuple[ast.Module, ...]:
    return tuple(ast.parse(module.read_text(encoding="utf-8")) for module in modules(*packages))


def nodes(*packages: str) -> Iterator[ast.AST]:
    for module in code(*packages):
        yield from ast.walk(module)
