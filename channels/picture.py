"""The picture of a message: a chart that is drawn, or a photo that an agent sent, kept in a folder."""

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path

from channels.chart import Chart, ChartError, ChartRenderer, alt_text, parse_chart
from desk.model import Kind, Message

NAME = re.compile(r"[0-9a-f]{32}\.(?:jpg|png|gif)")
MIME = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"GIF8": "image/gif"}


class PhotoMissing(ChartError):
    """The file is not there any more."""


@dataclass(frozen=True)
class Photo:
    """`file` is its name in the folder."""

    file: str


@dataclass(frozen=True)
class Picture:
    """`words` say the same to whom the picture cannot be shown."""

    shows: Chart | Photo
    words: str


def picture_of(message: Message, chart_words: str) -> Picture | None:
    """None where the message has none of ours; `chart_words` put a chart into words (see chart.alt_text). Raises
    BadChart."""
    if message.kind is not Kind.IMAGE:
        return None
    if "chart" in message.data:
        chart = parse_chart(message.data["chart"])
        return Picture(chart, str(message.data.get("alt") or alt_text(chart, chart_words)))
    file = str((message.data.get("media") or {}).get("file") or "")
    return Picture(Photo(file), message.text) if NAME.fullmatch(file) else None


class PictureSource:
    """Makes bytes of both kinds."""

    def __init__(self, chart: ChartRenderer, folder: Path) -> None:
        self._chart, self._folder = chart, folder

    async def content(self, picture: Picture) -> bytes:
        """Raises DrawingFailed, PhotoMissing."""
        if isinstance(picture.shows, Chart):
            return await self._chart.png(picture.shows)
        try:
            return await asyncio.to_thread((self._folder / picture.shows.file).read_bytes)
        except OSError as gone:
            raise PhotoMissing(f"{picture.shows.file}: {type(gone).__name__}") from None


def mime_of(content: bytes) -> str:
    return next((name for start, name in MIME.items() if content.startswith(start)), "image/png")
