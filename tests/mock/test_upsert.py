"""One record meets the users that are there."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mock.asking import person
from zendesk_async.mock.fields import Refusal, UserFields
from zendesk_async.mock.upsert import failed_result, upsert
from zendesk_async.mock.users import Users

TAGGED = [{"key": "vip", "title": "VIP", "type": "checkbox", "tag": "is_vip"}]


class House:
    """A store and its fields."""

    def __init__(self, *definitions: dict[str, Any], is_open: bool = True) -> None:
        self.users = Users()
        self.fields = UserFields(None if is_open and not definitions else definitions, 0.0)

    def put(self, **sent: Any) -> dict[str, Any]:
        return upsert(self.users, self.fields, sent, 1.0)

    def refused(self, **sent: Any) -> str:
        before = list(self.users.lines())
        with pytest.raises(Refusal) as refusal:
            self.put(**sent)
        assert list(self.users.lines()) == before
        return str(refusal.value)

    def all(self) -> list[dict[str, Any]]:
        return [self.users.at(place) for place in range(len(self.users))]

    def one(self) -> dict[str, Any]:
        (user,) = self.all()
        return user


def test_somebody_new_is_created() -> None:
    """The result has id, status, e-mail and external id, and nothing else; what is stored is what was sent."""
    house = House()
    result = house.put(**person(1, notes="n", verified=True))
    assert result == {
        "id": house.users.id_at(0),
        "status": "Created",
        "email": "p1@example.com",
        "external_id": "C-1",
    }
    assert house.one() == person(1, notes="n", verified=True)


def test_a_result_leaves_out_what_the_user_has_not() -> None:
    """Without e-mail or external id their keys are absent."""
    house = House()
    assert house.put(name="x").keys() == {"id", "status"}
    assert house.put(name="x", external_id="7").keys() == {"id", "status", "external_id"}
    assert house.put(external_id="7", email="").keys() == {"id", "status", "external_id"}


def test_without_an_identity_somebody_is_created_each_time() -> None:
    """There is nothing to recognise them by."""
    house = House()
    assert house.put(name="x")["status"] == house.put(name="x")["status"] == "Created"
    assert len(house.users) == 2


def test_an_external_id_is_known_in_any_case_and_rewritten() -> None:
    """The search ignores case, and the stored id takes the case that was sent last."""
    house = House()
    house.put(**person(1))
    assert house.put(external_id="c-1")["status"] == "Updated"
    assert house.one()["external_id"] == "c-1"


def test_an_email_is_known_in_any_case() -> None:
    """Case and surrounding space do not make another user, and it is kept low."""
    house = House()
    created = house.put(name="x", email=" Ann@Example.com")
    updated = house.put(email="ANN@example.com ")
    assert created["id"] == updated["id"]
    assert updated["email"] == "ann@example.com"


def test_the_external_id_wins_over_the_email() -> None:
    """With both, the user of the external id is meant; a new e-mail becomes a second one, the primary stays."""
    house = House()
    house.put(**person(1))
    result = house.put(external_id="C-1", email="other@example.com")
    assert (result["status"], result["email"]) == ("Updated", "p1@example.com")
    assert house.users.emails(0) == ["other@example.com"]
    assert house.put(email="other@example.com")["id"] == result["id"]


def test_a_user_without_email_gets_its_first() -> None:
    """The first e-mail of somebody who has none is the primary one."""
    house = House()
    house.put(external_id="1", name="x")
    assert house.put(external_id="1", email="a@example.com")["email"] == "a@example.com"
    assert house.users.emails(0) == []
    assert house.put(email="a@example.com")["status"] == "Updated"


def test_an_email_of_somebody_else_is_refused() -> None:
    """The record fails, and neither of the two is changed."""
    house = House()
    house.put(**person(1))
    house.put(**person(2))
    told = house.refused(external_id="C-1", email="P2@example.com", name="changed")
    assert told == "Email: p2@example.com is already being used by another user"


def test_an_external_id_is_given_to_whom_the_email_names() -> None:
    """A new external id with a known e-mail is that user's from now on, in place of the old."""
    house = House()
    house.put(**person(1))
    assert house.put(external_id="New", email="p1@example.com")["external_id"] == "New"
    assert house.put(external_id="C-1", name="y")["status"] == "Created"


