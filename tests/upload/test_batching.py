from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.models import Record
from zendesk_async.upload.batching import HEAVIEST, Batch, Batcher, Carried, Submitted, carried_by


def record(position: int, weight: int = 10) -> Record:
    body = b"x" * weight
    return Record(position, body, (f"x:{position}",), body)


def batched(records: list[Record], size: int) -> list[Batch]:
    """All batches of these records, the last one flushed."""
    batcher = Batcher(size)
    batches = [batcher.add(each) for each in records]
    return [batch for batch in [*batches, batcher.flush()] if batch is not None]


def batch_of(count: int, folded: dict[int, list[Record]] | None = None, attempt: int = 1) -> Batch:
    return Batch([record(position) for position in range(count)], folded or {}, attempt)


# -- filling -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 100])
def test_a_batch_is_full_at_its_size(size: int) -> None:
    """The record that completes a batch gets it back at once; nothing waits for the next one."""
    batcher = Batcher(size)
    for position in range(size - 1):
        assert batcher.add(record(position)) is None
    full = batcher.add(record(size))
    assert full is not None
    assert len(full.records) == size
    assert len(batcher) == 0
    assert full.attempt == 1


def test_what_is_left_is_flushed() -> None:
    """A batch that is not full goes out on demand, once; nothing makes no batch."""
    batcher = Batcher(100)
    assert batcher.flush() is None
    batcher.add(record(0))
    batch = batcher.flush()
    assert batch is not None
    assert batch.positions == [0]
    assert batcher.flush() is None


def test_a_batch_is_not_changed_by_the_next() -> None:
    """A batch given away is its receiver's."""
    batcher = Batcher(2)
    batcher.add(record(0), [record(7)])
    first = batcher.add(record(1))
    batcher.add(record(2), [record(8)])
    assert first is not None
    assert first.positions == [0, 1]
    assert list(first.folded) == [0]


