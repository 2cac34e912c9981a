"""What a customer says it is not: "不是过户 是绑定" is about 绑定. Such a clause misleads whoever counts words."""

from __future__ import annotations

import re

BETWEEN = re.compile(r"[，。；！？…,;!?\s、]+")
DENIED = re.compile(
    r"^(?:我|这|咱)?(?:又|都|并|可)?(?:不是|不问|不要问|不想问|不催|不投诉|不报修|不查|不办|不用(?!电)|不要|没要|别给我)(?=..)"
    r"|(?:不要|不问|不谈|不说|我知道|我晓得|没问题)$"
)
MEANT = re.compile(r"^(?:我|这|那)?(?:是|就|只|想|要|而是|问|告诉|先|主要|帮|给|有)")


def set_aside(text: str) -> str:
    """The text without the clauses that say what is not wanted, when another clause says what is."""
    clauses = [clause for clause in BETWEEN.split(text) if clause]
    meant = [clause for clause in clauses if not DENIED.search(clause)]
    if len(meant) == len(clauses) or not any(MEANT.search(clause) for clause in meant):
        return text
    return " ".join(meant)
