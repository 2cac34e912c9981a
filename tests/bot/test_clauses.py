"""One message, several matters."""

import pytest

from bot.clauses import split


@pytest.mark.parametrize(
    ("message", "clauses"),
    [
        ("我家停电了,顺便查下上个月电费", ["我家停电了", "顺便查下上个月电费"]),
        ("帮我报修另外电费怎么这么高", ["帮我报修", "另外电费怎么这么高"]),
        ("停电了", ["停电了"]),
        ("3,3,0,1,9", ["3,3,0,1,9"]),
        ("一度电0.56元。贵", ["一度电0.56元", "贵"]),
        ("。。。", []),
        ("", []),
    ],
)
def test_a_message_is_split_at_marks_and_connectors(message: str, clauses: list[str]) -> None:
    assert [clause.text for clause in split(message)] == clauses


def test_each_clause_knows_where_it_starts() -> None:
    message = " 停电了!! 对了,发票怎么开?"
    assert all(message[clause.start :].startswith(clause.text) for clause in split(message))


def test_a_letter_yields_a_bounded_number_of_clauses() -> None:
    assert len(split("停电了。" * 100)) == 8
