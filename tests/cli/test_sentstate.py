from __future__ import annotations

from pathlib import Path

from zendesk_async.cli.sentstate import open_sent, sent_path
from zendesk_async.config.credentials import Credentials
from zendesk_async.config.destination import Destination
from zendesk_async.config.settings import Settings
from zendesk_async.config.values import Limits, Patience


def settings(state: Path, base_url: str = "") -> Settings:
    return Settings(
        destination=Destination(subdomain="acme", base_url=base_url),
        credential=Credentials.oauth_token("secret"),
        template=None,
        limits=Limits(),
        patience=Patience(),
        state_dir=state,
        sources={},
    )


def test_each_address_has_a_store_of_its_own(tmp_path: Path) -> None:
    """A mock that stands in for an account must not be taken for it."""
    real, mock = sent_path(settings(tmp_path)), sent_path(settings(tmp_path, "http://127.0.0.1:8080"))
    assert real.name == "acme.zendesk.com"
    assert real != mock
    assert real.parent == mock.parent == tmp_path / "sent"


def test_a_store_begins_only_when_asked_for(tmp_path: Path) -> None:
    """Who never leaves anything out has no sent-state; who once did, has one that every upload keeps true."""
    assert open_sent(settings(tmp_path), changed_only=False) is None
    assert not (tmp_path / "sent").exists()
    for changed_only in (True, False):
        sent = open_sent(settings(tmp_path), changed_only=changed_only)
        assert sent is not None
        sent.close()
