"""Which of the sentences of domain.yml were said, read off their words."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tests.journeys.journey import FOLDER, read_yaml

DOMAIN: Final = Path(__file__).parents[2] / "domain.yml"
VALUE: Final = re.compile(r"\{\w+\}")


def templates() -> dict[str, list[re.Pattern[str]]]:
    """Every response, each of its variations as a pattern of a whole paragraph of an answer."""
    responses = read_yaml(DOMAIN)["responses"]
    return {name: [_pattern(each["text"]) for each in variations] for name, variations in responses.items()}


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*?".join(map(re.escape, VALUE.split(text.strip()))), re.DOTALL)


def unsaid(texts: Iterable[str]) -> set[str]:
    """The responses of which none of the texts has a paragraph (the desk joins sentences with an empty line)."""
    paragraphs = {paragraph.strip() for text in texts for paragraph in text.split("\n\n")}
    return {
        name
        for name, patterns in templates().items()
        if not any(pattern.fullmatch(paragraph) for pattern in patterns for paragraph in paragraphs)
    }


def excused() -> dict[str, str]:
    """Response → why no journey reaches it."""
    return {name: entry["reason"] for entry in read_yaml(FOLDER / "unreached.yml") for name in entry["replies"]}
