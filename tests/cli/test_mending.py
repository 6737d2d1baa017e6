from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.zendesk import PlainShaper, chunks_of, user
from zendesk_async.cli.mending import Expected, add_missing, drop_wrong
from zendesk_async.cli.results import Results
from zendesk_async.errors import Stopped
from zendesk_async.models import Chunk, Outcome, OutcomeKind
from zendesk_async.state.lines import line

COUNT = 40
KINDS = [OutcomeKind.CREATED, OutcomeKind.UPDATED, OutcomeKind.FAILED, OutcomeKind.MERGED]


def journaled(position: int) -> Outcome:
    """What a journal says of a record: it keeps the originals of refused ones only."""
    kind = KINDS[position % 4]
    if kind is OutcomeKind.FAILED:
        return Outcome(position, kind, None, "UserUpdateError", "no", orjson.dumps(user(position)))
    carried = "carried by record 2" if kind is OutcomeKind.MERGED else None
    return Outcome(position, kind, 1_000 + position, None, carried, None)


def written(position: int) -> bytes:
    """The line of a record as it was written when it was settled."""
    return line(journaled(position)._replace(record=orjson.dumps(user(position))))


async def mend(path: Path, settled: list[int]) -> None:
    outcomes = [journaled(position) for position in sorted(settled)]
    expected = Expected(outcomes, COUNT)
    drop_wrong(path, expected)
    with Results(path, anew=False) as results:
        await add_missing(results, expected, outcomes, chunks_of([user(at) for at in range(COUNT)], 7), PlainShaper())


POSITIONS = st.lists(st.integers(0, COUNT - 1), unique=True)


@given(POSITIONS, st.data())
def test_whatever_a_crash_left_the_file_ends_complete_and_without_duplicates(
    tmp_path_factory: pytest.TempPathFactory, settled: list[int], data: st.DataObject
) -> None:
    """Lines missing, torn, twice, of records that are not settled, of another run: one line for each settled record."""
    there = data.draw(st.lists(st.integers(0, COUNT - 1)))
    foreign = [written(at).replace(b"10", b"99") for at in data.draw(POSITIONS)]
    torn = written(0)[: data.draw(st.integers(0, 30))]
    path = tmp_path_factory.mktemp("mend") / "results.ndjson"
    path.write_bytes(b"".join([*foreign, *map(written, there), torn]))
    asyncio.run(mend(path, settled))
    lines = path.read_bytes().splitlines(keepends=True)
    assert sorted(lines) == sorted(written(at) for at in settled)


def test_what_is_no_json_goes(tmp_path: Path) -> None:
    """A file that was something else before holds nothing else afterwards."""
    path = tmp_path / "r"
    path.write_bytes(
        b'hello\n[]\n{"position": "1"}\n{"position": 1, "outcome": "lost"}\n{"position": 99}\n' + written(3)
    )
    drop_wrong(path, Expected([journaled(1), journaled(3)], COUNT))
    assert path.read_bytes() == written(3)


async def test_what_the_input_no_longer_has_is_told_without_it(tmp_path: Path) -> None:
    """A pipe cannot be read again: the outcome is known all the same."""

    async def nothing() -> AsyncIterator[Chunk]:
        return
        yield

    outcomes = [journaled(0), journaled(2)]
    with Results(tmp_path / "r", anew=True) as results:
        await add_missing(results, Expected(outcomes, COUNT), outcomes, nothing(), PlainShaper())
    told = [orjson.loads(each) for each in (tmp_path / "r").read_bytes().splitlines()]
    assert [(each["position"], each["outcome"]) for each in told] == [(0, "created"), (2, "failed")]
    assert told[0]["record"] is None
    assert told[1]["record"] == user(2)


def test_a_file_that_cannot_be_replaced_is_left_as_it_is(tmp_path: Path) -> None:
    """What cannot be mended stops the run; nothing half-done stays behind."""
    with pytest.raises(Stopped):
        drop_wrong(tmp_path / "missing", Expected([], 0))
    assert not list(tmp_path.iterdir())
