"""The stack for tests, started in a small copy of the project with fake processes."""

import subprocess
import sys

from tests.launch.tree import Tree

HEAD = """
import os, pathlib, signal, sys, time
from tests.stack import Stack
folder = pathlib.Path("var/stack"); folder.mkdir(parents=True)
"""


def script(tree: Tree, text: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-B", "-c", HEAD + text]
    environment = tree.variables | variables
    return subprocess.run(command, cwd=tree.folder, env=environment, capture_output=True, text=True, timeout=50)


def test_it_answers_and_ends_all_its_processes(tree: Tree) -> None:
    done = script(
        tree,
        """
with Stack(folder.resolve(), rasa_processes=2) as stack:
    visitor = stack.visitor()
    print(visitor.answer(visitor.say("你好"), 5)[0]["text"], sorted(stack.ports), stack.log("rasa").strip())
""",
    )
    assert done.returncode == 0, done.stderr
    names = "['actions', 'backend', 'gateway', 'rasa.1', 'rasa.2']"
    assert done.stdout.splitlines()[-1] == f"您说的是你好 {names} rasa listens"
    assert tree.left_behind() == []


def test_a_killed_process_can_be_started_again_on_its_port(tree: Tree) -> None:
    done = script(
        tree,
        """
with Stack(folder.resolve()) as stack:
    before = stack.pid("gateway")
    stack.kill("gateway")
    stack.kill("rasa", signal.SIGTERM)
    stack.start("rasa")
    stack.start("gateway")
    stack.wait_ready()
    print(stack.pid("gateway") != before)
""",
    )
    assert done.stdout.splitlines()[-1] == "True", done.stderr


def test_the_outer_environment_does_not_reach_it(tree: Tree) -> None:
    done = script(
        tree,
        """
with Stack(folder.resolve(), variables={"DIANDA_LEASE_SECONDS": "2"}) as stack:
    inside = pathlib.Path(f"/proc/{stack.pid('gateway')}/environ").read_text()
    print("DIANDA_LEASE_SECONDS=2.0" in inside, "proxy.example" in inside, "var/desk.db" in inside)
""",
        DIANDA_DATABASE_URL="sqlite+aiosqlite:///var/desk.db",
        HTTP_PROXY="http://proxy.example",
    )
    assert done.stdout.splitlines()[-1] == "True False False", done.stderr


def test_a_process_that_dies_at_the_start_shows_the_end_of_its_log(tree: Tree) -> None:
    tree.write("actions-dies", "")
    done = script(tree, "Stack(folder.resolve()).__enter__()")
    assert "actions ended with exit code 1" in done.stderr
    assert "ValueError: actions does not like this" in done.stdout
    assert tree.left_behind() == []
