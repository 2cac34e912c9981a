"""Hand-overs and messages as the console's elements want them."""

from collections.abc import Mapping, Sequence

from console.elements import Row
from console.wording import AUTHORS, CHANNELS, ZONE, who
from desk.board import Picture
from desk.model import Author, Json, Kind, Message
from desk.reading import Carried
from desk.staff import Episode, Note, Rules

SHOWN_IN_QUEUE = 30
URGENT = 5


def queue_rows(picture: Picture, *, may_take: bool) -> tuple[list[Row], int]:
    """The head of the queue, and how many more there are."""
    queue = picture.queue
    rows = []
    for episode in queue[:SHOWN_IN_QUEUE]:
        marks = [episode.reason, episode.skill]
        row = _row(episode) | {"since": episode.queued_at.timestamp(), "mark": " · ".join(filter(None, marks))}
        rows.append(row | ({"act": "接入"} if may_take else {}))
    return rows, len(queue) - len(rows)


class SharedQueue:
    """The queue as every workbench shows it, made once for each picture."""

    def __init__(self) -> None:
        self._picture: Picture | None = None
        self._made: tuple[list[Row], int] = ([], 0)

    def of(self, picture: Picture) -> tuple[list[Row], int]:
        if picture is not self._picture:
            self._picture, self._made = picture, queue_rows(picture, may_take=True)
        return self._made


def chat_rows(episodes: Sequence[Episode], read: Mapping[str, int], rules: Rules) -> list[Row]:
    """An agent's own; `read` says up to which line each was read."""
    rows = []
    for episode in episodes:
        row = _row(episode)
        row["unread"] = max(0, episode.last_seq - read.get(episode.conversation, 0)) if episode.awaiting_since else 0
        if episode.awaiting_since:
            limit = rules.span("next_reply" if episode.replied_at else "first_reply")
            since = max(episode.awaiting_since, episode.claimed_at or episode.awaiting_since)
            row["deadline"] = (since + limit).timestamp()
        rows.append(row)
    return rows


def watch_rows(picture: Picture) -> list[Row]:
    """Every conversation in people's hands, for supervisors."""
    rows = []
    for episode in sorted(picture.episodes, key=lambda e: e.began_at):
        if agent := picture.agent(episode.agent):
            since = (episode.awaiting_since or episode.began_at).timestamp()
            rows.append(_row(episode) | {"mark": agent.title, "since": since})
    return rows


def found_rows(found: Sequence[tuple[str, Message]]) -> list[Row]:
    """Lines that were looked for, each conversation once, the newest first."""
    rows: dict[str, Row] = {}
    for channel, message in found:
        row = {"id": message.conversation, "channel": channel, "channel_name": CHANNELS.get(channel, channel)}
        said = f"{message.at.astimezone(ZONE):%m-%d %H:%M} {message.text}"
        rows.setdefault(message.conversation, row | {"who": who(channel, message.conversation), "text": said})
    return list(rows.values())


def _row(episode: Episode) -> Row:
    tone = "danger" if episode.dangerous else "urgent" if episode.priority >= URGENT else ""
    return {
        "id": episode.conversation,
        "channel": episode.channel,
        "channel_name": CHANNELS.get(episode.channel, episode.channel),
        "who": who(episode.channel, episode.conversation),
        "text": episode.last_text,
        "mark": "险情" if episode.dangerous else "",
        "tone": tone,
    }


def lines(messages: Sequence[Message], notes: Sequence[Note], titles: Mapping[str, str]) -> list[Row]:
    """What was said, with the notes below the lines they were written under."""
    waiting = sorted(notes, key=lambda note: (note.after, note.at))
    rows: list[Row] = []
    for message in messages:
        while waiting and waiting[0].after < message.seq:
            rows.append(note_line(waiting.pop(0), titles))
        rows.append(line(message, titles))
    return rows + [note_line(note, titles) for note in waiting]


def line(message: Message, titles: Mapping[str, str]) -> Row:
    agent = message.data.get("agent", "") if message.author is Author.AGENT else ""
    return {
        "id": message.id,
        "seq": message.seq,
        "author": message.author,
        "kind": message.kind,
        "name": titles.get(agent, AUTHORS[message.author]),
        "text": message.text,
        "at": message.at.isoformat(),
        "buttons": [button.title for button in message.buttons],
        "card": _card(message),
        "picture": _picture(message),
    }


def _card(message: Message) -> Json | None:
    if message.kind is not Kind.CARD:
        return None
    return {name: message.data.get(name) or ([] if name == "fields" else "") for name in ("title", "fields", "footer")}


def _picture(message: Message) -> str:
    file = str((message.data.get("media") or {}).get("file") or "")
    return f"/console/pictures/{file.partition('.')[0]}" if file else ""


def note_line(note: Note, titles: Mapping[str, str]) -> Row:
    kind = "悄悄话" if note.whisper else "内部备注"
    return {
        "id": note.id,
        "seq": 0,
        "note": True,
        "author": "note",
        "kind": "whisper" if note.whisper else "note",
        "name": f"{titles.get(note.agent, note.agent)} · {kind}",
        "text": note.text,
        "at": note.at.isoformat(),
        "buttons": [],
        "card": None,
        "picture": "",
    }


def states(carried: Mapping[str, Carried]) -> dict[str, Row]:
    return {id: {"state": each.state, "reason": each.reason} for id, each in carried.items()}
