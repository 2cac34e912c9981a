"""Who takes whom: skill, priority, last agent, load; danger passes everybody."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from desk.model import Status
from desk.routing import assign
from desk.staff import DANGER, Agent, Episode, Presence
from tests.desk.people import agent

AT = datetime(2026, 11, 27, 10, tzinfo=UTC)


def waiting(name: str, minutes: int = 0, **known: object) -> Episode:
    queued = AT + timedelta(minutes=minutes)
    made = Episode(name, name, "webchat", Status.WAITING, "人工", "", 0, queued, queued, 1)
    return replace(made, **known)  # type: ignore[arg-type]


def talking(name: str, to: str) -> Episode:
    return replace(waiting(name), status=Status.HUMAN, agent=to)


def ready(name: str, *skills: str, capacity: int = 5) -> Agent:
    return replace(agent(name, *skills, capacity=capacity), presence=Presence.READY)


def test_who_waits_longest_is_first_and_urgency_goes_before() -> None:
    queue = [waiting("b", 2), waiting("a", 1), waiting("c", 3, priority=5)]
    assert assign(queue, [ready("1", capacity=2)]) == [("c", "1"), ("a", "1")]


def test_nobody_gets_more_than_they_can_hold() -> None:
    assert assign([talking("x", "1"), waiting("a")], [ready("1", capacity=1)]) == []


def test_a_skill_goes_to_who_has_it_and_waits_for_them_when_they_are_busy() -> None:
    bills, repairs = ready("1", "电费"), ready("2", "报修", capacity=1)
    assert assign([waiting("a", skill="报修")], [bills, repairs]) == [("a", "2")]
    assert assign([talking("x", "2"), waiting("a", skill="报修")], [bills, repairs]) == []


def test_a_skill_that_nobody_here_has_is_everybodys() -> None:
    asleep = agent("2", "报修")
    assert assign([waiting("a", skill="报修")], [ready("1", "电费"), asleep]) == [("a", "1")]


def test_who_knows_the_customer_goes_before_who_has_less_to_do() -> None:
    agents = [ready("1"), ready("2")]
    assert assign([talking("x", "1"), waiting("a")], agents) == [("a", "2")]
    assert assign([talking("x", "1"), waiting("a")], agents, {"a": "1"}) == [("a", "1")]


def test_who_was_named_goes_before_all() -> None:
    assert assign([waiting("a", wanted_agent="2")], [ready("1"), ready("2")], {"a": "1"}) == [("a", "2")]


def test_who_lost_a_conversation_does_not_get_it_back() -> None:
    assert assign([waiting("a", left_by="1")], [ready("1")]) == []


def test_danger_goes_to_whoever_is_here_whatever_they_have_in_hand() -> None:
    full = ready("1", capacity=1)
    busy = replace(agent("2"), presence=Presence.BUSY)
    resting = replace(agent("3"), presence=Presence.BREAK)
    danger = waiting("a", priority=DANGER)
    assert assign([talking("x", "1"), danger], [full]) == [("a", "1")]
    assert assign([danger], [busy, resting]) == [("a", "2")]
    assert assign([danger], [resting, agent("4")]) == []


@given(
    queue=st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 50), st.sampled_from(["", "报修", "电费"])), max_size=12
    ),
    agents=st.lists(
        st.tuples(st.sampled_from(list(Presence)), st.integers(1, 3), st.sampled_from(["报修", "电费"])), max_size=5
    ),
)
def test_no_queue_and_no_crew_break_the_rules(
    queue: list[tuple[int, int, str]], agents: list[tuple[Presence, int, str]]
) -> None:
    episodes = [waiting(f"c{n}", m, priority=p, skill=s) for n, (p, m, s) in enumerate(queue)]
    crew = [replace(agent(f"a{n}", s, capacity=c), presence=p) for n, (p, c, s) in enumerate(agents)]
    pairs = assign(episodes, crew)
    by_name = {each.name: each for each in crew}
    urgent = {e.conversation for e in episodes if e.dangerous}
    assert len({conversation for conversation, _ in pairs}) == len(pairs)
    for name, each in by_name.items():
        mine = [conversation for conversation, to in pairs if to == name]
        assert each.presence.here or not mine
        assert len([c for c in mine if c not in urgent]) <= each.capacity
        assert each.presence is not Presence.BREAK or not mine
