"""The quick way for a chunk: what is plainly well is ready to be sent, the rest is left. Pure.

There is a way for each kind of input: JSON lines whose keys are Zendesk's own travel as the bytes they came in;
whatever goes through a template is made column by column; the mappings of a program are written as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import compress
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import msgspec
import orjson

from zendesk_async.audience.attributes import MAX_LINE
from zendesk_async.audience.columns import ABSENT
from zendesk_async.audience.columnwise import Columnwise
from zendesk_async.audience.invalid import Invalid, UnknownKey
from zendesk_async.audience.ordinary import Keys, column_of, each, judged, keys_of, of_line, of_mapping
from zendesk_async.audience.spelled import Spelled
from zendesk_async.audience.unwrapping import is_wrapped
from zendesk_async.audience.validation import check_sizes

if TYPE_CHECKING:
    from zendesk_async.audience.defaults import Defaults
    from zendesk_async.audience.headers import Headers
    from zendesk_async.audience.template import Template
    from zendesk_async.models import Raw

__all__ = ["Quick", "Taken"]

Given = Mapping[str, Any]


class Taken(NamedTuple):
    """What the quick way made of records. Where ``keys`` is None it left the record, and the rest means nothing.

    ``names`` has ``ABSENT`` where a user has no name.
    """

    keys: list[Keys | None]
    bodies: list[bytes]
    names: list[Any]

    def spread(self, there: Sequence[bool]) -> Taken:
        """The same among others, who were left: ``there`` says who is of these."""
        if all(there):
            return self
        mine = zip(*self, strict=True)
        left = (None, b"", ABSENT)
        rows = [next(mine) if is_there else left for is_there in there]
        return Taken([row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows])


_SHORT = 300  # digits: below that, no number is infinite


def _as_spelt(text: str) -> Spelled:
    """Keep a number as it is written. Raises ValueError for one that is beyond all bounds."""
    if ("e" in text or "E" in text or len(text) > _SHORT) and not isfinite(float(text)):
        raise ValueError
    return Spelled(text)


_read: Callable[[bytes], Given] = msgspec.json.Decoder(dict[str, Any], float_hook=_as_spelt).decode
"""Read any JSON object, its numbers as they are written. Raises ValueError."""


class Quick:
    """The quick way of one upload. ``tabular``: what is no line is a row of cells."""

    def __init__(self, template: Template | None, headers: Headers, defaults: Defaults, *, tabular: bool) -> None:
        self._columnwise = None if template is None else Columnwise(template, tabular=tabular)
        self._headers = headers
        self._defaults = defaults
        self._tabular = tabular
        self._field_keys: set[str] = set()
        self.unseen = set(template.columns) if template else set()
        """Columns of the template that no record has had so far."""

    def __repr__(self) -> str:
        return f"<Quick {self._columnwise or 'by the names of attributes'}>"

    def take(self, raws: Sequence[Raw]) -> Taken:
        """Take what can be taken. What is neither a line nor a mapping is left, and so are mappings among lines."""
        kinds = set(map(type, raws))
        if kinds == {bytes}:
            return self._lines(cast("Sequence[bytes]", raws))
        if kinds == {dict}:
            return self._mappings(cast("Sequence[Given]", raws))
        kind = bytes if bytes in kinds else dict
        there = [type(raw) is kind for raw in raws]
        return (self.take(list(compress(raws, there))) if any(there) else Taken([], [], [])).spread(there)

    def _lines(self, lines: Sequence[bytes]) -> Taken:
        if self._columnwise is not None:
            return self._through(self._columnwise, each(_read, lines))
        if self._tabular:  # text that was cells before: it is trimmed, where anybody can still tell
            return Taken([], [], []).spread([False] * len(lines))
        return self._of_users(each(of_line, lines), lines)

    def _mappings(self, given: Sequence[Given]) -> Taken:
        if self._columnwise is not None:
            return self._through(self._columnwise, given)
        if self._tabular:
            return self._rows(given)
        users, bodies = each(of_mapping, given), each(orjson.dumps, given)
        finite = [None if _hides_nan(user, body) else body for user, body in zip(users, bodies, strict=True)]
        return self._of_users(users, finite)

    def _rows(self, rows: Sequence[Given]) -> Taken:
        """Rows under a header of Zendesk's own names, if it is the same for all."""
        header = tuple(rows[0])
        try:
            columnwise = self._headers.columnwise(header)
        except UnknownKey:
            columnwise = None
        if columnwise is None:
            return Taken([], [], []).spread([False] * len(rows))
        return self._through(columnwise, [row if tuple(row) == header else None for row in rows])

    # -- by two ways ----------------------------------------------------------------------------------------------

    def _of_users(self, users: Sequence[msgspec.Struct | None], bodies: Sequence[bytes | None]) -> Taken:
        """Of users whose JSON is there already."""
        there = [user is not None and body is not None for user, body in zip(users, bodies, strict=True)]
        known = cast("list[msgspec.Struct]", list(compress(users, there)))
        keys = judged(known, self._field_keys)
        columns = [column_of(name, known) for name in ("name", "verified", "skip_verify_email")]
        return self._finished(keys, cast("list[bytes]", list(compress(bodies, there))), *columns).spread(there)

    def _through(self, columnwise: Columnwise, given: Sequence[Given | None]) -> Taken:
        """Through a template. A line of a rejects file is none of its records: it is left."""
        there = [one is not None and not ("outcome" in one and is_wrapped(one)) for one in given]
        known = cast("list[Given]", list(compress(given, there)))
        columns = columnwise.columns(known)
        if self.unseen:
            self.unseen -= {name for name, values in columns.items() if values.count(ABSENT) < len(values)}
        made = columnwise.make(len(known), columns)
        keys = keys_of(made.column("external_id"), made.column("email"))
        more = [made.column(name) for name in ("name", "verified", "skip_verify_email")]
        return self._finished(keys, made.bodies, *more).spread(made.well).spread(there)

    def _finished(
        self, keys: list[Keys | None], bodies: list[bytes], names: list[Any], verified: list[Any], skips: list[Any]
    ) -> Taken:
        """With what is sent for those who do not say; what may be too long is left."""
        if max(map(len, bodies), default=0) > MAX_LINE:
            keys = [own if _well_sized(body) else None for own, body in zip(keys, bodies, strict=True)]
        return Taken(keys, self._defaults.put_all(bodies, verified, skips), names)


def _hides_nan(user: msgspec.Struct | None, body: bytes | None) -> bool:
    """Whether orjson may have written null for a number that is none. Only custom fields hold such numbers."""
    if user is None or body is None or b"null" not in body:
        return False
    held: Mapping[str, Any] = getattr(user, "user_fields", None) or {}
    return any(isinstance(value, list) or (isinstance(value, float) and not isfinite(value)) for value in held.values())


def _well_sized(body: bytes) -> bool:
    if len(body) <= MAX_LINE:
        return True
    try:
        check_sizes(orjson.loads(body), len(body))
    except (Invalid, ValueError):
        return False
    return True
