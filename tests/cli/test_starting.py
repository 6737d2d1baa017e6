from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest

from tests.cli.history import begun, past, settle
from zendesk_async.cli.asked import Asked
from zendesk_async.cli.exits import Exit
from zendesk_async.cli.program import program
from zendesk_async.cli.starting import INHERITED, dry, resume, retry, start
from zendesk_async.config.environment import VARIABLES
from zendesk_async.errors import ConfigError, JournalError, UsageError
from zendesk_async.models import RunStatus


@pytest.fixture
def ctx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> click.Context:
    """A command line in an empty directory, with an account that nobody reaches."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in VARIABLES.values():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ZENDESK_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("ZENDESK_OAUTH_TOKEN", "token")
    return click.Context(program)


def resumed(ctx: click.Context, state: Path, run: str | None = None, **changes: Any) -> Exit:
    how: dict[str, Any] = {"last": False, "as_json": False, "anew": {}}
    return resume(ctx, run, state=state, **how | changes)


def retried(ctx: click.Context, state: Path, run: str | None = None) -> Exit:
    return retry(ctx, run, last=False, state=state, as_json=False, given={})


def test_configuration_comes_before_the_input(
    ctx: click.Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has named no account is told so, whatever the file."""
    monkeypatch.delenv("ZENDESK_BASE_URL")
    with pytest.raises(ConfigError, match="three ways"):
        start(ctx, Asked(input="missing.ndjson", state=tmp_path), as_json=False)


def test_what_has_finished_is_not_resumed(ctx: click.Context, tmp_path: Path) -> None:
    """There is nothing left to send."""
    past(tmp_path, "r-1")
    with pytest.raises(UsageError, match="has finished"):
        resumed(ctx, tmp_path, "r-1")


def test_what_is_at_work_is_not_resumed(ctx: click.Context, tmp_path: Path) -> None:
    """The other process is named."""
    journal = begun(tmp_path, "r-1")
    try:
        with pytest.raises(JournalError, match="worked on by process"):
            resumed(ctx, tmp_path, "r-1")
    finally:
        journal.close()


def test_a_run_is_resumed_with_what_it_was_asked(ctx: click.Context, tmp_path: Path) -> None:
    """Its destination is looked up by the name it had; a name that is no more is an error of configuration."""
    past(tmp_path, "r-1", RunStatus.STOPPED, options={"input": "a.ndjson", "destination": "acme"})
    with pytest.raises(ConfigError, match="acme"):
        resumed(ctx, tmp_path)


def test_only_rejects_are_retried(ctx: click.Context, tmp_path: Path) -> None:
    """A run without them has nothing to give."""
    journal = begun(tmp_path, "r-1")
    settle(journal, failed=0, rejected=0)
    journal.finish(RunStatus.COMPLETED, "2026-11-24T02:37:14+00:00")
    journal.close()
    with pytest.raises(UsageError, match="nothing to retry"):
        retried(ctx, tmp_path)


def test_a_run_at_work_is_not_retried(ctx: click.Context, tmp_path: Path) -> None:
    """Its rejects are not all there yet."""
    journal = begun(tmp_path, "r-1")
    settle(journal)
    try:
        with pytest.raises(UsageError, match="at work now"):
            retried(ctx, tmp_path)
    finally:
        journal.close()


def test_rejects_go_back_to_the_account_they_are_of(ctx: click.Context, tmp_path: Path) -> None:
    """The environment may mean another one by now."""
    past(tmp_path, "r-1", base_url="https://acme.zendesk.com")
    with pytest.raises(UsageError, match=r"went to https://acme\.zendesk\.com"):
        retried(ctx, tmp_path)


def test_what_a_retry_inherits_is_there_to_be_inherited() -> None:
    """Each name is an option of an upload."""
    assert set(INHERITED) <= set(Asked.__dataclass_fields__)
    assert not {"input", "limit", "results", "report", "state"} & set(INHERITED)


def test_a_dry_run_is_0_when_all_could_be_sent(
    ctx: click.Context, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """And 1 when some could not."""
    (tmp_path / "a.ndjson").write_text('{"email": "a@example.com"}\n')
    assert dry(ctx, Asked(input=str(tmp_path / "a.ndjson"), state=tmp_path), as_json=False) == 0
    (tmp_path / "a.ndjson").write_text('{"email": "a"}\n')
    assert dry(ctx, Asked(input=str(tmp_path / "a.ndjson"), state=tmp_path), as_json=False) == 1
    assert "1 would be rejected" in capfd.readouterr().out
