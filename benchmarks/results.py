"""What a scenario found, and the file that keeps it.

One file holds the newest findings of each scenario, with the machine and the moment of each, so a scenario that is run
alone replaces only its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.figures import spread

__all__ = ["Findings", "Goal", "Row", "load", "save", "summarised"]

FORMAT = 1


@dataclass(slots=True)
class Row:
    """One case: its figures, each measured once per round, and what of it is no number.

    ``group`` is the table that it stands in, where a scenario has several.
    """

    name: str
    samples: dict[str, list[float]] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    group: str = ""

    def add(self, figures: Mapping[str, float]) -> None:
        """Add the figures of one round."""
        for name, value in figures.items():
            self.samples.setdefault(name, []).append(round(value, 6))

    def middle(self, name: str) -> float | None:
        """The median of a figure; None if it was not measured."""
        return spread(self.samples[name]).median if self.samples.get(name) else None


@dataclass(slots=True)
class Goal:
    """A figure that was set beforehand. ``reached`` is None where it could not be measured."""

    what: str
    wanted: str
    found: str
    reached: bool | None


@dataclass(slots=True)
class Findings:
    """All that a scenario found. ``columns`` are the figures its table shows, in their order."""

    scenario: str
    title: str
    about: str
    columns: list[str]
    rows: list[Row] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=dict)

    def row(self, name: str, group: str = "") -> Row:
        """The row of a case; a new one the first time."""
        for row in self.rows:
            if (row.name, row.group) == (name, group):
                return row
        self.rows.append(Row(name, group=group))
        return self.rows[-1]


def load(path: Path) -> dict[str, Findings]:
    """Read a file of findings, by scenario. Raises ValueError for a file that is none."""
    content = json.loads(path.read_text("utf-8"))
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f"{path} holds no results of these benchmarks (format {FORMAT})")
    return {name: _findings(item) for name, item in content["scenarios"].items()}


def save(path: Path, everything: Mapping[str, Findings]) -> None:
    """Write a file of findings, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"format": FORMAT, "scenarios": {name: summarised(item) for name, item in everything.items()}}
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
    unfinished.rename(path)


def summarised(findings: Findings) -> dict[str, Any]:
    """As JSON; beside its samples each row has their summaries, for readers that want nothing else."""
    content = asdict(findings)
    for row in content["rows"]:
        row["summary"] = {name: spread(samples)._asdict() for name, samples in row["samples"].items() if samples}
    return content


def _findings(content: dict[str, Any]) -> Findings:
    rows = [Row(row["name"], row["samples"], row["facts"], row["group"]) for row in content["rows"]]
    goals = [Goal(**goal) for goal in content["goals"]]
    return Findings(**{**content, "rows": rows, "goals": goals})
