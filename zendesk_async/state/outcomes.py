"""Outcomes as rows of the journal, and back. Pure."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from zendesk_async.state.encoding import (
    Runs,
    pack_ids,
    pack_kinds,
    pack_numbers,
    pack_runs,
    runs_of,
    unpack_ids,
    unpack_kinds,
    unpack_numbers,
    unpack_runs,
)
from zendesk_async.state.lines import original_json, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from zendesk_async.models import OutcomeKind, Record, Rejection
    from zendesk_async.state.ledger import Settlement

__all__ = [
    "Entry",
    "SettledRow",
    "in_order",
    "pack_merged",
    "pack_settlement",
    "positions_of",
    "reject_rows",
    "unpack_merged",
    "unpack_settlement",
]


class SettledRow(NamedTuple):
    """Outcomes as they stand in the table ``settled``."""

    first: int
    size: int
    runs: bytes | None
    kinds: bytes
    user_ids: bytes | None
    carriers: bytes | None


class Entry(NamedTuple):
    """One outcome, without its words. ``carrier`` is the position of the record that carried a merged one."""

    position: int
    kind: OutcomeKind
    user_id: int | None
    carrier: int | None


def pack_settlement(outcomes: Settlement) -> tuple[Runs, SettledRow]:
    """Write outcomes as a row; the positions also as runs."""
    runs = runs_of([record.position for record in outcomes.records])
    first, packed = pack_runs(runs)
    carriers = _pack_carriers(outcomes.records, outcomes.carriers) if outcomes.carriers else None
    return runs, SettledRow(
        first, len(outcomes.records), packed, pack_kinds(outcomes.kinds), pack_ids(outcomes.user_ids), carriers
    )


def unpack_settlement(row: SettledRow) -> list[Entry]:
    """Read what ``pack_settlement`` wrote. Raises ValueError when it did not."""
    positions = positions_of(unpack_runs(row.first, row.size, row.runs))
    kinds = unpack_kinds(row.kinds, row.size)
    ids = unpack_ids(row.user_ids, row.size)
    carriers = _unpack_carriers(positions, row.carriers) if row.carriers else {}
    return [
        Entry(position, kind, user_id, carriers.get(index))
        for index, (position, kind, user_id) in enumerate(zip(positions, kinds, ids, strict=True))
    ]


def positions_of(runs: Runs) -> list[int]:
    """The positions in runs, one by one."""
    return [position for start, stop in runs for position in range(start, stop)]


def _pack_carriers(records: Sequence[Record | Rejection], carriers: Mapping[int, int]) -> bytes:
    return pack_numbers(
        number for index, carrier in carriers.items() for number in (index, carrier - records[index].position)
    )


def _unpack_carriers(positions: list[int], packed: bytes) -> dict[int, int]:
    numbers = unpack_numbers(packed)
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return {index: positions[index] + distance for index, distance in pairs}


def pack_merged(first: int, merged: Sequence[tuple[int, int]]) -> bytes | None:
    """Write pairs of a position and its carrier's, near ``first``; None when there is no pair."""
    if not merged:
        return None
    return pack_numbers(number for position, carrier in merged for number in (position - first, carrier - position))


def unpack_merged(first: int, packed: bytes | None) -> list[tuple[int, int]]:
    """Read what ``pack_merged`` wrote."""
    numbers = unpack_numbers(packed or b"")
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return [(first + distance, first + distance + more) for distance, more in pairs]


def reject_rows(outcomes: Settlement) -> Iterator[tuple[int, str, str, str, bytes]]:
    """What was rejected or has failed, with its words and its original, as rows of the table ``rejects``."""
    for index, (error, details) in outcomes.failures.items():
        record = outcomes.records[index]
        kind = str(outcomes.kinds[index])
        yield record.position, kind, plain(error), plain(details), original_json(record.original)


def in_order(rows: Iterable[SettledRow]) -> Iterator[Entry]:
    """Outcomes by position, from rows that come by their first position.

    Holds what lies beyond the row read last: as much as was in flight together.
    """
    waiting: list[Entry] = []
    for row in rows:
        ready = bisect_left(waiting, row.first, key=_position)
        yield from waiting[:ready]
        waiting[:ready] = []
        waiting += unpack_settlement(row)
        waiting.sort(key=_position)
    yield from waiting


def _position(entry: Entry) -> int:
    return entry.position
