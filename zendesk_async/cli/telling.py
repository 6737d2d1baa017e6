"""Print the account of a run: a summary for people, or JSON and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from zendesk_async.cli.render import action_steps, as_json, headline, next_commands, summary
from zendesk_async.models import Report, RunStatus

if TYPE_CHECKING:
    from zendesk_async.cli.reasons import Reason

__all__ = ["tell", "write_page"]

QUIET = {RunStatus.COMPLETED, RunStatus.RUNNING}


def tell(
    report: Report, reasons: Sequence[Reason], *, json: bool, state: Path | None = None, alive: bool = False
) -> None:
    """Print it on standard output. With ``json``, what a person must do goes to standard error."""
    if not json:
        click.echo(summary(report, reasons, state=state, alive=alive), nl=False)
        return
    click.echo(orjson.dumps(as_json(report, alive=alive)))
    if report.status not in QUIET:
        parts = [headline(report), action_steps(report), next_commands(report, state=state)]
        click.echo("\n".join(part for part in parts if part), err=True)


def write_page(path: Path, report: Report, reasons: Sequence[Reason]) -> None:
    """Write the report to look at. Should that fail, say so: the upload itself is done."""
    from zendesk_async.cli.page import page

    try:
        path.write_text(page(report, reasons), "utf-8", errors="backslashreplace")
    except OSError as error:
        click.echo(f"The report {path} cannot be written: {error.strerror}.", err=True)
