"""Plain Rasa: the documentation's default Chinese pipeline on our training data, served by stock `rasa run`.

No component, saving or setting of ours: what a team gets that follows the documentation. Its actions are our action
server; it has no gateway, so the belief stays in its tracker (actions/sdk.py).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from launch import process, ready
from launch.model import MODELS, QUIET
from launch.progress import step
from launch.project import LOGS, PYTHON_RASA, ROOT, Problem, alone

CONFIG = Path(__file__).parent / "plain_rasa"
SOURCES = (CONFIG / "config.yml", CONFIG / "stories.yml", ROOT / "domain.yml", ROOT / "requirements" / "bot.lock")
START_TIMEOUT = 240.0


def ensure_model() -> Path:
    """The plain model that fits the sources; trained when it is not there. Raises Problem."""
    model = MODELS / "plain" / f"{_fingerprint()[:12]}.tar.gz"  # a folder below: launch.model forgets what lies above
    with alone("plain-model"):
        if not model.exists():
            with step("Training plain Rasa (once; its speed does not depend on how long)"):
                _train(model)
    return model


def _fingerprint() -> str:
    total = hashlib.sha256()
    for source in (*SOURCES, *sorted((ROOT / "data").rglob("*.yml"))):
        total.update(hashlib.sha256(source.read_bytes()).digest())
    return total.hexdigest()


def _train(model: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        shutil.copytree(ROOT / "data", folder / "data")
        for source in SOURCES[:2]:
            shutil.copy(source, folder / "data" / source.name if source.stem == "stories" else folder)
        sources = ["--config", folder / "config.yml", "--domain", ROOT / "domain.yml", "--data", folder / "data"]
        made = ["--fixed-model-name", model.name.removesuffix(".tar.gz"), "--out", folder / "models"]
        command = [*_rasa("train"), *map(str, [*sources, *made])]
        process.complete(command, LOGS / "train-plain.log", "training plain Rasa failed", {**os.environ, **QUIET})
        model.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder / "models" / model.name, model)


def _rasa(command: str) -> list[str]:
    return [str(PYTHON_RASA), "-W", "ignore", "-m", "rasa", command]


class PlainRasa:
    """One process of `rasa run`; starts with `with`. `environment` names the action server and its secret."""

    def __init__(self, model: Path, port: int, environment: Mapping[str, str], log: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._port, self._log = port, log
        self._environment = environment
        serve = ["--endpoints", CONFIG / "endpoints.yml", "--credentials", CONFIG / "credentials.yml"]
        where = ["--model", model, "--interface", "127.0.0.1", "--port", port]
        self._command = [*_rasa("run"), *map(str, [*where, *serve])]
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._running
        return self._running.pid

    def __enter__(self) -> PlainRasa:
        with self._log.open("wb") as log, step("Starting plain Rasa"):
            self._running = process.start(self._command, self._environment, log.fileno())
            try:
                ready.wait_for_port(self._port, self._check, START_TIMEOUT)
            except BaseException:
                process.end(self._running)
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._running:
            process.end(self._running)

    def _check(self) -> None:
        if self._running and self._running.poll() is not None:
            raise Problem(f"plain Rasa ended: {process.telling_line(self._log)}")
