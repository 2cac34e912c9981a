"""Held-out sentences: files in Rasa's own format under tests/nlu/, with the entities marked in the text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

MARK = re.compile(r"\[(?P<said>[^\]]+)\](?:\{(?P<about>[^}]*)\}|\((?P<entity>[^)]*)\))")


@dataclass(frozen=True)
class Entity:
    entity: str
    start: int
    end: int
    value: str


@dataclass(frozen=True)
class Sentence:
    """One sentence and what is right for it."""

    text: str
    intent: str
    entities: tuple[Entity, ...] = ()
    source: str = ""
    alternative: str = ""  # another intent that is right too


def read(path: Path) -> list[Sentence]:
    """All sentences of a file or a folder of files (.yml), or of a table text<TAB>intent[<TAB>alternative] (.tsv)."""
    files = sorted(path.glob("*.yml")) if path.is_dir() else [path]
    return [sentence for file in files for sentence in (_table(file) if file.suffix == ".tsv" else _rasa(file))]


def _rasa(file: Path) -> list[Sentence]:
    blocks: list[dict[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]
    return [
        marked(line.strip()[1:].strip(), block["intent"], file.stem)
        for block in blocks
        if "intent" in block
        for line in block["examples"].splitlines()
        if line.strip()
    ]


def _table(file: Path) -> list[Sentence]:
    rows = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()]
    head = rows[0] if rows and "intent" in rows[0] else ["text", "intent", "alternative"]
    named = [dict(zip(head, row, strict=False)) for row in rows if row != head and len(row) > 1]
    return [Sentence(row["text"], row["intent"], (), file.stem, row.get("alternative", "")) for row in named]


def marked(line: str, intent: str, source: str = "") -> Sentence:
    """A sentence with [marked](entity) or [marked]{"entity": …, "value": …} words."""
    text, entities, at = "", [], 0
    for found in MARK.finditer(line):
        text += line[at : found.start()]
        about = json.loads("{" + found["about"] + "}") if found["about"] else {"entity": found["entity"]}
        end = len(text) + len(found["said"])
        entities.append(Entity(about["entity"], len(text), end, str(about.get("value", found["said"]))))
        text, at = text + found["said"], found.end()
    return Sentence(text + line[at:], intent, tuple(entities), source)
