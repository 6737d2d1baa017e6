"""Join what Zendesk said of each user to the record it was said of. Pure.

Rules of this file, with their source (zendesk-api-facts 2.2 and 2.3):

- Results come in the order of the request; the n-th result is the n-th record's.
- A failed item's ``id`` is its index in the request, never a user.
- An item failed if its status is "Failed", or it has an ``error``, or ``success`` is false. Else it was accepted if it
  names a status that we know, a success or an id: the documented shapes say no more. An item that says nothing of all
  that is no verdict, and its record is sent again.
- A job's own status says nothing of its records: "completed" may hold failures, and "failed" may hold results.
- Without one result for each record, or with results that belong to other records, nothing is known of any: the batch
  is sent again, which an upsert permits.
- A result belongs to another record if it names that one's external id, or its index. One that names an id which no
  record of the batch has is still its own record's: an id that Zendesk wrote differently must not condemn a hundred
  records. Only if all of several ids are strange, they are somebody else's.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from zendesk_async.models import JobResults, JobStatus, OutcomeKind, Record

__all__ = ["Match", "match"]

COLLISION = ("database collision", "databaseconflict")
"""Two writes met: again, alone, it will pass (zendesk-api-facts 1.6, 409). Two words, because details quote users."""


class Match(NamedTuple):
    """Verdicts of one job. ``kinds``, ``user_ids`` and ``failures`` go with ``records``; ``again`` has no verdict.

    ``failures`` maps the index in ``records`` to Zendesk's error and details. ``reason`` says why ``again`` is not
    empty.
    """

    records: list[Record]
    kinds: list[OutcomeKind]
    user_ids: list[int | None]
    failures: dict[int, tuple[str, str]]
    again: list[Record]
    reason: str


_ACCEPTED = {"Created": OutcomeKind.CREATED, "Updated": OutcomeKind.UPDATED}
_ACTIONS = {"create": OutcomeKind.CREATED, "update": OutcomeKind.UPDATED}

Item = dict[str, Any]


def match(records: Sequence[Record], job: JobStatus) -> Match:
    """Give each record its verdict, or say that it must be sent again."""
    results: Sequence[Any] | None = job.results
    if results is None or len(results) != len(records):
        return _unknown(records, job)
    verdicts = _plain(records, results.accepted) if isinstance(results, JobResults) else None
    if verdicts is not None:
        return verdicts
    items = [item if isinstance(item, dict) else {} for item in results]
    return _one_by_one(records, items, job) if _in_place(records, items) else _unknown(records, job)


def _plain(records: Sequence[Record], accepted: Sequence[Any]) -> Match | None:
    """The verdicts where every user was accepted, under his own external id or without one being named.

    None where it is not as simple as that. Nearly every job is, so it has this path of comprehensions.
    """
    named = [item.external_id for item in accepted if item.external_id]
    if named and not _are(named, [record.keys[0] for record in records]):
        return None
    kinds = [_ACCEPTED[item.status] for item in accepted]
    return Match(list(records), kinds, [item.id for item in accepted], {}, [], "")


def _are(external_ids: Sequence[str], keys: Sequence[str]) -> bool:
    """Whether the users named are those of the keys: told in one go, where no line break could confuse it."""
    together = "\nx:".join(external_ids)
    if together.isascii() and together.count("\n") == len(keys) - 1:
        return "x:" + together.lower() == "\n".join(keys)
    return ["x:" + external_id.lower() for external_id in external_ids] == keys


def _one_by_one(records: Sequence[Record], items: list[Item], job: JobStatus) -> Match:
    kinds = [_kind(item) for item in items]
    user_ids = [value if type(value := item.get("id")) is int else None for item in items]
    failures: dict[int, tuple[str, str]] = {}
    again: dict[int, str] = {}
    for index, kind in enumerate(kinds):
        if kind is None:
            again[index] = f"ended as {job.status} without a word on some records"
        elif kind is OutcomeKind.FAILED and _collided(items[index]):
            again[index] = "met a database collision"
        elif kind is OutcomeKind.FAILED:
            user_ids[index] = None
            failures[index - len(again)] = _words(items[index])
    return Match(
        [record for index, record in enumerate(records) if index not in again] if again else list(records),
        [kind for index, kind in enumerate(kinds) if kind is not None and index not in again],
        [user_id for index, user_id in enumerate(user_ids) if index not in again] if again else user_ids,
        failures,
        [records[index] for index in again],
        f"job {job.id} {max(again.values())}" if again else "",
    )


# -- one item ----------------------------------------------------------------------------------------------------


def _kind(item: Item) -> OutcomeKind | None:
    """What an item says became of its record; None when it says nothing."""
    status = item.get("status")
    if (status == "Created" or status == "Updated") and "error" not in item and "success" not in item:  # noqa: PLR1714
        return _ACCEPTED[status]
    status = status.capitalize() if isinstance(status, str) else ""
    if status == "Failed" or item.get("error") or item.get("success") is False:
        return OutcomeKind.FAILED
    if status in _ACCEPTED:
        return _ACCEPTED[status]
    if item.get("success") is not True and type(item.get("id")) is not int:
        return None
    created = "index" in item  # CreateResourceResult of the OpenAPI document: {id, index}, "the id of the new resource"
    return _ACTIONS.get(str(item.get("action")), OutcomeKind.CREATED if created else OutcomeKind.UPDATED)


def _collided(item: Item) -> bool:
    said = " ".join(_words(item)).lower()
    return any(words in said for words in COLLISION)


def _words(item: Item) -> tuple[str, str]:
    return _text(item.get("error")) or "Failed", _text(item.get("details") or item.get("message"))


def _text(value: Any) -> str:
    """Zendesk's words. What is no text (details were seen as a map, for single users) stays JSON."""
    if value is None or isinstance(value, str):
        return value or ""
    return orjson.dumps(value).decode()


