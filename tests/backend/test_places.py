"""From a customer's words to a place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.placenames import Matcher, Named
from backend.town.gazetteer import read_gazetteer
from tests.backend.conftest import Town
from utility.errors import NotFound
from utility.models import PlaceKind

SITES = read_gazetteer()
MATCHER = Matcher([Named(s.id, (s.name, *s.aliases), s.kind == "street") for s in SITES.values()])
NAMES = [(site.id, name) for site in SITES.values() for name in (site.name, *site.aliases)]


def found(text: str) -> list[str]:
    return [SITES[hit.id].name for hit in MATCHER.find(text, 4)]


async def test_the_gazetteer_is_the_lexicon_file(reading: Town) -> None:
    places = await reading.client.places()
    assert [place.id for place in places] == list(SITES)
    assert {place.kind for place in places} == {PlaceKind.COMMUNITY, PlaceKind.STREET}
    assert (await reading.client.place("C14")).name == "石桥村"


async def test_an_unknown_place_is_not_found(reading: Town) -> None:
    for nothing in ("C99", "阳光花园", "..", "a/b", " "):
        with pytest.raises(NotFound):
            await reading.client.place(nothing)


async def test_candidates_come_best_first_and_no_more_than_asked_for(reading: Town) -> None:
    matches = await reading.client.find_places("阳光花圆")
    assert (matches[0].place.name, matches[0].matched) == ("阳光花园", "阳光花园")
    assert [match.score for match in matches] == sorted((match.score for match in matches), reverse=True)
    assert len(await reading.client.find_places("阳光", limit=1)) == 1


async def test_words_that_name_no_place_find_nothing(reading: Town) -> None:
    for text in ("我家停电了", "你好", "电费怎么这么高", "12345", "", "!!!", "今天将难以忍受", "和平常一样没电"):
        assert await reading.client.find_places(text) == []


@pytest.mark.parametrize(("id", "name"), NAMES)
def test_every_name_and_alias_is_found_inside_a_sentence(id: str, name: str) -> None:
    for sentence in (name, f"我们{name}3栋没电了", f"请问{name} 什么时候来电?"):
        best = MATCHER.find(sentence, 4)[0]
        assert (best.id, best.score) == (id, 1.0)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("阳光花圆", "阳光花园"),
        ("杨光花园停电了", "阳光花园"),
        ("yangguang huayuan", "阳光花园"),
        ("YangGuangHuaYuan 3号楼没电", "阳光花园"),
        ("翠湖院5栋", "翠湖苑"),
        ("锦绣将南", "锦绣江南"),
        ("东方名成10栋", "东方名城"),
        ("滨河新春", "滨河新村"),
        ("学府亚居", "学府雅居"),
        ("紫京公寓", "紫荆公寓"),
        ("幸福理", "幸福里"),
        ("机床厂家属楼", "机床厂家属院"),
        ("蓝湾大道", "澜湾大道"),
        ("青石岭村委会那里", "青石岭"),
        ("柳树弯停电了", "柳树湾"),
    ],
)
def test_misspelt_names_are_found_by_sound(written: str, meant: str) -> None:
    assert found(written)[0] == meant


@pytest.mark.parametrize("said", ["阳光", "小区叫阳光什么的", "阳光那个小区停电了吗"])
def test_a_short_name_gives_its_bearers_with_like_scores(said: str) -> None:
    first, second = MATCHER.find(said, 4)[:2]
    assert {SITES[first.id].name, SITES[second.id].name} == {"阳光花园", "阳光海岸"}
    assert abs(first.score - second.score) < 0.05
    assert first.score < 0.9


@pytest.mark.parametrize(
    ("said", "meant"),
    [("石桥路停电", ["石桥路"]), ("和平街12号", ["和平街"]), ("青石岭盘山路", ["青石岭盘山路"])],
)
def test_a_name_within_a_longer_name_does_not_count(said: str, meant: list[str]) -> None:
    assert found(said) == meant


def test_a_community_comes_before_the_street_it_lies_on() -> None:
    assert found("翠湖路翠湖苑5栋") == ["翠湖苑", "翠湖路"]


@given(st.text(max_size=200))
def test_any_text_is_borne(text: str) -> None:
    hits = MATCHER.find(text, 4)
    assert len(hits) <= 4
    assert all(0.6 <= hit.score <= 1 for hit in hits)


def test_nothing_that_customers_write_is_remembered() -> None:
    known = dict(MATCHER._code._letters)
    for number in range(200):
        MATCHER.find(f"word{number} 某某{chr(0x4E00 + number)}花园", 4)
    assert MATCHER._code._letters == known


@given(
    before=st.text("我你他家那边的呢了吗请问电", max_size=12),
    name=st.sampled_from(NAMES),
    after=st.text("没电了吗呢", max_size=8),
)
def test_a_whole_name_is_found_whatever_stands_around_it(before: str, name: tuple[str, str], after: str) -> None:
    assert any(hit.score == 1.0 for hit in MATCHER.find(before + name[1] + after, 4))
