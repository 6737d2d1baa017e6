"""The users that the account holds, packed: a million of them fit into well under a gigabyte.

What is stored of a user is one JSON object in bytes. Two tables say which user an external id or an e-mail belongs to:
external ids ignoring case (Zendesk's documentation of create_or_update), e-mails in lower case and trimmed (seen by
Grouparoo). A user's primary e-mail is in the object; further ones stand beside it.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Users", "clean_email", "packed"]

_FIRST_ID = 6_164_068_886_042
_ID_STEP = 128
_PIECE = 256


def clean_email(email: str) -> str:
    """An e-mail address as Zendesk keeps and compares it."""
    return email.strip().lower()


def packed(value: Any) -> bytes:
    """A value as JSON that is going to be kept."""
    # orjson asks for much memory and gives most of it back. Kept by the hundred thousand, the remnants make each
    # further call ten times slower; a copy of the right size does not.
    return memoryview(orjson.dumps(value)).tobytes()


class Users:
    """A store of users, each known by its place: 0, 1, 2… in the order of creation."""

    def __init__(self) -> None:
        self._packed: list[bytes] = []
        self._created = array("d")
        self._updated = array("d")
        self._by_external: dict[str, int] = {}
        self._by_email: dict[str, int] = {}
        self._secondary: dict[int, list[str]] = {}

    def __len__(self) -> int:
        return len(self._packed)

    def by_external(self, external_id: str) -> int | None:
        """The place of the user with this external id, in whatever case."""
        return self._by_external.get(external_id.lower())

    def by_email(self, email: str) -> int | None:
        """The place of the user with this cleaned e-mail, primary or secondary."""
        return self._by_email.get(email)

    def by_id(self, user_id: int) -> int | None:
        """The place of the user with this id."""
        place, rest = divmod(user_id - _FIRST_ID, _ID_STEP)
        return place if rest == 0 and 0 <= place < len(self._packed) else None

    @staticmethod
    def id_at(place: int) -> int:
        """The id of the user at a place; ids grow, as a rule of this account and not of Zendesk's."""
        return _FIRST_ID + _ID_STEP * place

    def at(self, place: int) -> dict[str, Any]:
        """What is stored of a user; a copy."""
        user: dict[str, Any] = orjson.loads(self._packed[place])
        return user

    def times(self, place: int) -> tuple[float, float]:
        """When a user was created and last updated."""
        return self._created[place], self._updated[place]

    def emails(self, place: int) -> list[str]:
        """A user's secondary e-mails."""
        return self._secondary.get(place, [])

    def add(self, user: dict[str, Any], now: float) -> int:
        """Store a new user, whose identities must be free and whose e-mail clean; return its place."""
        place = len(self._packed)
        self._packed.append(packed(user))
        self._created.append(now)
        self._updated.append(now)
        external_id, email = user.get("external_id"), user.get("email")
        if external_id:
            self._by_external[external_id.lower()] = place
        if email:
            self._by_email[email] = place
        return place

    def replace(self, place: int, user: dict[str, Any], old_external_id: str | None, now: float) -> None:
        """Store a user anew, whose identities must be free or its own already."""
        self._packed[place] = packed(user)
        self._updated[place] = now
        external_id = user.get("external_id")
        if external_id != old_external_id:
            if old_external_id:
                self._by_external.pop(old_external_id.lower(), None)
            if external_id:
                self._by_external[external_id.lower()] = place
        if user.get("email"):
            self._by_email[user["email"]] = place

    def add_email(self, place: int, email: str) -> None:
        """Give a user a secondary e-mail, which must be free."""
        self._by_email[email] = place
        self._secondary.setdefault(place, []).append(email)

    def lines(self) -> Iterator[bytes]:
        """All users as NDJSON, some at a time, so that the largest account can be sent while it goes on working."""
        for start in range(0, len(self._packed), _PIECE):
            yield b"".join(self._line(place) for place in range(start, min(start + _PIECE, len(self._packed))))

    def _line(self, place: int) -> bytes:
        head = b'{"id":%d' % self.id_at(place)
        emails = self._secondary.get(place)
        if emails:
            head += b',"secondary_emails":' + orjson.dumps(emails)
        packed = self._packed[place]
        return head + (b"," + packed[1:] if packed != b"{}" else b"}") + b"\n"
