"""User fields over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mock.asking import Asking

PLACE = "/api/v2/user_fields.json"


def define(asking: Asking, **sent: Any) -> Any:
    return asking.ask("POST", PLACE, {"user_field": sent})


def test_an_account_without_definitions_lists_none() -> None:
    """Every key is accepted, and none is listed."""
    asking = Asking()
    assert asking.get(PLACE).json == {"user_fields": [], "next_page": None, "previous_page": None, "count": 0}
    asking.results({"name": "x", "user_fields": {"anything": 1}})
    assert asking.users()[0]["user_fields"] == {"anything": 1}


def test_a_field_is_created_listed_and_shown() -> None:
    """201 with its place, and it is there by id and by key."""
    asking = Asking()
    said = define(asking, key="tier", title="Tier", type="dropdown", custom_field_options=[{"name": "G", "value": "g"}])
    field = said.json["user_field"]
    assert said.status == 201
    assert said.headers["location"] == field["url"]
    assert field["url"].endswith(f"/api/v2/user_fields/{field['id']}.json")
    assert asking.get(PLACE).json["user_fields"] == [field]
    assert asking.get("/api/v2/user_fields/tier").json["user_field"] == field
    assert asking.get(f"/api/v2/user_fields/{field['id']}.json").json["user_field"] == field
    assert asking.get("/api/v2/user_fields/nobody").status == 404


def test_a_created_field_counts_from_then_on() -> None:
    """An account with definitions casts the new one's values too."""
    asking = Asking(fields="a")
    asking.results({"name": "x", "user_fields": {"age": "7"}})
    define(asking, key="age", title="Age", type="integer")
    asking.results({"name": "y", "user_fields": {"age": "7"}})
    assert [user["user_fields"] for user in asking.users()] == [{}, {"age": 7}]


def test_a_bad_definition_is_a_422() -> None:
    """With the reason under the attribute that it is about."""
    asking = Asking(fields="tier")
    said = define(asking, key="tier", title="Again")
    assert said.status == 422
    assert said.json == {
        "error": "RecordInvalid",
        "description": "Record validation errors",
        "details": {"key": [{"description": "Key: tier has already been taken"}]},
    }


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'{"user_field": 3}'])
def test_a_body_that_is_no_definition_is_a_400(body: bytes) -> None:
    """Whatever was sent, an answer comes."""
    assert Asking().ask("POST", PLACE, body).status == 400


def test_only_admins_define_fields() -> None:
    """An agent may read them."""
    asking = Asking(role="agent")
    assert define(asking, key="tier", title="Tier").status == 403
    assert asking.get(PLACE).status == 200


def test_long_lists_come_in_pages() -> None:
    """By cursor if asked for, by page number otherwise; a hundred at most."""
    asking = Asking(fields=",".join(f"field_{number}" for number in range(150)))
    first = asking.get(PLACE).json
    assert (len(first["user_fields"]), first["count"]) == (100, 150)
    assert len(asking.get(f"{PLACE}?page=2").json["user_fields"]) == 50
    by_cursor = asking.get(f"{PLACE}?page[size]=60").json
    assert (len(by_cursor["user_fields"]), by_cursor["meta"]["has_more"]) == (60, True)
    assert "next_page" not in by_cursor
    assert asking.get(f"{PLACE}?page[after]=x").status == 400
