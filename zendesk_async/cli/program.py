"""``zendesk-async`` itself: it knows its commands by name, and turns however they end into an exit status.

Rules of this file:

- A command's module is imported when that command is used, so that ``--version`` and ``--help`` pay for nothing.
- Nothing but this file decides what is printed of an error, and no traceback gets past it unless ``--debug`` asks.
- A reader that goes away (``| head``) is nobody's error.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from zendesk_async import __version__
from zendesk_async.cli.exits import Exit, of_error
from zendesk_async.cli.invocation import Invocation
from zendesk_async.cli.termination import Terminated, terminable
from zendesk_async.errors import ZendeskAsyncError

__all__ = ["COMMANDS", "NAME", "main", "program"]

NAME = "zendesk-async"

COMMANDS = {
    "upload": "Stream an audience to Zendesk.",
    "runs": "List past and unfinished uploads.",
    "show": "Show one upload's account.",
    "resume": "Go on with an unfinished upload.",
    "rejects": "Print the records that did not make it.",
    "retry": "Send those again.",
    "check": "See beforehand whether an upload would work.",
    "sent": "Look after what each user last got.",
    "mock": "Run a mock Zendesk account on this machine.",
}
"""Each command is ``command`` in the module of its name."""

START = """\
zendesk-async streams audiences into Zendesk, and knows what became of every record.

  zendesk-async --help                      all commands
  zendesk-async upload --help               how to upload, with examples

No Zendesk account at hand? In one terminal, start a mock one:

  zendesk-async mock --port 8080

and in another:

  export ZENDESK_BASE_URL=http://127.0.0.1:8080 ZENDESK_EMAIL=admin@example.com ZENDESK_API_TOKEN=mock-token
  echo '{"email": "ann@example.com", "name": "Ann"}' | zendesk-async upload -
"""


class Program(click.Group):
    """A group whose commands are imported one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the shape that click prescribes
        """Name the commands, in the order of their use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command."""
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"zendesk_async.cli.{name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command; of one that is none, name the nearest."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.exceptions.NoSuchCommand(args[0], possibilities=list(COMMANDS), ctx=ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; return its exit status, whatever it raised."""
        invocation = ctx.ensure_object(Invocation)
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            return _pipe_closed()
        except ZendeskAsyncError as error:
            click.echo(f"zendesk-async: {error}", err=True)
            return of_error(error)
        except (click.exceptions.Exit, click.ClickException, click.Abort):
            raise
        except Exception as error:  # noqa: BLE001 - the last resort: whatever it is, the user reads one line
            return invocation.crashed(error)


@click.group(
    cls=Program,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: zendesk-async upload customers.csv --dry-run",
)
@click.version_option(__version__, "-V", "--version", prog_name=NAME, message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Print the details of an internal error here, rather than to a file.")
@click.pass_context
def program(ctx: click.Context, *, debug: bool) -> int:
    """Stream audiences of any size into Zendesk, and know what became of every record.

    Each command has its own --help, with examples.
    """
    ctx.ensure_object(Invocation).debug = debug
    if ctx.invoked_subcommand is None:
        click.echo(START, nl=False)
    return Exit.OK


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; return its exit status."""
    try:
        with terminable():
            return int(program.main(arguments, prog_name=NAME, standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        return Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        return Exit.INTERRUPTED
    except Terminated:
        return Exit.TERMINATED
    finally:
        _flush()


def _flush() -> None:
    """Let out what is buffered; should nobody take it any more, let nobody hear of it either."""
    if sys.stdout is None:
        return  # ``>&-``: it was closed before we began
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _pipe_closed()


def _pipe_closed() -> Exit:
    """Give standard output a place to go, so that the interpreter's own last flush finds one."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return Exit.OK
