"""Names and set phrases: a spaCy PhraseMatcher over characters, and over syllables for misspelt place names.

Thousands of names cost no more than ten. Characters rather than jieba's words are the tokens, because a name must be
found however its sentence is cut; jieba's cut is asked only where characters alone would mislead (和平理|发店).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import accumulate

import spacy
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from bot.found import Found
from bot.lexicon import document
from bot.vectoriser import syllable_pieces
from bot.words import cut

SHORTEST_BY_SOUND = 3
AREAS = {
    "城区": ["城区", "市区", "主城区"],
    "农村": ["农村"],
    "边远": ["边远", "边远地区", "偏远山区", "山区", "偏远地区"],
}


DENIED = re.compile(r"(?:不|没有?|没见|未|也没|无)$")
# What breaks here is no part of the supply: 宽带断了, 一批海鲜坏了.
FOREIGN = re.compile(
    r"(?:网|网络|宽带|信号|直播|电梯|水管|水龙头|电动车|电瓶车|汽车|车子|手机|海鲜|包子|面包|蛋糕|饭|菜|肉|鱼|虾|货|东西|哪|哪里|门锁)"
    r"(?:都|全|全部|给|也|又|就)*$"
)
UNREAL = re.compile(r"不着火|家电倒|用电人|被电(?:压|脑|力|视)|楼电|漏电保护|断路")
NO_DEVICE = re.compile(r"电视(?:剧|费|台|节目|里|上)|(?:有线)电视|空调费|手机充电器")


def _no_symptom(text: str, start: int, end: int) -> bool:
    """Denied (没有冒烟), or part of another word (用电人)."""
    around = UNREAL.search(text, max(0, start - 2), end + 2)
    return bool(
        DENIED.search(text[:start])
        or FOREIGN.search(text[:start])
        or (around and around.start() < end and around.end() > start)
    )


def _no_device(text: str, start: int, end: int) -> bool:
    around = NO_DEVICE.search(text, max(0, start - 2), end + 2)
    return bool(around and around.start() < end and around.end() > start)


MISLED = {"symptom": _no_symptom, "device": _no_device}


class Phrases:
    """The gazetteer and the lists of symptoms, devices and scopes."""

    def __init__(self, places: list[dict[str, object]]) -> None:
        self._vocab = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "char"}}}).vocab
        self._letters = PhraseMatcher(self._vocab)
        self._sounds = PhraseMatcher(self._vocab)
        self._meaning: dict[str, tuple[str, str, int]] = {}
        self._learn_places(places)
        symptoms = document("symptoms.yml")
        happened, felt = "".join(symptoms.pop("happened")), "".join(symptoms.pop("felt"))
        self._bare = re.compile(
            rf"[{happened}](?=了(?!解|钱)|咗|掉了)|[{felt}](?=得|到|$|[,。!?\s])|(?<=[就脚手])[{felt}]"
            r"|[倒垂斜歪](?=在|得)|断(?=下来)|(?<=[闸保关开])跳(?=了|$|[,。 ])|(?<=老是)跳"
            r"|(?:(?<=[老又还])|(?<=还是)|(?<=一下))跳(?!闸|绳|舞|楼|槽|转)"
            r"|(?<=[线门杆])掉(?=了)|(?<=水里|外壳|龙头|地上|上面)有电"
        )
        self._learn("symptom", symptoms, surface=True)
        self._learn("device", document("devices.yml"), surface=True)
        self._learn("scope", document("scopes.yml"))
        self._learn("area", AREAS)

    @classmethod
    def read(cls) -> Phrases:
        return cls(document("places.yml")["places"])

    def find(self, text: str, _today: date) -> Iterable[Found]:
        yield from self._by(self._letters, text, list(text), list(range(len(text) + 1)))
        for hit in self._bare.finditer(text):
            if not _no_symptom(text, hit.start(), hit.end()):
                yield Found("symptom", hit.start(), hit.end(), hit.group())
        pieces = syllable_pieces(text)
        ends = [0, *accumulate(len(piece) for piece, _ in pieces)]
        borders = _borders(text)
        for found in self._by(self._sounds, text, [sound or said for said, sound in pieces], ends):
            if found.start in borders and found.end in borders:
                yield Found(found.entity, found.start, found.end, found.value, -1)

    def _by(self, matcher: PhraseMatcher, text: str, tokens: list[str], ends: list[int]) -> Iterator[Found]:
        doc = Doc(self._vocab, words=tokens or [" "])
        for key, start, end in matcher(doc):
            entity, value, rank = self._meaning[self._vocab.strings[key]]
            said = "".join(tokens[start:end])
            if not (entity in MISLED and MISLED[entity](text, ends[start], ends[end])):
                yield Found(entity, ends[start], ends[end], value or said, rank)

    def _learn_places(self, places: list[dict[str, object]]) -> None:
        for place in places:
            names = [place["name"], *place["aliases"]]
            self._learn(str(place["kind"]), {str(place["name"]): names}, rank=3)
            self._learn_sounds(str(place["name"]), names)
        districts = {str(place["district"]) for place in places}
        self._learn("area", {name: [name] for name in districts})

    def _learn(self, entity: str, phrases: dict[str, list[str]], surface: bool = False, rank: int = 1) -> None:
        for value, said in phrases.items():
            key = f"{entity}:{value}"
            self._meaning[key] = (entity, "" if surface else value, rank)
            self._letters.add(key, [Doc(self._vocab, words=list(str(one).lower())) for one in said])

    def _learn_sounds(self, value: str, names: list[object]) -> None:
        key = next(key for key, meaning in self._meaning.items() if meaning[1] == value)
        for name in names:
            sounds = [sound for _, sound in syllable_pieces(str(name).lower())]
            if len(sounds) >= SHORTEST_BY_SOUND:
                self._sounds.add(key, [Doc(self._vocab, words=sounds)])


def _borders(text: str) -> set[int]:
    """Where jieba's words begin and end; blanks are borders too."""
    found, at = {0, len(text)}, 0
    for word in cut(text):
        at = text.index(word, at)
        found |= {at, at + len(word)}
        at += len(word)
    return found
