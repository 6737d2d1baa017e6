"""``python -m benchmarks.compare A B``: what changed from one set of results to another.

A figure has changed where the ranges of its rounds do not meet; where they do, the difference is noise.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.figures import FIGURES, overlap, spread, spread_shown
from benchmarks.goals import NOTHING
from benchmarks.results import Findings, Row, load
from benchmarks.tables import heading, machine_line, table

__all__ = ["Change", "changes", "main", "verdict"]


class Change(NamedTuple):
    """One figure of one case, before and after."""

    scenario: str
    case: str
    figure: str
    before: list[float]
    after: list[float]

    @property
    def ratio(self) -> float | None:
        """After, as a multiple of before."""
        before = spread(self.before).median
        return spread(self.after).median / before if before else None


def changes(before: Mapping[str, Findings], after: Mapping[str, Findings]) -> Iterator[Change]:
    """Every figure that both results have."""
    for name, findings in after.items():
        if name in before:
            rows = {(row.group, row.name): row for row in before[name].rows}
            for row in findings.rows:
                if old := rows.get((row.group, row.name)):
                    yield from _of_row(findings, old, row)


def _of_row(findings: Findings, old: Row, new: Row) -> Iterator[Change]:
    case = ", ".join(part for part in (new.group, new.name) if part)
    for figure in findings.columns:
        if old.samples.get(figure) and new.samples.get(figure):
            yield Change(findings.title, case, figure, old.samples[figure], new.samples[figure])


def verdict(change: Change) -> str:
    """Whether it is better now: "" for noise, and for figures that are neither good nor bad."""
    before, after = spread(change.before), spread(change.after)
    better = FIGURES[change.figure].better
    if not better or overlap(before, after):
        return ""
    return "better" if (after.median > before.median) == (better == "more") else "worse"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the comparison as Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    parser.add_argument("before", type=Path, help="results.json, or the folder that holds it")
    parser.add_argument("after", type=Path, help="the same, of later")
    parser.add_argument("--all", action="store_true", help="show also what differs by no more than noise")
    wanted = parser.parse_args(arguments)
    try:
        before, after = load(_file(wanted.before)), load(_file(wanted.after))
    except (OSError, ValueError, KeyError, TypeError) as error:
        parser.error(str(error))
    sys.stdout.write(report(before, after, everything=wanted.all))
    return 0


def report(before: Mapping[str, Findings], after: Mapping[str, Findings], *, everything: bool) -> str:
    """The comparison as Markdown, with a word of warning where the machines differ."""
    every = list(changes(before, after))
    told = [change for change in every if everything or verdict(change)]
    lines = [_line(change) for change in told]
    text = table(["", "", "before", "after", "of before", ""], lines, right=range(2, 5)) if lines else ""
    text += f"\n{len(every) - len(told)} of {len(every)} figures differ by no more than noise and are not shown.\n"
    return text + "".join(
        f"\nNot the same machine ({name}):\n- {a}\n- {b}\n" for name, a, b in _machines(before, after)
    )


def _line(change: Change) -> list[str]:
    ratio = f"{change.ratio:.2f}" if change.ratio is not None else NOTHING
    return [
        f"{change.scenario}: {change.case}",
        heading(change.figure),
        spread_shown(change.figure, change.before),
        spread_shown(change.figure, change.after),
        ratio,
        verdict(change),
    ]


def _machines(before: Mapping[str, Findings], after: Mapping[str, Findings]) -> Iterator[tuple[str, str, str]]:
    for name in after.keys() & before.keys():
        one, other = before[name].machine, after[name].machine
        if any(one.get(part) != other.get(part) for part in ("cores", "cpu", "memory_gb", "os", "python")):
            yield name, machine_line(one), machine_line(other)


def _file(path: Path) -> Path:
    return path / "results.json" if path.is_dir() else path


if __name__ == "__main__":
    sys.exit(main())
