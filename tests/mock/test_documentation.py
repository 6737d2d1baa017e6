"""docs/mock.md says what is there, and all of it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.mock.asking import Asking
from zendesk_async.mock import FAULT_KINDS, OPTIONS
from zendesk_async.mock.options import Option

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "mock.md").read_text("utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading."""
    part = TEXT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def written(option: Option) -> str:
    """A default as the documentation writes it, if it does."""
    return f"`{option.default:g}`" if isinstance(option.default, int | float) else f"`{option.default}`"


def test_every_option_stands_there_and_no_other() -> None:
    """The table of options is the table of options."""
    flags = [flag for cells in rows("Options") for flag in re.findall(r"`(--[\w-]+)`", cells[0])]
    assert flags == [option.flag for option in OPTIONS]


def test_every_default_is_the_one_written() -> None:
    """Those that are numbers or words, in the order of their options."""
    by_flag = {option.flag: option for option in OPTIONS}
    for cells in rows("Options"):
        options = [by_flag[flag] for flag in re.findall(r"`(--[\w-]+)`", cells[0])]
        plain = [option for option in options if option.default is not None and option.type is not bool]
        assert re.findall(r"`[^`]*`", cells[2]) == [written(option) for option in plain]


def test_every_choice_is_named() -> None:
    """Whoever reads the table knows what can be chosen."""
    by_first_flag = {cells[0].strip("`"): cells[1] for cells in rows("Options")}
    chosen = [(option.flag, choice) for option in OPTIONS for choice in option.choices or ()]
    assert chosen
    assert not [(flag, choice) for flag, choice in chosen if f"`{choice}`" not in by_first_flag[flag]]


def test_every_fault_is_named() -> None:
    """All kinds that can be asked for, and none besides."""
    part = TEXT.partition("Kinds of faults:")[2].partition("One asked for")[0]
    assert sorted(" ".join(re.findall(r"`([^`]*)`", part)).split()) == sorted(FAULT_KINDS)


def test_every_number_of_the_statistics_is_explained() -> None:
    """All of them, and none that is not there."""
    names = [name for cells in rows("The statistics") for name in re.findall(r"`(\w+)`", cells[0])]
    assert sorted(names) == sorted(Asking().stats())
