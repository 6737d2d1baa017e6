"""``zendesk-async rejects``: the records that did not make it."""

from __future__ import annotations

from pathlib import Path

import click

from zendesk_async.cli.exits import Exit
from zendesk_async.cli.options import last_option, options, run_argument, state_option

__all__ = ["command"]

EXAMPLE = "Example: zendesk-async rejects --last > rejects.ndjson, mend it, and: zendesk-async upload rejects.ndjson"


@click.command("rejects", epilog=EXAMPLE)
@options(run_argument, last_option, state_option)
@click.pass_context
def command(ctx: click.Context, *, run: str | None, last: bool, state: Path | None) -> Exit:
    """Print the records that were rejected or have failed, each with its error and as it was read; NDJSON.

    `upload` takes such lines as they are, and sends their records.
    """
    from zendesk_async.cli.journals import chosen, store_of

    store = store_of(ctx, state)
    with store.read(chosen(store, run, last=last).run_id) as journal:
        for line in journal.rejects():
            click.echo(line, nl=False)
    return Exit.OK
