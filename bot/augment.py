"""Foreign twins: our own training sentences with a noun of another trade, taught as out of scope.

What is ours and what is not differs by one noun (查电费, 查话费), and nobody can write all those pairs by hand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from bot.lexicon import document

OUTSIDE = "chitchat_oos"
HERE_TOO = {OUTSIDE, "hazard", "inform", "handoff", "affirm", "deny", "cancel", "greet", "thanks", "goodbye", "help"}


def twins(texts: list[str], labels: list[str], every: int) -> Iterable[str]:
    """One foreign twin for about one in `every` sentences that have a noun to swap; the same ones every time."""
    table: dict[str, list[str]] = document("foreign.yml")["twins"]
    ours = sorted(table, key=len, reverse=True)
    seen = set(texts)
    for text, label in zip(texts, labels, strict=True):
        noun = next((noun for noun in ours if noun in text), None)
        lot = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
        if noun is None or label in HERE_TOO or lot % every:
            continue
        twin = text.replace(noun, table[noun][lot // every % len(table[noun])])
        if twin not in seen:
            seen.add(twin)
            yield twin
