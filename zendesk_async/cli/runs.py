"""``zendesk-async runs``: past and unfinished uploads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zendesk_async.cli.exits import Exit
from zendesk_async.cli.options import as_json_option, options, state_option

if TYPE_CHECKING:
    from zendesk_async.state import RunSummary

__all__ = ["command"]

EXAMPLE = "Example: zendesk-async runs --json | jq -r '.[] | select(.records.pending > 0) | .run_id'"


@click.command("runs", epilog=EXAMPLE)
@options(as_json_option, state_option)
@click.pass_context
def command(ctx: click.Context, *, as_json: bool, state: Path | None) -> Exit:
    """List past and unfinished uploads, the newest first."""
    from zendesk_async.cli.journals import store_of
    from zendesk_async.cli.render import runs_table

    runs = store_of(ctx, state).runs()
    if as_json:
        import orjson

        click.echo(orjson.dumps([_told(run) for run in runs]))
        return Exit.OK
    click.echo(runs_table([(run.report, run.process is not None) for run in runs if run.report]), nl=False)
    for run in runs:
        if run.problem:
            click.echo(f"{run.run_id}: {run.problem}", err=True)
    return Exit.OK


def _told(run: RunSummary) -> dict[str, Any]:
    from zendesk_async.cli.render import as_json

    if run.report is None:
        return {"run_id": run.run_id, "status": "unreadable", "problem": run.problem}
    return as_json(run.report, alive=run.process is not None)
