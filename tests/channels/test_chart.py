"""Charts: what is one, how it is put into words, and how it looks."""

import asyncio
import contextlib
import io
import json
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from channels.chart import (
    PICTURES_KEPT,
    BadChart,
    Bar,
    Chart,
    ChartRenderer,
    DrawingFailed,
    FontUnusable,
    alt_text,
    number,
    parse_chart,
)
from channels.chart_drawing import HIGHLIGHT, PLAIN, draw, labelled, serve, tick_labels
from tests.channels.webchat_kit import CHART, chart_font

YEAR = [171, 212, 156, 112, 97, 109, 171, 325, 326, 208, 115, 129]


def months(count: int) -> list[str]:
    return [f"{2024 + index // 12}-{index % 12 + 1:02}" for index in range(count)]


def chart(values: Sequence[float], highlight: int | None = None, title: str = "近12个月用电量") -> Chart:
    bars = tuple(Bar(label, value) for label, value in zip(months(len(values)), values, strict=True))
    return Chart(title, "度", bars, highlight)


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def pixels(picture: Image.Image, colour: str) -> int:
    wanted = tuple(bytes.fromhex(colour[1:]))
    return sum(count for count, found in picture.getcolors(1 << 20) or [] if found == wanted)


@pytest.fixture(scope="module")
def font() -> Path:
    return chart_font()


in_one_loop = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def renderer(font: Path) -> AsyncIterator[ChartRenderer]:
    made = ChartRenderer(font)
    yield made
    await made.close()


def test_a_chart_is_read_from_a_messages_data() -> None:
    read = parse_chart(CHART)
    assert (read.title, read.unit, read.highlight) == ("近12个月用电量", "度", 11)
    assert read.bars[0] == Bar("2026-01", 107.0)
    assert parse_chart({"title": "x", "bars": [{"label": "峰", "value": 1}]}).highlight is None


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"title": "x"},
        {"title": "x", "bars": []},
        {"title": "x", "bars": [{"label": "a"}]},
        {"title": "x", "bars": [{"label": "a", "value": "much"}]},
        {"title": "x", "bars": [{"label": "a", "value": float("nan")}]},
        {"title": "x", "bars": [{"label": "a", "value": 1}] * 37},
        {"title": "x", "bars": [{"label": "a", "value": 1}], "highlight": 1},
        {"title": "x", "bars": [{"label": "a", "value": 1}], "highlight": "a"},
    ],
)
def test_what_is_not_a_chart_is_refused(data: Any) -> None:
    with pytest.raises(BadChart):
        parse_chart(data)


def test_a_chart_can_be_said_in_words() -> None:
    template = "{title}，{first}至{last}，最高{max_label} {max}{unit}，最低{min_label} {min}{unit}，最近{latest}。{x}"
    assert alt_text(chart([100.04, 1234.6, 80.5]), template) == (
        "近12个月用电量，2024-01至2024-03，最高2024-02 1,235度，最低2024-03 80.5度，最近80.5。{x}"
    )


@pytest.mark.parametrize(
    ("value", "written"), [(0, "0"), (120.0, "120"), (123.45, "123.5"), (-40, "-40"), (12345.6, "12,346")]
)
def test_figures_are_written_as_people_write_them(value: float, written: str) -> None:
    assert number(value) == written


def test_months_are_named_and_each_year_once() -> None:
    assert tick_labels(["2025-11", "2026-01", "2026-03", "2027-01"]) == ["11月\n2025", "1月\n2026", "3月", "1月\n2027"]
    assert tick_labels(["峰", "谷"]) == ["峰", "谷"]


def test_the_highlighted_bar_and_the_peaks_have_their_figures() -> None:
    assert labelled(chart(YEAR, highlight=11)) == [1, 8, 11]
    assert labelled(chart(YEAR)) == [1, 8, 11]
    assert labelled(chart([5.0])) == [0]


def test_figures_never_stand_on_one_another() -> None:
    assert labelled(chart([1.0, 2, 3, 1000.8, 1000.9, 1000.8, 8, 7, 6, 5, 4, 3], highlight=3)) == [3]


@pytest.mark.parametrize("count", [12, 13, 18, 24])
def test_a_picture_is_small_and_sharp(font: Path, count: int) -> None:
    png = draw(chart([float(value) for value in (YEAR * 2)[:count]], highlight=count - 1), font)
    assert png.startswith(b"\x89PNG")
    assert len(png) < 60_000
    assert opened(png).size == (640, 448)


def test_the_highlight_has_another_colour(font: Path) -> None:
    without, with_one = (opened(draw(chart([10.0, 20.0, 15.0], highlight), font)) for highlight in (None, 1))
    assert pixels(without, HIGHLIGHT) == 0
    assert pixels(with_one, HIGHLIGHT) > pixels(with_one, PLAIN) / 3


