"""The stack for tests, started in a small copy of the project with fake processes."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.launch.tree import Tree
from tests.stack import free_ports

HEAD = """
import os, pathlib, signal, sys, time
from tests.stack import Stack
folder = pathlib.Path("var/stack"); folder.mkdir(parents=True)
"""


def script(tree: Tree, text: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", HEAD + text]
    environment = tree.variables | variables
    return subprocess.run(command, cwd=tree.folder, env=environment, capture_output=True, text=True, timeout=50)


LIFE = """
import json
with Stack(folder.resolve(), rasa_processes=2, variables={"DIANDA_LEASE_SECONDS": "2"}) as stack:
    visitor = stack.visitor()
    answer = visitor.answer(visitor.say("你好"), 5)[0]["text"]
    environment = pathlib.Path(f"/proc/{stack.pid('gateway')}/environ").read_text()
    first = stack.pid("gateway")
    stack.kill("gateway")
    stack.kill("rasa", signal.SIGTERM)
    stack.start("rasa")
    stack.start("gateway")
    stack.wait_ready()
    told = {"answer": answer, "environment": environment, "names": sorted(stack.ports), "log": stack.log("rasa")}
    told["gateways"] = [first, stack.pid("gateway")]
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a stack told of itself: started, asked, two processes killed and started again, ended."""
    tree = Tree(tmp_path_factory.mktemp("clone"), free_ports(8))
    outer = {"DIANDA_DATABASE_URL": "sqlite+aiosqlite:///var/outer.db", "HTTP_PROXY": "http://proxy.example"}
    done = script(tree, LIFE, **outer)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told | {"left": tree.left_behind()}


def test_it_answers(life: dict[str, Any]) -> None:
    assert life["answer"] == "您说的是你好"
    assert life["names"] == ["actions", "backend", "console", "gateway", "rasa.1", "rasa.2"]


def test_it_ends_all_its_processes(life: dict[str, Any]) -> None:
    assert life["left"] == []


def test_a_killed_process_can_be_started_again_on_its_port(life: dict[str, Any]) -> None:
    first, second = life["gateways"]
    assert first != second
    assert life["log"] == "rasa listens\n" * 2


def test_the_outer_environment_does_not_reach_it(life: dict[str, Any]) -> None:
    assert "DIANDA_LEASE_SECONDS=2.0" in life["environment"]
    assert "proxy.example" not in life["environment"]
    assert "outer.db" not in life["environment"]


def test_a_process_that_dies_at_the_start_shows_the_end_of_its_log(tree: Tree) -> None:
    tree.write("actions-dies", "")
    done = script(tree, "Stack(folder.resolve()).__enter__()")
    assert "actions ended with exit code 1" in done.stderr
    assert "ValueError: actions does not like this" in done.stdout
    assert tree.left_behind() == []
