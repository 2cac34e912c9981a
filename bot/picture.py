"""Two pictures of an evaluation: which intents are taken for which, and whether confidence tells the truth."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from bot import scores
from bot.scores import Judged

INK, PAPER, BLUE, RED = "#1f2933", "#ffffff", "#1d5fa8", "#c0392b"
FAINT = 0.02  # a smaller share of a row is left white, so that the eye finds the rest


def draw(judged: list[Judged], folder: Path) -> list[Path]:
    """confusions.png and calibration.png in the folder."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams.update({"font.size": 8, "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": "#c5ced6"})
    drawn = {"confusions.png": _confusions(judged), "calibration.png": _calibration(judged)}
    for name, figure in drawn.items():
        figure.savefig(folder / name, dpi=130, facecolor=PAPER, bbox_inches="tight")
    return [folder / name for name in drawn]


def _confusions(judged: list[Judged]) -> Any:
    """Rows: what was meant; columns: what was chosen; every row sums to one. Mistakes red, what is right blue."""
    import numpy as np
    from matplotlib.figure import Figure

    names = sorted({one.sentence.intent for one in judged} | {one.choice for one in judged})
    at = {name: place for place, name in enumerate(names)}
    pairs = Counter((at[one.sentence.intent], at[one.choice]) for one in judged)
    counts = np.zeros((len(names), len(names)))
    for place, count in pairs.items():
        counts[place] = count
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = 2.5 + 0.19 * len(names)
    figure = Figure(figsize=(size, size))
    axes = figure.add_subplot()
    right = np.eye(len(names), dtype=bool)
    axes.imshow(np.ma.masked_where(~right, shares), cmap="Blues", vmin=0, vmax=1.2)
    axes.imshow(np.ma.masked_where(right | (shares < FAINT), shares), cmap="Reds", vmin=-0.05, vmax=0.25)
    for row, column in zip(*np.nonzero(counts * ~right), strict=True):
        axes.text(column, row, f"{counts[row, column]:.0f}", ha="center", va="center", fontsize=5.5, color=INK)
    axes.set_xticks(range(len(names)), names, rotation=90)
    axes.set_yticks(range(len(names)), [f"{name}  {shares[at[name], at[name]]:.0%}" for name in names])
    axes.set_xticks(np.arange(-0.5, len(names)), minor=True)
    axes.set_yticks(np.arange(-0.5, len(names)), minor=True)
    axes.grid(which="minor", color="#eef1f4", linewidth=0.6)
    axes.tick_params(which="both", length=0)
    axes.set_xlabel("chosen")
    axes.set_ylabel("meant (share chosen rightly)")
    axes.set_title(
        f"{len(judged)} sentences, {scores.accuracy(judged):.1%} right; red: mistakes, with their number", loc="left"
    )
    return figure


def _calibration(judged: list[Judged]) -> Any:
    """Confidence against the share that is right; the size of a point is how many sentences it stands for."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 4.2))
    axes = figure.add_subplot()
    means, rights, counts = zip(*scores.calibration(judged), strict=True)
    axes.plot([0, 1], [0, 1], color="#9aa5b1", linewidth=1, linestyle="--")
    axes.plot(means, rights, color=BLUE, linewidth=1.2)
    axes.scatter(means, rights, s=[12 + 240 * count / len(judged) for count in counts], color=BLUE, alpha=0.75)
    axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="mean confidence", ylabel="share right")
    axes.set_title(f"Confidence and truth (error {scores.calibration_error(judged):.3f})", loc="left")
    axes.grid(color="#eef1f4")
    axes.spines[["top", "right"]].set_visible(False)
    return figure
