"""Find the sent-state of an account: what each of its users last got.

Whoever uploads to an account that has one takes note in it, whether or not this upload leaves anything out: otherwise
the next ``--changed-only`` would take for unchanged what this one has changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from pathlib import Path

    from zendesk_async.config.settings import Settings
    from zendesk_async.state.sent import Sent

__all__ = ["open_sent", "sent_path"]


def sent_path(settings: Settings) -> Path:
    """Where the sent-state of the account lies. It goes by address, not by name: a mock may stand in for an account."""
    return settings.state_dir / "sent" / quote(settings.destination.base_url.partition("://")[2], safe="")


def open_sent(settings: Settings, *, changed_only: bool, resend_after: int | None = None) -> Sent | None:
    """Open it; begin it only when ``changed_only`` asks for one. ``resend_after`` is in days. Raises UsageError."""
    path = sent_path(settings)
    if not changed_only and not path.is_dir():
        return None
    from zendesk_async.state.sent import Sent

    return Sent.open(path, resend_after=resend_after)
