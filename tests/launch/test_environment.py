from pathlib import Path

from tests.launch.tree import ROOT, Tree

UV = """#!/bin/sh
[ "$1" = --version ] && echo "uv 0.9.1" && exit 0
echo "$@" >> "{calls}"
{then}
"""


def put_uv(tree: Tree, then: str = "") -> Path:
    """A uv that writes down what it is asked."""
    calls = tree.folder / "calls"
    tree.write(".tools/bin/uv", UV.format(calls=calls, then=then))
    (tree.folder / ".tools/bin/uv").chmod(0o755)
    return calls


def test_environments_that_fit_their_locks_are_left_alone(tree: Tree) -> None:
    calls = put_uv(tree)
    done = tree.launch("environment")
    assert (done.returncode, done.stdout) == (0, "")
    assert not calls.exists()


def test_a_new_lock_is_installed_once_with_its_hashes(tree: Tree) -> None:
    calls = put_uv(tree)
    tree.write("requirements/test.lock", "httpx==1.0 --hash=sha256:00\n")
    for _ in range(2):
        assert tree.launch("environment").returncode == 0
    assert calls.read_text().splitlines() == [
        f"pip sync --require-hashes --python {tree.folder}/.venv {tree.folder}/requirements/test.lock"
    ]


def test_an_environment_without_a_working_python_is_made_anew(tree: Tree) -> None:
    calls = put_uv(tree)
    (tree.folder / ".venv-rasa/bin").unlink()
    tree.launch("environment")
    assert calls.read_text().splitlines()[0] == f"venv --clear --python 3.10 {tree.folder}/.venv-rasa"


def test_a_python_that_cannot_be_had_is_one_line(tree: Tree) -> None:
    put_uv(tree, then='[ "$1" = venv ] && echo "error: No interpreter found for Python 3.10" >&2 && exit 2')
    (tree.folder / ".venv-rasa/bin").unlink()
    done = tree.launch("environment")
    assert done.returncode == 1
    assert done.stderr == (
        "error: Python 3.10 is missing and uv could not fetch it: "
        "install Python 3.10 (pyenv or your system's packages) and start again: "
        "error: No interpreter found for Python 3.10 (all of it in var/log/environment.venv-rasa.log)\n"
    )


def test_an_installation_that_failed_is_tried_again(tree: Tree) -> None:
    put_uv(tree, then="exit 1")
    tree.write("requirements/test.lock", "httpx==1.0\n")
    assert tree.launch("environment").returncode == 1
    calls = put_uv(tree)
    calls.unlink()
    assert tree.launch("environment").returncode == 0
    assert len(calls.read_text().splitlines()) == 1


def test_locks_carry_hashes_and_no_index_addresses(tree: Tree) -> None:
    calls = put_uv(tree)
    assert tree.launch("environment", "lock").returncode == 0
    commands = calls.read_text().splitlines()
    assert [command.split()[-3] for command in commands] == [
        "requirements/app.in",
        "requirements/test.in",
        "requirements/bot.in",
    ]
    assert all("--generate-hashes --no-emit-index-url" in command for command in commands)
    assert not any("://" in (ROOT / "requirements" / f"{name}.lock").read_text() for name in ("app", "test", "bot"))
