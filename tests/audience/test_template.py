from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.audience.invalid import Invalid
from zendesk_async.audience.template import compile_template, natural_template
from zendesk_async.errors import ConfigError, InputError

LOYALTY: dict[str, Any] = {
    "external_id": "Customer Id",
    "name": "{First Name} {Last Name}",
    "email": "Email",
    "phone": "Phone 1",
    "user_fields.customer_since": {"column": "Subscription Date", "type": "date", "format": "%d-%m-%Y"},
    "user_fields.company": "Company",
    "tags": {"column": "Segments", "split": ","},
}
ROW = {
    "Index": "1",
    "Customer Id": "EB54EF1154C3A78",
    "First Name": "Heather",
    "Last Name": "Callahan",
    "Company": " Mosley-David ",
    "Phone 1": "043-797-5229",
    "Email": "urangel@espinoza-francis.net",
    "Subscription Date": "26-08-2020",
    "Segments": "gold, churn-risk",
}
USER = {
    "external_id": "EB54EF1154C3A78",
    "name": "Heather Callahan",
    "email": "urangel@espinoza-francis.net",
    "phone": "043-797-5229",
    "tags": ["gold", "churn-risk"],
    "user_fields": {"customer_since": "2020-08-26", "company": "Mosley-David"},
}


def test_a_row_becomes_a_user() -> None:
    """The template of the design does what the design says; columns that it does not name are not sent."""
    assert compile_template(LOYALTY).apply(ROW, tabular=True) == USER


def test_an_object_becomes_a_user() -> None:
    """Values of JSON are taken as they are: nested, typed, and untrimmed."""
    template = compile_template({"external_id": "ids.crm", "user_fields.points": "points", "notes": "notes"})
    given = {"ids": {"crm": 5}, "points": 1.5, "notes": " n "}
    assert template.apply(given) == {"external_id": 5, "user_fields": {"points": 1.5}, "notes": " n "}


@given(st.dictionaries(st.sampled_from(sorted(ROW)), st.sampled_from(["", " ", "\t\n"])))
def test_an_empty_cell_leaves_its_attribute_out(emptied: dict[str, str]) -> None:
    """The value in Zendesk stays: nothing empty is ever sent of a table."""
    user = compile_template(LOYALTY).apply({**ROW, **emptied}, tabular=True)
    fields = user.pop("user_fields", {"none": "given"})
    assert all([*user.values(), *fields.values(), fields])
    assert ("phone" in user) is ("Phone 1" not in emptied)


def test_null_in_json_stays_null() -> None:
    """It clears the value; an empty string of JSON is a string."""
    template = compile_template({"external_id": "id", "phone": "p", "user_fields.x": "x", "notes": "n"})
    given = {"id": "1", "p": None, "x": None, "n": ""}
    assert template.apply(given) == {"external_id": "1", "phone": None, "user_fields": {"x": None}, "notes": ""}


def test_applying_changes_nothing_in_the_record() -> None:
    """What was read is shown again when the record is rejected."""
    row = dict(ROW)
    compile_template(LOYALTY).apply(row, tabular=True)
    assert row == ROW


def test_what_cannot_be_converted_rejects_the_record() -> None:
    """Column, value and the form that was expected."""
    with pytest.raises(Invalid, match=r'"Subscription Date": "2020-08-26" is not a date, like 25-12-2011'):
        compile_template(LOYALTY).apply({**ROW, "Subscription Date": "2020-08-26"}, tabular=True)


def test_it_knows_what_it_needs_and_fills() -> None:
    """Each column once, in the order in which they are named."""
    template = compile_template({**LOYALTY, "alias": "First Name"})
    assert template.columns[:4] == ("Customer Id", "First Name", "Last Name", "Email")
    assert len(set(template.columns)) == len(template.columns)
    assert template.targets == (*LOYALTY, "alias")
    assert "user_fields.company" in repr(template)


def test_a_missing_column_is_named_with_the_nearest() -> None:
    """Before anything is sent, the person learns which column was meant."""
    template = compile_template({"external_id": "Customer Id"})
    template.check_columns(["Index", "Customer Id"])
    with pytest.raises(
        InputError, match=r'needs a column "Customer Id".*Did you mean "Costumer ID"\?.*Index, Costumer ID'
    ):
        template.check_columns(["Index", "Costumer ID"])


@pytest.mark.parametrize(
    ("spec", "complaint"),
    [
        ({"external_id": "a", "emial": "b"}, 'Did you mean "email"'),
        ({"external_id": "a", "user_fields.x": "b", "user_fields.X": "c"}, "user_fields.X is filled twice"),
        ({"external_id": "a", "user_fields.x": "b", "user_fields": {"x": "c"}}, "user_fields.x is filled twice"),
        ({"external_id": "a", "user_fields": "b", "user_fields.x": "c"}, "as a whole and by user_fields.x"),
        ({"name": "a"}, "map external_id or email"),
        ({}, "map external_id or email"),
    ],
)
def test_a_template_that_cannot_be_meant_is_refused(spec: dict[str, Any], complaint: str) -> None:
    """All mistakes are found before a record is read."""
    with pytest.raises(ConfigError, match=complaint):
        compile_template(spec)


def test_the_digest_tells_templates_apart() -> None:
    """A resumed upload must not go on with another template; the order of its fields is nothing."""
    digest = compile_template(LOYALTY).digest
    assert digest == compile_template(dict(reversed(LOYALTY.items()))).digest
    assert digest != compile_template({**LOYALTY, "phone": "Phone 2"}).digest


def test_columns_with_zendesks_own_names_need_no_template() -> None:
    """Cells become what the attributes want, and prefixed columns fold into one object."""
    template = natural_template(["external_id", "verified", "tags", "user_fields.plan", "user_fields.x"])
    row = {"external_id": " 1 ", "verified": "no", "tags": "a", "user_fields.plan": "gold", "user_fields.x": ""}
    assert template.apply(row, tabular=True) == {
        "external_id": "1",
        "verified": False,
        "tags": ["a"],
        "user_fields": {"plan": "gold"},
    }
