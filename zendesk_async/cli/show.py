"""``zendesk-async show``: one upload's account."""

from __future__ import annotations

from pathlib import Path

import click

from zendesk_async.cli.exits import Exit
from zendesk_async.cli.options import as_json_option, last_option, options, report_option, run_argument, state_option

__all__ = ["command"]

EXAMPLE = "Example: zendesk-async show --last --report upload.html"


@click.command("show", epilog=EXAMPLE)
@options(run_argument, last_option, as_json_option, report_option, state_option)
@click.pass_context
def command(
    ctx: click.Context, *, run: str | None, last: bool, as_json: bool, report: Path | None, state: Path | None
) -> Exit:
    """Show one upload's account as its own summary did: what became of its records, and which command comes next.

    RUN may be the beginning of a run's name, as long as no other begins so.
    """
    from zendesk_async.cli.journals import chosen, store_of
    from zendesk_async.cli.reasons import reasons_of
    from zendesk_async.cli.telling import tell, write_page

    store = store_of(ctx, state)
    summary = chosen(store, run, last=last)
    with store.read(summary.run_id) as journal:
        account, reasons = journal.report(), reasons_of(journal.rejects())
    if report is not None:
        write_page(report, account, reasons)
    tell(account, reasons, json=as_json, state=state, alive=summary.process is not None)
    return Exit.OK
