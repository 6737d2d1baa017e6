"""One record meets the users that are there.

Matching: by ``id`` if it is a user's, else by external id ignoring case, else by e-mail; the external id wins
(Amperity's documentation), and is rewritten in the case that was sent (Zendesk's documentation of create_or_update).

Updating: ``tags`` replaces, ``user_fields`` merges key by key and null clears, a new e-mail becomes a secondary one
while the primary stays, everything else is overwritten (recordings of single updates, 2021; that bulk does the same
is [INF], and so is the wording of all refusals but that of a malformed e-mail).
"""

from __future__ import annotations

import re
from typing import Any

from zendesk_async.mock.fields import Refusal, UserFields
from zendesk_async.mock.users import Users, clean_email

__all__ = ["failed_result", "upsert"]

User = dict[str, Any]

_EMAIL = re.compile(r"[^@\s,;<>()\"]+@(?:[\w-]+\.)+(?:[^\W\d_]{2,}|xn--[\w-]+)")
_NO_NAME = "Name: is too short (minimum is 1 characters)"
_NEVER_STORED = ("id", "password", "skip_verify_email", "remote_photo_url", "identities")


def upsert(users: Users, fields: UserFields, sent: User, now: float) -> User:
    """Create or update one user and return its result. Raises ``Refusal``, with nothing changed."""
    external_id, email = sent.get("external_id"), sent.get("email")
    if "name" in sent and not (sent["name"] or "").strip():
        raise Refusal(_NO_NAME)
    owner = None
    if email:
        email = clean_email(email)
        owner = users.by_email(email)
        if owner is None and not _EMAIL.fullmatch(email):
            raise Refusal(f"Name: Email: {sent['email']} is not properly formatted")
    place = users.by_external(external_id) if external_id else None
    if place is None:
        place = owner
    if "id" in sent:
        place = _named(users, sent, place)
    if place is None:
        return _create(users, fields, sent, email or None, now)
    if owner is not None and owner != place:
        raise Refusal(f"Email: {email} is already being used by another user")
    return _update(users, fields, sent, place, email if owner is None else None, now)


def _named(users: Users, sent: User, place: int | None) -> int | None:
    """The user whose ``id`` was sent, if there is one. Raises ``Refusal`` if the external id is somebody else's."""
    named = users.by_id(sent["id"]) if isinstance(sent["id"], int) else None
    if named is None:
        return place
    external_id = sent.get("external_id")
    if external_id and users.by_external(external_id) not in (None, named):
        raise Refusal(f"External: {external_id} has already been taken")
    return named


def _create(users: Users, fields: UserFields, sent: User, email: str | None, now: float) -> User:
    if "name" not in sent:
        raise Refusal(_NO_NAME)
    emails = _further_emails(users, sent, None) if "identities" in sent else []
    if email is None and emails:
        email = emails.pop(0)
    user = _stored(sent)
    user["email"] = email
    _fill(user, fields, sent, {})
    place = users.add(user, now)
    for further in emails:
        users.add_email(place, further)
    return _result(place, "Created", user)


def _update(users: Users, fields: UserFields, sent: User, place: int, new_email: str | None, now: float) -> User:
    emails = [new_email] if new_email else []
    if "identities" in sent:
        emails += _further_emails(users, sent, place)
    old = users.at(place)
    primary = old.get("email") or (emails.pop(0) if emails else None)
    user = _stored({**old, **sent})
    user["email"] = primary
    if user.get("alias", "") is None:
        user["alias"] = ""
    _fill(user, fields, sent, old)
    users.replace(place, user, old.get("external_id"), now)
    for further in emails:
        users.add_email(place, further)
    return _result(place, "Updated", user)


def _stored(sent: User) -> User:
    """A copy without what is written and never read."""
    user = sent.copy()
    for name in _NEVER_STORED:
        if name in user:
            del user[name]
    if user.get("external_id") == "":
        user["external_id"] = None
    return user


def _result(place: int, status: str, user: User) -> User:
    """What a job says of a user; e-mail (the primary one) and external id are there if the user has them."""
    result: User = {"id": Users.id_at(place), "status": status}
    if user["email"]:
        result["email"] = user["email"]
    if user.get("external_id"):
        result["external_id"] = user["external_id"]
    return result


def _further_emails(users: Users, sent: User, place: int | None) -> list[str]:
    """The e-mails among ``identities`` that the user does not have yet. Raises ``Refusal`` for one that is taken."""
    wanted = []
    for identity in sent["identities"] or ():
        if isinstance(identity, dict) and identity.get("type") == "email" and isinstance(identity.get("value"), str):
            email = clean_email(identity["value"])
            owner = users.by_email(email)
            if owner is None:
                wanted.append(email)
            elif owner != place:
                raise Refusal(f"Email: {email} is already being used by another user")
    primary = clean_email(sent.get("email") or "")
    return [email for email in dict.fromkeys(wanted) if email != primary]


def _fill(user: User, fields: UserFields, sent: User, old: User) -> None:
    """Merge the custom values, and bring the tags in line with the checkboxes."""
    values, changed = old.get("user_fields") or {}, {}
    if "user_fields" in sent:
        changed = fields.cast(sent["user_fields"] or {})
        values = {**values, **changed} if values else changed
        if None in changed.values():
            values = {key: value for key, value in values.items() if value is not None}
        user["user_fields"] = values
    if fields.tags:
        user["tags"] = fields.tagged(user.get("tags") or (), values, changed)
    elif "tags" in sent:
        tags = sent["tags"] or []
        user["tags"] = tags if len(set(tags)) == len(tags) else list(dict.fromkeys(tags))


def failed_result(index: int, sent: User, details: str, *, bare: bool) -> User:
    """The result of a refused record: its ``id`` is its place in the request, not a user's."""
    result: User = {"id": index}
    if not bare:
        for name in ("email", "external_id"):
            if sent.get(name):
                result[name] = sent[name]
    return {**result, "status": "Failed", "error": "UserUpdateError", "details": details}
