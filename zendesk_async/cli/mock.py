"""``zendesk-async mock``: a mock Zendesk account on this machine."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from zendesk_async.cli.exits import Exit
from zendesk_async.errors import UsageError

if TYPE_CHECKING:
    from zendesk_async.mock.options import Option, Options

__all__ = ["command"]

EXAMPLE = "Example: zendesk-async mock --port 8080 --rate 100 --job-seconds 2 --error-rate 0.01"


class _Mock(click.Command):
    """A command whose options are those of the mock, so that the two can never disagree."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        from zendesk_async.mock.options import OPTIONS

        super().__init__(*arguments, **settings)
        self.params += [_option(option) for option in OPTIONS]


def _option(option: Option) -> click.Option:
    words = option.help[:1].upper() + option.help[1:] + "."
    if option.type is bool:
        return click.Option([option.flag], is_flag=True, help=words)
    kind = click.Choice(option.choices) if option.choices else option.type
    return click.Option([option.flag], type=kind, default=option.default, show_default=True, help=words)


@click.command("mock", cls=_Mock, epilog=EXAMPLE)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="Port to listen at.  [default: a free one]")
def command(*, host: str, port: int, **settings: Any) -> Exit:
    """Run a mock Zendesk account on this machine, until Ctrl-C.

    It behaves as Zendesk does: jobs take their time, limits are kept, and what goes wrong at Zendesk goes wrong here
    when you ask for it. When it is ready it prints one line of JSON with its address.
    """
    from zendesk_async.cli.loop import run
    from zendesk_async.mock.options import Options
    from zendesk_async.mock.server import serve

    try:
        account = Options.of(**settings)
        run(serve(account, host, port, ready=lambda told: _ready(told, account)))
    except ValueError as error:
        raise UsageError(f"{error}.") from None
    except OSError as error:
        raise UsageError(f"The mock account cannot listen at {host}:{port}: {error.strerror}.") from None
    return Exit.OK


def _ready(told: dict[str, Any], account: Options) -> None:
    """Print where it is: JSON for programs; on a terminal, what to type for people."""
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    if sys.stderr.isatty():
        words = f"export ZENDESK_BASE_URL={told['url']} ZENDESK_EMAIL={account.email} ZENDESK_API_TOKEN={account.token}"
        click.echo(f"A mock Zendesk account is ready; Ctrl-C ends it. In another terminal:\n  {words}", err=True)
