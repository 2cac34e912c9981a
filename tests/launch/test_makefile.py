import ast
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.launch.tree import Tree

ROOT = Path(__file__).parents[2]
TARGETS = ["help", "setup", "run", "chat", "train", "check", "test", "test-fast", "test-bot"]
TARGETS += ["evaluate", "demo-traffic", "wechat-menu", "wechat-doctor", "bench", "lock", "clean"]
SOURCES = [*sorted((ROOT / "launch").glob("*.py")), ROOT / "settings.py", ROOT / "conversions.py"]


def make(tree: Tree, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in tree.variables.items() if name != "PYTHON"} | variables
    return subprocess.run(["make", *arguments], cwd=tree.folder, env=environment, capture_output=True, text=True)


def test_help_explains_every_target(tree: Tree) -> None:
    explained = re.findall(r"^  make (\S+) +\S", make(tree).stdout, re.MULTILINE)
    assert explained == TARGETS


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_the_launcher_is_written_in_python_3_8(path: Path) -> None:
    ast.parse(path.read_text(), feature_version=(3, 8))


def test_a_python_shim_that_refuses_is_passed_over(tree: Tree) -> None:
    tree.write("shims/python3", '#!/bin/sh\necho "pyenv: version 3.12 is not installed" >&2\nexit 127\n')
    (tree.folder / "shims/python3").chmod(0o755)
    done = make(tree, "setup", PATH=f"{tree.folder}/shims:{os.environ['PATH']}")
    assert (done.returncode, done.stderr) == (0, "")
