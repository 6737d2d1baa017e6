"""``zendesk-async upload``: stream an audience to Zendesk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zendesk_async.cli.options import (
    as_json_option,
    changed_options,
    destination_options,
    fields_option,
    format_option,
    max_failed_option,
    options,
    pace_options,
    report_option,
    results_option,
    state_option,
)

if TYPE_CHECKING:
    from zendesk_async.cli.exits import Exit

__all__ = ["command"]

EXAMPLES = """\b
Examples:
  zendesk-async upload customers.csv --dry-run          look first: nothing is sent
  zendesk-async upload customers.csv --limit 10         a test: ten users
  zendesk-async upload customers.csv
  zcat users.ndjson.gz | zendesk-async upload - --json > summary.json
"""


@click.command("upload", epilog=EXAMPLES)
@click.argument("input", metavar="INPUT")
@options(
    destination_options,
    format_option,
    fields_option,
    changed_options,
    click.option("--limit", type=click.IntRange(1), metavar="N", help="Stop after N records: send a test."),
    click.option("--dry-run", is_flag=True, help="Everything but the sending: read, check and count."),
    pace_options,
    click.option(
        "--batch-size", type=click.IntRange(1, 100), metavar="N", help="Users per request, at most 100.  [default: 100]"
    ),
    max_failed_option,
    click.option("--run-id", metavar="ID", help="A name for this upload.  [default: made up, sortable by time]"),
    click.option("--fresh", is_flag=True, help="Begin anew, even if an upload of the same input is unfinished."),
    results_option,
    report_option,
    as_json_option,
    state_option,
)
@click.pass_context
def command(
    ctx: click.Context, /, *, dry_run: bool, run_id: str | None, fresh: bool, as_json: bool, **given: Any
) -> Exit:
    """Stream an audience to Zendesk: create its users, or update those who are there.

    INPUT is a path, or - for standard input. A record's keys are Zendesk's own names for a user's attributes, unless a
    template in zendesk.toml says which column becomes what.

    If an upload of the same input is unfinished, it goes on where that one ended. Standard output has the summary,
    standard error the progress. Exit status: 0 all accepted, 1 some were not, 2 nothing was sent, 3 somebody must act,
    4 stopped before the end, 130 or 143 interrupted.
    """
    from zendesk_async.cli.asked import Asked
    from zendesk_async.cli.starting import dry, start

    asked = Asked(**given)
    _check_paths(asked.input, asked.results, asked.report)
    if dry_run:
        return dry(ctx, asked, as_json=as_json)
    return start(ctx, asked, run_id=run_id, fresh=fresh, as_json=as_json)


def _check_paths(source: str, *outputs: Path | None) -> None:
    """See that nothing would be written over the input, and that a journal can name what is read and written."""
    for name in (source, *map(str, filter(None, outputs))):
        if not _is_text(name):
            raise click.UsageError("That file's name is no text (UTF-8). Rename it, or: zendesk-async upload - < FILE")
    for path in outputs:
        if path is not None and path.exists() and Path(source).exists() and path.samefile(source):
            raise click.UsageError(f"{path} is the input itself, and would be written over.")


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
