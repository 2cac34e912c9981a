"""The tests of inside.py, run once in Rasa's environment and told one by one."""

import ast
import json
import subprocess
from functools import cache
from pathlib import Path

import pytest

from launch.project import PYTHON_RASA, ROOT

TIMEOUT = 300
TESTS = [
    node.name
    for node in ast.parse(Path(__file__).with_name("inside.py").read_text(encoding="utf-8")).body
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
]


@cache
def outcome() -> dict[str, str | None]:
    command = [str(PYTHON_RASA), "-W", "ignore", "-m", "tests.bot.inside"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.bot
@pytest.mark.timeout(TIMEOUT)
@pytest.mark.parametrize("name", TESTS)
def test_inside_rasa(name: str) -> None:
    assert outcome()[name] is None, outcome()[name]
