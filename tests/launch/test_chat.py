import io
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from launch import chat
from tests.launch.fakes.app.gateway import Gateway

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "launch.chat"]

Serve = Callable[[Gateway], int]


class Done(NamedTuple):
    code: int
    out: str
    err: str


Talk = Callable[[int, str], Done]


@pytest.fixture
def talk(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Talk:
    """Lines of input to the web chat on a port."""

    def run(port: int, text: str) -> Done:
        monkeypatch.setenv("DIANDA_PORT", str(port))
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        code = chat.main()
        return Done(code, *capsys.readouterr())

    return run


def test_each_line_of_input_gets_one_block(serve: Serve, talk: Talk) -> None:
    done = talk(serve(Gateway()), "你好\n\n两段\n")
    assert done.out == "您说的是你好\n\n第一段\n第二段\n\n"
    assert (done.code, done.err) == (0, "")


def test_buttons_are_numbered_and_a_number_presses_one(serve: Serve, talk: Talk) -> None:
    gateway = Gateway()
    done = talk(serve(gateway), "菜单\n2\n2\n")
    assert done.out == "请选择：\n  1. 查停电\n  2. 我要报修\n\n您说的是我要报修\n\n您说的是2\n\n"
    assert [message.get("payload") for message in gateway.received] == [None, "/report_repair", None]


def test_cards_and_pictures_are_put_into_words(serve: Serve, talk: Talk) -> None:
    port = serve(Gateway())
    assert talk(port, "卡片\n").out == "给您：\n工单\n编号：RP1\n谢谢\n\n"
    assert talk(port, "图片\n").out == f"给您：\n十二个月电量\nhttp://127.0.0.1:{port}/webchat/images/4\n\n"


def test_an_unanswered_line_is_named_and_the_rest_goes_on(
    serve: Serve, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat, "PATIENCE", 1.0)
    done = talk(serve(Gateway()), "沉默\n你好\n")
    assert done.code == 1
    assert done.out == "您说的是你好\n\n"
    assert done.err == "not answered within 1 s: '沉默'\n"


def test_a_pause_that_the_gateway_asks_for_is_kept(serve: Serve, talk: Talk) -> None:
    done = talk(serve(Gateway(refusals=1)), "你好\n")
    assert (done.code, done.out) == (0, "您说的是你好\n\n")


def test_a_refusal_is_shown_with_its_sentence(serve: Serve, talk: Talk) -> None:
    done = talk(serve(Gateway(refusals=3)), "你好\n")
    assert done.code == 1
    assert done.err == "not answered: '你好': the web chat answered 429: 您说得太快了。\n"


def test_an_answer_is_waited_for_15_seconds() -> None:
    assert chat.PATIENCE == 15


def test_the_command_reads_a_pipe(serve: Serve) -> None:
    done = command(serve(Gateway()), "你好\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "您说的是你好\n\n", "")


def test_without_a_gateway_one_line_says_what_to_do() -> None:
    done = command(1, "你好\n")
    assert done.returncode == 1
    assert done.stderr == "error: nothing answers at http://127.0.0.1:1: start it with `make run`\n"


def command(port: int, text: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"DIANDA_PORT": str(port)}
    return subprocess.run(COMMAND, cwd=ROOT, env=environment, input=text, capture_output=True, text=True)


def test_at_a_terminal_the_greeting_comes_first(serve: Serve) -> None:
    master, slave = pty.openpty()
    with subprocess.Popen(
        COMMAND, cwd=ROOT, env=os.environ | {"DIANDA_PORT": str(serve(Gateway()))}, stdin=slave, stdout=subprocess.PIPE
    ) as process:
        os.close(slave)
        os.write(master, "你好\n\x04".encode())
        output = process.communicate(timeout=20)[0].decode()
        os.close(master)
    assert process.returncode == 0
    assert output.index("您好，我是电答。") < output.index("您说的是你好")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("10.0.0.7", "http://10.0.0.7:8000"),
        ("::1", "http://[::1]:8000"),
    ],
)
def test_the_address_is_the_one_the_gateway_was_started_with(host: str, expected: str) -> None:
    assert chat.address({"DIANDA_HOST": host}) == expected
