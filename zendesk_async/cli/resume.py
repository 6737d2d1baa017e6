"""``zendesk-async resume``: go on with an unfinished upload."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zendesk_async.cli.options import (
    as_json_option,
    last_option,
    max_failed_option,
    options,
    pace_options,
    run_argument,
    state_option,
)

if TYPE_CHECKING:
    from zendesk_async.cli.exits import Exit

__all__ = ["command"]

EXAMPLE = "Example: zendesk-async resume --last"


@click.command("resume", epilog=EXAMPLE)
@options(run_argument, last_option, pace_options, max_failed_option, as_json_option, state_option)
@click.pass_context
def command(
    ctx: click.Context, /, *, run: str | None, last: bool, as_json: bool, state: Path | None, **anew: Any
) -> Exit:
    """Go on with an upload that was stopped, interrupted or killed; what was accepted is not sent again.

    It works as it was told to when it began; --rate, --jobs, --patience and --max-failed may be said anew. RUN may be
    the beginning of a run's name, and left out when only one upload is unfinished. An upload from standard input needs
    no input to go on with what had been read.
    """
    from zendesk_async.cli.starting import resume

    return resume(ctx, run, last=last, state=state, as_json=as_json, anew=anew)