def test_a_batch_is_full_before_it_is_too_heavy() -> None:
    """The record that would make a batch heavier than a megabyte begins the next."""
    half = record(0, HEAVIEST // 2)
    batcher = Batcher(100)
    assert batcher.add(half) is None
    full = batcher.add(half._replace(position=1))
    assert full is not None
    assert full.positions == [0]
    assert len(batcher) == 1


@pytest.mark.parametrize(("weight", "together"), [(499_999, True), (500_000, False)])
def test_a_megabyte_is_the_bound(weight: int, together: bool) -> None:
    """Users and the commas between them fill a batch to the last byte of a million, and not a byte further."""
    batches = batched([record(position, weight) for position in range(2)], 100)
    assert (len(batches) == 1) is together


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_record_too_heavy_for_any_batch_goes_alone(size: int) -> None:
    """Zendesk decides about it, and it takes no other record with it."""
    weights = [10, HEAVIEST + 5, 10]
    batches = batched([record(position, weight) for position, weight in enumerate(weights)], size)
    assert [batch.positions for batch in batches] == [[0], [1], [2]]


@given(
    st.lists(
        st.sampled_from([2, 100, HEAVIEST // 3, HEAVIEST // 2, HEAVIEST - 1, HEAVIEST, HEAVIEST + 9]), max_size=30
    ),
    st.integers(1, 6),
)
def test_every_record_is_in_one_batch_in_order(weights: list[int], size: int) -> None:
    """No record is lost, doubled or overtaken; no batch is empty, too long or, unless it is one record, too heavy."""
    batches = batched([record(position, weight) for position, weight in enumerate(weights)], size)
    assert [position for batch in batches for position in batch.positions] == list(range(len(weights)))
    for batch in batches:
        assert 1 <= len(batch.records) <= size
        assert len(batch.records) == 1 or len(b",".join(each.body for each in batch.records)) <= HEAVIEST


@given(st.lists(st.integers(2, 200), min_size=1, max_size=30), st.integers(1, 6))
def test_light_batches_are_all_full_but_the_last(weights: list[int], size: int) -> None:
    """Where weight does not matter no request is wasted."""
    batches = batched([record(position, weight) for position, weight in enumerate(weights)], size)
    assert {len(batch.records) for batch in batches[:-1]} <= {size}


# -- what travels along ------------------------------------------------------------------------------------------


def test_a_folded_record_travels_with_its_carrier() -> None:
    """What a record carries is in its batch, also where it came just before a batch was full."""
    batcher = Batcher(2)
    batcher.add(record(5), [record(1), record(3)])
    first = batcher.add(record(6))
    batcher.add(record(7))
    second = batcher.add(record(8), [record(2)])
    assert first is not None
    assert second is not None
    assert first.merged == [(1, 5), (3, 5)]
    assert second.merged == [(2, 8)]
    assert first.positions == [5, 6]


def test_a_heavy_carrier_takes_its_own_along() -> None:
    """A record that begins the next batch because of its weight has what it carries there, not in the one before."""
    batcher = Batcher(100)
    batcher.add(record(0), [record(9)])
    first = batcher.add(record(1, HEAVIEST), [record(8)])
    second = batcher.flush()
    assert first is not None
    assert second is not None
    assert (first.merged, second.merged) == ([(9, 0)], [(8, 1)])


def test_carrying_nothing_is_no_entry() -> None:
    """A record that carries nobody leaves no trace among the carriers."""
    batcher = Batcher(1)
    batch = batcher.add(record(0), [])
    assert batch == Batch([record(0)], {})


def test_carried_by_names_only_theirs() -> None:
    """Of all that is carried only what these records carry is named."""
    folded = {1: [record(8)], 2: [record(9)]}
    assert carried_by([record(0), record(2)], folded) == {2: [record(9)]}


# -- again and apart ---------------------------------------------------------------------------------------------


def test_a_batch_again_keeps_what_its_records_carry() -> None:
    """What is sent again carries whom it carried; whoever is settled is left out with all he carried."""
    batch = batch_of(4, {1: [record(8)], 3: [record(9)]})
    again = batch.again([batch.records[0], batch.records[3]], attempt=2)
    assert again.positions == [0, 3]
    assert again.merged == [(9, 3)]
    assert again.attempt == 2


@given(st.integers(2, 100), st.sets(st.integers(0, 99)), st.integers(1, 5))
def test_halves_are_the_whole(count: int, carriers: set[int], attempt: int) -> None:
    """Two halves hold each record and whatever it carries once, in order, and are as even as can be."""
    folded = {position: [record(1_000 + position)] for position in sorted(carriers) if position < count}
    whole = batch_of(count, folded, attempt)
    first, second = whole.halves()
    assert first.positions + second.positions == whole.positions
    assert first.merged + second.merged == whole.merged
    assert all(carrier in half.positions for half in (first, second) for _, carrier in half.merged)
    assert 0 <= len(second.records) - len(first.records) <= 1
    assert first.attempt == second.attempt == attempt


def test_halving_comes_to_an_end() -> None:
    """Halved again and again, every batch comes down to single records, in order."""
    load, singles = [batch_of(100)], []
    while load:
        batch = load.pop()
        if len(batch.records) == 1:
            singles += batch.positions
        else:
            first, second = batch.halves()
            load += [second, first]
    assert singles == list(range(100))


def test_a_carried_batch_may_have_a_job() -> None:
    """A batch on its way has its job where an earlier process was given one."""
    assert Carried(batch_of(1)).job is None
    assert Carried(batch_of(1), Submitted(3, "V3-1")).job == Submitted(seq=3, job_id="V3-1")


# -- many at once ------------------------------------------------------------------------------------------------


@given(
    st.integers(1, 7),
    st.lists(st.lists(st.sampled_from([10, 10, 10, HEAVIEST // 3, HEAVIEST // 2]), max_size=20), max_size=5),
)
def test_many_at_once_make_the_same_batches(size: int, chunks: list[list[int]]) -> None:
    """However the records come, the batches are those that they would make one by one."""
    position = 0
    batcher, records, batches = Batcher(size), [], []
    for weights in chunks:
        chunk = [record(position + index, weight) for index, weight in enumerate(weights)]
        position += len(chunk)
        records += chunk
        batches += batcher.add_all(chunk)
    last = batcher.flush()
    assert [*batches, *([last] if last else [])] == batched(records, size)


def test_what_a_record_carries_stays_with_its_batch() -> None:
    """A batch begun by a record with others in it may be completed by many."""
    batcher = Batcher(3)
    batcher.add(record(0), [record(9)])
    first, second = batcher.add_all([record(position) for position in range(1, 7)])
    assert (first.positions, list(first.folded)) == ([0, 1, 2], [0])
    assert (second.positions, second.folded) == ([3, 4, 5], {})
    assert len(batcher) == 1
