"""Judge a user before Zendesk does. Pure.

One ill-typed attribute makes Zendesk refuse a whole request of a hundred users (zendesk-api-facts 1.6), and unknown
ones it drops in silence (1.7); so both are found here, where they cost one record and come with a reason.

``ordinary`` is asked about every record, and says of nearly all that nothing needs a second look. ``examine`` looks at
the others: it mends what may be mended (a number where a string is wanted, blanks around an e-mail), and says of the
rest what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from zendesk_async.audience.attributes import (
    ATTRIBUTES,
    FIELD_KEY,
    MAX_BODY,
    MAX_IDENTITY,
    MAX_LINE,
    MAX_TEXT,
    Kind,
    field_of,
    unknown,
)
from zendesk_async.audience.emails import why_not
from zendesk_async.audience.fitting import field_value, fitted, text
from zendesk_async.audience.invalid import Invalid, UnknownKey
from zendesk_async.audience.makes import shown

__all__ = ["IDENTITIES", "Examined", "Rules", "check_sizes", "examine"]

User = dict[str, Any]

IDENTITIES = frozenset({"external_id", "email"})
"""Attributes by which Zendesk finds a user."""

_TYPES = {Kind.TEXT: str, Kind.FLAG: bool, Kind.NUMBER: int}
_SIMPLE = {name: _TYPES[it.kind] for name, it in ATTRIBUTES.items() if it.kind in _TYPES and name not in IDENTITIES}
_SIMPLE.pop("role")


class Rules(NamedTuple):
    """What is permitted.

    ``role`` is only sent where a template maps it: an upload of customers must not make one of an agent
    (zendesk-api-facts 1.4).
    """

    ignore_unknown: bool
    role: bool


class Examined(NamedTuple):
    """A user that may be sent, whose they are, and whether they had to be changed for it."""

    user: User
    keys: tuple[str, ...]
    changed: bool


def examine(given: User, rules: Rules) -> Examined:
    """Look at every attribute, and mend what may be mended. Raises Invalid, UnknownKey."""
    user: User = {}
    fields: User = {}
    for name, value in given.items():
        if type(value) is _SIMPLE.get(name):
            user[name] = value
        elif name in ATTRIBUTES:
            _attribute(user, name, value, rules)
        elif (key := field_of(str(name))) and FIELD_KEY(key):
            fields[key] = field_value(key, value)
        elif not rules.ignore_unknown:
            raise UnknownKey(unknown(str(name)))
    if fields:
        _fold(user, fields)
    return Examined(user, _keys(user), _differ(user, given))


def _attribute(user: User, name: str, value: Any, rules: Rules) -> None:
    if name == "role" and not rules.role:
        return
    if name == "user_fields" and rules.ignore_unknown and isinstance(value, dict):
        value = _without_unknown(value)
    if name in IDENTITIES:
        value = _identity(name, value)
        if value is None:
            return
    user[name] = fitted(name, value)


def _without_unknown(fields: User) -> User:
    if all(FIELD_KEY(str(key)) for key in fields):
        return fields
    return {key: held for key, held in fields.items() if FIELD_KEY(str(key))}


def _fold(user: User, fields: User) -> None:
    """Put ``user_fields.<key>`` where Zendesk wants it."""
    given = user.get("user_fields") or {}
    twice = given.keys() & fields.keys()
    if twice:
        raise Invalid("InvalidValue", f'"user_fields.{min(twice)}" is given twice')
    user["user_fields"] = given | fields


def _identity(name: str, value: Any) -> str | None:
    """An external id or e-mail; None where that is nothing, which identifies nobody and must not be sent."""
    if value is None:
        return None
    written: str = text(name, value)
    if not written.strip():
        return None
    if len(written) > MAX_IDENTITY:
        raise Invalid("TooLong", f'"{name}" has {len(written):,} characters; {MAX_IDENTITY} are permitted')
    return written if name == "external_id" else _email(written.strip())


def _email(email: str) -> str:
    wrong = why_not(email)
    if wrong:
        raise Invalid("InvalidEmail", f"{shown(email)} is no e-mail address: {wrong}")
    return email


def _keys(user: User) -> tuple[str, ...]:
    keys = []
    if "external_id" in user:
        keys.append(f"x:{user['external_id'].lower()}")
    if "email" in user:
        keys.append(f"e:{user['email'].lower()}")
    if not keys:
        raise Invalid("MissingIdentity", 'a record needs "external_id" or "email"')
    return tuple(keys)


def _differ(user: User, given: User) -> bool:
    """Whether anything was changed. Not told by ==, for which 1, 1.0 and true are the same."""
    if user.keys() != given.keys():
        return True
    return any(value is not given[name] for name, value in user.items())


# -- sizes: asked only of a user of more bytes than any one value may have characters ---------------------------------


def check_sizes(user: User, size: int) -> None:
    """Refuse what is too long to be meant. Raises Invalid."""
    if size > MAX_BODY:
        raise Invalid("TooLong", f"the record has {size:,} bytes as JSON; {MAX_BODY:,} are permitted")
    for name, value in user.items():
        attribute = ATTRIBUTES[name]
        if attribute.kind is Kind.TEXT:
            _check_length(name, (value,), attribute.longest)
        elif attribute.kind is Kind.TEXTS and value:
            _check_length(name, value, MAX_LINE)
            if len(value) > MAX_LINE:
                raise Invalid("TooLong", f'"{name}" has {len(value):,} items; {MAX_LINE:,} are permitted')
        elif attribute.kind is Kind.FIELDS and value:
            for key, held in value.items():
                _check_length(f"{name}.{key}", held if isinstance(held, list) else (held,), MAX_TEXT)


def _check_length(name: str, values: Iterable[Any], longest: int) -> None:
    for value in values:
        if isinstance(value, str) and len(value) > longest:
            raise Invalid("TooLong", f'"{name}" has {len(value):,} characters; {longest:,} are permitted')
