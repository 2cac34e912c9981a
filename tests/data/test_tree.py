"""The shape of the tree: small modules named after nouns, lock files that say exactly what is meant."""

import re
from pathlib import Path

import pytest

from tests.data.sources import ROOT, modules

LONGEST = 300
# A list of declarations, which reads better in one place.
LONGER = {"utility/models.py": "the nouns of the contract"}
NAMED_AFTER_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "actions", "lib", "tools"}
REQUIREMENT = re.compile(r"[a-z0-9.-]+==[^ ;]+( ; .+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))


def test_no_module_is_long() -> None:
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_bytes().splitlines()) for path in modules()}
    assert {path: lines for path, lines in lengths.items() if lines >= LONGEST and path not in LONGER} == {}
    assert [path for path in LONGER if lengths[path] < LONGEST] == [], "not longer any more"


def test_every_module_is_named_after_a_noun() -> None:
    assert [path for path in modules() if path.stem in NAMED_AFTER_NOTHING] == []


def test_every_in_file_has_its_lock() -> None:
    assert {lock.stem for lock in LOCKS} == {path.stem for path in (ROOT / "requirements").glob("*.in")} != set()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_file_carries_versions_and_hashes_and_no_address(lock: Path) -> None:
    lines = [line for line in lock.read_text(encoding="utf-8").splitlines() if not re.match(r"\s*#", line)]
    assert [line for line in lines if not (REQUIREMENT.fullmatch(line) or HASH.fullmatch(line))] == []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        assert HASH.fullmatch(following) or not line.endswith("\\"), f"{line} has no hash"
    assert "://" not in lock.read_text(encoding="utf-8")