# -- whose results ---------------------------------------------------------------------------------------------


def _in_place(records: Sequence[Record], items: list[Item]) -> bool:
    """Whether each result can be that of the record it stands beside.

    An e-mail proves nothing: Zendesk answers with the primary one, whichever was sent (zendesk-api-facts 1.3).
    """
    placed = [(place, item["index"]) for place, item in enumerate(items) if "index" in item]
    if any(isinstance(index, int) and index != place for place, index in placed):
        return False
    ours = [record.keys[0] if record.keys else "" for record in records]
    theirs = ["x:" + str(told).lower() if (told := item.get("external_id")) else "" for item in items]
    strange = [pair for pair in zip(ours, theirs, strict=True) if pair[0] != pair[1] and pair[1] and pair[0][:1] == "x"]
    if not strange:
        return True
    told = [own for own, key in zip(ours, theirs, strict=True) if key and own[:1] == "x"]
    return _plausible({_loosely(own) for own in ours if own[:1] == "x"}, strange, len(told))


def _plausible(ours: set[str], strange: list[tuple[str, str]], told: int) -> bool:
    """Whether results may stand where they do, although some of the ids ``told`` are not as we sent them."""
    wrong = [loose for own, key in strange if (loose := _loosely(key)) != _loosely(own)]
    return ours.isdisjoint(wrong) and len(wrong) < max(2, told)


def _loosely(key: str) -> str:
    """An external id without what systems tidy up in passing: case, blanks, the choice among equal code points."""
    return " ".join(unicodedata.normalize("NFC", key[2:]).split()).casefold()


def _unknown(records: Sequence[Record], job: JobStatus) -> Match:
    found = "no results"
    if job.results is not None:
        found = f"{len(job.results)} results that do not match {len(records)} records"
    said = f": {job.message}" if job.message else ""
    return Match([], [], [], {}, list(records), f"job {job.id} ended as {job.status} with {found}{said}")
