from __future__ import annotations

from typing import Any

import orjson
import pytest

from zendesk_async.audience.attributes import MAX_BODY, MAX_IDENTITY, MAX_LINE, MAX_TEXT
from zendesk_async.audience.invalid import Invalid, UnknownKey
from zendesk_async.audience.validation import Rules, check_sizes, examine


def rules(*, ignore_unknown: bool = False, role: bool = False) -> Rules:
    return Rules(ignore_unknown, role)


@pytest.mark.parametrize(
    ("user", "keys"),
    [
        ({"external_id": "Ab", "email": "X@Y.Com"}, ("x:ab", "e:x@y.com")),
        ({"external_id": 12}, ("x:12",)),
        ({"external_id": None, "email": " X@y.com"}, ("e:x@y.com",)),
        ({"external_id": " Ab", "email": ""}, ("x: ab",)),
    ],
)
def test_keys_are_compared_as_zendesk_compares(user: dict[str, Any], keys: tuple[str, ...]) -> None:
    """Ignoring case, and the e-mail trimmed (zendesk-api-facts 1.3)."""
    assert examine(user, rules()).keys == keys


@pytest.mark.parametrize(
    "user",
    [{}, {"name": "A"}, {"external_id": ""}, {"external_id": " \t"}, {"email": None, "external_id": None}, {"id": 5}],
)
def test_a_record_of_nobody_is_refused(user: dict[str, Any]) -> None:
    """Without external id or e-mail Zendesk would create somebody new each time."""
    with pytest.raises(Invalid, match='needs "external_id" or "email"') as caught:
        examine(user, rules())
    assert caught.value.error == "MissingIdentity"


def test_an_identity_that_is_nothing_is_not_sent() -> None:
    """Neither an empty e-mail nor null must reach Zendesk: an upload takes nobody's identity away."""
    found = examine({"external_id": "A1", "email": " "}, rules())
    assert (found.user, found.changed) == ({"external_id": "A1"}, True)
    assert examine({"external_id": None, "email": "a@b.co"}, rules()).user == {"email": "a@b.co"}


def test_an_email_is_sent_trimmed() -> None:
    """Zendesk would trim it too, and then answer with another than was sent."""
    assert examine({"email": " A@b.co\n"}, rules()).user == {"email": "A@b.co"}


@pytest.mark.parametrize("email", ["a@b", "a b@c.co", "x" * 250 + "@b.co"])
def test_what_is_no_email_is_refused(email: str) -> None:
    """The record is named before Zendesk fails it."""
    with pytest.raises(Invalid) as caught:
        examine({"external_id": "A1", "email": email}, rules())
    assert caught.value.error in {"InvalidEmail", "TooLong"}


def test_an_external_id_has_its_bound() -> None:
    """255 characters are more than any id has."""
    longest = "x" * MAX_IDENTITY
    assert examine({"external_id": longest}, rules()).keys == (f"x:{longest}",)
    with pytest.raises(Invalid, match="256 characters"):
        examine({"external_id": longest + "x"}, rules())


def test_custom_fields_fold_into_their_object() -> None:
    """``user_fields.plan`` beside ``user_fields`` is one object in the end."""
    found = examine({"email": "a@b.co", "user_fields.plan": "gold", "user_fields": {"a": 1}}, rules())
    assert found.user == {"email": "a@b.co", "user_fields": {"a": 1, "plan": "gold"}}
    assert found.changed
    assert examine({"email": "a@b.co", "user_fields.plan": 1, "user_fields": None}, rules()).user["user_fields"] == {
        "plan": 1
    }


def test_a_custom_field_given_twice_is_refused() -> None:
    """One of the two would win by accident."""
    with pytest.raises(Invalid, match=r'"user_fields\.a" is given twice'):
        examine({"email": "a@b.co", "user_fields.a": 1, "user_fields": {"a": 2}}, rules())


@pytest.mark.parametrize("key", ["emial", "user_fields.a b", "Email", "", 5])
def test_an_unknown_key_is_refused_or_let_go(key: Any) -> None:
    """Zendesk drops it in silence; we do only when asked to."""
    user = {"email": "a@b.co", key: "x"}
    with pytest.raises(UnknownKey):
        examine(user, rules())
    assert examine(user, rules(ignore_unknown=True)) == ({"email": "a@b.co"}, ("e:a@b.co",), True)


def test_ignoring_unknown_keys_reaches_into_custom_fields() -> None:
    """A key that no field can have goes; an object without such keys stays the object it was."""
    odd = {"email": "a@b.co", "user_fields": {"a": 1, "a b": 2}}
    assert examine(odd, rules(ignore_unknown=True)).user["user_fields"] == {"a": 1}
    assert not examine({"email": "a@b.co", "user_fields": {"a": 1}}, rules(ignore_unknown=True)).changed


def test_a_role_is_only_sent_where_it_was_mapped() -> None:
    """Sending "end-user" for somebody who is an agent would take the agent's seat away."""
    user = {"email": "a@b.co", "role": "agent"}
    assert examine(user, rules()) == ({"email": "a@b.co"}, ("e:a@b.co",), True)
    assert examine(user, rules(role=True)).user == user


def test_equal_is_not_the_same() -> None:
    """1.0 and 1 are equal to Python, and not to Zendesk: that is a change."""
    assert examine({"email": "a@b.co", "organization_id": 1.0}, rules()).changed


@pytest.mark.parametrize(
    ("user", "complaint"),
    [
        ({"name": "x" * (MAX_LINE + 1)}, '"name" has 1,025 characters; 1,024'),
        ({"notes": "x" * (MAX_TEXT + 1)}, '"notes" has'),
        ({"tags": ["x" * (MAX_LINE + 1)]}, '"tags" has'),
        ({"tags": ["x"] * (MAX_LINE + 1)}, "1,025 items"),
        ({"user_fields": {"a": "x" * (MAX_TEXT + 1)}}, '"user_fields.a" has'),
        ({"user_fields": {"a": ["x" * (MAX_TEXT + 1)]}}, '"user_fields.a" has'),
        ({"identities": [{"value": "x" * MAX_BODY}]}, "bytes as JSON"),
    ],
)
def test_what_is_too_long_to_be_meant_is_refused(user: dict[str, Any], complaint: str) -> None:
    """A whole file in one cell must not travel."""
    with pytest.raises(Invalid, match=complaint) as caught:
        check_sizes(user, len(orjson.dumps(user)))
    assert caught.value.error == "TooLong"


def test_long_texts_are_permitted_where_people_write_them() -> None:
    """Notes and custom fields may hold a page or ten."""
    page = "x" * MAX_TEXT
    user = {"notes": page, "user_fields": {"a": page, "b": 5, "c": None}, "tags": None, "organization_id": 5}
    check_sizes(user, MAX_BODY)
    with pytest.raises(Invalid):
        check_sizes(user, MAX_BODY + 1)
