"""The pictures of docs/evaluation.md."""

from collections import Counter
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot

mpl.use("Agg")
GREEN, GREY = "#07713b", "#8a8f8c"
DOTS = 110


def confusions(confused: Counter[tuple[str, str]], path: Path) -> None:
    """Draw the most frequent confusions."""
    worst = confused.most_common(25)[::-1]
    figure, axes = pyplot.subplots(figsize=(9, 0.34 * len(worst) + 1.2))
    axes.barh([f"{right}  →  {given}" for (right, given), _ in worst], [count for _, count in worst], color=GREEN)
    axes.set_xlabel("held-out questions")
    axes.xaxis.get_major_locator().set_params(integer=True)
    _save(figure, path)


def curve(points: list[list[float]], path: Path) -> None:
    """Draw the share answered right over the number of phrases."""
    figure, axes = pyplot.subplots(figsize=(5, 3))
    axes.plot([phrases for _, phrases, _, _ in points], [first for _, _, first, _ in points], "o-", color=GREEN)
    axes.set_xlabel("training phrases")
    axes.set_ylabel("right topic first")
    axes.grid(alpha=0.3)
    _save(figure, path)


def reliability(measured: dict[str, Any], path: Path) -> None:
    """Draw the share that was right over the confidence; a dot is as large as its questions are many."""
    figure, axes = pyplot.subplots(figsize=(3.6, 3.4))
    axes.plot([0, 1], [0, 1], "--", color=GREY)
    counts, sure, right = zip(*measured["bins"], strict=True)
    axes.plot(sure, right, "-", color=GREEN)
    axes.scatter(sure, right, s=[10 + count for count in counts], color=GREEN)
    axes.set_xlabel("confidence")
    axes.set_ylabel("share right")
    axes.grid(alpha=0.3)
    _save(figure, path)


def _save(figure: Any, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, dpi=DOTS)
    pyplot.close(figure)
