from __future__ import annotations

from pathlib import Path

from tests.cli.settings_made import settings
from zendesk_async.cli.sentstate import open_sent, sent_path
from zendesk_async.config.destination import Destination


def test_each_account_has_its_own(tmp_path: Path) -> None:
    """What one account's users got says nothing of another's; and a name is no path."""
    paths = {
        sent_path(settings(tmp_path, destination=Destination(subdomain="acme"))),
        sent_path(settings(tmp_path, destination=Destination(subdomain="acme", base_url="http://127.0.0.1:9"))),
        sent_path(settings(tmp_path, destination=Destination(base_url="https://proxy.acme.com/../zendesk"))),
    }
    assert len(paths) == 3
    assert {path.parent for path in paths} == {tmp_path / "sent"}


def test_nothing_is_remembered_unless_somebody_asks(tmp_path: Path) -> None:
    """An upload of everything makes no store."""
    assert open_sent(settings(tmp_path), changed_only=False) is None
    assert not list(tmp_path.iterdir())


def test_once_there_is_a_store_every_upload_takes_note(tmp_path: Path) -> None:
    """Otherwise the next --changed-only would rest on what is no longer so."""
    first = open_sent(settings(tmp_path), changed_only=True)
    assert first is not None
    first.close()
    second = open_sent(settings(tmp_path), changed_only=False)
    assert second is not None
    second.close()
