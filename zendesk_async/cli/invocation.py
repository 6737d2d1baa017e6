"""What a command line has come to so far: enough to say, should it crash, what is lost (nothing) and how to go on."""

from __future__ import annotations

import shlex
import traceback
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from zendesk_async.cli.exits import Exit

__all__ = ["Invocation", "command_line"]


def command_line(name: str, run_id: str, state: Path | None = None) -> str:
    """A command about a run, ready to be pasted; with the ``--state`` without which it would not find it."""
    return f"zendesk-async {name} {run_id}" + (f" --state {shlex.quote(str(state))}" if state else "")


@dataclass(slots=True)
class Invocation:
    """One command line. ``run_id`` is the run that it works on, once there is one; ``state`` its ``--state``."""

    debug: bool = False
    run_id: str = ""
    state: Path | None = None

    def crashed(self, error: Exception) -> Exit:
        """Tell of an error that nobody foresaw; return the exit status."""
        details = "".join(traceback.format_exception(error))
        if self.debug:
            click.echo(details, err=True, nl=False)
        where = "" if self.debug else self._kept(details)
        what = f"{type(error).__name__}: {error}".rstrip(": ").splitlines()[0]
        words = [f"zendesk-async hit an internal error: {what}.", f"Please report it{where}."]
        if self.run_id:
            words.append(f"The run can be resumed: {command_line('resume', self.run_id, self.state)}")
        click.echo(" ".join(words), err=True)
        return Exit.STOPPED if self.run_id else Exit.USAGE

    def _kept(self, details: str) -> str:
        """Write the details to a file in the state directory, and say where; what cannot be written is not."""
        from zendesk_async.config.settings import Options, state_directory

        try:
            directory = state_directory(Options(state=self.state))
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = directory / f"crash-{datetime.now(UTC):%Y%m%d-%H%M%S}.log"
            path.write_text(details, "utf-8")
        except Exception:  # noqa: BLE001 - whatever is wrong now must not hide what was wrong before
            return ""
        return f", with what is in {path}"
