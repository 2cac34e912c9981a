"""What a customer gives without words: a photo, a place on the map, a recording or a link that nobody here can read."""

from dataclasses import replace

from actions.belief import Matter
from actions.labels import MENU
from actions.turn import Entity, Heard, Turn

LONGEST_LABEL = 100


def in_words(turn: Turn) -> Heard:
    """A place on the map says its address; anything else says what was heard."""
    place = turn.around.data.get("location") or {}
    label = str(place.get("label") or "").strip()[:LONGEST_LABEL]
    if not label or turn.heard.choice:
        return turn.heard
    named = Entity("community", label, 0, len(label))
    return replace(turn.heard, text=label, intent="inform", entities=(named,))


def take(turn: Turn, matter: Matter | None) -> bool:
    """Say what becomes of it; False when there is nothing of the kind. The caller repeats an open question."""
    data = turn.around.data
    if data.get("media"):
        _keep_photo(turn, matter)
    elif data.get("unread") == "voice":
        turn.say("utter_voice_unclear")
    elif data.get("unread"):
        turn.say("utter_unread")
    elif data.get("location") and not turn.heard.text:
        turn.say("utter_location_unclear")
    else:
        return False
    return True


def _keep_photo(turn: Turn, matter: Matter | None) -> None:
    """It goes to the ticket that the open matter is to become, else to the newest one there is."""
    coming = matter is not None and matter.question is not None
    payload = {
        "message": turn.around.message_id,
        "at": turn.now.isoformat(),
        "coming": coming,
    }
    turn.errands.append({"key": turn.key("photo"), "kind": "photo", "payload": payload})
    if coming:
        turn.say("utter_photo_kept")
    else:
        turn.say("utter_photo_for_what", buttons=MENU)
