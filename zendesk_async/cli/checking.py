"""What ``check`` does: ask the account who we are and which fields it has, then read the whole input."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

import click
import orjson

from zendesk_async.cli.beginning import intake_for, source_of
from zendesk_async.cli.exits import Exit
from zendesk_async.cli.journals import store_of
from zendesk_async.cli.loop import run as run_loop
from zendesk_async.cli.notices import notices
from zendesk_async.cli.rehearsal import Rehearsal, rehearse, words
from zendesk_async.cli.sentstate import open_sent
from zendesk_async.client import ZendeskClient
from zendesk_async.config.settings import resolve
from zendesk_async.config.wording import did_you_mean

if TYPE_CHECKING:
    from zendesk_async.cli.asked import Asked
    from zendesk_async.config.settings import Settings
    from zendesk_async.state import RunStore

__all__ = ["check"]

PREFIX = "user_fields."


def check(ctx: click.Context, asked: Asked, *, as_json: bool) -> Exit:
    """Check, and say what was found."""
    store = store_of(ctx, asked.state)
    settings = resolve(asked.options())
    for notice in notices(settings):
        click.echo(notice, err=True)
    return run_loop(_check(asked, settings, store, as_json=as_json))


async def _check(asked: Asked, settings: Settings, store: RunStore, *, as_json: bool) -> Exit:
    known = await _fields_of(settings)
    rehearsal = await _rehearsed(asked, settings, store) if asked.input else None
    used = _used(settings.template.fields if settings.template else {}, rehearsal)
    missing = sorted(used - known)
    if as_json:
        click.echo(orjson.dumps(_told(settings, known, missing, rehearsal)))
    else:
        click.echo(_words(settings, known, missing, rehearsal), nl=False)
    return Exit.SOME_FAILED if missing or (rehearsal and rehearsal.rejected) else Exit.OK


async def _fields_of(settings: Settings) -> set[str]:
    """The account's user fields; asking for them shows that it knows us and lets us. Raises NeedsAction,
    Unreachable.
    """
    client = ZendeskClient(
        settings.destination.subdomain,
        settings.credential,
        base_url=settings.destination.base_url,
        limits=settings.limits,
        patience=settings.patience,
    )
    async with client:
        await client.endpoints.greet()
        return await client.endpoints.user_fields()


async def _rehearsed(asked: Asked, settings: Settings, store: RunStore) -> Rehearsal:
    template = settings.template
    changed_only = asked.changed_only or (template is not None and template.changed_only)
    source = source_of(asked, store)
    rehearsal = Rehearsal(source.name, settings.destination.name, settings.limits)
    with ExitStack() as stack:
        sent = open_sent(settings, changed_only=True, resend_after=asked.resend_after) if changed_only else None
        if sent is not None:
            stack.enter_context(sent)
        await rehearse(rehearsal, source, partial(intake_for, template, asked), asked.limit, sent=sent)
    return rehearsal


def _used(fields: Mapping[str, Any], rehearsal: Rehearsal | None) -> set[str]:
    """The user fields that the template fills, or that the records name."""
    filled = {target.removeprefix(PREFIX) for target in fields if target.startswith(PREFIX)}
    return filled | (rehearsal.fields if rehearsal else set())


def _told(settings: Settings, known: set[str], missing: list[str], rehearsal: Rehearsal | None) -> dict[str, Any]:
    return {
        "destination": settings.destination.name,
        "credentials": "accepted",
        "user_fields": {"known": sorted(known), "missing": missing},
        "input": rehearsal.to_dict() | {"dry_run": True} if rehearsal else None,
    }


def _words(settings: Settings, known: set[str], missing: list[str], rehearsal: Rehearsal | None) -> str:
    name = settings.destination.name
    lines = [f"{name} knows us and lets us. (Whether it permits bulk imports only an upload shows.)"]
    lines += _about_fields(known, missing)
    if rehearsal is None:
        return "\n".join(lines) + "\n"
    return "\n".join(lines) + "\n\n" + words(rehearsal, nothing="Nothing was sent: this was a check")


def _about_fields(known: set[str], missing: Iterable[str]) -> list[str]:
    absent = [
        f"  user_fields.{key} is no field of the account: Zendesk would drop it.{did_you_mean(key, known)}"
        for key in missing
    ]
    return absent or [f"It has {len(known)} user fields, and every one that is used is among them."]
