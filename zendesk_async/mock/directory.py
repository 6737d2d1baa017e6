"""Looking at users: who am I, one, many, all, a search; and a user's identities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zendesk_async.mock.answers import Answer, gone, json_answer, too_many_values, zulu
from zendesk_async.mock.paging import page
from zendesk_async.mock.users import Users, clean_email

if TYPE_CHECKING:
    from zendesk_async.mock.world import Call, World

__all__ = ["list_identities", "list_users", "me", "search_users", "show_many_users", "show_user"]

_MOST = 100
_ADMIN_ID = 6_130_907_993_114

_UNSET: dict[str, Any] = {
    "name": None,
    "email": None,
    "time_zone": "Eastern Time (US & Canada)",
    "iana_time_zone": "America/New_York",
    "phone": None,
    "shared_phone_number": None,
    "photo": None,
    "locale_id": 1,
    "locale": "en-US",
    "organization_id": None,
    "role": "end-user",
    "verified": False,
    "external_id": None,
    "tags": [],
    "alias": None,
    "active": True,
    "shared": False,
    "shared_agent": False,
    "last_login_at": None,
    "two_factor_auth_enabled": None,
    "signature": None,
    "details": None,
    "notes": None,
    "role_type": None,
    "custom_role_id": None,
    "moderator": False,
    "ticket_restriction": "requested",
    "only_private_comments": False,
    "restricted_agent": True,
    "suspended": False,
    "default_group_id": None,
    "report_csv": False,
}


def me(world: World, call: Call) -> Answer:
    """Answer ``GET /api/v2/users/me``: 200 for everybody, with an anonymous user for nobody (probed 2026)."""
    if world.auth.visitor(call.headers, call.now) == "anonymous":
        anonymous = {"id": None, **_UNSET, "name": "Anonymous user", "user_fields": {}}
        return json_answer(200, {"user": anonymous})
    role = world.options.role
    user = {
        "id": _ADMIN_ID,
        "url": _url(world, _ADMIN_ID),
        **_UNSET,
        "name": "Mock Admin",
        "email": world.options.email,
        "created_at": zulu(world.epoch),
        "updated_at": zulu(world.epoch),
        "role": role,
        "role_type": 4 if role == "admin" else None,
        "verified": True,
        "moderator": role != "end-user",
        "restricted_agent": role != "admin",
        "ticket_restriction": None if role == "admin" else "requested",
        "user_fields": world.fields.shown({}),
    }
    return json_answer(200, {"user": user})


def show_user(world: World, call: Call) -> Answer:
    """Answer ``GET /api/v2/users/{id}``."""
    place = _by_id(world.users, call.argument)
    return gone() if place is None else json_answer(200, {"user": _shown(world, place)})


def show_many_users(world: World, call: Call) -> Answer:
    """Answer ``GET /api/v2/users/show_many?ids=`` or ``?external_ids=``: those unknown are missing, order is by id."""
    by_external = "external_ids" in call.query
    words = [word.strip() for word in call.query.get("external_ids" if by_external else "ids", "").split(",")]
    if len(words) > _MOST:
        return too_many_values("users may be requested")
    find = world.users.by_external if by_external else lambda word: _by_id(world.users, word)
    places = {place for place in map(find, words) if place is not None}
    return _many(world, sorted(places))


def list_users(world: World, call: Call) -> Answer:
    """Answer ``GET /api/v2/users``, by cursor."""
    wanted = page(len(world.users), call.query, f"{world.base_url}/api/v2/users.json")
    if isinstance(wanted, Answer):
        return wanted
    users = [_shown(world, place) for place in range(wanted.start, wanted.end)]
    return json_answer(200, {"users": users, **wanted.envelope})


def search_users(world: World, call: Call) -> Answer:
    """Answer ``GET /api/v2/users/search?external_id=`` or ``?query=`` (``email:…``, ``external_id:…``, an e-mail)."""
    kind, _, word = call.query.get("query", "").rpartition(":")
    external_id = call.query.get("external_id") or (word if kind == "external_id" else "")
    found = world.users.by_external(external_id) if external_id else world.users.by_email(clean_email(word.strip('"')))
    return _many(world, [] if found is None else [found])


def list_identities(world: World, call: Call) -> Answer:
    """Answer ``GET /api/v2/users/{id}/identities``: the primary e-mail, then the others."""
    place = _by_id(world.users, call.argument)
    if place is None:
        return gone()
    user = world.users.at(place)
    emails = [user["email"]] if user.get("email") else []
    emails += world.users.emails(place)
    identities = [
        {"user_id": Users.id_at(place), "type": "email", "value": email, "primary": number == 0}
        for number, email in enumerate(emails)
    ]
    return json_answer(200, {"identities": identities, "next_page": None, "previous_page": None, "count": len(emails)})


def _many(world: World, places: list[int]) -> Answer:
    users = [_shown(world, place) for place in places]
    return json_answer(200, {"users": users, "next_page": None, "previous_page": None, "count": len(users)})


def _shown(world: World, place: int) -> dict[str, Any]:
    user = world.users.at(place)
    user_id = Users.id_at(place)
    created, updated = world.users.times(place)
    return {
        "id": user_id,
        "url": _url(world, user_id),
        **_UNSET,
        **user,
        "created_at": zulu(world.wall(created)),
        "updated_at": zulu(world.wall(updated)),
        "user_fields": world.fields.shown(user.get("user_fields") or {}),
    }


def _by_id(users: Users, word: str) -> int | None:
    return users.by_id(int(word)) if word.isascii() and word.isdigit() else None


def _url(world: World, user_id: int) -> str:
    return f"{world.base_url}/api/v2/users/{user_id}.json"
