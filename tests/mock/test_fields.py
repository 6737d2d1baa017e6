"""User fields: definitions, and values on their way in."""

from __future__ import annotations

from typing import Any

import pytest

from zendesk_async.mock.fields import FIELD_TYPES, Refusal, UserFields

FRUIT = [{"name": "Apple", "value": "apple"}, {"name": "Pear", "value": "pear"}]


def field(kind: str, **more: Any) -> dict[str, Any]:
    return {"key": f"a_{kind}", "title": f"A {kind}", "type": kind, **more}


def all_types() -> UserFields:
    more: dict[str, dict[str, Any]] = {
        "dropdown": {"custom_field_options": FRUIT},
        "multiselect": {"custom_field_options": FRUIT},
        "regexp": {"regexp_for_validation": r"\A[a-z]+\z"},
    }
    return UserFields([field(kind, **more.get(kind, {})) for kind in FIELD_TYPES], 0.0)


@pytest.mark.parametrize(
    ("kind", "sent", "stored"),
    [
        ("text", "hello", "hello"),
        ("text", "", None),
        ("text", 12, "12"),
        ("textarea", "two\nlines", "two\nlines"),
        ("checkbox", True, True),
        ("checkbox", "false", False),
        ("date", "2020-08-19", "2020-08-19T00:00:00+00:00"),
        ("date", "2020-08-19T20:50:04.000Z", "2020-08-19T00:00:00+00:00"),
        ("integer", 3039, 3039),
        ("integer", "3039", 3039),
        ("decimal", 5.1, 5.1),
        ("decimal", "5.1", 5.1),
        ("regexp", "abc", "abc"),
        ("dropdown", "apple", "apple"),
        ("multiselect", ["apple", "pear"], ["apple", "pear"]),
        ("lookup", 1234, 1234),
        ("text", None, None),
        ("date", None, None),
    ],
)
def test_values_are_stored_as_zendesk_gives_them_back(kind: str, sent: Any, stored: Any) -> None:
    """Each type has its form: a date is midnight UTC, a number in text is a number."""
    assert all_types().cast({f"a_{kind}": sent}) == {f"a_{kind}": stored}


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("text", ["x"]),
        ("checkbox", "perhaps"),
        ("date", "19.08.2020"),
        ("date", "2020-13-01"),
        ("date", ""),
        ("integer", 1.5),
        ("integer", True),
        ("integer", "many"),
        ("decimal", "nan"),
        ("decimal", {}),
        ("regexp", "ABC"),
        ("dropdown", "Apple"),
        ("dropdown", ["apple"]),
        ("multiselect", "apple"),
        ("multiselect", ["plum"]),
    ],
)
def test_values_that_do_not_fit_are_refused(kind: str, sent: Any) -> None:
    """A bad value is a refusal that names the field by its title."""
    with pytest.raises(Refusal, match=f"A {kind}: is invalid"):
        all_types().cast({f"a_{kind}": sent})


def test_undefined_keys_are_dropped_unless_the_account_is_open() -> None:
    """With definitions, a misspelt key vanishes in silence; without any, an account takes what comes."""
    assert UserFields([field("text")], 0).cast({"typo": 1, "a_text": "x"}) == {"a_text": "x"}
    assert UserFields([], 0).cast({"typo": 1}) == {}
    assert UserFields(None, 0).cast({"typo": 1}) == {"typo": 1}


def test_an_open_account_learns_definitions() -> None:
    """A field defined later is cast from then on, and other keys still pass."""
    fields = UserFields(None, 0)
    fields.define(field("integer"), 0)
    assert fields.cast({"a_integer": "7", "other": "7"}) == {"a_integer": 7, "other": "7"}


def test_a_definition_has_zendesks_shape() -> None:
    """All keys of a recorded definition are there, those of its type included."""
    definition = UserFields(None, 0).define(
        field("dropdown", custom_field_options=FRUIT, description="which"), 1_577_836_800.0
    )
    assert definition["created_at"] == definition["updated_at"] == "2020-01-01T00:00:00Z"
    assert definition["raw_title"] == "A dropdown"
    assert definition["position"] == 9999
    assert (definition["active"], definition["system"]) == (True, False)
    assert [set(option) for option in definition["custom_field_options"]] == [{"id", "name", "raw_name", "value"}] * 2
    assert "tag" not in definition
    assert "regexp_for_validation" in definition


def test_only_its_own_type_has_the_extras() -> None:
    """``tag`` is a checkbox's, the date has its regexp, ``relationship_target_type`` a lookup's."""
    fields = {definition["type"]: definition for definition in all_types().all()}
    assert [kind for kind, definition in fields.items() if "tag" in definition] == ["checkbox"]
    assert [kind for kind, definition in fields.items() if "relationship_target_type" in definition] == ["lookup"]
    assert fields["date"]["regexp_for_validation"].startswith(r"\A([0-9]{4})")


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"title": "x"}, "Key: is invalid"),
        ({"title": "x", "key": "123"}, "Key: is invalid"),
        ({"title": "x", "key": "a b"}, "Key: is invalid"),
        ({"title": "x", "key": "a_text"}, "Key: a_text has already been taken"),
        ({"key": "fresh"}, "Title: cannot be blank"),
        ({"key": "fresh", "title": "x", "type": "tagger"}, "Type: tagger is not valid"),
    ],
)
def test_bad_definitions_are_refused(sent: dict[str, Any], told: str) -> None:
    """Key, title and type are checked, and a key is taken once."""
    with pytest.raises(Refusal, match=told):
        UserFields([field("text")], 0).define(sent, 0)


def test_a_field_is_found_by_key_and_by_id() -> None:
    """Zendesk's path takes either."""
    fields = UserFields([field("text"), field("date")], 0)
    wanted = fields.all()[1]
    assert fields.find("a_date") is wanted
    assert fields.find(str(wanted["id"])) is wanted
    assert fields.find("nobody") is None


def test_fields_are_listed_by_position() -> None:
    """The order is the one configured."""
    fields = UserFields([field("text", position=5), field("date", position=1)], 0)
    assert [definition["type"] for definition in fields.all()] == ["date", "text"]


def test_unset_fields_are_shown() -> None:
    """A user shows every defined field: null when unset, a checkbox false."""
    fields = UserFields([field("text"), field("checkbox")], 0)
    assert fields.shown({}) == {"a_text": None, "a_checkbox": False}
    assert fields.shown({"a_text": "x", "a_checkbox": True}) == {"a_text": "x", "a_checkbox": True}


def test_a_checkbox_brings_and_takes_its_tag() -> None:
    """True adds the tag after the others, also when the tags are replaced; false just sent takes it away."""
    fields = UserFields([field("checkbox", tag="checked")], 0)
    on, off = {"a_checkbox": True}, {"a_checkbox": False}
    assert fields.tagged(["x"], on, on) == ["x", "checked"]
    assert fields.tagged([], on, {}) == ["checked"]
    assert fields.tagged(["checked", "x"], on, {}) == ["checked", "x"]
    assert fields.tagged(["x", "checked"], off, off) == ["x"]
    assert fields.tagged(["x", "checked"], {}, {}) == ["x", "checked"]
