"""``zendesk-async check``: see beforehand whether an upload would work. No user is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from zendesk_async.cli.options import (
    as_json_option,
    changed_options,
    destination_options,
    fields_option,
    format_option,
    options,
    state_option,
)

if TYPE_CHECKING:
    from zendesk_async.cli.exits import Exit

__all__ = ["command"]

EXAMPLES = """\b
Examples:
  zendesk-async check                              does the account know us, and may we?
  zendesk-async check customers.csv                and is every record in order?
  zendesk-async check customers.csv --changed-only and how many would be sent tonight?
"""


@click.command("check", epilog=EXAMPLES)
@click.argument("input", metavar="[INPUT]", required=False)
@options(
    destination_options,
    format_option,
    fields_option,
    changed_options,
    click.option("--limit", type=click.IntRange(1), metavar="N", help="Look at the first N records alone."),
    as_json_option,
    state_option,
)
@click.pass_context
def command(ctx: click.Context, /, *, as_json: bool, **given: Any) -> Exit:
    """Verify credentials, permissions, user fields, template and every record of INPUT. No user is sent.

    Exit status: 0 all in order, 1 some records would be rejected or name user fields that the account lacks, 2 the
    configuration or the input must be corrected, 3 somebody must act, 4 Zendesk cannot be reached.
    """
    from zendesk_async.cli.asked import Asked
    from zendesk_async.cli.checking import check

    return check(ctx, Asked(**given | {"input": given["input"] or ""}), as_json=as_json)