def test_a_null_external_id_is_taken_away() -> None:
    """Null and the empty text clear it."""
    house = House()
    for nothing in (None, ""):
        house.put(**person(1))
        assert "external_id" not in house.put(email="p1@example.com", external_id=nothing)
        assert house.one()["external_id"] is None


def test_an_id_names_its_user() -> None:
    """An id that is a user's comes before everything else; any other is ignored."""
    house = House()
    first, second = house.put(**person(1)), house.put(**person(2))
    assert house.put(id=first["id"], phone="1")["id"] == first["id"]
    assert house.refused(id=first["id"], external_id="C-2") == "External: C-2 has already been taken"
    assert house.put(id=5, external_id="C-2")["id"] == second["id"]
    assert house.put(id="", name="z")["status"] == "Created"


@pytest.mark.parametrize(
    "email", ["x", "x@y", "@example.com", "a b@example.com", "x@example.com_", "a@b..com", "x@example.c", "a@b@c.com"]
)
def test_a_malformed_email_is_refused(email: str) -> None:
    """In the observed words, and as it was sent."""
    assert House().refused(name="x", email=email) == f"Name: Email: {email} is not properly formatted"


@pytest.mark.parametrize("email", ["a.b+c@sub.example.co.uk", "ü@münchen.de", "a@b-c.org", "x@1.fm", "a@x.xn--p1ai"])
def test_an_unusual_email_is_fine(email: str) -> None:
    """Not every odd address is wrong."""
    assert House().put(name="x", email=email)["email"] == email


@pytest.mark.parametrize("name", ["", "  ", None])
def test_a_name_must_be_one(name: str | None) -> None:
    """An empty name is refused, for the new and for the known."""
    house = House()
    house.put(**person(1))
    assert house.refused(external_id="C-1", name=name) == "Name: is too short (minimum is 1 characters)"
    assert house.refused(external_id="new", name=name) == "Name: is too short (minimum is 1 characters)"


def test_nobody_is_created_without_a_name_and_anybody_updated() -> None:
    """The name is wanted for creation only."""
    house = House()
    assert house.refused(external_id="C-1") == "Name: is too short (minimum is 1 characters)"
    house.put(**person(1))
    assert house.put(external_id="C-1", phone="5")["status"] == "Updated"
    assert house.one()["name"] == "Person 1"


def test_tags_are_replaced_and_everything_else_overwritten() -> None:
    """What is not sent stays."""
    house = House()
    house.put(**person(1, tags=["a", "b", "a"], notes="old", details="stay"))
    assert house.one()["tags"] == ["a", "b"]
    house.put(external_id="C-1", tags=["c"], notes="new")
    assert (house.one()["tags"], house.one()["notes"], house.one()["details"]) == (["c"], "new", "stay")
    house.put(external_id="C-1", tags=None)
    assert house.one()["tags"] == []


def test_custom_values_merge_and_null_clears() -> None:
    """Key by key; a null for all of them changes nothing."""
    house = House()
    house.put(**person(1, user_fields={"a": 1, "b": 2, "n": None}))
    assert house.one()["user_fields"] == {"a": 1, "b": 2}
    house.put(external_id="C-1", user_fields={"b": None, "c": 3})
    assert house.one()["user_fields"] == {"a": 1, "c": 3}
    house.put(external_id="C-1", user_fields=None)
    assert house.one()["user_fields"] == {"a": 1, "c": 3}


def test_a_cleared_alias_is_an_empty_text() -> None:
    """As recorded."""
    house = House()
    house.put(**person(1, alias="A"))
    house.put(external_id="C-1", alias=None)
    assert house.one()["alias"] == ""


def test_a_checkbox_and_the_tags_go_together() -> None:
    """A true checkbox adds its tag whatever tags are sent, and takes it away when it turns false."""
    house = House(*TAGGED)
    house.put(**person(1, tags=["x"], user_fields={"vip": True}))
    assert house.one()["tags"] == ["x", "is_vip"]
    house.put(external_id="C-1", tags=[])
    assert house.one()["tags"] == ["is_vip"]
    house.put(external_id="C-1", user_fields={"vip": False})
    assert house.one()["tags"] == []


