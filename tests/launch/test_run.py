import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.launch.tree import Running, Tree
from tests.stack import free_ports

READY = "Ctrl-C ends everything."


@contextmanager
def answering(tree: Tree, **variables: str) -> Iterator[Running]:
    with tree.running("make", "run", variables=variables) as running:
        running.wait_for(READY)
        yield running


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Tree, Running]]:
    """One system that answers, with two Rasa processes, and actions that write somebody's number into an error."""
    folder = tmp_path_factory.mktemp("clone")
    tree = Tree(folder, free_ports(8))
    tree.write("actions-in-trouble", "")
    with answering(tree, DIANDA_RASA_PROCESSES="2") as running:
        yield tree, running


def test_one_command_prepares_trains_answers_and_says_where(answered: tuple[Tree, Running]) -> None:
    tree, running = answered
    prepared = [line.split()[0] for line in tree.read("prepared").splitlines()]
    assert prepared == ["desk-migrate", "backend-migrate", "backend-seed", "console-demo"]
    assert "Training model" in running.output
    assert f"http://127.0.0.1:{tree.variables['DIANDA_PORT']}/\n" in running.output
    assert "sign in as kefu: first-password\n" in running.output


def test_each_process_writes_its_own_log(answered: tuple[Tree, Running]) -> None:
    tree, _ = answered
    assert tree.read("var/log/rasa.1.log") == tree.read("var/log/rasa.2.log") == "rasa listens\n"


def test_rasa_processes_listen_on_neighbouring_ports(answered: tuple[Tree, Running]) -> None:
    first = int(answered[0].variables["DIANDA_RASA_PORT"])
    for port in (first, first + 1):
        socket.create_connection(("127.0.0.1", port), timeout=1).close()


def test_trouble_in_a_log_is_pointed_to_and_not_repeated(answered: tuple[Tree, Running]) -> None:
    tree, running = answered
    assert "13800001111" in tree.read("var/log/actions.1.log")
    assert "actions.1 reports trouble: see var/log/actions.1.log" in running.output
    assert "13800001111" not in running.output


def test_ctrl_c_ends_everything(tree: Tree) -> None:
    with answering(tree) as running:
        assert len(tree.processes()) > 5
        running.ctrl_c()
        running.end()
        assert tree.left_behind() == []


def test_a_request_to_terminate_ends_everything_in_order(tree: Tree) -> None:
    with answering(tree) as running:
        os.kill(tree.pid("-m launch.run"), signal.SIGTERM)
        assert running.end() == 0
        assert tree.left_behind() == []


def test_a_second_ctrl_c_kills_what_does_not_listen(tree: Tree) -> None:
    tree.write("actions-stays", "")
    with answering(tree) as running:
        running.ctrl_c()
        running.wait_for("Ending")
        time.sleep(0.5)
        began = time.monotonic()
        os.kill(tree.pid("-m launch.run"), signal.SIGINT)
        running.end()
        assert tree.left_behind(patience=1.0) == []
        assert time.monotonic() - began < 3.0


def test_a_process_that_ignores_the_end_is_killed_after_a_while(tree: Tree) -> None:
    tree.write("actions-stays", "")
    with answering(tree) as running:
        running.ctrl_c()
        running.end()
        assert tree.left_behind(patience=1.0) == []


@pytest.mark.parametrize("victim", ["bin/honcho .* start -p", "-m launch.run"])
def test_nothing_outlives_a_killed_parent(tree: Tree, victim: str) -> None:
    with answering(tree) as running:
        pids = [pid for pid in tree.processes() if _command_fits(pid, victim)]
        os.kill(min(pids), signal.SIGKILL)
        running.end()
        assert tree.left_behind(patience=12.0) == []


def _command_fits(pid: int, pattern: str) -> bool:
    with open(f"/proc/{pid}/cmdline") as cmdline:
        return re.search(pattern, cmdline.read().replace("\0", " ")) is not None


def test_a_process_that_dies_at_the_start_is_named_with_its_reason(tree: Tree) -> None:
    tree.write("actions-dies", "")
    done = tree.launch("run")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "error: actions.1 ended with exit code 1: ValueError: actions does not like this "
        "(all of it in var/log/actions.1.log)"
    ]
    assert tree.left_behind() == []


def test_a_process_that_dies_later_ends_the_rest_and_is_named(tree: Tree) -> None:
    with answering(tree) as running:
        os.kill(tree.pid("-m actions"), signal.SIGKILL)
        assert running.end() != 0
        assert "error: actions.1 was ended by SIGKILL" in running.output
        assert tree.left_behind() == []


def test_a_port_in_use_is_named_before_any_work(tree: Tree) -> None:
    with socket.create_server(("127.0.0.1", int(tree.variables["DIANDA_RASA_PORT"]))):
        done = tree.launch("run")
    assert done.returncode == 1
    assert re.fullmatch(
        r"error: port \d+ on 127.0.0.1 cannot be used \(address already in use\): "
        r"stop what uses it .* or set DIANDA_RASA_PORT to another port\n",
        done.stderr,
    )
    assert done.stdout == ""


def test_the_gateways_port_has_its_own_name(tree: Tree) -> None:
    with socket.create_server(("127.0.0.1", int(tree.variables["DIANDA_PORT"]))):
        assert "set DIANDA_PORT to" in tree.launch("run").stderr


def test_a_wrong_setting_is_one_line(tree: Tree) -> None:
    done = tree.launch("run", DIANDA_RASA_TIMEOUT="soon")
    assert done.returncode == 1
    assert done.stderr == "error: DIANDA_RASA_TIMEOUT is 'soon': it must be a number above 0, such as 3 or 2.5\n"


def test_a_migration_that_fails_is_one_line(tree: Tree) -> None:
    tree.write("desk-migrate-fails", "")
    done = tree.launch("run")
    assert done.returncode == 1
    assert done.stderr == (
        "error: migrating the desk failed: OperationalError: the database is not there "
        "(all of it in var/log/desk.migrate.log)\n"
    )


def test_a_stop_while_training_ends_the_training(tree: Tree) -> None:
    tree.write("training-hangs", "")
    with tree.running("make", "run") as running:
        while not tree.read("trainings"):
            time.sleep(0.05)
        running.ctrl_c()
        assert running.end() != 0
        assert tree.left_behind() == []
