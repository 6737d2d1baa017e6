from __future__ import annotations

from pathlib import Path

import orjson

from tests.cli.history import settle
from tests.cli.settings_made import settings
from tests.zendesk import user
from zendesk_async.cli.asked import Asked
from zendesk_async.cli.beginning import Begun, begin
from zendesk_async.cli.recovery import results_of
from zendesk_async.state import RunStore


async def lines_of(directory: Path, begun: Begun, asked: Asked) -> list[dict[str, object]]:
    """Open the results of a run, close them, and read them."""
    results = await results_of(asked, settings(directory), RunStore(directory), begun)
    assert results is not None
    results.write(())
    results.close()
    begun.journal.close()
    return [orjson.loads(line) for line in results.path.read_bytes().splitlines()]


async def started(directory: Path, asked: Asked) -> Begun:
    return await begin(asked, settings(directory), RunStore(directory), run_id=None, fresh=False, say=lambda _: None)


def asked_for(directory: Path) -> Asked:
    path = directory / "a.ndjson"
    path.write_bytes(b"".join(orjson.dumps(user(at)) + b"\n" for at in range(4)))
    return Asked(input=str(path), results=directory / "r.ndjson")


async def test_without_results_there_is_no_file(tmp_path: Path) -> None:
    """Nobody asked."""
    asked = Asked(input=asked_for(tmp_path).input)
    begun = await started(tmp_path, asked)
    assert await results_of(asked, settings(tmp_path), RunStore(tmp_path), begun) is None
    begun.journal.close()


async def test_a_new_run_begins_a_new_file(tmp_path: Path) -> None:
    """What another run left there goes."""
    asked = asked_for(tmp_path)
    (tmp_path / "r.ndjson").write_text("old")
    assert await lines_of(tmp_path, await started(tmp_path, asked), asked) == []


async def test_a_run_that_goes_on_first_puts_the_file_right(tmp_path: Path) -> None:
    """Settled before the crash, and never written: the lines are there before anything new is."""
    asked = asked_for(tmp_path)
    begun = await started(tmp_path, asked)
    settle(begun.journal)
    begun.journal.close()
    told = await lines_of(tmp_path, await started(tmp_path, asked), asked)
    assert [line["outcome"] for line in told] == ["updated", "updated", "failed", "rejected"]
    assert [line["record"] for line in told] == [user(0), user(1), user(2), user(0)]


async def test_what_is_no_regular_file_is_not_mended(tmp_path: Path) -> None:
    """A device has no lines to put right."""
    asked = Asked(input=asked_for(tmp_path).input, results=Path("/dev/null"))
    begun = await started(tmp_path, asked)
    settle(begun.journal)
    begun.journal.close()
    assert await lines_of(tmp_path, await started(tmp_path, asked), asked) == []
