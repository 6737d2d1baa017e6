"""``zendesk-async retry``: send once more what did not make it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zendesk_async.cli.options import (
    as_json_option,
    last_option,
    options,
    pace_options,
    report_option,
    results_option,
    run_argument,
    state_option,
)

if TYPE_CHECKING:
    from zendesk_async.cli.exits import Exit

__all__ = ["command"]

EXAMPLE = "Example: zendesk-async retry --last"


@click.command("retry", epilog=EXAMPLE)
@options(run_argument, last_option, pace_options, results_option, report_option, as_json_option, state_option)
@click.pass_context
def command(
    ctx: click.Context, /, *, run: str | None, last: bool, as_json: bool, state: Path | None, **given: Any
) -> Exit:
    """Send the records of an upload that were rejected or have failed once more, as a new upload.

    They are taken as they were read, through the same template; so mend the template or the account first, whichever
    was at fault. To mend the records themselves, take `rejects` and `upload`.
    """
    from zendesk_async.cli.starting import retry

    return retry(ctx, run, last=last, state=state, as_json=as_json, given=given)
