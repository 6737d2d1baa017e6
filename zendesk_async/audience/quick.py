"""The quick way for a chunk: what is plainly well is ready to be sent, the rest is left. Pure.

There is a way for each kind of input: JSON lines whose keys are Zendesk's own travel as the bytes they came in;
whatever goes through a template is made column by column; the mappings of a program are written as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import compress
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import orjson

from zendesk_async.audience.alike import Alike
from zendesk_async.audience.attributes import MAX_LINE
from zendesk_async.audience.column import ABSENT
from zendesk_async.audience.columnwise import Columnwise
from zendesk_async.audience.invalid import Invalid, UnknownKey
from zendesk_async.audience.ordinary import Keys, column_of, each, judged, keys_of, of_line, of_mapping
from zendesk_async.audience.quoting import Quoting
from zendesk_async.audience.validation import check_sizes
from zendesk_async.models import Row, Rows

if TYPE_CHECKING:
    import msgspec

    from zendesk_async.audience.defaults import Defaults
    from zendesk_async.audience.headers import Headers
    from zendesk_async.audience.picking import Picked
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
    names: Sequence[Any]

    def spread(self, there: Sequence[bool]) -> Taken:
        """The same among others, who were left: ``there`` says who is of these."""
        if all(there):
            return self
        mine = zip(*self, strict=True)
        left = (None, b"", ABSENT)
        rows = [next(mine) if is_there else left for is_there in there]
        return Taken([row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows])


_ASKED = ("name", "verified", "skip_verify_email")
"""Attributes of which it matters, beside the identities, whether a user has them."""


class Quick:
    """The quick way of one upload. ``tabular``: what is no line is a row of cells."""

    def __init__(self, template: Template | None, headers: Headers, defaults: Defaults, *, tabular: bool) -> None:
        self._columnwise = None if template is None else Columnwise(template, tabular=tabular)
        self._headers = headers
        self._defaults = defaults
        self._tabular = tabular
        self._field_keys: set[str] = set()
        self._alike = Alike()
        self._quoting = Quoting()
        self.unseen = set(template.columns) if template else set()
        """Columns of the template that no record has had so far."""

    def __repr__(self) -> str:
        return f"<Quick {self._columnwise or 'by the names of attributes'}>"

    def take(self, raws: Sequence[Raw]) -> Taken:
        """Take what can be taken. Of records of several kinds, those of one kind are; the rest is left."""
        if isinstance(raws, Rows):
            return self._rows(raws)
        kinds = {bytes} if _are_lines(raws) else set(map(type, raws))
        kind = next((kind for kind in (bytes, Row, dict) if kind in kinds), None)
        if kind is None:
            return _nobody(raws)
        if len(kinds) > 1:
            there = [type(raw) is kind for raw in raws]
            return self.take(list(compress(raws, there))).spread(there)
        if kind is bytes:
            return self._lines(cast("Sequence[bytes]", raws))
        if kind is dict:
            return self._mappings(cast("Sequence[Given]", raws))
        return self._some_rows(cast("Sequence[Row]", raws))

    def _lines(self, lines: Sequence[bytes]) -> Taken:
        if self._columnwise is not None:
            return self._through(self._columnwise, self._columnwise.picker.of_lines(lines))
        if self._tabular:  # text that was cells before: it is trimmed, where anybody can still tell
            return _nobody(lines)
        quoted = self._quoting.apply(lines)
        alike = self._alike.read(quoted.lines)
        if alike is not None:
            keys = keys_of(alike.column("external_id"), alike.column("email"))
            for mistaken in quoted.mistaken(alike.column):
                keys[mistaken] = None
            return self._finished(keys, quoted.lines, *map(alike.column, _ASKED))
        users = each(of_line, quoted.lines)
        for mistaken in quoted.mistaken(lambda name: [getattr(user, name, None) for user in users]):
            users[mistaken] = None
        odd = next((line for line, user in zip(lines, users, strict=True) if user is None), None)
        if odd is not None:
            self._quoting.learn(odd)
        self._alike.learn([user for user in users if user is not None])
        return self._of_users(users, quoted.lines)

    def _mappings(self, given: Sequence[Given]) -> Taken:
        if self._columnwise is not None:
            return self._through(self._columnwise, self._columnwise.picker.of_mappings(given))
        if self._tabular:
            header = tuple(given[0])
            there = [tuple(one) == header for one in given]
            columnwise = self._by_header(header)
            if columnwise is None:
                return _nobody(given)
            picked = columnwise.picker.of_mappings(list(compress(given, there)))
            return self._through(columnwise, picked).spread(there)
        users, bodies = each(of_mapping, given), each(orjson.dumps, given)
        finite = [None if _hides_nan(user, body) else body for user, body in zip(users, bodies, strict=True)]
        return self._of_users(users, finite)

    def _rows(self, rows: Rows) -> Taken:
        columnwise = self._columnwise or self._by_header(rows.columns)
        return _nobody(rows) if columnwise is None else self._through(columnwise, columnwise.picker.of_rows(rows))

    def _some_rows(self, rows: Sequence[Row]) -> Taken:
        """Rows that somebody has put together; those under another header than the first are left."""
        header = rows[0].columns
        there = [row.columns == header for row in rows]
        return self._rows(Rows(header, [row.cells for row in compress(rows, there)])).spread(there)

    def _by_header(self, header: tuple[str, ...]) -> Columnwise | None:
        """The template that follows from a header of Zendesk's own names, if it is one."""
        try:
            return self._headers.columnwise(header)
        except UnknownKey:
            return None

    # -- by two ways ----------------------------------------------------------------------------------------------

    def _of_users(self, users: Sequence[msgspec.Struct | None], bodies: Sequence[bytes | None]) -> Taken:
        """Of users whose JSON is there already."""
        there = [user is not None and body is not None for user, body in zip(users, bodies, strict=True)]
        known = cast("list[msgspec.Struct]", list(compress(users, there)))
        keys = judged(known, self._field_keys)
        columns = [column_of(name, known) for name in _ASKED]
        return self._finished(keys, cast("list[bytes]", list(compress(bodies, there))), *columns).spread(there)

    def _through(self, columnwise: Columnwise, picked: Picked) -> Taken:
        """Through a template."""
        there, columns = picked
        if self.unseen:
            self.unseen -= {name for name, column in columns.items() if not column.is_absent}
        made = columnwise.make(there.count(True), columns)
        keys = keys_of(made.column("external_id"), made.column("email"))
        return self._finished(keys, made.bodies, *map(made.column, _ASKED)).spread(made.well).spread(there)

    def _finished(
        self,
        keys: list[Keys | None],
        bodies: Sequence[bytes],
        names: Sequence[Any],
        verified: Sequence[Any],
        skips: Sequence[Any],
    ) -> Taken:
        """With what is sent for those who do not say; what may be too long is left."""
        if max(map(len, bodies), default=0) > MAX_LINE:
            keys = [own if _well_sized(body) else None for own, body in zip(keys, bodies, strict=True)]
        return Taken(keys, self._defaults.put_all(bodies, verified, skips), names)


def _are_lines(raws: Sequence[Raw]) -> bool:
    """Whether all are bytes: to join them is the quickest way to know."""
    try:
        b"".join(raws)  # type: ignore[arg-type]  # not all bytes: TypeError
    except TypeError:
        return False
    return bool(raws)


def _nobody(raws: Sequence[Raw]) -> Taken:
    return Taken([], [], []).spread([False] * len(raws))


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
