"""``python -m benchmarks.plots RESULTS.json DIR``: the pictures of all findings that there are, as SVG.

It runs in an environment of its own, which has matplotlib and nothing of this project's; hence it imports only what is
pure. A value that was measured several times is drawn at its median, with a thin line from the least to the most.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from benchmarks.drawing.bars import Bar, bars
from benchmarks.drawing.curves import Curve, curves
from benchmarks.drawing.sheet import Sheet, sheet
from benchmarks.figures import Spread, spread
from benchmarks.results import Findings, Row, load

__all__ = ["main"]

FLOORS = ("floor", "python -c", "import aiohttp")
OURS = "zendesk-async"


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.plots", description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--format", default="svg", choices=("svg", "png"))
    wanted = parser.parse_args(arguments)
    for name, findings in load(wanted.results).items():
        if name in PICTURES and findings.rows:
            PICTURES[name](findings).save(wanted.folder / f"{name}.{wanted.format}")
    return 0


def _spread(row: Row, figure: str) -> Spread | None:
    samples = row.samples.get(figure)
    return spread(samples) if samples else None


def _bars(rows: Sequence[Row], figure: str, *, rivals: bool = False) -> list[Bar]:
    """One bar for each row. Where there are rivals, only what has our name is ours."""
    return [Bar(row.name, _spread(row, figure), _whose(row.name, rivals=rivals)) for row in rows]


def _whose(name: str, *, rivals: bool) -> Literal["ours", "theirs", "floor"]:
    if name.startswith(FLOORS):
        return "floor"
    return "theirs" if rivals and not name.startswith(OURS) else "ours"


def _limit(findings: Findings) -> Sheet:
    drawing = sheet("At the limit of 100 users per second", panels=2, rows=len(findings.rows))
    bars(drawing.panels[0], "share_of_rate", _bars(findings.rows, "share_of_rate"), goal=99)
    bars(drawing.panels[1], "polls_per_batch", _bars(findings.rows, "polls_per_batch"), named=False)
    return drawing


def _ceiling(findings: Findings) -> Sheet:
    rows = [
        _named(row, f"{row.name} jobs" if "jobs" in row.group and row.name != "1" else row.name)
        for row in findings.rows
    ]
    rows = [_named(row, "NDJSON, file, 1 job" if row.name == "1" else row.name) for row in rows]
    rows = [_named(row, f"NDJSON, file, {row.name}" if row.name.endswith(" jobs") else row.name) for row in rows]
    drawing = sheet("Ceiling: no limit, everything on", panels=3, rows=len(rows))
    bars(drawing.panels[0], "users_per_second", _bars(rows, "users_per_second"), goal=100_000)
    bars(drawing.panels[1], "cpu_per_million", _bars(rows, "cpu_per_million"), goal=10, named=False)
    bars(drawing.panels[2], "peak_memory", _bars(rows, "peak_memory"), goal=80, named=False)
    return drawing


def _named(row: Row, name: str) -> Row:
    return Row(name, row.samples, row.facts, row.group)


def _floor(findings: Findings) -> Sheet:
    drawing = sheet("Against the leanest script", panels=2, rows=len(findings.rows))
    bars(drawing.panels[0], "users_per_second", _bars(findings.rows, "users_per_second"))
    bars(drawing.panels[1], "cpu_per_million", _bars(findings.rows, "cpu_per_million"), named=False)
    return drawing


def _rivals(findings: Findings) -> Sheet:
    unlimited = _best(row for row in findings.rows if row.samples.get("ahead") is not None or "25 jobs" in row.name)
    limited = {row.name: row for row in findings.rows if row.samples.get("limited")}
    drawing = sheet("The same work, by everybody", panels=3, rows=len(unlimited))
    bars(drawing.panels[0], "users_per_second", _bars(unlimited, "users_per_second", rivals=True))
    bars(drawing.panels[1], "cpu_per_million", _bars(unlimited, "cpu_per_million", rivals=True), named=False)
    provoked = [_named(limited.get(_who(row), Row("")), row.name) for row in unlimited]
    title = "429s provoked where 100 users/s are allowed"
    bars(drawing.panels[2], "limited", _bars(provoked, "limited", rivals=True), named=False, title=title)
    return drawing


def _who(row: Row) -> str:
    """The contender of a row, without the number of its jobs."""
    return row.name.rpartition(", ")[0]


def _best(rows: Any) -> list[Row]:
    """Each contender at the number of jobs at which it is fastest, the fastest first."""
    best: dict[str, Row] = {}
    for row in rows:
        if row.middle("users_per_second") and _pace(row) > _pace(best.get(_who(row), Row(""))):
            best[_who(row)] = row
    return sorted(best.values(), key=_pace, reverse=True)


def _pace(row: Row) -> float:
    return row.middle("users_per_second") or 0.0


def _growth(findings: Findings) -> Sheet:
    drawing = sheet("Growth: from ten thousand records on", panels=3, rows=8, wide=True)
    for panel, figure, goal in zip(
        drawing.panels, ("users_per_second", "peak_memory", "journal_size"), (100_000.0, 80.0, None), strict=True
    ):
        points = [(_size(row), value) for row in findings.rows if (value := _spread(row, figure))]
        curves(panel, figure, [Curve("", points)], goal=goal, straight=figure == "journal_size")
    return drawing


def _size(row: Row) -> int:
    return int(row.name.replace(",", ""))


def _costs(findings: Findings) -> Sheet:
    rows = [row for row in findings.rows if row.samples.get("users_per_second")]
    drawing = sheet("What single promises and options cost", panels=2, rows=len(rows))
    bars(drawing.panels[0], "users_per_second", _bars(rows, "users_per_second"))
    bars(drawing.panels[1], "cpu_per_million", _bars(rows, "cpu_per_million"), named=False)
    return drawing


def _startup(findings: Findings) -> Sheet:
    drawing = sheet("Start-up", panels=1, rows=len(findings.rows))
    bars(drawing.panels[0], "milliseconds", _bars(findings.rows, "milliseconds"), goal=250, goal_of=" of --version:")
    return drawing


PICTURES: dict[str, Callable[[Findings], Sheet]] = {
    "limit": _limit,
    "ceiling": _ceiling,
    "floor": _floor,
    "rivals": _rivals,
    "growth": _growth,
    "costs": _costs,
    "startup": _startup,
}

if __name__ == "__main__":
    sys.exit(main())