def test_a_value_that_does_not_fit_fails_the_record() -> None:
    """And nothing of it is stored."""
    house = House({"key": "age", "title": "Age", "type": "integer"})
    assert house.refused(**person(1, user_fields={"age": "old"})) == "Age: is invalid"
    house.put(**person(1))
    assert house.refused(external_id="C-1", notes="no", user_fields={"age": []}) == "Age: is invalid"


def test_secrets_are_not_stored() -> None:
    """What can be written and not read is not kept."""
    house = House()
    house.put(**person(1, password="secret", skip_verify_email=True, remote_photo_url="http://x"))
    assert house.one().keys() == {"external_id", "name", "email"}


def test_identities_bring_further_emails() -> None:
    """E-mails among the identities become secondary ones, the first of somebody without e-mail the primary."""
    house = House()
    more = [
        {"type": "email", "value": "B@example.com"},
        {"type": "twitter", "value": "b"},
        {"type": "email", "value": 3},
    ]
    assert house.put(external_id="1", name="x", identities=more)["email"] == "b@example.com"
    house.put(external_id="1", identities=[*more, {"type": "email", "value": "c@example.com"}])
    assert house.users.emails(0) == ["c@example.com"]
    house.put(
        external_id="3", name="z", email="d@example.com", identities=[{"type": "email", "value": "e@example.com"}]
    )
    assert house.users.emails(1) == ["e@example.com"]
    told = house.refused(external_id="2", name="y", identities=more)
    assert told == "Email: b@example.com is already being used by another user"


def test_a_failed_result_bears_its_place() -> None:
    """The id is the index in the request, and identities are there unless they are to be left out."""
    sent = {"name": "x", "email": "bad"}
    assert failed_result(3, sent, "why", bare=False) == {
        "id": 3,
        "email": "bad",
        "status": "Failed",
        "error": "UserUpdateError",
        "details": "why",
    }
    assert failed_result(3, sent, "why", bare=True).keys() == {"id", "status", "error", "details"}


RECORDS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "external_id": st.sampled_from(["a", "A", "b", "B", "c", "", None]),
            "email": st.sampled_from(["a@x.de", "A@x.de", "b@x.de", " b@x.de", "c@x.de", "bad", "", None]),
            "name": st.sampled_from(["N", "", None]),
            "tags": st.lists(st.sampled_from("xyz"), max_size=3),
            "user_fields": st.dictionaries(st.sampled_from("kl"), st.one_of(st.none(), st.integers(0, 3))),
            "alias": st.sampled_from(["q", None]),
        },
    ),
    max_size=25,
)


@settings(deadline=None)
@given(RECORDS)
def test_no_identity_ever_belongs_to_two(records: list[dict[str, Any]]) -> None:
    """Whatever comes, each external id and e-mail names one user, who is found by it."""
    house = House()
    for sent in records:
        try:
            house.put(**sent)
        except Refusal:
            continue
    externals = [user["external_id"].lower() for user in house.all() if user.get("external_id")]
    emails = [
        email
        for place, user in enumerate(house.all())
        for email in [user["email"], *house.users.emails(place)]
        if email
    ]
    assert len(set(externals)) == len(externals)
    assert len(set(emails)) == len(emails)
    assert [house.users.by_external(word) is not None for word in externals] == [True] * len(externals)
    for place, user in enumerate(house.all()):
        assert not user["email"] or house.users.by_email(user["email"]) == place


@settings(deadline=None)
@given(RECORDS)
def test_sending_again_changes_nothing(records: list[dict[str, Any]]) -> None:
    """An upsert that was taken is taken again, as an update of the same user to the same state."""
    house = House()
    for sent in records:
        if not (sent.get("external_id") or sent.get("email")):
            continue
        try:
            result = house.put(**sent)
        except Refusal:
            continue
        before = house.all()
        assert house.put(**sent) == {**result, "status": "Updated"}
        assert [{**user, "alias": user.get("alias") or ""} for user in house.all()] == [
            {**user, "alias": user.get("alias") or ""} for user in before
        ]
