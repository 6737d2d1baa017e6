"""What a Zendesk user has, and of which JSON type. Pure.

Source: ``UserInput`` of Zendesk's OpenAPI document (create_or_update_many; as of 2026-07-07). ``id`` is of its merge
variant; ``organization_name`` is deprecated there and still accepted.

No limit on the length of anything is documented (zendesk-api-facts 5.4). Those here are far above what a person's
record holds, and keep nonsense (a whole file in one cell) from travelling; within them, Zendesk has the last word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from zendesk_async.config.wording import did_you_mean

__all__ = [
    "ATTRIBUTES",
    "FIELD_KEY",
    "MAX_BODY",
    "MAX_IDENTITY",
    "MAX_LINE",
    "MAX_TEXT",
    "Attribute",
    "Kind",
    "field_of",
    "is_known",
    "unknown",
]

MAX_IDENTITY = 255
"""Characters of an external id or e-mail."""

MAX_LINE = 1_024
"""Characters of any other text of one line, and number of tags."""

MAX_TEXT = 65_536
"""Characters of details, notes, signature, and of a custom field."""

MAX_BODY = 262_144
"""Bytes of one user as JSON."""


class Kind(StrEnum):
    """A JSON type, in words for a message."""

    TEXT = "a string"
    FLAG = "true or false"
    NUMBER = "a whole number"
    TEXTS = "a list of strings"
    NUMBERS = "a list of whole numbers"
    FIELDS = "an object of custom fields"
    OBJECT = "an object"
    OBJECTS = "a list of objects"


class Attribute(NamedTuple):
    """One attribute: its type, whether null clears it, and how many characters it may have where it is text."""

    kind: Kind
    nullable: bool = True
    longest: int = MAX_LINE


ATTRIBUTES: dict[str, Attribute] = {
    "active_brand_id": Attribute(Kind.NUMBER),
    "agent_brand_ids": Attribute(Kind.NUMBERS, nullable=False),
    "alias": Attribute(Kind.TEXT),
    "custom_role_id": Attribute(Kind.NUMBER),
    "default_group_id": Attribute(Kind.NUMBER),
    "details": Attribute(Kind.TEXT, longest=MAX_TEXT),
    "email": Attribute(Kind.TEXT, nullable=False, longest=MAX_IDENTITY),
    "external_id": Attribute(Kind.TEXT, nullable=False, longest=MAX_IDENTITY),
    "group_id": Attribute(Kind.NUMBER),
    "group_ids": Attribute(Kind.NUMBERS, nullable=False),
    "id": Attribute(Kind.NUMBER, nullable=False),
    "identities": Attribute(Kind.OBJECTS, nullable=False),
    "language": Attribute(Kind.TEXT),
    "locale": Attribute(Kind.TEXT),
    "locale_id": Attribute(Kind.NUMBER),
    "moderator": Attribute(Kind.FLAG),
    "name": Attribute(Kind.TEXT, nullable=False),
    "notes": Attribute(Kind.TEXT, longest=MAX_TEXT),
    "only_private_comments": Attribute(Kind.FLAG),
    "organization": Attribute(Kind.OBJECT, nullable=False),
    "organization_id": Attribute(Kind.NUMBER),
    "organization_ids": Attribute(Kind.NUMBERS),
    "organization_name": Attribute(Kind.TEXT),
    "password": Attribute(Kind.TEXT, nullable=False),
    "phone": Attribute(Kind.TEXT),
    "remote_photo_url": Attribute(Kind.TEXT, nullable=False, longest=MAX_TEXT),
    "role": Attribute(Kind.TEXT, nullable=False),
    "separation": Attribute(Kind.OBJECT, nullable=False),
    "shared_phone_number": Attribute(Kind.FLAG),
    "signature": Attribute(Kind.TEXT, longest=MAX_TEXT),
    "skip_verify_email": Attribute(Kind.FLAG),
    "suspended": Attribute(Kind.FLAG),
    "tags": Attribute(Kind.TEXTS),
    "ticket_restriction": Attribute(Kind.TEXT),
    "time_zone": Attribute(Kind.TEXT),
    "user_fields": Attribute(Kind.FIELDS),
    "verified": Attribute(Kind.FLAG),
}
"""``external_id`` is nullable at Zendesk; here null is no identity, because an upload must not take one away."""

FIELD_KEY = re.compile(r"[A-Za-z0-9_]+").fullmatch
"""What a custom field's key may look like (zendesk-api-facts 5.2)."""

_PREFIX = "user_fields."


def field_of(name: str) -> str | None:
    """Give the custom field that ``user_fields.<key>`` names; None when the name is not of that form."""
    return name[len(_PREFIX) :] if name.startswith(_PREFIX) else None


def is_known(name: str) -> bool:
    """Whether a record may have a key of this name."""
    key = field_of(name)
    return name in ATTRIBUTES if key is None else FIELD_KEY(key) is not None


def unknown(name: str, more: Iterable[str] = ()) -> str:
    """Say that a name is no attribute, and which may have been meant; ``more`` are other names that would be right."""
    key = field_of(name)
    if key is not None:
        return f'"{name}" names no custom field: a key has letters, digits and underscores only.'
    hint = did_you_mean(name, [*ATTRIBUTES, *more])
    if not hint and FIELD_KEY(name):
        hint = f' If it is a custom field, call it "{_PREFIX}{name}".'
    return f'"{name}" is no attribute of a Zendesk user.{hint}'
