"""The ticket for a call back: what a customer gets when no person can take over now."""

from desk.model import Errand, Json


def callback(key: str, channel: str, conversation: str, description: str, *, important: bool = False) -> Errand:
    """Made once per key; the customer is told its number when it exists."""
    request: Json = {"kind": "人工回电", "channel": channel, "conversation": conversation, "description": description}
    if important:
        request["grade"] = "重要"
    return Errand(f"callback:{key}", "ticket", request, conversation)
