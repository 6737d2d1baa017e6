from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from zendesk_async.audience.column import ABSENT
from zendesk_async.audience.entry import Entry, read_entries
from zendesk_async.audience.makes import as_it_is, trimmed
from zendesk_async.errors import ConfigError


def entry(target: str, field: Any) -> Entry:
    (only,) = read_entries({target: field})
    return only


def complaint(target: str, field: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        list(read_entries({target: field}))
    return str(caught.value)


def test_a_plain_column_is_taken_as_it_is() -> None:
    """A string without braces names a column."""
    found = entry("phone", "Phone 1")
    assert (found.target, found.columns) == ("phone", ("Phone 1",))
    assert (found.of_values, found.of_cells) == (as_it_is, trimmed)


def test_what_makes_an_attribute_depends_on_the_input() -> None:
    """Cells are text, and values of JSON have types."""
    found = entry("organization_id", "C")
    assert found.make(tabular=True)(" 12.0 ") == 12
    assert found.make(tabular=False)(" 12.0 ") == " 12.0 "


def test_a_composition_needs_all_its_columns() -> None:
    """Each column between braces must be in the input."""
    found = entry("name", "{First Name} {Last Name}")
    assert found.columns == ("First Name", "Last Name")
    assert found.of_values("A", "B") == "A B"


@pytest.mark.parametrize(
    ("target", "cell", "value"),
    [
        ("verified", "TRUE", True),
        ("organization_id", "12.0", 12),
        ("tags", "a, b", ["a", "b"]),
        ("group_ids", "1, 2", ["1", "2"]),
    ],
)
def test_cells_become_what_the_attribute_wants(target: str, cell: str, value: Any) -> None:
    """A CSV has no types; the attribute says which is meant."""
    of_cells = entry(target, "C").of_cells
    assert of_cells(cell) == value
    assert of_cells(" ") is ABSENT


@pytest.mark.parametrize(
    ("options", "given", "value"),
    [
        ({"type": "date", "format": "%d-%m-%Y"}, "31-12-2024", "2024-12-31"),
        ({"format": "%d-%m-%Y"}, "31-12-2024", "2024-12-31"),
        ({"type": "integer"}, "12", 12),
        ({"type": "decimal"}, "1.5", 1.5),
        ({"type": "boolean"}, "yes", True),
        ({"true": ["Active"]}, "active", True),
        ({"true": ["Active"]}, "no", False),
        ({"true": ["0"], "type": "boolean"}, "0", True),
        ({"true": ["A"], "false": ["B"]}, "b", False),
        ({"type": "list"}, "a,b", ["a", "b"]),
        ({"split": "|"}, "a|b", ["a", "b"]),
        ({"type": "string"}, 5, "5"),
        ({"default": "none"}, "", "none"),
        ({"default": "none"}, "some", "some"),
        ({"type": "integer", "default": 0}, "", 0),
        ({}, " as it is ", " as it is "),
    ],
)
def test_options_say_what_becomes_of_a_value(options: dict[str, Any], given: Any, value: Any) -> None:
    """An option of one type alone implies that type."""
    assert entry("user_fields.x", {"column": "C", **options}).of_values(given) == value


def test_a_default_does_for_cells_too() -> None:
    """An empty cell gets it, a full one is trimmed."""
    of_cells = entry("phone", {"column": "C", "default": "none"}).of_cells
    assert (of_cells(" "), of_cells(" 555 ")) == ("none", "555")


@pytest.mark.parametrize(
    ("target", "value", "sent"),
    [
        ("user_fields.source", "nightly", "nightly"),
        ("user_fields.since", dt.date(2024, 1, 2), "2024-01-02"),
        ("verified", False, False),
        ("tags", ["a"], ["a"]),
        ("phone", 555, "555"),
    ],
)
def test_a_constant_is_checked_once(target: str, value: Any, sent: Any) -> None:
    """What every record gets must be right before the first one does."""
    found = entry(target, {"value": value})
    assert found.columns == ()
    assert (found.of_values(), found.of_cells()) == (sent, sent)


def test_fields_may_be_a_table_of_their_own() -> None:
    """In TOML, ``user_fields.plan = "Plan"`` without quotation marks is a table within the table."""
    found = list(read_entries({"user_fields": {"plan": "Plan", "value": "V"}}))
    assert [one.target for one in found] == ["user_fields.plan", "user_fields.value"]
    assert entry("user_fields", {"column": "All"}).target == "user_fields"
    assert entry("user_fields", {"value": {"plan": "gold"}}).of_values() == {"plan": "gold"}


@pytest.mark.parametrize(
    ("target", "field", "advice"),
    [
        ("emial", "E", 'Did you mean "email"?'),
        ("user_fields.a b", "E", "letters, digits and underscores"),
        ("phone", 5, "give a column as a string"),
        ("phone", ["P"], "give a column as a string"),
        ("phone", {"colum": "P"}, 'no option "colum". Did you mean "column"?'),
        ("phone", {}, "name a column"),
        ("phone", {"column": ""}, "name a column"),
        ("phone", {"column": 5}, "name a column"),
        ("phone", {"value": "x", "column": "P"}, "stands alone"),
        ("phone", {"value": ["x"]}, "must be a string"),
        ("phone", {"column": "P", "default": True}, "must be a string"),
        ("name", {"value": None}, "cannot be cleared"),
        ("user_fields.x", {"value": {"a": 1}}, "a simple value"),
        ("user_fields.x", {"column": "C", "type": "dat"}, 'no type "dat". Did you mean "date"?'),
        ("user_fields.x", {"column": "C", "type": 5}, 'no type "5"'),
        (
            "user_fields.x",
            {"column": "C", "type": "integer", "format": "%d"},
            '"format" does not belong to type "integer"',
        ),
        ("user_fields.x", {"column": "C", "split": ",", "format": "%d"}, '"split" does not belong to type "date"'),
        ("user_fields.x", {"column": "C", "format": "%d-%m"}, "day, month and year"),
        ("user_fields.x", {"column": "C", "format": 5}, '"format" must be a string'),
        ("user_fields.x", {"column": "C", "split": ""}, '"split" must be a string'),
        ("user_fields.x", {"column": "C", "true": "yes"}, '"true" must be a list'),
        ("user_fields.x", {"column": "C", "true": []}, '"true" must be a list'),
        ("user_fields.x", {"column": "C", "true": ["a"], "false": ["A"]}, "both"),
        ("tags", {"column": "C", "type": "date"}, "it wants a list of strings"),
        ("verified", {"column": "C", "type": "integer"}, "it wants true or false"),
        ("name", "{First Name", "name a column between braces"),
    ],
)
def test_a_slip_is_found_before_a_record_is_read(target: str, field: Any, advice: str) -> None:
    """The message names the field and says what would be right."""
    told = complaint(target, field)
    assert told.startswith(f"template: {target}: ")
    assert advice in told
