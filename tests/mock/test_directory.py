"""Looking at users."""

from __future__ import annotations

import pytest

from tests.mock.asking import Asking, person


def settled(count: int = 3) -> Asking:
    asking = Asking()
    asking.results(*(person(number) for number in range(count)))
    return asking


def test_who_am_i() -> None:
    """An admin, with an id and all the keys of a real answer."""
    user = Asking().get("/api/v2/users/me.json").json["user"]
    assert user["id"]
    assert (user["role"], user["email"], user["role_type"]) == ("admin", "admin@example.com", 4)
    assert user.keys() >= {"url", "active", "suspended", "restricted_agent", "custom_role_id", "user_fields"}


def test_a_user_is_shown_in_full() -> None:
    """What was sent, in the place of what is unset, and the moments of creation and of the last change."""
    asking = Asking(fields="tier,vip:checkbox", job_seconds=0)
    asking.results(person(1, user_fields={"tier": "gold"}))
    asking.now = 3600.0
    asking.results({"external_id": "C-1", "phone": "5"})
    user_id = asking.users()[0]["id"]
    user = asking.get(f"/api/v2/users/{user_id}.json").json["user"]
    assert (user["name"], user["phone"], user["role"], user["tags"]) == ("Person 1", "5", "end-user", [])
    assert user["user_fields"] == {"tier": "gold", "vip": False}
    assert (user["created_at"], user["updated_at"]) == ("2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z")


def test_strangers_are_not_found() -> None:
    """Whatever is asked for in place of an id."""
    asking = settled()
    assert [asking.get(f"/api/v2/users/{word}").status for word in ("1", "x", "-1", "½")] == [404] * 4
    assert asking.get("/api/v2/users/1/identities").status == 404


def test_many_users_by_id_and_by_external_id() -> None:
    """Those unknown are missing; external ids in any case."""
    asking = settled()
    ids = [user["id"] for user in asking.users()]
    by_id = asking.get(f"/api/v2/users/show_many?ids={ids[2]},{ids[0]},17").json
    assert [user["id"] for user in by_id["users"]] == [ids[0], ids[2]]
    by_external = asking.get("/api/v2/users/show_many.json?external_ids=c-1,nobody,C-1").json
    assert [user["external_id"] for user in by_external["users"]] == ["C-1"]
    too_many = ",".join(str(number) for number in range(101))
    assert asking.get(f"/api/v2/users/show_many?ids={too_many}").status == 400


def test_all_users_by_cursor() -> None:
    """Page after page, everybody once."""
    asking = settled(5)
    first = asking.get("/api/v2/users?page[size]=3").json
    second = asking.get(f"/api/v2/users?page[size]=3&page[after]={first['meta']['after_cursor']}").json
    names = [user["name"] for user in first["users"] + second["users"]]
    assert names == [f"Person {number}" for number in range(5)]
    assert asking.get("/api/v2/users?page[size]=-1").status == 400


@pytest.mark.parametrize(
    "query",
    [
        "external_id=c-2",
        "query=external_id:C-2",
        "query=email:P2@example.com",
        "query=p2@example.com",
        'query="p2@example.com"',
    ],
)
def test_a_search_finds_by_identity(query: str) -> None:
    """External id or e-mail, in the ways that people type them."""
    found = settled().get(f"/api/v2/users/search?{query}").json
    assert [user["name"] for user in found["users"]] == ["Person 2"]
    assert found["count"] == 1


def test_a_search_may_find_nobody() -> None:
    """An empty list, not an error."""
    assert settled().get("/api/v2/users/search?query=nobody@example.com").json["users"] == []


def test_identities_tell_primary_from_secondary() -> None:
    """The first is the primary e-mail."""
    asking = settled(1)
    asking.results({"external_id": "C-0", "email": "other@example.com"})
    (user,) = asking.users()
    identities = asking.get(f"/api/v2/users/{user['id']}/identities.json").json["identities"]
    assert [(item["value"], item["primary"]) for item in identities] == [
        ("p0@example.com", True),
        ("other@example.com", False),
    ]
