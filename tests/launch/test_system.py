from pathlib import Path

import pytest

from launch import system
from launch.project import Problem
from launch.system import Need


def test_this_machine_has_what_the_tests_need() -> None:
    assert all(need.find() for need in system.ALL)


def test_postgresql_is_found_with_its_server_programs() -> None:
    folder = system.find_postgresql()
    assert folder
    assert (folder / "initdb").exists()
    assert (folder / "postgres").exists()


def test_what_is_missing_and_may_not_be_installed_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "may_install", lambda: False)
    needs = (Need("a loom", lambda: None, ("loom-1", "loom")), Need("a shuttle", lambda: None, ("shuttle",)))
    with pytest.raises(Problem) as problem:
        system.ensure(needs)
    assert str(problem.value) == (
        "a loom and a shuttle not found: install it, on Debian with `sudo apt-get install loom shuttle`"
    )


def test_what_is_missing_is_installed_where_we_may(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[Path] = []
    monkeypatch.setattr(system, "may_install", lambda: True)
    monkeypatch.setattr(system, "install", lambda packages: found.append(Path("/", packages[0][0])))
    system.ensure((Need("a loom", lambda: found[0] if found else None, ("loom",)),))
    assert found == [Path("/loom")]


def test_nothing_is_installed_when_nothing_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "install", lambda packages: pytest.fail("it was there"))
    system.ensure((Need("a loom", lambda: Path("/loom"), ("loom",)),))
