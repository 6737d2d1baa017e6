from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from tests.zendesk import InnerTransport, Values, account, plan, user
from zendesk_async.models import Counts, Report, Requests, RunStatus
from zendesk_async.state.journal import Journal
from zendesk_async.upload.assembly import Assembly

pytestmark = pytest.mark.virtual_time


@asynccontextmanager
async def assembled(**changes: Any) -> AsyncIterator[Assembly]:
    async with InnerTransport(account()) as transport:
        values = Values([user(n) for n in range(10)])
        assembly = await Assembly.open(plan(transport, values, **changes), Requests(), lambda: None)
        yield assembly
        await assembly.close()


@pytest.mark.parametrize(
    ("most", "failed", "over"),
    [(None, 10, False), (0, 1, True), (2, 2, False), (2, 3, True), (0.1, 10, False), (0.1, 11, True)],
)
async def test_how_many_failures_are_too_many(most: float | None, failed: int, over: bool) -> None:
    """A limit is a count from 1 on, a share of what was read below, and 0 tolerates none."""
    async with assembled(max_failed=most) as assembly:
        assert assembly._too_many(Counts(read=100, failed=failed)) is over


async def test_how_to_go_on(tmp_path: Path) -> None:
    """A run that the command line keeps has a command; a journal that a program named, a call; no journal, nothing."""
    async with assembled() as assembly:
        assert assembly.resume == ""
    async with assembled(journal=tmp_path / "mine.journal") as assembly:
        assert "mine.journal" in assembly.resume
        info = assembly.info
        assembly.finish(_report(info.run_id))
    with closing(Journal.open(tmp_path / "mine.journal")) as journal:
        async with assembled(journal=journal) as assembly:
            assert assembly.resume == f"zendesk-async resume {info.run_id}"
            assert assembly.resumed is False


async def test_progress_tells_where_it_stands() -> None:
    """Before anything has happened nothing is in flight, and an input of unknown size has no fraction."""
    async with assembled() as assembly:
        progress = assembly.progress(2.0)
        assert (progress.in_flight, progress.held, progress.fraction, progress.elapsed) == (0, 0, None, 2.0)


def _report(run_id: str) -> Report:
    return Report(run_id, RunStatus.INTERRUPTED, "acme", "values", Counts())
