"""The word lists of data/lexicon/: where they are and how each format is read."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

LEXICON = Path(__file__).resolve().parent.parent / "data" / "lexicon"


def lines(name: str) -> list[str]:
    """The lines of a text list, without comments and blanks."""
    text = (LEXICON / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def document(name: str) -> Any:
    """A YAML list, parsed."""
    return yaml.safe_load((LEXICON / name).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def simplified() -> dict[str, str]:
    """Traditional or dialect character → simplified standard character."""
    return {variant: line[0] for line in lines("traditional.txt") for variant in line[1:]}


@lru_cache(maxsize=1)
def syllables() -> dict[str, str]:
    """Character → its commonest reading, without tone."""
    pairs = (line.split(" ") for line in lines("pinyin.txt"))
    return {character: reading for reading, characters in pairs for character in characters}


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """One value for all that shapes features: the word lists and the code that reads them."""
    sources = sorted(LEXICON.glob("*")) + sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
