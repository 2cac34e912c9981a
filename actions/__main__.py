"""The action server's process: `python -m actions`."""

import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone

import httpx
import uvicorn
from fastapi import FastAPI
from rasa_sdk.executor import ActionExecutor

from actions.bill_check import BillCheckService
from actions.billing import BillingService
from actions.complaint import ComplaintService
from actions.dialogue import Dialogue
from actions.handoff import HandoffService
from actions.hazard import HazardService
from actions.outage import OutageService
from actions.progress import ProgressService
from actions.repair import RepairService
from actions.request import RequestService
from actions.sdk import ACTIONS, DialogueAction
from actions.server import create_app
from actions.smalltalk import SmalltalkService
from settings import Settings
from utility.client import UtilityClient
from utility.transport import Transport

# Rasa's answer is waited for 3 s in all: the utility gets what leaves time to say that it was too slow.
BUDGET = 2.0
CHINA = timezone(timedelta(hours=8))


def dialogue() -> Dialogue:
    """Every service the bot has."""
    return Dialogue(
        [
            SmalltalkService(),
            HazardService(),
            HandoffService(),
            OutageService(),
            RepairService(),
            ProgressService(),
            BillingService(),
            BillCheckService(),
            ComplaintService(),
            RequestService(),
        ]
    )


def application(settings: Settings) -> FastAPI:
    http = httpx.AsyncClient(base_url=settings.utility_url, transport=Transport())
    budget = min(BUDGET, settings.utility_budget)
    utility = UtilityClient(http, secret=settings.utility_secret.reveal(), budget=budget)
    executor = ActionExecutor()
    lead = dialogue()
    for name in ACTIONS:
        executor.register_action(DialogueAction(name, lead, utility, _now))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with http:
            yield

    return create_app(executor, settings.actions_secret.reveal(), lifespan=lifespan)


def _now() -> datetime:
    """In the zone in which customers read times."""
    return datetime.now(CHINA)


def main() -> None:
    settings = Settings.from_environment(os.environ)
    app = application(settings)
    gc.freeze()  # what is loaded stays: no need to look through it for garbage
    uvicorn.run(app, host="127.0.0.1", port=settings.actions_port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
