"""Read JSON lines whose users look like those before them, in two thirds of the time. Pure.

The users of one input have the same attributes and the same custom fields, or nearly. A type that knows these alone is
filled faster than ``ordinary.User``, which knows all, and of a custom field that it has there is nothing left to ask.
It takes what ``ordinary`` takes, and nothing else: a chunk with one line that is different is for ``ordinary``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from zendesk_async.audience.attributes import ATTRIBUTES, FIELD_KEY
from zendesk_async.audience.column import ABSENT, Absent
from zendesk_async.audience.ordinary import FAILURES, Scalar, User, column_of, typed

__all__ = ["MOST", "Alike", "Users"]

MOST = 100
"""Custom fields; who has more has others in every record."""


class Users:
    """Users that were read: a column for each attribute."""

    def __init__(self, users: Sequence[msgspec.Struct], attributes: Iterable[str]) -> None:
        self._users = users
        self._attributes = attributes

    def __repr__(self) -> str:
        return f"<Users {len(self._users)}>"

    def column(self, attribute: str) -> list[Any]:
        """The values of an attribute; ``ABSENT`` where a user has none."""
        return column_of(attribute, self._users) if attribute in self._attributes else [ABSENT] * len(self._users)


class Alike:
    """What the users so far have had."""

    def __init__(self) -> None:
        self._attributes: set[str] = set()
        self._fields: set[str] = set()
        self._read: Callable[[bytes], msgspec.Struct] | None = None

    def __repr__(self) -> str:
        return f"<Alike {len(self._attributes)} attributes, {len(self._fields)} custom fields>"

    def read(self, lines: Sequence[bytes]) -> Users | None:
        """Read users; None where one has anything that none had before, or is no ordinary user."""
        if self._read is None:
            return None
        try:
            return Users(list(map(self._read, lines)), self._attributes)
        except FAILURES:
            return None

    def learn(self, users: Sequence[msgspec.Struct]) -> None:
        """Look at users of ``ordinary``, so that those after them are read faster."""
        attributes = {name for name in User.__struct_fields__ if any(_has(value) for value in column_of(name, users))}
        held = [fields for fields in column_of("user_fields", users) if fields]
        fields = set().union(*held)
        if (attributes <= self._attributes and fields <= self._fields) or not all(map(FIELD_KEY, fields)):
            return
        self._attributes |= attributes
        self._fields |= fields
        self._read = _reader(self._attributes, self._fields) if len(self._fields) <= MOST else None


def _has(value: object) -> bool:
    return value is not ABSENT


def _reader(attributes: Iterable[str], keys: Iterable[str]) -> Callable[[bytes], msgspec.Struct]:
    """Make a function that reads users of these attributes and custom fields. It raises ValueError, RecursionError."""
    names = {f"f{number}": key for number, key in enumerate(keys)}
    fields = [(name, Scalar | list[Scalar] | Absent, ABSENT) for name in names]
    custom = msgspec.defstruct("Fields", fields, rename=names, forbid_unknown_fields=True, gc=False)
    of_fields = custom | Absent | None if ATTRIBUTES["user_fields"].nullable else custom | Absent
    own = [(name, of_fields if name == "user_fields" else typed(name), ABSENT) for name in attributes]
    return msgspec.json.Decoder(msgspec.defstruct("User", own, forbid_unknown_fields=True, gc=False)).decode
