"""The look of all pictures: one sheet with a title and panels side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl  # type: ignore[import-not-found]
from matplotlib.figure import Figure as Canvas  # type: ignore[import-not-found]

__all__ = ["FLOOR", "GOAL", "INK", "LOOK", "OURS", "PALE", "PAPER", "THEIRS", "Sheet", "sheet"]

INK, PALE, PAPER = "#1f2933", "#9aa5b1", "#ffffff"
OURS, THEIRS, FLOOR, GOAL = "#0b7285", "#8195a5", "#cbd5dd", "#c2410c"

LOOK = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": PALE,
    "xtick.color": INK,
    "ytick.color": INK,
    "svg.hashsalt": "zendesk-async",
    "svg.fonttype": "path",
}
NO_DATE = {"svg": {"Date": None}, "png": {}}
MARGIN, ROW, PANEL = 1.25, 0.33, 3.3  # inches


class Sheet(NamedTuple):
    """A canvas and its panels."""

    canvas: Any
    panels: list[Any]

    def save(self, path: Path) -> None:
        """Write the picture: the same findings always give the same file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        kind = path.suffix.removeprefix(".")
        with mpl.rc_context(LOOK):
            self.canvas.savefig(path, format=kind, dpi=130, facecolor=PAPER, metadata=NO_DATE[kind])


def sheet(title: str, *, panels: int, rows: int, wide: bool = False) -> Sheet:
    """A sheet with room for so many rows in each of its panels; ``wide`` leaves none for the rows' names."""
    with mpl.rc_context(LOOK):
        names = 0.0 if wide else 2.4
        canvas = Canvas(figsize=(names + PANEL * panels, MARGIN + ROW * rows), layout="constrained")
        canvas.get_layout_engine().set(w_pad=0.1, h_pad=0.1)
        canvas.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold", color=INK)
        return Sheet(canvas, list(canvas.subplots(1, panels, squeeze=False)[0]))
