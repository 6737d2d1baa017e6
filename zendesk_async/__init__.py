"""Stream audiences of any size into Zendesk, at exactly the rate it allows, with an account of every record."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zendesk_async.audience import Source, open_source
    from zendesk_async.client import ZendeskClient
    from zendesk_async.config.credentials import Credentials
    from zendesk_async.config.values import UNLIMITED, Limits, Patience
    from zendesk_async.errors import (
        ApiError,
        AuthorizationError,
        ConfigError,
        InputError,
        InvalidCredentials,
        JournalError,
        NeedsAction,
        Stopped,
        TooManyFailed,
        Unreachable,
        UsageError,
        ZendeskAsyncError,
    )
    from zendesk_async.models import Counts, JobStatus, Outcome, OutcomeKind, Report, RunStatus
    from zendesk_async.state.sent import Sent
    from zendesk_async.upload.channel import Channel, ChannelClosed
    from zendesk_async.upload.upload import Upload

__version__ = "0.1.0"

__all__ = [
    "UNLIMITED",
    "ApiError",
    "AuthorizationError",
    "Channel",
    "ChannelClosed",
    "ConfigError",
    "Counts",
    "Credentials",
    "InputError",
    "InvalidCredentials",
    "JobStatus",
    "JournalError",
    "Limits",
    "NeedsAction",
    "Outcome",
    "OutcomeKind",
    "Patience",
    "Report",
    "RunStatus",
    "Sent",
    "Source",
    "Stopped",
    "TooManyFailed",
    "Unreachable",
    "Upload",
    "UsageError",
    "ZendeskAsyncError",
    "ZendeskClient",
    "open_source",
]

# A command that needs none of it must not pay for aiohttp: each name is imported when it is first asked for.
_HOMES = {
    "audience": ("Source", "open_source"),
    "client": ("ZendeskClient",),
    "config.credentials": ("Credentials",),
    "config.values": ("UNLIMITED", "Limits", "Patience"),
    "models": ("Counts", "JobStatus", "Outcome", "OutcomeKind", "Report", "RunStatus"),
    "state.sent": ("Sent",),
    "upload.channel": ("Channel", "ChannelClosed"),
    "upload.upload": ("Upload",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME.get(name, 'errors')}"), name)
