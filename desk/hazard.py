"""Looks for danger in what a customer wrote, before anything else and without any model.

The patterns are data (data/lexicon/hazard.yml): per kind of danger a list of regular expressions, and `never`, what
looks like danger and is none. Text is compared without spaces and in half-width lower case.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class HazardWatch:
    """Knows the kinds of danger in their order of urgency."""

    kinds: tuple[tuple[str, re.Pattern[str]], ...]
    never: re.Pattern[str] | None

    @classmethod
    def from_lexicon(cls, lexicon: Mapping[str, Sequence[str]]) -> "HazardWatch":
        """`lexicon` maps a kind, or `never`, to its patterns; raises re.error on a broken one."""
        never = lexicon.get("never")
        return cls(
            kinds=tuple((kind, _any(patterns)) for kind, patterns in lexicon.items() if kind != "never"),
            never=_any(never) if never else None,
        )

    def look(self, text: str) -> str | None:
        """The most urgent kind of danger that the text speaks of."""
        plain = "".join(unicodedata.normalize("NFKC", text).lower().split())
        if self.never:
            plain = self.never.sub("。", plain)
        return next((kind for kind, pattern in self.kinds if pattern.search(plain)), None)


def _any(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
