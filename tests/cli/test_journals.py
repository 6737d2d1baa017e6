from __future__ import annotations

from pathlib import Path

import click
import pytest

from tests.cli.history import begun, past
from zendesk_async.cli.invocation import Invocation
from zendesk_async.cli.journals import chosen, store_of
from zendesk_async.cli.program import program
from zendesk_async.errors import JournalError, UsageError
from zendesk_async.models import RunStatus
from zendesk_async.state import RunStore


def test_the_state_directory_is_remembered_for_the_commands_that_are_printed(tmp_path: Path) -> None:
    """A hint that does not find the run is worse than none."""
    ctx = click.Context(program)
    store_of(ctx, tmp_path)
    assert ctx.ensure_object(Invocation).state == tmp_path


def test_a_run_is_found_by_name_or_beginning(tmp_path: Path) -> None:
    """Both lead to the same run."""
    past(tmp_path, "20261124-a")
    store = RunStore(tmp_path)
    assert chosen(store, "20261124-a").run_id == chosen(store, "2026").run_id == "20261124-a"


def test_the_last_is_the_newest(tmp_path: Path) -> None:
    """--last of two is the later one; of those that can be resumed, the later of these."""
    past(tmp_path, "one", RunStatus.STOPPED, started_at="2026-11-22T00:00:00+00:00")
    past(tmp_path, "two", RunStatus.STOPPED, started_at="2026-11-23T00:00:00+00:00")
    past(tmp_path, "three", started_at="2026-11-24T00:00:00+00:00")
    store = RunStore(tmp_path)
    assert chosen(store, None, last=True).run_id == "three"
    assert chosen(store, None, last=True, unfinished=True).run_id == "two"


def test_the_only_one_need_not_be_named(tmp_path: Path) -> None:
    """Where there is no choice there is no question."""
    past(tmp_path, "one", RunStatus.STOPPED)
    past(tmp_path, "two")
    assert chosen(RunStore(tmp_path), None, unfinished=True).run_id == "one"


def test_where_there_is_a_choice_it_is_shown(tmp_path: Path) -> None:
    """Guessing which upload is meant would be wrong half the time."""
    past(tmp_path, "one")
    past(tmp_path, "two")
    with pytest.raises(UsageError, match=r"(?s)Which upload\?.*--last.*two.*one|one.*two"):
        chosen(RunStore(tmp_path), None)


def test_without_any_run_there_is_nothing_to_choose(tmp_path: Path) -> None:
    """It says so, and how to look."""
    with pytest.raises(UsageError, match="no unfinished upload"):
        chosen(RunStore(tmp_path), None, last=True, unfinished=True)


def test_a_journal_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """With the reason, not with a guess."""
    begun(tmp_path, "r-1").close()
    (tmp_path / "runs" / "r-1.journal").write_text("no database" * 200)
    with pytest.raises(JournalError, match="r-1 cannot be read"):
        chosen(RunStore(tmp_path), "r-1")
