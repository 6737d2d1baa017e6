from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.audience.attributes import ATTRIBUTES
from zendesk_async.audience.fitting import field_value, fitted, text
from zendesk_async.audience.invalid import Invalid, UnknownKey
from zendesk_async.audience.spelled import Spelled

GOOD: list[tuple[str, Any]] = [
    ("name", "Heather"),
    ("verified", True),
    ("organization_id", 12),
    ("tags", ["a", "b"]),
    ("tags", []),
    ("group_ids", [1, 2]),
    ("user_fields", {"a": "x", "b": 1, "c": 1.5, "d": None, "e": False, "f": ["x", 1], "g": Spelled("1.50")}),
    ("organization", {"name": "x"}),
    ("identities", [{"type": "email", "value": "a@b.co"}]),
]


@pytest.mark.parametrize(("name", "value"), GOOD)
def test_what_fits_comes_back_itself(name: str, value: Any) -> None:
    """A record in which nothing had to be done can travel as the bytes it came in."""
    assert fitted(name, value) is value


@pytest.mark.parametrize(
    ("name", "value", "sent"),
    [
        ("external_id", 12, "12"),
        ("external_id", 2**70, str(2**70)),
        ("external_id", 12.0, "12"),
        ("phone", 12.5, "12.5"),
        ("phone", Spelled("12.50"), "12.50"),
        ("external_id", Spelled("12345678901234567890123"), "12345678901234567890123"),
        ("organization_id", "12", 12),
        ("organization_id", "-12", -12),
        ("organization_id", 12.0, 12),
        ("organization_id", str(2**63 - 1), 2**63 - 1),
        ("organization_id", Spelled(str(1 - 2**63)), 1 - 2**63),
        ("tags", ["a", 2024], ["a", "2024"]),
        ("group_ids", ["1", 2, 3.0], [1, 2, 3]),
    ],
)
def test_what_can_mean_only_one_thing_is_mended(name: str, value: Any, sent: Any) -> None:
    """A number where a string is wanted becomes that string, exactly; digits become their number."""
    assert fitted(name, value) == sent


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("external_id", True, "must be a string, not true"),
        ("external_id", ["1"], "must be a string, not a list"),
        ("external_id", {"a": 1}, "must be a string, not an object"),
        ("phone", b"1", "must be a string, not a value of type bytes"),
        ("phone", math.nan, "is not a number"),
        ("verified", "yes", 'must be true or false, not the string "yes"'),
        ("verified", 1, "not the number 1"),
        ("organization_id", "twelve", "must be a whole number"),
        ("organization_id", "²", "must be a whole number"),
        ("organization_id", True, "must be a whole number, not true"),
        ("organization_id", 1.5, "must be a whole number, not the number 1.5"),
        ("organization_id", Spelled("99999999999999999999"), "must be a whole number"),
        ("organization_id", 2**63, "must be a whole number, not the number 9223372036854775808"),
        ("organization_id", -(2**63), "must be a whole number"),
        ("organization_id", str(2**63), "must be a whole number"),
        ("organization_id", "9" * 5_000, "must be a whole number"),
        ("group_ids", [1, 2**63], "must be a list of whole numbers"),
        ("tags", "gold", 'must be a list of strings, not the string "gold"'),
        ("tags", ["gold", None], "must be a string, not null"),
        ("group_ids", 5, "must be a list of whole numbers"),
        ("group_ids", ["x"], "must be a list of whole numbers"),
        ("user_fields", "x", "must be an object of custom fields"),
        ("user_fields", {"a": {"b": 1}}, '"user_fields.a" must be a simple value'),
        ("user_fields", {"a": [["b"]]}, "not a list"),
        ("user_fields", {"a": math.inf}, '"user_fields.a" is not a number'),
        ("organization", "Acme", 'a name alone goes into "organization_name"'),
        ("separation", [], "must be an object, not a list"),
        ("identities", ["a@b.co"], "must be a list of objects"),
        ("identities", {}, "must be a list of objects"),
        ("name", None, "cannot be cleared with null"),
    ],
)
def test_what_does_not_fit_is_told(name: str, value: Any, complaint: str) -> None:
    """The attribute, what it wants, and what it got."""
    with pytest.raises(Invalid) as caught:
        fitted(name, value)
    assert complaint in caught.value.details
    assert f'"{name}' in caught.value.details
    assert caught.value.error in {"InvalidType", "InvalidValue"}


@pytest.mark.parametrize("key", ["a b", "ü", "", "a.b", 5])
def test_a_key_that_no_custom_field_can_have_is_unknown(key: Any) -> None:
    """Zendesk would drop it in silence."""
    with pytest.raises(UnknownKey):
        fitted("user_fields", {key: 1})


@given(st.sampled_from(sorted(ATTRIBUTES)), st.none())
def test_null_clears_what_can_be_cleared(name: str, nothing: None) -> None:
    """Either null is sent, or the record says why it cannot be."""
    if ATTRIBUTES[name].nullable:
        assert fitted(name, nothing) is None
    else:
        with pytest.raises(Invalid, match="leave it out"):
            fitted(name, nothing)


@given(st.integers())
def test_every_digit_of_a_number_counts(number: int) -> None:
    """An id must not be rounded on its way into a string."""
    assert text("external_id", number) == str(number)


def test_a_multiselect_is_a_list_of_simple_values() -> None:
    """That is what Zendesk has for many choices."""
    assert field_value("choices", ["a", "b"]) == ["a", "b"]
