"""What a scenario works with: how large it may be, and measuring several cases in turn."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.audience import Audience, write
from benchmarks.environments import Unavailable, cache
from benchmarks.figures import FIGURES, shown
from benchmarks.trials import Failed

if TYPE_CHECKING:
    from benchmarks.results import Findings

__all__ = ["Bench", "Case"]


class Case(NamedTuple):
    """One thing to measure: a row of the table, and what measures it once."""

    name: str
    measure: Callable[[], Mapping[str, float]]
    group: str = ""


@dataclass(slots=True)
class Bench:
    """The size of the whole. ``scale`` multiplies every number of records and seconds: small for trying things out."""

    full: bool = False
    scale: float = 1.0
    repeats: int | None = None
    quiet: bool = False

    def pick(self, quick: int, full: int) -> int:
        """One of two numbers, as it is."""
        return full if self.full else quick

    def records(self, quick: int, full: int) -> int:
        """A number of records: whole batches, scaled."""
        return max(100, round(self.pick(quick, full) * self.scale / 100) * 100)

    def rounds(self, quick: int, full: int) -> int:
        """How often to measure each case."""
        return self.repeats or self.pick(quick, full)

    def audience(self, kind: str, records: int, *, repeats: float = 0.0, changed: int = 0, calm: int = 0) -> Path:
        """A file of so many invented customers; written the first time, kept for the next."""
        return write(Audience(kind, records, repeats, changed, calm), cache() / "data")

    def say(self, text: str) -> None:
        """Tell whoever waits how far it is."""
        if not self.quiet:
            sys.stderr.write(f"  {text}\n")

    def measure(self, findings: Findings, cases: Iterable[Case], rounds: int) -> None:
        """Measure all cases once, then all once more, and so on: A B C, A B C. What fails is noted and left out."""
        left = list(cases)
        for turn in range(1, rounds + 1):
            left = [case for case in left if self._once(findings, case, f"{turn}/{rounds}")]

    def _once(self, findings: Findings, case: Case, turn: str) -> bool:
        label = ", ".join(part for part in (case.group, case.name) if part)
        try:
            figures = case.measure()
        except (Failed, Unavailable) as error:
            self.say(f"{turn}  {label}: left out, {error}")
            findings.notes.append(f"{label}: left out. {error}.")
            return False
        findings.row(case.name, case.group).add(figures)
        first = next((name for name in findings.columns if name in figures), None)
        self.say(f"{turn}  {label}: {_brief(first, figures)}")
        return True


def _brief(name: str | None, figures: Mapping[str, float]) -> str:
    return f"{shown(name, figures[name])} {FIGURES[name].unit}".strip() if name else "done"
