"""Horizontal bars: a value for each of several cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import matplotlib as mpl  # type: ignore[import-not-found]

from benchmarks.drawing.sheet import FLOOR, GOAL, INK, LOOK, OURS, PALE, PAPER, THEIRS
from benchmarks.figures import FIGURES, Spread, shown

__all__ = ["Bar", "bars"]

HEADROOM = 1.3  # for the numbers beside the bars
COLOURS = {"ours": OURS, "theirs": THEIRS, "floor": FLOOR}
BACKED = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.8}


class Bar(NamedTuple):
    """One bar; without a value there are words in its place. ``whose`` decides its colour."""

    name: str
    value: Spread | None
    whose: Literal["ours", "theirs", "floor"] = "ours"


def bars(
    panel: Any,
    figure: str,
    drawn: Sequence[Bar],
    *,
    goal: float | None = None,
    named: bool = True,
    title: str = "",
    goal_of: str = "",
) -> None:
    """Draw the bars from the top down, each with its number; ``goal`` is a dashed line."""
    with mpl.rc_context(LOOK):
        end = HEADROOM * max([bar.value.high for bar in drawn if bar.value] + [goal or 0.0]) or 1.0
        for place, bar in enumerate(drawn):
            _bar(panel, figure, place, bar, end)
        panel.set_xlim(0, end)
        panel.set_ylim(len(drawn) - 0.4, -0.75)
        panel.set_yticks(range(len(drawn)), [bar.name for bar in drawn] if named else [""] * len(drawn))
        _dress(panel, title or _title(figure))
        if goal is not None:
            panel.axvline(goal, color=GOAL, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
            panel.annotate(
                f"goal{goal_of} {goal:,g}", (goal, -0.72), color=GOAL, fontsize=7, ha="center", va="bottom",
                annotation_clip=False,
            )  # fmt: skip


def _bar(panel: Any, figure: str, place: int, bar: Bar, width: float) -> None:
    if bar.value is None:
        panel.text(0.01 * width, place, "not measured", va="center", color=PALE, fontsize=8)
        return
    middle, low, high, rounds = bar.value
    panel.barh(place, middle, height=0.62, color=COLOURS[bar.whose], zorder=2)
    if rounds > 1 and high > low:
        panel.plot([low, high], [place, place], color=INK, linewidth=1.2, zorder=3, solid_capstyle="butt")
    panel.text(
        max(middle, high) + 0.02 * width, place, shown(figure, middle), va="center", fontsize=8, zorder=4, bbox=BACKED
    )


def _title(figure: str) -> str:
    words = FIGURES[figure]
    return f"{words.label}, {words.unit}" if words.unit else words.label


def _dress(panel: Any, title: str) -> None:
    """Take away what tells nothing: frame, ticks, and the scale, since each bar has its number."""
    panel.set_title(title, loc="left", fontsize=9, pad=14)
    panel.tick_params(axis="y", length=0)
    panel.xaxis.set_visible(False)
    for side in ("top", "right", "bottom"):
        panel.spines[side].set_visible(False)
