"""The drawing process of `channels.chart`: a chart as JSON on a line of its input, a PNG on its output.

Run as `python -m channels.chart_drawing FONT`; only this process imports matplotlib.
"""

import io
import json
import os
import re
import signal
import sys
import traceback
from pathlib import Path
from typing import BinaryIO

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import FuncFormatter, MaxNLocator

from channels.chart import Chart, number, parse_chart

# Sizes are those of a chat bubble on a phone, in CSS pixels (1 pt = 1 px at 72 dpi), drawn at twice the resolution.
WIDTH, HEIGHT, DPI = 320, 224, 144
PLOT = (38 / WIDTH, 38 / HEIGHT, (WIDTH - 48) / WIDTH, (HEIGHT - 88) / HEIGHT)
TITLE_SIZE, TEXT_SIZE, SMALL_SIZE = 14.5, 11.5, 10.5
TITLE_ROOM = 20  # characters that fit at TITLE_SIZE
PLAIN, HIGHLIGHT, INK, GREY, RULE = "#5b9bd5", "#c2410c", "#1f2933", "#5a6672", "#e4e8ec"
MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
TICKS, MIN_SLOTS = 8, 4
LABELS = 5
TEN_THOUSAND, MANY = 10_000, 100_000


def draw(chart: Chart, font: Path) -> bytes:
    """The PNG, 640 × 448 pixels."""
    figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72), dpi=DPI, facecolor="white")
    axes = figure.add_axes(PLOT)
    positions = range(len(chart.bars))
    colours = [HIGHLIGHT if index == chart.highlight else PLAIN for index in positions]
    axes.bar(positions, [bar.value for bar in chart.bars], width=0.68, color=colours, zorder=2)
    _set_scale(axes, chart)
    _write_headings(figure, chart, font)
    _write_labels(axes, chart, font)
    _write_peaks(axes, chart, font)
    _calm(axes, font)
    buffer = io.BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def _set_scale(axes: Axes, chart: Chart) -> None:
    values = [bar.value for bar in chart.bars]
    top, bottom = max(*values, 0), min(*values, 0)
    room = (top - bottom) * 0.14 or 1.0
    axes.set_ylim(bottom - (room if bottom < 0 else 0), top + room)
    margin = 0.6 + max(0, MIN_SLOTS - len(values)) / 2
    axes.set_xlim(-margin, len(values) - 1 + margin)


def _write_headings(figure: Figure, chart: Chart, font: Path) -> None:
    size = TITLE_SIZE * min(1, TITLE_ROOM / max(len(chart.title), 1))
    for text, below, points, colour in ((chart.title, 12, size, INK), (chart.unit, 34, SMALL_SIZE, GREY)):
        written = figure.text(10 / WIDTH, 1 - below / HEIGHT, text, color=colour, va="top", parse_math=False)
        written.set_fontproperties(_font(font, points))


def _write_labels(axes: Axes, chart: Chart, font: Path) -> None:
    """Every n-th bar is named, so that the highlighted one is, or else the last."""
    step = -(-len(chart.bars) // TICKS)
    named = len(chart.bars) - 1 if chart.highlight is None else chart.highlight
    shown = range(named % step, len(chart.bars), step)
    labels = tick_labels([chart.bars[index].label for index in shown])
    axes.set_xticks(list(shown), labels, fontproperties=_font(font, SMALL_SIZE), color=GREY, parse_math=False)


def tick_labels(labels: list[str]) -> list[str]:
    """Months as `3月`, the year below the first one of each year; other labels as they are."""
    months = [MONTH.fullmatch(label) for label in labels]
    lines, year = [], ""
    for label, month in zip(labels, months, strict=True):
        if month is None:
            lines.append(label)
            continue
        lines.append(f"{int(month[2])}月" + (f"\n{month[1]}" if month[1] != year else ""))
        year = month[1]
    return lines


def _write_peaks(axes: Axes, chart: Chart, font: Path) -> None:
    for index in labelled(chart):
        value = chart.bars[index].value
        colour = HIGHLIGHT if index == chart.highlight else INK
        axes.annotate(
            _figure(value),
            (index, value),
            xytext=(0, 2 if value >= 0 else -2),
            textcoords="offset points",
            ha="center",
            va="bottom" if value >= 0 else "top",
            fontproperties=_font(font, TEXT_SIZE),
            color=colour,
        )


def labelled(chart: Chart) -> list[int]:
    """The bars whose figure is written: the highlighted, the highest, then other peaks; none on top of another."""
    values = [bar.value for bar in chart.bars]
    peaks = [i for i in range(len(values)) if values[i] == max(values[max(i - 1, 0) : i + 2])]
    wanted = sorted(peaks, key=lambda i: -values[i])
    if chart.highlight is not None:
        wanted.insert(0, chart.highlight)
    chosen: list[int] = []
    for index in wanted:
        if len(chosen) < LABELS and all(abs(index - other) >= _gap(values, index, other) for other in chosen):
            chosen.append(index)
    return sorted(chosen)


def _gap(values: list[float], one: int, other: int) -> float:
    """How many bars apart two figures must stand so that they do not touch."""
    letters = (len(_figure(values[one])) + len(_figure(values[other]))) / 2 + 1
    return letters * TEXT_SIZE * 0.58 / (WIDTH * PLOT[2] / max(len(values), MIN_SLOTS))


def _figure(value: float) -> str:
    """Six digits and more in ten-thousands, as people say them."""
    return number(value) if abs(value) < MANY else f"{number(value / TEN_THOUSAND)}万"


def _calm(axes: Axes, font: Path) -> None:
    many = max(map(abs, axes.get_ylim())) >= MANY
    axes.yaxis.set_major_locator(MaxNLocator(4, min_n_ticks=3))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _tick(value, many)))
    for label in axes.get_yticklabels():
        label.set_fontproperties(_font(font, SMALL_SIZE))
    axes.tick_params(axis="y", colors=GREY, length=0, pad=3)
    axes.tick_params(axis="x", length=0, pad=4)
    axes.grid(axis="y", color=RULE, linewidth=0.8, zorder=0)
    axes.spines[:].set_visible(False)
    axes.axhline(0, color=GREY, linewidth=1.2, zorder=3)


def _tick(value: float, many: bool) -> str:
    return f"{number(value / TEN_THOUSAND)}万" if many and value else number(value)


def _font(font: Path, size: float) -> FontProperties:
    return FontProperties(fname=str(font), size=size)


def serve(requests: BinaryIO, pictures: BinaryIO, font: Path) -> None:
    """One PNG per line, its length before it in four bytes; length nought when it could not be drawn."""
    for line in requests:
        try:
            picture = draw(parse_chart(json.loads(line)), font)
        except Exception:
            traceback.print_exc()
            picture = b""
        pictures.write(len(picture).to_bytes(4) + picture)
        pictures.flush()


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; this process ends with its input
    os.nice(10)  # customers who wait for an acknowledgement go first
    serve(sys.stdin.buffer, sys.stdout.buffer, Path(sys.argv[1]))


if __name__ == "__main__":
    main()
