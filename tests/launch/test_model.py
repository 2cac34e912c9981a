import io
import os
import random
import tarfile
from pathlib import Path

import pytest

from launch import model
from tests.launch.tree import Tree


def models(tree: Tree) -> list[Path]:
    return sorted((tree.folder / "models").glob("*.tar.gz"))


def trainings(tree: Tree) -> int:
    return len(tree.read("trainings").splitlines())


def test_the_model_is_named_after_its_sources_and_trained_once(tree: Tree) -> None:
    assert tree.launch("model").returncode == 0
    assert tree.launch("model").returncode == 0
    assert trainings(tree) == 1
    assert models(tree)[0].name == f"{tree.read('trainings').strip()}.tar.gz"


def test_a_new_time_on_a_file_changes_nothing(tree: Tree) -> None:
    tree.launch("model")
    os.utime(tree.folder / "domain.yml", (0, 0))
    tree.launch("model")
    assert trainings(tree) == 1


@pytest.mark.parametrize(
    "name",
    ["config.yml", "domain.yml", "data/outage/nlu.yml", "data/lexicon/new.txt", "bot/x.py", "requirements/bot.lock"],
)
def test_a_new_content_makes_a_new_model(tree: Tree, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(model, "ROOT", tree.folder)
    before = model.path()
    tree.write(name, "new")
    assert model.path() != before


def test_what_python_and_editors_leave_behind_changes_nothing(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "ROOT", tree.folder)
    before = model.path()
    for name in ("bot/__pycache__/x.pyc", "data/.nlu.yml.swp", "data/nlu.yml~"):
        tree.write(name, "new")
    assert model.path() == before


def archive(path: Path) -> bytes:
    """A model as Rasa writes it: an archive with a metadata.json."""
    content = random.Random(1).randbytes(50_000)
    member = tarfile.TarInfo("metadata.json")
    member.size = len(content)
    with tarfile.open(path, "w:gz") as written:
        written.addfile(member, io.BytesIO(content))
    return path.read_bytes()


def test_a_whole_model_is_intact(tmp_path: Path) -> None:
    archive(tmp_path / "model.tar.gz")
    assert model.intact(tmp_path / "model.tar.gz")


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "foreign", "missing"])
def test_a_broken_model_is_noticed(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "model.tar.gz"
    content = archive(path)
    middle = len(content) // 2
    broken = {
        "cut": content[:middle],
        "changed": content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :],
        "empty": b"",
        "foreign": b"not an archive at all",
    }
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(broken[damage])
    assert not model.intact(path)


def test_a_broken_model_is_trained_again(tree: Tree) -> None:
    tree.launch("model")
    models(tree)[0].write_bytes(b"")
    assert tree.launch("model").returncode == 0
    assert trainings(tree) == 2
    assert model.intact(models(tree)[0])


def test_the_last_three_models_that_were_used_are_kept(tree: Tree) -> None:
    for age, name in enumerate(["one", "two", "three", "four"]):
        tree.write(f"models/{name}.tar.gz", "")
        os.utime(tree.folder / f"models/{name}.tar.gz", (1000 - age, 1000 - age))
    tree.launch("model")
    kept = {path.name for path in models(tree)}
    assert len(kept) == 3
    assert {"one.tar.gz", "two.tar.gz"} < kept


def test_a_failed_training_is_one_line_and_leaves_no_model(tree: Tree) -> None:
    tree.write("training-fails", "")
    done = tree.launch("model")
    assert done.returncode == 1
    assert done.stderr == (
        "error: training failed: InvalidDomain: error in domain.yml, line 3 (all of it in var/log/train.log)\n"
    )
    assert models(tree) == []


def test_a_missing_source_is_named(tree: Tree) -> None:
    (tree.folder / "config.yml").unlink()
    assert tree.launch("model").stderr == "error: config.yml is missing: the model is made from it\n"
