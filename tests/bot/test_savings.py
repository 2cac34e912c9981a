"""The savings change the cost and nothing else: replies and events of whole conversations, with and without them."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from launch import model
from launch.project import PYTHON_RASA, ROOT

TIMEOUT = 400


def talk(folder: Path, plain: str) -> dict[str, object]:
    out = folder / f"plain{plain}.json"
    command = [str(PYTHON_RASA), "-W", "ignore", "-m", "tests.bot.talk", str(model.ensure()), str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env={**os.environ, "BOT_PLAIN": plain})
    return json.loads(out.read_text(encoding="utf-8"))


@pytest.mark.bot
@pytest.mark.timeout(TIMEOUT)
def test_replies_and_events_are_the_same_with_and_without_the_savings(tmp_path: Path) -> None:
    plain, saved = talk(tmp_path, "1"), talk(tmp_path, "0")
    assert saved["replies"] == plain["replies"]
    assert saved["events"] == plain["events"]
    print(f"CPU per message: {plain['cost']:.1f} ms plain, {saved['cost']:.1f} ms with the savings")
