"""Which places a customer's words may mean: exact names inside a sentence, misspelt ones by sound, short ones by head.

Scores: 1.0 the name or an alias stands in the text; below that the likeness of the closest name. Under 0.6 nothing.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pypinyin import lazy_pinyin
from rapidfuzz import fuzz

LEAST: Final = 0.6
_NOISE: Final = re.compile(r"和平(?=[时常日])|\d+(?:栋|幢|座|号楼|号|单元|门|室|楼|#)?|[^\w]|_")
_LATIN: Final = re.compile(r"[a-z]{4,}")
_CARRIERS: Final = re.compile(
    r"我们|我家|这里|这边|那边|那个|小区名?|名字|叫做?|什么的|好像|大概|住在?|地址|是在?|附近|一带|停电|没电|没有电|来电|了|吗|呢|啊|的|在"
)
_PLAIN_SOUNDS: Final = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("l", "n"), ("f", "h"))
"""Sounds that southern speakers and voice input mix up."""


@dataclass(frozen=True)
class Named:
    """A place's id with everything it is called; `street` decides ties: a community is the closer answer."""

    id: str
    names: tuple[str, ...]
    street: bool


@dataclass(frozen=True)
class Hit:
    id: str
    score: float
    matched: str


@dataclass(frozen=True)
class _Name:
    place: Named
    text: str
    sounds: str
    soft: str
    letters: str


class Matcher:
    """Made once for a gazetteer; `find` then costs about a millisecond."""

    def __init__(self, places: Sequence[Named]) -> None:
        self._code = _Code()
        self._names = [self._prepare(place, name) for place in places for name in place.names]

    def find(self, text: str, limit: int) -> list[Hit]:
        """The best hit of each place, best first; communities before streets where the score is the same."""
        plain = unicodedata.normalize("NFKC", text).lower()
        best: dict[str, tuple[Hit, bool]] = {}
        for hit, street in self._hits("".join(plain.split())):
            if hit.score >= LEAST and (hit.id not in best or best[hit.id][0].score < hit.score):
                best[hit.id] = (hit, street)
        ranked = sorted(best.values(), key=lambda found: (-found[0].score, found[1], found[0].id))
        return [hit for hit, _street in ranked[:limit]]

    def _prepare(self, place: Named, name: str) -> _Name:
        syllables = lazy_pinyin(name)
        self._code.learn(syllables)
        return _Name(place, name, self._code.sounds(syllables), self._code.soft(syllables), "".join(syllables))

    def _hits(self, plain: str) -> Iterator[tuple[Hit, bool]]:
        exact = list(self._contained(plain))
        if exact:
            yield from ((Hit(name.place.id, 1.0, name.text), name.place.street) for name in exact)
            return
        words = _NOISE.sub("", plain)
        core = _CARRIERS.sub("", words)
        latin = "".join(_LATIN.findall(words))
        if not core and not latin:
            return
        heard = _Heard(words, core, latin, self._code)
        for name in self._names:
            yield Hit(name.place.id, round(_likeness(name, heard), 3), name.text), name.place.street

    def _contained(self, plain: str) -> Iterator[_Name]:
        """Names that stand in the text, without those that are only a part of a longer one (石桥 in 石桥路)."""
        spans = [(start, start + len(n.text), n) for n in self._names if (start := plain.find(n.text.lower())) >= 0]
        for start, end, name in spans:
            if not any(s <= start and end <= e and (s, e) != (start, end) for s, e, _other in spans):
                yield name


class _Code:
    """One letter per syllable, so that a fast string comparison compares syllables.

    Letters belong to the syllables of the gazetteer; all others, whatever customers write, share one.
    """

    OTHER: Final = "\ue000"

    def __init__(self) -> None:
        self._letters: dict[str, str] = {}

    def learn(self, syllables: Sequence[str]) -> None:
        for syllable in (*syllables, *map(_plain_sound, syllables)):
            self._letters.setdefault(syllable, chr(ord(self.OTHER) + 1 + len(self._letters)))

    def sounds(self, syllables: Sequence[str]) -> str:
        return "".join(self._letters.get(syllable, self.OTHER) for syllable in syllables)

    def soft(self, syllables: Sequence[str]) -> str:
        return self.sounds([_plain_sound(syllable) for syllable in syllables])


def _plain_sound(syllable: str) -> str:
    for sharp, plain in _PLAIN_SOUNDS:
        syllable = syllable.replace(sharp, plain)
    return f"~{syllable}"


class _Heard:
    """The customer's words in every form that a name is compared in."""

    def __init__(self, words: str, core: str, latin: str, code: _Code) -> None:
        syllables = lazy_pinyin(words)
        self.words, self.core, self.latin = words, core, latin
        self.sounds, self.soft = code.sounds(syllables), code.soft(syllables)
        self.core_sounds = code.sounds(lazy_pinyin(core))


def _likeness(name: _Name, heard: "_Heard") -> float:
    written = sum(letter in heard.words for letter in name.text) * 2 >= len(name.text)
    return max(
        0.95 * _inside(name.sounds, heard.sounds, partly=written),
        0.90 * _inside(name.soft, heard.soft, partly=written),
        0.90 * _inside(name.text, heard.words, partly=True),
        0.95 * _spelt(name.letters, heard.latin),
        _head(name.text, heard.words, 0.60),
        _head(name.sounds, heard.core_sounds, 0.55) if len(heard.core_sounds) <= 6 else 0.0,
    )


def _inside(name: str, text: str, partly: bool) -> float:
    """Likeness of the name to the closest stretch of the text; a name of four may miss one, a shorter one none.

    What only sounds alike in part, without half of the name being written, is chance: 今天将难 is not 锦绣江南.
    """
    if len(text) < len(name):
        score = fuzz.ratio(name, text) / 100 if len(text) >= 3 else 0.0
    else:
        score = fuzz.partial_ratio(name, text) / 100
    return score if score == 1 or (partly and score >= 0.75) else 0.0


def _spelt(letters: str, latin: str) -> float:
    """A name written in Latin letters."""
    if len(latin) < 6:
        return 0.0
    score = fuzz.partial_ratio(letters, latin) / 100 if len(latin) >= len(letters) else fuzz.ratio(letters, latin) / 100
    return score if score >= 0.8 else 0.0


def _head(name: str, text: str, base: float) -> float:
    """A name called by its first syllables (阳光 for 阳光花园): the more of it was said, the better."""
    for length in range(len(name) - 1, 1, -1):
        if name[:length] in text:
            return base + 0.3 * length / len(name)
    return 0.0
