"""The options of the command line that several commands share, and how their values are read.

What an option is called, means and defaults to stands here once; ``docs/cli.md`` is checked against it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

__all__ = [
    "DAYS",
    "MAX_FAILED",
    "RATE",
    "as_json_option",
    "changed_options",
    "destination_options",
    "fields_option",
    "format_option",
    "last_option",
    "max_failed_option",
    "options",
    "pace_options",
    "report_option",
    "results_option",
    "run_argument",
    "state_option",
]

F = TypeVar("F", bound=Callable[..., Any])
Decorator = Callable[[F], F]


class _Rate(click.ParamType[Any]):
    """Users per second, or ``none``."""

    name = "N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read a rate; ``none`` is infinity."""
        if value in {"none", math.inf}:
            return math.inf
        rate = _number(value)
        if rate is None or rate < 1:
            self.fail(f'"{value}" is no rate: give users per second, 1 or more.', param, ctx)
        return rate


class _Days(click.ParamType[Any]):
    """A span of days: ``30d``, or ``4w``."""

    name = "DAYS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read a span."""
        if isinstance(value, int):
            return value
        number, unit = str(value)[:-1], str(value)[-1:]
        if not number.isdigit() or unit not in {"d", "w"} or not int(number):
            self.fail(f'"{value}" is no span of days: give 30d, or 4w.', param, ctx)
        return int(number) * (7 if unit == "w" else 1)


class _MaxFailed(click.ParamType[Any]):
    """A count of records, or a share of those read: 0.05 is 5 %, and from 1 on it is a count. Infinity is no limit."""

    name = "N|P%"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read a count or a share. 100 % can never be exceeded, so it is no limit at all."""
        if not isinstance(value, str):
            return float(value)
        percent = value.endswith("%")
        number = _number(value.removesuffix("%"))
        if number is None or number < 0 or (percent and number > 100) or not (percent or number == int(number)):
            self.fail(f'"{value}" is neither a number of records, such as 100, nor a share, such as 5%.', param, ctx)
        if percent:
            return math.inf if number == 100 else number / 100
        return number


def _number(text: Any) -> float | None:
    try:
        number = float(text)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


RATE = _Rate()
MAX_FAILED = _MaxFailed()
DAYS = _Days()


def options(*decorators: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Put several options on a command, in the order in which its help shall list them."""

    def decorate(function: Any) -> Any:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


state_option = click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where journals live.  [default: your state directory]",
)

as_json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON on standard output, and nothing else there."
)

run_argument = click.argument("run", metavar="[RUN]", required=False)

destination_options = options(
    click.option(
        "--destination",
        metavar="NAME",
        help="The account to send to, by its name in zendesk.toml.  [default: the environment's, else the only one]",
    ),
    click.option(
        "--template",
        metavar="NAME",
        help="Which column becomes what, by its name in zendesk.toml; none: take the keys as they are."
        "  [default: the only one]",
    ),
    click.option(
        "--config",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="The zendesk.toml to read.  [default: the one here, else the one in your configuration directory]",
    ),
)

results_option = click.option(
    "--results",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write one NDJSON line per record with its outcome.",
)

report_option = click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.html",
    help="Write a report to look at: one HTML page, with examples of what did not make it.",
)

last_option = click.option("--last", is_flag=True, help="The newest run, instead of naming one.")

pace_options = options(
    click.option(
        "--rate",
        type=RATE,
        metavar="N",
        help="Users per second; none: as fast as it goes, for a mock account only.  [default: 100]",
    ),
    click.option(
        "--jobs",
        type=click.IntRange(1),
        metavar="N",
        help="Jobs in flight; the account's 30 are shared with others.  [default: 25]",
    ),
    click.option(
        "--patience",
        type=click.FloatRange(0),
        metavar="SECONDS",
        help="How long to try while Zendesk cannot be reached, before stopping.  [default: 900]",
    ),
    click.option(
        "--slack",
        type=click.FloatRange(0, 1),
        metavar="SECONDS",
        help="By how much the network may delay one request more than the next.  [default: 0.008]",
    ),
)

max_failed_option = click.option(
    "--max-failed",
    type=MAX_FAILED,
    metavar="N|P%",
    help="Stop when more records than this were rejected or have failed.  [default: never]",
)

fields_option = click.option(
    "--ignore-unknown", is_flag=True, help="Let keys go that Zendesk's users do not have, instead of refusing them."
)

changed_options = options(
    click.option(
        "--changed-only", is_flag=True, help="Leave out users whose record is the same as the one last accepted."
    ),
    click.option(
        "--resend-after",
        type=DAYS,
        metavar="30d",
        help="With --changed-only: send even what is the same, once it is that old; spread over the days before."
        "  [default: never]",
    ),
)

format_option = click.option(
    "--format",
    type=click.Choice(["auto", "ndjson", "csv", "tsv", "parquet"]),
    default="auto",
    show_default=True,
    help="What INPUT holds; auto goes by its suffix. .gz and .zst are read through.",
)
