"""Findings as Markdown. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from benchmarks.figures import FIGURES, spread_shown
from benchmarks.goals import NOTHING

if TYPE_CHECKING:
    from benchmarks.results import Findings, Goal, Row

__all__ = ["document", "machine_line", "section", "table"]

MARKS = {True: "reached", False: "**not reached**", None: "not measured"}


def document(everything: Mapping[str, Findings], pictures: Mapping[str, str]) -> str:
    """Everything that was found, with the pictures (scenario to file name) that there are."""
    parts = ["# Results\n\nMade by `python -m benchmarks`; [how to read them](../../README.md).\n"]
    goals = [goal for findings in everything.values() for goal in findings.goals]
    if goals:
        parts.append("## Figures to reach\n\n" + goal_table(goals))
    parts += [section(findings, pictures.get(name)) for name, findings in everything.items()]
    return "\n".join(parts)


def section(findings: Findings, picture: str | None = None) -> str:
    """One scenario."""
    parts = [f"## {findings.title}\n", findings.about + "\n"]
    if picture:
        parts.append(f"![{findings.title}]({picture})\n")
    for group in dict.fromkeys(row.group for row in findings.rows):
        rows = [row for row in findings.rows if row.group == group]
        parts.append((f"### {group}\n\n" if group else "") + row_table(rows, findings.columns))
    parts += [f"- {note}" for note in findings.notes]
    parts.append(("\n" if findings.notes else "") + f"<sub>{machine_line(findings.machine)}</sub>\n")
    return "\n".join(parts)


def row_table(rows: Sequence[Row], columns: Iterable[str]) -> str:
    """The rows of one group; columns that none of them has are left out."""
    figures = [name for name in columns if any(row.samples.get(name) for row in rows)]
    facts = list(dict.fromkeys(name for row in rows for name in row.facts))
    heads = ["", *(heading(name) for name in figures), *facts]
    lines = [
        [row.name, *(cell(row, name) for name in figures), *(row.facts.get(name, "") for name in facts)] for row in rows
    ]
    return table(heads, lines, right=range(1, 1 + len(figures)))


def heading(name: str) -> str:
    """Name a column: label and unit."""
    figure = FIGURES[name]
    return f"{figure.label}, {figure.unit}" if figure.unit else figure.label


def cell(row: Row, name: str) -> str:
    """One figure of one row."""
    samples = row.samples.get(name)
    return spread_shown(name, samples) if samples else NOTHING


def goal_table(goals: Iterable[Goal]) -> str:
    """What was to be reached, and whether it was."""
    lines = [[goal.what, goal.wanted, goal.found, MARKS[goal.reached]] for goal in goals]
    return table(["", "wanted", "found", ""], lines, right=range(2, 3))


def table(heads: Sequence[str], lines: Iterable[Sequence[str]], right: Iterable[int] = ()) -> str:
    """A Markdown table, laid out so that it can be read as text as well. ``right``: columns set flush right."""
    grid = [[escaped(text) for text in line] for line in (heads, *lines)]
    widths = [max(3, *(len(line[column]) for line in grid)) for column in range(len(heads))]
    flush = set(right)
    rules = ["-" * (width - 1) + (":" if column in flush else "-") for column, width in enumerate(widths)]
    laid_out = [grid[0], rules, *grid[1:]]
    return "".join("| " + " | ".join(padded(line, widths, flush)) + " |\n" for line in laid_out)


def padded(line: Sequence[str], widths: Sequence[int], flush: set[int]) -> list[str]:
    """Bring the cells of a line to the width of their columns."""
    return [
        text.rjust(width) if column in flush else text.ljust(width)
        for column, (text, width) in enumerate(zip(line, widths, strict=True))
    ]


def escaped(text: str) -> str:
    """Keep a cell in its column."""
    return text.replace("|", "\\|").replace("\n", " ")


def machine_line(machine: Mapping[str, Any]) -> str:
    """The machine and the moment, in a line."""
    if not machine:
        return "no machine was described"
    software = ", ".join(f"{name} {version}" for name, version in machine.get("software", {}).items())
    return (
        f"{machine['cores']} cores ({machine['cpu']}), {machine['memory_gb']:g} GB, {machine['os']}, {machine['python']}"
        f"{', ' + software if software else ''}; load before {machine['load_before']:g}, on {machine['made_at']}"
    )
