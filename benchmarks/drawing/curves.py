"""Curves: a value against the number of records, which is drawn in powers of ten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import matplotlib as mpl  # type: ignore[import-not-found]

from benchmarks.drawing.sheet import GOAL, INK, LOOK, OURS
from benchmarks.figures import FIGURES, Spread

__all__ = ["Curve", "curves"]


class Curve(NamedTuple):
    """Points in the order of their size."""

    name: str
    points: Sequence[tuple[int, Spread]]


def curves(
    panel: Any, figure: str, drawn: Sequence[Curve], *, goal: float | None = None, straight: bool = False
) -> None:
    """Draw the curves; ``straight`` draws both axes in powers of ten, where what grows evenly is a straight line."""
    with mpl.rc_context(LOOK):
        panel.set_xscale("log")
        if straight:
            panel.set_yscale("log")
        for curve in drawn:
            _curve(panel, curve)
        if not straight:
            panel.set_ylim(0, 1.25 * max([value.high for curve in drawn for _, value in curve.points] + [goal or 0.0]))
        if goal is not None:
            panel.axhline(goal, color=GOAL, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
            panel.annotate(
                f"goal {goal:,g}", (0.02, goal), xycoords=("axes fraction", "data"), xytext=(0, 3),
                textcoords="offset points", color=GOAL, fontsize=7,
            )  # fmt: skip
        _dress(panel, figure)


def _curve(panel: Any, curve: Curve) -> None:
    sizes = [size for size, _ in curve.points]
    panel.plot(sizes, [value.median for _, value in curve.points], color=OURS, marker="o", markersize=4, linewidth=1.6)
    for size, value in curve.points:
        if value.high > value.low:
            panel.plot([size, size], [value.low, value.high], color=INK, linewidth=1, zorder=3)


def _dress(panel: Any, figure: str) -> None:
    words = FIGURES[figure]
    panel.set_title(f"{words.label}, {words.unit}" if words.unit else words.label, loc="left", fontsize=9)
    panel.set_xlabel("records", fontsize=8)
    panel.grid(axis="y", color="#e4e7eb", linewidth=0.7, zorder=0)
    panel.set_axisbelow(True)
    panel.xaxis.set_major_formatter(mpl.ticker.FuncFormatter(_in_words))
    panel.xaxis.set_minor_formatter(mpl.ticker.NullFormatter())
    panel.yaxis.set_major_formatter(mpl.ticker.FuncFormatter(lambda value, _: f"{value:,.10g}"))
    panel.tick_params(labelsize=8, length=2)
    for side in ("top", "right"):
        panel.spines[side].set_visible(False)


def _in_words(value: float, _: int) -> str:
    if value >= 1e6:
        return f"{value / 1e6:g} M"
    return f"{value / 1e3:g} k" if value >= 1e3 else f"{value:g}"
