"""Two updates of one user as one: what applying them one after the other would have done. Pure.

Source of the semantics (zendesk-api-facts 1.4): attributes are overwritten, ``user_fields`` merge key by key, ``tags``
are replaced, an explicit null clears.

Values are moved as they are written, never read: a number of any length and precision arrives as it left.

Some attributes are several ways to say one thing, and which of them wins when they come together is Zendesk's to
decide (of ``locale`` and ``locale_id`` the first, zendesk-api-facts 1.2). One after the other, the later wins. So where
the two updates say such a thing in different ways they are not folded.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

__all__ = ["fold"]

Attributes: TypeAlias = dict[str, msgspec.Raw]

_read = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_written = msgspec.json.Encoder().encode

ONE_THING = (
    {"locale", "locale_id", "language"},
    {"organization", "organization_id", "organization_ids", "organization_name"},
    {"group_id", "default_group_id", "group_ids"},
    {"role", "custom_role_id"},
    {"phone", "shared_phone_number"},
)
ADDING = "identities"
"""What each update adds to, instead of overwriting it."""

_ENTANGLED = frozenset().union(*ONE_THING)


def fold(earlier: bytes, later: bytes) -> bytes | None:
    """The user object that does at once what ``earlier`` and then ``later`` would do; None where there is none.

    Where ``later`` says all that ``earlier`` says it is that object itself, to the byte.
    """
    try:
        before, after = _read(earlier), _read(later)
        if _entangled(before, after):
            return None
        fields = _fields(before, after)
    except (RecursionError, msgspec.DecodeError):
        return None  # odd, but two requests can carry it
    if fields is None and before.keys() <= after.keys():
        return later
    user = before | after
    if fields is not None:
        user["user_fields"] = fields
    return _written(user)


def _entangled(before: Attributes, after: Attributes) -> bool:
    """Whether something that the earlier update says would meet another way to say it, or would be lost."""
    if ADDING in before and ADDING in after:
        return True
    left = [name for name in before if name not in after and name in _ENTANGLED]
    return bool(left) and any(not names.isdisjoint(left) and not names.isdisjoint(after) for names in ONE_THING)


def _fields(before: Attributes, after: Attributes) -> msgspec.Raw | None:
    """The custom fields of both, where it takes both to say them; null names no field, so it clears none."""
    if "user_fields" not in before or "user_fields" not in after:
        return None
    earlier, later = _object(before["user_fields"]), _object(after["user_fields"])
    if earlier is None or (later is not None and earlier.keys() <= later.keys()):
        return None
    return msgspec.Raw(_written(earlier | (later or {})))


def _object(value: msgspec.Raw) -> Attributes | None:
    """The members of a JSON object; None for null."""
    return None if bytes(value) == b"null" else _read(value)
