"""The normal form of a message, and spans that stay those of the original."""

import pytest

from bot.normaliser import normalise


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("户号：３３０１２３４５６７", "户号:3301234567"),
        ("陽光花園停電了", "阳光花园停电了"),
        ("OK Tingdian", "ok tingdian"),
        ("怎么还没来啊啊啊啊啊！！！！", "怎么还没来啊啊!!"),
        ("停\u200b电\ufeff了", "停电了"),
        ("停电  \n\t 了", "停电 了"),
        ("a\x00b", "ab"),
        ("", ""),
    ],
)
def test_what_is_typed_gets_one_written_form(typed: str, normal: str) -> None:
    assert normalise(typed).text == normal


def test_digits_that_repeat_are_kept() -> None:
    assert normalise("3300000012").text == "3300000012"


def test_a_span_of_the_normal_form_points_into_the_original() -> None:
    original = "唉！！！！！我住㎡陽光花園"
    written = normalise(original)
    start = written.text.index("阳光花园")
    begin, end = written.span(start, start + 4)
    assert original[begin:end] == "陽光花園"
