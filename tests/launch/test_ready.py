from collections.abc import Callable

import pytest

from launch import ready
from launch.project import Problem
from tests.launch.fakes.app.gateway import ANSWERS, Gateway

Serve = Callable[[Gateway], int]


def alive() -> None:
    """Every process is."""


def wait(port: int, ports: tuple[int, ...] = (), timeout: float = 5.0) -> str:
    return ready.wait(f"http://127.0.0.1:{port}", (port, *ports), alive, timeout)


def test_a_real_answer_to_a_real_question_makes_it_ready(serve: Serve) -> None:
    assert wait(serve(Gateway())) == "请问您在哪个小区？"


def test_an_apology_is_no_answer(serve: Serve) -> None:
    gateway = Gateway(apologies=2)
    assert wait(serve(gateway)) == "请问您在哪个小区？"
    assert len(gateway.received) == 3


def test_the_greeting_is_no_answer(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ANSWERS, ready.QUESTION, [])
    monkeypatch.setattr(ready, "ANSWER_TIMEOUT", 0.5)
    with pytest.raises(Problem, match="no real answer to 停电了"):
        wait(serve(Gateway()), timeout=1.0)


def test_a_port_where_nothing_listens_is_named(serve: Serve) -> None:
    with pytest.raises(Problem, match="nothing listens on port 1;"):
        wait(serve(Gateway()), ports=(1,), timeout=0.5)


def test_waiting_ends_when_a_process_has_ended() -> None:
    def dead() -> None:
        raise Problem("it ended")

    with pytest.raises(Problem, match="it ended"):
        ready.wait("http://127.0.0.1:1", (1,), dead, 60.0)
