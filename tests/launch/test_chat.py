import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from launch.chat import address
from tests.launch.fakes.app import Gateway

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "launch.chat"]

Serve = Callable[[Gateway], int]


def chat(port: int, text: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        COMMAND, cwd=ROOT, env=os.environ | {"DIANDA_PORT": str(port)}, input=text, capture_output=True, text=True
    )


def test_each_line_of_input_gets_one_block(serve: Serve) -> None:
    done = chat(serve(Gateway()), "你好\n\n两段\n")
    assert done.stdout == "您说的是你好\n\n第一段\n第二段\n\n"
    assert (done.returncode, done.stderr) == (0, "")


def test_buttons_are_numbered_and_a_number_presses_one(serve: Serve) -> None:
    gateway = Gateway()
    done = chat(serve(gateway), "菜单\n2\n2\n")
    assert done.stdout == "请选择：\n  1. 查停电\n  2. 我要报修\n\n您说的是我要报修\n\n您说的是2\n\n"
    assert [message.get("payload") for message in gateway.received] == [None, "/report_repair", None]


def test_cards_and_pictures_are_put_into_words(serve: Serve) -> None:
    port = serve(Gateway())
    assert chat(port, "卡片\n").stdout == "给您：\n工单\n编号：RP1\n谢谢\n\n"
    assert chat(port, "图片\n").stdout == f"给您：\n十二个月电量\nhttp://127.0.0.1:{port}/webchat/images/4\n\n"


def test_an_unanswered_line_is_named_and_the_rest_goes_on(serve: Serve) -> None:
    done = chat(serve(Gateway()), "沉默\n你好\n")
    assert done.returncode == 1
    assert done.stdout == "您说的是你好\n\n"
    assert done.stderr == "not answered within 15 s: '沉默'\n"


def test_a_pause_that_the_gateway_asks_for_is_kept(serve: Serve) -> None:
    done = chat(serve(Gateway(refusals=1)), "你好\n")
    assert (done.returncode, done.stdout) == (0, "您说的是你好\n\n")


def test_a_refusal_is_shown_with_its_sentence(serve: Serve) -> None:
    done = chat(serve(Gateway(refusals=3)), "你好\n")
    assert done.returncode == 1
    assert done.stderr == "not answered: '你好': the web chat answered 429: 您说得太快了。\n"


def test_without_a_gateway_one_line_says_what_to_do() -> None:
    done = chat(1, "你好\n")
    assert done.returncode == 1
    assert done.stderr == "error: nothing answers at http://127.0.0.1:1: start it with `make run`\n"


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
    assert address({"DIANDA_HOST": host}) == expected
