from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.audience.attributes import ATTRIBUTES, MAX_BODY, MAX_IDENTITY, MAX_LINE, MAX_TEXT
from zendesk_async.audience.invalid import Invalid, UnknownKey
from zendesk_async.audience.validation import Rules, check_sizes, examine, ordinary

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9)
)
VALUES = (
    SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "ü"]), SCALARS, max_size=2)
)
ANYTHING = st.dictionaries(
    st.sampled_from([*ATTRIBUTES, "emial", "user_fields.plan", "user_fields.a b"]), VALUES, max_size=5
)
SOMEBODY = st.fixed_dictionaries(
    {},
    optional={
        "external_id": st.sampled_from(["A1", " ", "", "x" * 300]),
        "email": st.sampled_from(["A@b.co", " a@b.co ", "a@b", ""]),
        "user_fields": st.sampled_from([{"a": 1}, {}, None]),
    },
)
USERS = st.builds(dict.__or__, ANYTHING, SOMEBODY)


def rules(*, ignore_unknown: bool = False, role: bool = False) -> Rules:
    return Rules(ignore_unknown, role, {"a", "b", "plan"})


@given(USERS)
def test_the_quick_look_accepts_nothing_that_the_careful_one_refuses(user: dict[str, Any]) -> None:
    """It may only say yes where examining would change nothing and give the same keys."""
    keys = ordinary(user, {"a", "b"})
    if keys is None:
        return
    assert examine(user, rules()) == (user, keys, False)


@pytest.mark.parametrize(
    "user",
    [
        {"external_id": "A1"},
        {"email": "a@b.co"},
        {
            "external_id": "A1",
            "email": "a@b.co",
            "name": "A",
            "phone": None,
            "tags": ["x"],
            "verified": False,
            "organization_id": 5,
            "user_fields": {"a": "x", "b": None},
            "id": 7,
        },
        {"external_id": "A1", "tags": [], "user_fields": {}},
        {"external_id": "A1", "tags": None, "user_fields": None},
    ],
)
def test_the_quick_look_accepts_what_is_usual(user: dict[str, Any]) -> None:
    """Otherwise every record would take the long way."""
    assert ordinary(user, {"a", "b"})


@pytest.mark.parametrize(
    "odd",
    [
        {"name": None},
        {"name": 5},
        {"email": "x" * 65 + "@b.co"},
        {"email": "a@b"},
        {"email": None},
        {"tags": ["a", 5]},
        {"tags": ["a", None]},
        {"user_fields": {"a": {"b": 1}}},
        {"user_fields": {"new": 1}},
        {"organization_id": True},
        {"verified": 1},
        {"group_ids": [1]},
        {"external_id": None},
        {"external_id": ""},
        {"external_id": "  "},
        {"role": "end-user"},
        {"emial": "x"},
        {5: "x"},
    ],
)
def test_the_quick_look_leaves_what_is_odd(odd: dict[Any, Any]) -> None:
    """Whatever might need a change, or be refused, is for the careful one."""
    assert ordinary({"external_id": "A1", "email": "a@b.co"}, {"a"})
    assert ordinary({"external_id": "A1", "email": "a@b.co", **odd}, {"a"}) is None


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
    assert ordinary(user, set()) is None
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
    assert ordinary({"external_id": longest}, set())
    assert ordinary({"external_id": longest + "x"}, set()) is None
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
    assert ordinary(user, set()) is None


def test_keys_of_custom_fields_are_learned() -> None:
    """From the second record on, the quick look knows them."""
    known = rules()
    user = {"email": "a@b.co", "user_fields": {"fresh": 1}}
    assert ordinary(user, known.field_keys) is None
    examine(user, known)
    assert ordinary(user, known.field_keys) == ("e:a@b.co",)


def test_what_is_learned_is_bounded() -> None:
    """An input with a new key in every record must not fill the memory."""
    known = rules()
    for number in range(20_000):
        examine({"email": "a@b.co", "user_fields": {f"k{number}": 1}}, known)
    assert len(known.field_keys) <= 10_001


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
