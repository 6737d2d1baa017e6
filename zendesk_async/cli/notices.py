"""What a person should know before an upload begins: once, one line each, on standard error."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from zendesk_async.cli.numbers import per_second
from zendesk_async.config.credentials import ApiToken
from zendesk_async.errors import UsageError

if TYPE_CHECKING:
    from zendesk_async.config.settings import Settings

__all__ = ["notices"]

PERMITTED = 100.0  # users per second

API_TOKEN = "Note: Zendesk ends API tokens on 30 April 2027; an OAuth client (client id and secret) will go on working."  # noqa: S105 - words


def notices(settings: Settings) -> Iterator[str]:
    """What to say of these settings. Raises UsageError for a rate that no account of Zendesk's should be met with."""
    if isinstance(settings.credential, ApiToken):
        yield API_TOKEN
    rate = settings.limits.rate
    if not _is_zendesk(settings.destination.base_url) or rate <= PERMITTED:
        return
    if math.isinf(rate):
        raise UsageError("--rate none is for a mock account. Zendesk takes 100 users per second: leave --rate out.")
    yield (
        f"Note: {per_second(rate)} users per second are more than the {per_second(PERMITTED)} that Zendesk is known to"
        " permit; it may answer 429, and other integrations of the account may suffer."
    )


def _is_zendesk(base_url: str) -> bool:
    host = urlsplit(base_url).hostname or ""
    return host == "zendesk.com" or host.endswith(".zendesk.com")
