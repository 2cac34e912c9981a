"""A bar chart as a picture: its data, the words for those who cannot see it, and the process that draws it.

ChartError
├── BadChart      the data is not a chart
├── FontUnusable  the font file is missing or has no Chinese
└── DrawingFailed the drawing process gave no picture
"""

import asyncio
import json
import math
import re
import sys
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

PROJECT = Path(__file__).resolve().parents[1]
MAX_BARS = 36
PICTURES_KEPT = 64
DRAWING_SECONDS = 30.0  # the first picture waits for matplotlib to be imported
PROBE = "电费用量元度年月，。"


class ChartError(Exception):
    """Root of the chart's errors."""


class BadChart(ChartError):
    """The data is not a chart."""


class FontUnusable(ChartError):
    """The font file is missing or has no Chinese."""


class DrawingFailed(ChartError):
    """The drawing process gave no picture."""


@dataclass(frozen=True)
class Bar:
    label: str
    value: float


@dataclass(frozen=True)
class Chart:
    """Bars from left to right; labels like `2025-12` are read as months. `highlight` is the index of one bar."""

    title: str
    unit: str
    bars: tuple[Bar, ...]
    highlight: int | None = None


def parse_chart(data: Any) -> Chart:
    """The chart in a message's `data["chart"]`; raises BadChart."""
    try:
        bars = tuple(_bar(bar) for bar in data["bars"])
        chart = Chart(str(data["title"]), str(data.get("unit", "")), bars, data.get("highlight"))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadChart(f"not a chart: {error!r}") from error
    if not 1 <= len(bars) <= MAX_BARS:
        raise BadChart(f"a chart has 1 to {MAX_BARS} bars, not {len(bars)}")
    if chart.highlight is not None and chart.highlight not in range(len(bars)):
        raise BadChart(f"there is no bar {chart.highlight!r} to highlight")
    return chart


def _bar(data: Mapping[str, Any]) -> Bar:
    value = float(data["value"])
    if not math.isfinite(value):
        raise BadChart(f"{value} cannot be drawn")
    return Bar(str(data["label"]), value)


def number(value: float) -> str:
    """A figure as people write it: one decimal at most, none when it is nought."""
    return f"{value:.1f}".rstrip("0").rstrip(".") if abs(value) < 1000 else f"{value:,.0f}"


def alt_text(chart: Chart, template: str) -> str:
    """The picture in words, for screen readers and where it does not load.

    `template` may use {title} {unit} {count} {first} {last} {max_label} {max} {min_label} {min} {latest}.
    """
    highest, lowest = max(chart.bars, key=_value), min(chart.bars, key=_value)
    words = {
        "title": chart.title,
        "unit": chart.unit,
        "count": str(len(chart.bars)),
        "first": chart.bars[0].label,
        "last": chart.bars[-1].label,
        "latest": number(chart.bars[-1].value),
        "max_label": highest.label,
        "max": number(highest.value),
        "min_label": lowest.label,
        "min": number(lowest.value),
    }
    return re.sub(r"\{(\w+)\}", lambda name: words.get(name[1], name[0]), template)


def _value(bar: Bar) -> float:
    return bar.value


def check_font(font: Path) -> None:
    """Raises FontUnusable unless `font` can show Chinese, so that nobody is sent boxes instead of characters."""
    from fontTools.ttLib import TTFont, TTLibError  # type: ignore[import-untyped]

    try:
        with font.open("rb") as file:
            characters = TTFont(file, fontNumber=0, lazy=True).getBestCmap() or {}
    except (OSError, TTLibError) as error:
        raise FontUnusable(f"the chart font {font} cannot be read: {error}") from error
    missing = [character for character in PROBE if ord(character) not in characters]
    if missing:
        raise FontUnusable(f"the chart font {font} has no {' '.join(missing)}: give one with Chinese characters")


class ChartRenderer:
    """Draws charts in one process of its own, started at the first chart.

    Drawing takes a tenth of a second of pure computing and its libraries take seconds to import: in a thread it
    would hold the interpreter's lock while customers wait for an acknowledgement. The process ends with its input,
    so it never outlives the gateway.
    """

    def __init__(self, font: Path) -> None:
        check_font(font)
        self._font = font
        self._process: asyncio.subprocess.Process | None = None
        self._one_at_a_time = asyncio.Lock()
        self._pictures: OrderedDict[Chart, bytes] = OrderedDict()

    async def png(self, chart: Chart) -> bytes:
        """The picture; raises DrawingFailed. Many who want the same one cause one drawing."""
        # Shielded: a customer who leaves half-way must not leave half an answer in the pipe.
        return await asyncio.shield(asyncio.ensure_future(self._png(chart)))

    async def warm(self) -> None:
        """Start the process now, so that the first customer does not wait for its imports."""
        await self.png(Chart("", "", (Bar("1", 1.0),)))

    async def close(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()

    async def _png(self, chart: Chart) -> bytes:
        async with self._one_at_a_time:
            if chart not in self._pictures:
                self._pictures[chart] = await self._drawn(chart)
                if len(self._pictures) > PICTURES_KEPT:
                    self._pictures.popitem(last=False)
            self._pictures.move_to_end(chart)
            return self._pictures[chart]

    async def _drawn(self, chart: Chart) -> bytes:
        try:
            async with asyncio.timeout(DRAWING_SECONDS):
                picture = await self._ask(json.dumps(asdict(chart)).encode() + b"\n")
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            await self.close()
            raise DrawingFailed(f"the drawing process failed: {error!r}") from error
        if not picture:
            raise DrawingFailed(f"could not draw {chart.title!r}; its traceback is in the log")
        return picture

    async def _ask(self, line: bytes) -> bytes:
        if self._process is None or self._process.returncode is not None:
            self._process = await self._started()
        requests = cast(asyncio.StreamWriter, self._process.stdin)
        pictures = cast(asyncio.StreamReader, self._process.stdout)
        requests.write(line)
        await requests.drain()
        return await pictures.readexactly(int.from_bytes(await pictures.readexactly(4)))

    async def _started(self) -> asyncio.subprocess.Process:
        command = (sys.executable, "-m", "channels.chart_drawing", str(self._font))
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, cwd=PROJECT)
