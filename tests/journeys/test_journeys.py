"""Conversations through the real stack, their answers and what they leave in the backend; and that every sentence
the bot can say is said in one of them."""

import pytest

from tests.journeys import replies
from tests.journeys.journey import Journey, every_journey
from tests.journeys.town import forget_tickets
from tests.journeys.walk import Walks
from tests.stack import Stack

pytestmark = pytest.mark.bot
WHOLE_RUN = 600  # seconds: alone, the last test walks all of them


@pytest.fixture(scope="module")
def walks(stack: Stack) -> Walks:
    forget_tickets(stack)
    return Walks(stack)


@pytest.mark.parametrize("journey", every_journey(), ids=lambda journey: f"{journey.service}: {journey.name}")
async def test_a_journey_comes_to_its_end(journey: Journey, walks: Walks, stack: Stack) -> None:
    walked = await walks.of(journey)
    assert not walked.failure, "\n".join([walked.failure, *walked.lines])


@pytest.mark.timeout(WHOLE_RUN)
async def test_every_reply_is_said_in_a_journey_or_has_a_reason_not_to_be(walks: Walks, stack: Stack) -> None:
    said = [text for journey in every_journey() for text in (await walks.of(journey)).texts]
    missing = replies.unsaid(said) - set(replies.excused())
    assert not missing, f"no journey reaches {sorted(missing)}: add one, or a reason in unreached.yml"


@pytest.mark.timeout(WHOLE_RUN)
async def test_no_reply_is_excused_that_is_said(walks: Walks, stack: Stack) -> None:
    said = [text for journey in every_journey() for text in (await walks.of(journey)).texts]
    needless = set(replies.excused()) - replies.unsaid(said)
    assert not needless, f"{sorted(needless)} are said after all: take them out of unreached.yml"
