from __future__ import annotations

import re

from zendesk_async.cli.page import KINDS
from zendesk_async.cli.style import STYLE


def test_every_outcome_has_its_colour() -> None:
    """By day, and none is lost by night."""
    assert not [kind for kind in KINDS if f"--{kind}: #" not in STYLE or f".{kind} {{" not in STYLE]


def test_it_looks_well_by_night_and_on_paper() -> None:
    """Both are asked for by the reader's own settings."""
    assert "prefers-color-scheme: dark" in STYLE
    assert "@media print" in STYLE


def test_every_variable_that_is_used_is_there() -> None:
    """A misspelt colour is no colour."""
    used = set(re.findall(r"var\((--[a-z]+)\)", STYLE))
    assert used <= set(re.findall(r"(--[a-z]+):", STYLE))


def test_braces_are_balanced() -> None:
    """An open brace swallows the rest of the style."""
    assert STYLE.count("{") == STYLE.count("}")
