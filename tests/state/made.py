"""What the tests of this room are made of: records, settlements, and a naive memory to compare the journal with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from zendesk_async.models import OutcomeKind, Record, Rejection
from zendesk_async.state import RunInfo

INFO = RunInfo(
    run_id="20261123-142233-k7qz",
    destination="acme",
    base_url="https://acme.zendesk.com",
    input="audience.csv",
    format="csv",
    tabular=True,
    fingerprint="sha256:1234",
    intake_digest="abcd",
    replayable=True,
    started_at="2026-11-23T14:22:33+00:00",
    options={"rate": 100, "template": "loyalty", "limit": None},
)


class Settled(NamedTuple):
    """A settlement as the upload makes it."""

    records: Sequence[Record | Rejection]
    kinds: Sequence[OutcomeKind]
    user_ids: Sequence[int | None]
    failures: Mapping[int, tuple[str, str]]
    carriers: Mapping[int, int]


def record(position: int, original: Any = None) -> Record:
    """A record that was read as ``original``."""
    return Record(position, b"{}", (), b'{"n":%d}' % position if original is None else original)


def accepted(
    positions: Iterable[int], kind: OutcomeKind = OutcomeKind.CREATED, *, first_id: int = 6_164_068_886_042
) -> Settled:
    """Zendesk took them all."""
    records = [record(position) for position in positions]
    return Settled(records, [kind] * len(records), [first_id + 128 * item.position for item in records], {}, {})


def refused(positions: Iterable[int], kind: OutcomeKind = OutcomeKind.FAILED, words: str = "no") -> Settled:
    """Nobody took any of them."""
    records = [record(position) for position in positions]
    failures = {index: ("UserUpdateError", f"{words} {item.position}") for index, item in enumerate(records)}
    return Settled(records, [kind] * len(records), [None] * len(records), failures, {})


def outcomes_of(fates: Mapping[int, OutcomeKind], carriers: Mapping[int, int] | None = None) -> Settled:
    """Each record its own fate; user ids are 1000 + position."""
    records = [record(position) for position in fates]
    bad = {OutcomeKind.FAILED, OutcomeKind.REJECTED}
    return Settled(
        records,
        list(fates.values()),
        [None if kind in bad else 1_000 + position for position, kind in fates.items()],
        {index: ("Error", f"no {at}") for index, (at, kind) in enumerate(fates.items()) if kind in bad},
        {index: (carriers or {})[at] for index, at in enumerate(fates) if at in (carriers or {})},
    )
