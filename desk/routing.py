"""Who should take whom: pure, from the queue and the agents as they are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from desk.handoffs import waiting
from desk.model import Status
from desk.staff import Agent, Episode, Presence

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def assign(
    episodes: Sequence[Episode], agents: Sequence[Agent], last: Mapping[str, str] | None = None
) -> list[tuple[str, str]]:
    """Pairs (conversation, agent), the queue from its head. `last` names who served a conversation's customer before.

    Danger goes to whoever is here and not on a break, whatever they have in hand; everything else to who is ready and
    has a hand free. Where nobody who is here has the skill, everybody has it: nobody waits for a skill that is asleep.
    """
    load = Counter(episode.agent for episode in episodes if episode.status is Status.HUMAN)
    pairs = []
    for episode in waiting(episodes):
        able = [agent for agent in agents if _can(agent, episode, load)]
        skilled = [agent for agent in able if not episode.skill or episode.skill in agent.skills]
        if not skilled and any(episode.skill in agent.skills and agent.presence.here for agent in agents):
            continue  # somebody with this skill is here and will be free
        if chosen := _best(skilled or able, episode, load, (last or {}).get(episode.conversation)):
            load[chosen.name] += 1
            pairs.append((episode.conversation, chosen.name))
    return pairs


def _can(agent: Agent, episode: Episode, load: Mapping[str | None, int]) -> bool:
    if not agent.serves:
        return False
    if episode.dangerous:
        return agent.presence in (Presence.READY, Presence.BUSY)
    free = agent.presence is Presence.READY and load[agent.name] < agent.capacity
    return free and agent.name != episode.left_by


def _best(able: Sequence[Agent], episode: Episode, load: Mapping[str | None, int], last: str | None) -> Agent | None:
    """Whom it was handed to, else who knows the customer, else who has the least to do and waits the longest."""

    def rank(agent: Agent) -> tuple[bool, bool, float, datetime]:
        busy = load[agent.name] / max(agent.capacity, 1)
        return (agent.name != episode.wanted_agent, agent.name != last, busy, agent.assigned_at or NEVER)

    return min(able, key=rank, default=None)