def test_chinese_is_drawn_and_not_replaced_by_boxes(font: Path, recwarn: pytest.WarningsRecorder) -> None:
    titles = [draw(chart([1.0, 2.0], title=title), font) for title in ("电费电费", "用量用量")]
    assert titles[0] != titles[1], "two missing characters would look the same"
    assert not [warning for warning in recwarn if "Glyph" in str(warning.message)]


@pytest.mark.filterwarnings("ignore:Glyph", "ignore:Matplotlib currently does not support")  # of strange titles
@settings(max_examples=8, deadline=None)
@example([0.0], "$x_", "$\\frac$")
@example([1e300, -1e300], "", "")
@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=36), st.text(max_size=40), st.text(max_size=8))
def test_any_chart_can_be_drawn(font: Path, values: list[float], title: str, label: str) -> None:
    data = {"title": title, "unit": "元", "bars": [{"label": label, "value": value} for value in values]}
    assert opened(draw(parse_chart(data), font)).size == (640, 448)


@in_one_loop
async def test_drawing_takes_no_time_of_the_gateway(renderer: ChartRenderer) -> None:
    await renderer.warm()
    before = time.process_time()
    picture = await renderer.png(chart([float(value) for value in YEAR], 3))
    assert time.process_time() - before < 0.02
    assert opened(picture).size == (640, 448)


@in_one_loop
async def test_the_same_chart_is_drawn_once(renderer: ChartRenderer) -> None:
    wanted = chart([3.0, 4.0])
    first, second = await asyncio.gather(renderer.png(wanted), renderer.png(wanted))
    assert first is second


@in_one_loop
async def test_who_leaves_half_way_does_not_spoil_the_next_picture(renderer: ChartRenderer) -> None:
    leaving = asyncio.create_task(renderer.png(chart([7.0, 8.0])))
    await asyncio.sleep(0.01)
    leaving.cancel()
    assert await renderer.png(chart([9.0, 8.0])) == draw(chart([9.0, 8.0]), renderer._font)


class QuickRenderer(ChartRenderer):
    """With a process that needs no matplotlib."""

    starts = 0

    async def _started(self) -> asyncio.subprocess.Process:
        self.starts += 1
        script = "import sys\nfor _ in sys.stdin: print(end='\\0\\0\\0\\3PNG', flush=True)"
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdin=pipe, stdout=pipe)


async def test_a_drawing_process_that_died_is_replaced(font: Path) -> None:
    renderer = QuickRenderer(font)
    await renderer.warm()
    process = renderer._process
    assert process is not None
    process.kill()
    with contextlib.suppress(DrawingFailed):  # unless its death was already known
        await renderer.png(chart([1.0]))
    assert await renderer.png(chart([2.0])) == b"PNG"
    assert renderer.starts == 2
    await renderer.close()


async def test_old_pictures_are_forgotten(font: Path) -> None:
    renderer = QuickRenderer(font)
    for value in range(PICTURES_KEPT + 5):
        await renderer.png(chart([float(value)]))
    assert len(renderer._pictures) == PICTURES_KEPT
    await renderer.close()


def test_the_drawing_process_ends_with_its_input(font: Path) -> None:
    lines = b"".join(json.dumps(data).encode() + b"\n" for data in (CHART, {"title": "not a chart"}, CHART))
    pictures = io.BytesIO()
    serve(io.BytesIO(lines), pictures, font)
    pictures.seek(0)
    sizes = []
    while head := pictures.read(4):
        sizes.append(len(pictures.read(int.from_bytes(head))))
    assert sizes[0] == sizes[2] > 0
    assert sizes[1] == 0


@in_one_loop
async def test_a_chart_that_cannot_be_drawn_fails_alone(renderer: ChartRenderer) -> None:
    with pytest.raises(DrawingFailed):
        await renderer.png(Chart("没有数据", "度", ()))
    assert (await renderer.png(chart([1.0]))).startswith(b"\x89PNG")


def test_a_font_that_is_missing_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(FontUnusable, match=r"nowhere\.ttf cannot be read"):
        ChartRenderer(tmp_path / "nowhere.ttf")
    (tmp_path / "empty.ttf").write_bytes(b"")
    with pytest.raises(FontUnusable, match="cannot be read"):
        ChartRenderer(tmp_path / "empty.ttf")


def test_a_font_without_chinese_stops_the_start() -> None:
    import matplotlib as mpl

    latin = Path(mpl.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"
    with pytest.raises(FontUnusable, match="has no 电"):
        ChartRenderer(latin)
