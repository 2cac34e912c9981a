"""Nothing personal is logged, and no failure repeats what was asked."""

import logging
from pathlib import Path

import pytest

from backend import hours
from tests.backend.conftest import Town, opened


async def test_no_personal_data_is_logged(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    grant = await town.grant("3300100001", "5678")
    await town.http.get("/accounts/3300100001/bills?first=x&last=y", headers={"X-Account-Grant": grant.token})
    await town.http.post(
        "/tickets",
        json={"kind": "故障报修", "channel": "web", "conversation": "c", "phone": "13912345678", "address": "3栋501"},
        headers={"Idempotency-Key": "k"},
    )
    logged = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("httpx"))
    for personal in ("3300100001", "5678", "13912345678", "501", grant.token):
        assert personal not in logged


async def test_an_empty_database_is_an_honest_answer_without_values(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(f"sqlite:///{tmp_path / 'empty.db'}") as town:
        answer = await town.http.get("/tickets", params={"conversation": "secret-name"})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "secret-name" not in "".join(r.getMessage() for r in caplog.records if not r.name.startswith("httpx"))


async def test_a_bug_is_an_honest_answer_and_logs_its_place_without_values(
    quick: Town, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_text: str) -> None:
        raise ValueError("secret-name")

    monkeypatch.setattr(hours, "parse_shifts", broken)
    answer = await quick.http.get("/service-hours")
    assert (answer.status_code, answer.json()["code"]) == (500, "unavailable")
    assert "ValueError at" in caplog.text
    assert "hours.py" in caplog.text
    assert "secret-name" not in caplog.text + answer.text
