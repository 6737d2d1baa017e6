"""Settings for a mock account that nobody asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from zendesk_async.config.credentials import Credentials
from zendesk_async.config.destination import Destination
from zendesk_async.config.settings import Settings
from zendesk_async.config.values import Limits, Patience

NOWHERE = Destination(base_url="http://127.0.0.1:9")


def settings(state: Path = Path(), **changes: Any) -> Settings:
    """Settings, changed as wanted."""
    values: dict[str, Any] = {
        "destination": NOWHERE,
        "credential": Credentials.oauth_client("client", "secret"),
        "template": None,
        "limits": Limits(),
        "patience": Patience(),
        "state_dir": state,
        "sources": {},
    }
    return Settings(**values | changes)
