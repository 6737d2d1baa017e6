"""Tell which users of a chunk are plainly well: all of them at once. Pure.

Nearly every record needs nothing, so this is where an upload would spend its time. Types are checked by msgspec while
it reads; all else is asked of a whole column of values, in loops that are not Python's. It only says yes where nothing
needs a second look, and never explains: whatever is doubtful is ``validation``'s, which mends it or says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Annotated, Any, TypeVar, cast

import msgspec

from zendesk_async.audience.attributes import ATTRIBUTES, FIELD_KEY, MAX_IDENTITY, Kind
from zendesk_async.audience.column import ABSENT, Absent
from zendesk_async.audience.emails import LONGEST_ORDINARY, ORDINARY, ORDINARY_LINES
from zendesk_async.audience.fitting import WIDEST

__all__ = [
    "FAILURES",
    "Keys",
    "Scalar",
    "User",
    "column_of",
    "each",
    "judged",
    "keys_of",
    "of_line",
    "of_mapping",
    "typed",
]

T = TypeVar("T")

FAILURES = (ValueError, TypeError, RecursionError)
"""What reading and writing raise where it is not possible."""

Keys = tuple[str, ...]

_WHOLE = Annotated[int, msgspec.Meta(ge=1 - WIDEST, le=WIDEST - 1)]

Scalar = str | _WHOLE | float | bool | None

_TYPES: dict[Kind, Any] = {
    Kind.TEXT: str,
    Kind.FLAG: bool,
    Kind.NUMBER: _WHOLE,
    Kind.TEXTS: list[str],
    Kind.FIELDS: dict[str, Scalar | list[Scalar]],
}
_REMEMBERED = 10_000  # keys of custom fields


def typed(name: str) -> Any:
    """The type of an attribute that may be absent."""
    attribute = ATTRIBUTES[name]
    kind = _TYPES[attribute.kind] | Absent
    return kind | None if attribute.nullable else kind


User: type[msgspec.Struct] = msgspec.defstruct(
    "User",
    [
        (name, typed(name), ABSENT)
        for name, attribute in ATTRIBUTES.items()
        if attribute.kind in _TYPES and name != "role"
    ],
    forbid_unknown_fields=True,
    gc=False,  # no user is part of a cycle
)
"""A user as Zendesk wants it. What has further attributes, or others, is no ordinary one."""

of_line: Callable[[bytes], msgspec.Struct] = msgspec.json.Decoder(User).decode
"""Read a JSON line as a user. Raises ValueError, RecursionError where it is not an ordinary one."""


def of_mapping(raw: Any) -> msgspec.Struct:
    """Read a mapping as a user. Raises ValueError, TypeError, RecursionError where it is not an ordinary one."""
    return msgspec.convert(raw, User)


def each(make: Callable[[Any], T], values: Sequence[Any]) -> list[T | None]:
    """Make something of each value; None of those of which it cannot be made."""
    try:
        return list(map(make, values))
    except FAILURES:
        return [_one(make, value) for value in values]


def _one(make: Callable[[Any], T], value: Any) -> T | None:
    try:
        return make(value)
    except FAILURES:
        return None


def column_of(name: str, users: Iterable[msgspec.Struct]) -> list[Any]:
    """One attribute of every user; ``ABSENT`` where there is none."""
    return list(map(attrgetter(name), users))


def judged(users: Sequence[msgspec.Struct], field_keys: set[str]) -> list[Keys | None]:
    """Give the keys of each user; None for those that are not plainly well. ``field_keys`` remembers good keys."""
    keys = keys_of(column_of("external_id", users), column_of("email", users))
    fields = [held for held in column_of("user_fields", users) if held]
    if _well_named(fields, field_keys):
        return keys
    held_by_each = column_of("user_fields", users)
    return [
        own if not held or _well_named((held,), field_keys) else None
        for own, held in zip(keys, held_by_each, strict=True)
    ]


def _well_named(fields: Iterable[Mapping[str, Any]], field_keys: set[str]) -> bool:
    """Whether all keys of custom fields are such as there may be."""
    new = set().union(*fields) - field_keys
    if not all(map(FIELD_KEY, new)):
        return False
    if len(field_keys) < _REMEMBERED:
        field_keys |= new
    return True


# -- keys -------------------------------------------------------------------------------------------------------------


def keys_of(external_ids: Sequence[str | Absent], emails: Sequence[str | Absent]) -> list[Keys | None]:
    """Give the keys of users by their external ids and e-mails; None where one is not plainly well, or both are absent.

    They are in lower case, because Zendesk compares both ignoring case (zendesk-api-facts 1.3).
    """
    columns = []
    for prefix, values, all_well in (("x:", external_ids, _ids_well), ("e:", emails, _emails_well)):
        absent = values.count(ABSENT)
        if absent == len(values):
            continue
        if absent or not all_well(cast("Sequence[str]", values)):
            return list(map(_keys, external_ids, emails))
        columns.append(_lowered(prefix, cast("Sequence[str]", values)))
    return list(zip(*columns, strict=True)) if columns else [None] * len(external_ids)


def _ids_well(values: Sequence[str]) -> bool:
    return max(map(len, values)) <= MAX_IDENTITY and all(map(str.strip, values))


def _emails_well(values: Sequence[str]) -> bool:
    if max(map(len, values)) > LONGEST_ORDINARY:
        return False
    lines = "\n".join(values) + "\n"
    return ORDINARY_LINES(lines) is not None and lines.count("\n") == len(values)


def _lowered(prefix: str, values: Sequence[str]) -> list[str]:
    """The values in lower case behind a prefix: in one go, unless neighbours could matter (as to a final sigma)."""
    together = f"\n{prefix}".join(values)
    if together.isascii():
        lowered = (prefix + together).lower().split("\n")
        if len(lowered) == len(values):
            return lowered
    return [prefix + value.lower() for value in values]


def _keys(external_id: str | Absent, email: str | Absent) -> Keys | None:
    keys: Keys = ()
    if isinstance(external_id, str):
        if len(external_id) > MAX_IDENTITY or not external_id.strip():
            return None
        keys = (f"x:{external_id.lower()}",)
    if isinstance(email, str):
        if len(email) > LONGEST_ORDINARY or not ORDINARY(email):
            return None
        keys += (f"e:{email.lower()}",)
    return keys or None
