"""``zendesk-async sent``: look at, forget and export what each user last got."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import click

from zendesk_async.cli.exits import Exit
from zendesk_async.cli.options import as_json_option, options, state_option

if TYPE_CHECKING:
    from zendesk_async.state.sent import Sent

__all__ = ["command"]

EXAMPLES = """\b
Examples:
  zendesk-async sent stats
  zendesk-async sent forget --email ann@example.com     she is sent again with the next upload
  zendesk-async sent export > sent.ndjson
"""

account_option = click.option(
    "--account", metavar="HOST", help="The account, as stats names it.  [default: the only one there is]"
)


@click.group("sent", epilog=EXAMPLES)
def command() -> None:
    """Look after what each user last got: what --changed-only goes by.

    It holds hashes and Zendesk's user ids, no personal data in the clear; one store for each account.
    """


@command.command("stats", epilog="Example: zendesk-async sent stats --json")
@options(as_json_option, state_option)
def stats(*, as_json: bool, state: Path | None) -> Exit:
    """Say of each account how many users are known, since when, and how much disk that takes."""
    import orjson

    found = [_stats(path) for path in _stores(state)]
    if as_json:
        click.echo(orjson.dumps(found))
    elif not found:
        click.echo("Nothing is known of any user yet. It begins with: zendesk-async upload INPUT --changed-only")
    else:
        for known in found:
            days = f", accepted from {known['oldest']} to {known['newest']}" if known["users"] else ""
            click.echo(f"{known['account']}: {known['users']:,} users{days}; {known['bytes'] / 1e6:,.1f} MB")
    return Exit.OK


@command.command("forget", epilog="Example: zendesk-async sent forget --external-id c-4711")
@options(
    click.option("--external-id", metavar="ID", multiple=True, help="Forget the user of this external id."),
    click.option("--email", metavar="ADDRESS", multiple=True, help="Forget the user of this e-mail address."),
    click.option("--all", "everybody", is_flag=True, help="Forget everybody."),
    account_option,
    state_option,
)
def forget(
    *, external_id: tuple[str, ...], email: tuple[str, ...], everybody: bool, account: str | None, state: Path | None
) -> Exit:
    """Forget users, so that the next upload sends them again. Zendesk itself is not touched.

    A user is filed under his external id where his records have one, under his e-mail address otherwise.
    """
    keys = [f"x:{value.lower()}" for value in external_id] + [f"e:{value.strip().lower()}" for value in email]
    if bool(keys) == everybody:
        raise click.UsageError("Say whom to forget: --external-id, --email, or --all.")
    with _opened(account, state) as sent:
        number = sent.forget_all() if everybody else sent.forget(keys)
    click.echo(f"Forgot {number:,} {'user' if number == 1 else 'users'}.")
    return Exit.OK


@command.command("export", epilog="Example: zendesk-async sent export | wc -l")
@options(account_option, state_option)
def export(*, account: str | None, state: Path | None) -> Exit:
    """Print what is known as NDJSON: the hash of the user's key and of his record, the day, Zendesk's user id."""
    import orjson

    with _opened(account, state) as sent:
        for entry in sent.entries():
            told = {
                "key": entry.key.hex(),
                "content": entry.content.hex(),
                "accepted": _day(entry.day),
                "user_id": entry.user_id,
            }
            sys.stdout.buffer.write(orjson.dumps(told) + b"\n")
    return Exit.OK


def _stores(state: Path | None) -> Iterator[Path]:
    from zendesk_async.config.settings import Options, state_directory

    folder = state_directory(Options(state=state)) / "sent"
    yield from sorted(path for path in folder.glob("*") if path.is_dir())


def _opened(account: str | None, state: Path | None) -> Sent:
    """The store that is meant. Raises UsageError when that is not plain."""
    from zendesk_async.errors import UsageError
    from zendesk_async.state.sent import Sent

    stores = {unquote(path.name): path for path in _stores(state)}
    if account is None and len(stores) == 1:
        return Sent.open(next(iter(stores.values())))
    if account is None or account not in stores:
        known = ", ".join(stores) or "none yet"
        asked = f"Nothing is known of users of {account}." if account else "Which account? Say --account HOST."
        raise UsageError(f"{asked} Known: {known}.")
    return Sent.open(stores[account])


def _stats(path: Path) -> dict[str, Any]:
    from zendesk_async.state.sent import Sent

    with Sent.open(path) as sent:
        known = sent.stats()
    return {
        "account": unquote(path.name),
        "users": known.users,
        "bytes": known.bytes,
        "oldest": None if known.oldest is None else _day(known.oldest),
        "newest": None if known.newest is None else _day(known.newest),
    }


def _day(number: int) -> str:
    return date.fromordinal(number + datetime(1970, 1, 1, tzinfo=UTC).toordinal()).isoformat()
