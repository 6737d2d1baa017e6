"""Figures that were set beforehand, and whether they were reached. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.figures import FIGURES, shown, spread
from benchmarks.results import Goal

__all__ = ["NOTHING", "at_least", "at_most"]

NOTHING = "-"


def at_least(what: str, figure: str, wanted: float, samples: Sequence[float] | None) -> Goal:
    """A figure whose middle value should be so much or more."""
    if not samples:
        return _missing(what, "≥", figure, wanted)
    found = spread(samples).median
    return Goal(what, _words("≥", figure, wanted), _unit(figure, shown(figure, found)), found >= wanted)


def at_most(what: str, figure: str, wanted: float, samples: Sequence[float] | None) -> Goal:
    """A figure whose middle value should be so much or less."""
    if not samples:
        return _missing(what, "≤", figure, wanted)
    found = spread(samples).median
    return Goal(what, _words("≤", figure, wanted), _unit(figure, shown(figure, found)), found <= wanted)


def _missing(what: str, sign: str, figure: str, wanted: float) -> Goal:
    return Goal(what, _words(sign, figure, wanted), NOTHING, None)


def _words(sign: str, figure: str, wanted: float) -> str:
    return f"{sign} {_unit(figure, f'{wanted:,g}' if wanted < 1e6 else shown(figure, wanted))}"


def _unit(figure: str, value: str) -> str:
    unit = FIGURES[figure].unit
    return f"{value} {unit}" if unit else value
