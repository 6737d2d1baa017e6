"""``docs/cli.md`` says what ``--help`` says: no more, no less."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from zendesk_async.cli.exits import Exit
from zendesk_async.cli.program import COMMANDS, program
from zendesk_async.config.values import Limits, Patience
from zendesk_async.models import RunStatus

DOCS = (Path(__file__).parents[2] / "docs" / "cli.md").read_text("utf-8")
TABLED = [name for name in COMMANDS if name != "mock"]


def section(name: str) -> str:
    """The text under a heading, up to the next of its level."""
    return re.split(r"^## ", DOCS.partition(f"\n## {name}\n")[2], flags=re.MULTILINE)[0]


def options_of(name: str) -> set[str]:
    """The options that a command has."""
    return {flag for each in _options(name) for flag in each.opts}


def _options(name: str) -> list[click.Option]:
    command = program.get_command(click.Context(program), name)
    assert command is not None
    return [each for each in command.params if isinstance(each, click.Option)]


def test_every_command_is_documented() -> None:
    """The list at the top is the list of ``--help``."""
    assert re.findall(r"^zendesk-async (\w+)", DOCS.partition("```\n")[2].partition("```")[0], re.MULTILINE) == list(
        COMMANDS
    )


@pytest.mark.parametrize("name", TABLED)
def test_every_option_is_documented_and_every_documented_option_is_there(name: str) -> None:
    """A table that lacks an option hides it; one that has another lies."""
    assert set(re.findall(r"^\| `(--[a-z-]+)", section(name), re.MULTILINE)) == options_of(name)


def test_defaults_are_those_that_are_worked_with() -> None:
    """What help and documentation call the default is what an upload does that is told nothing."""
    limits, patience = Limits(), Patience()
    worked = {
        "--rate": limits.rate,
        "--jobs": limits.jobs,
        "--batch-size": limits.batch_size,
        "--patience": patience.requests,
    }
    rows = [row for line in section("upload").splitlines() if len(row := _cells(line)) == 3]
    assert {row[0].split()[0]: float(row[-1]) for row in rows if row[-1].isdigit()} == worked
    assert {
        each.opts[0]: float(found[1]) for each in _options("upload") if (found := NUMBER.search(each.help or ""))
    } == worked


NUMBER = re.compile(r"\[default: (\d+)\]")


def _cells(line: str) -> list[str]:
    return [cell.strip().strip("`") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def test_every_exit_status_is_documented() -> None:
    """A scheduler's author finds each number."""
    told = {
        int(number)
        for row in re.findall(r"^\| ([\d, ]+) \|", section("Exit status"), re.MULTILINE)
        for number in row.split(",")
    }
    assert told == set(Exit)


def test_every_status_of_a_run_is_documented() -> None:
    """And each word that ``status`` can be."""
    assert not [status for status in RunStatus if f"`{status}`" not in DOCS]
