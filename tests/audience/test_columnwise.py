from __future__ import annotations

import math
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zendesk_async.audience.column import ABSENT
from zendesk_async.audience.columnwise import Columnwise, Made
from zendesk_async.audience.invalid import Invalid
from zendesk_async.audience.ordinary import keys_of
from zendesk_async.audience.plain import plain, plain_values
from zendesk_async.audience.spelled import Spelled, write
from zendesk_async.audience.template import Template, compile_template
from zendesk_async.audience.validation import Rules, examine

SPEC: dict[str, Any] = {
    "user_fields.plan": "plan",
    "external_id": "id",
    "user_fields.since": {"column": "since", "format": "%d-%m-%Y"},
    "name": "{first} {last}",
    "organization_id": "org",
    "tags": {"column": "tags", "split": "|"},
    "notes": "crm.note",
    "user_fields.points": {"column": "points", "type": "decimal"},
    "phone": {"column": "phone", "default": "none"},
    "user_fields.source": {"value": "nightly"},
    "user_fields.several": {"column": "several", "type": "list"},
    "verified": {"column": "verified", "type": "boolean"},
    "suspended": "flag",
}
WELL: dict[str, Any] = {
    "id": "1",
    "plan": "gold",
    "since": "31-12-2024",
    "first": "A",
    "last": "B",
    "org": 5,
    "tags": "a|b",
    "crm": {"note": "n"},
    "points": 1.5,
    "phone": "5",
    "several": "x,y",
    "verified": "yes",
    "flag": False,
}
WRITTEN = (
    b'{"external_id":"1","name":"A B","organization_id":5,"tags":["a","b"],"notes":"n","phone":"5","verified":true,'
    b'"suspended":false,"user_fields":{"plan":"gold","since":"2024-12-31","points":1.5,"source":"nightly","several":["x","y"]}}'
)
VALUES = (
    st.sampled_from(
        [
            None,
            True,
            "",
            " ",
            "x",
            "12",
            "1.5",
            "31-12-2024",
            "\ud800",
            date(2024, 1, 2),
            [],
            ["x", 1],
            [1e16],
            [[]],
            {"a": 1},
        ]
    )
    | st.sampled_from(
        [5, -5, 12.0, 1e15, 1e16, -1e16, -0.0, 5e-324, math.nan, math.inf, 2**63 - 1, 2**63, 2**64, Spelled("1.50")]
    )
    | st.text(max_size=3)
)
ROWS = st.builds(dict.__or__, st.just(WELL), st.dictionaries(st.sampled_from([*WELL, "crm.note"]), VALUES, max_size=2))
SPARSE = st.dictionaries(st.sampled_from([*WELL, "crm.note"]), VALUES)


def compiled(*targets: str, **more: Any) -> Template:
    return compile_template({target: SPEC[target] for target in ("external_id", *targets)} | more)


def made(template: Template, *given: dict[str, Any], tabular: bool = False) -> Made:
    columnwise = Columnwise(template, tabular=tabular)
    columns = columnwise.picker.of_mappings(given).columns
    first, again = columnwise.make(len(given), columns), columnwise.make(len(given), columns)
    assert first[:2] == again[:2]  # what is remembered changes nothing
    return again


def careful(template: Template, given: dict[str, Any], *, tabular: bool) -> bytes | None:
    """What the careful way writes; None where it refuses the record."""
    try:
        user, _, _ = examine(
            plain(template.apply(plain_values(given), tabular=tabular)), Rules(ignore_unknown=False, role=False)
        )
        return write(user)
    except (Invalid, TypeError):
        return None


# -- the invariant ----------------------------------------------------------------------------------------------------


@given(st.permutations(list(SPEC)), st.booleans(), st.lists(ROWS, max_size=5) | st.lists(SPARSE, max_size=3))
@example(list(SPEC), False, [WELL, {**WELL, "org": "x"}, WELL])
@example(list(SPEC), False, [WELL, {**WELL, "plan": "\ud800"}, {**WELL, "org": "x"}, WELL])
def test_what_is_well_is_written_as_the_careful_way_writes_it(
    targets: list[str], tabular: bool, rows: list[dict[str, Any]]
) -> None:
    """To the byte and with the keys in the same order, whoever the neighbours are, of whoever has an identity."""
    template = compile_template({target: SPEC[target] for target in targets})
    found = made(template, *rows, tabular=tabular)
    keys = keys_of(found.column("external_id"), found.column("email"))
    well = [row for row, is_well in zip(rows, found.well, strict=True) if is_well]
    for row, own, body in zip(well, keys, found.bodies, strict=True):
        if own is not None:
            assert body == careful(template, row, tabular=tabular)


def test_what_is_plainly_well_is_made() -> None:
    """Attributes in the order of the template, then the custom fields."""
    found = made(compile_template(SPEC), WELL, WELL)
    assert found.well == [True, True]
    assert found.bodies == [WRITTEN, WRITTEN]


def test_the_columns_are_those_of_what_is_well() -> None:
    """Whoever looks for names and keys finds them where the bodies are, in the form in which they are sent."""
    template = compiled("name", "user_fields.plan")
    rows = [{**WELL, "id": 1}, {**WELL, "plan": {}}, {**WELL, "first": "", "last": None, "id": 3}]
    found = made(template, *rows)
    assert found.well == [True, False, True]
    assert found.bodies == [
        b'{"external_id":"1","name":"A B","user_fields":{"plan":"gold"}}',
        b'{"external_id":"3","user_fields":{"plan":"gold"}}',
    ]
    assert list(found.column("external_id")) == ["1", "3"]
    assert list(found.column("name")) == ["A B", ABSENT]
    assert list(found.column("user_fields.plan")) == ["gold", "gold"]
    assert list(found.column("email")) == [ABSENT, ABSENT]


def test_an_empty_chunk_makes_nothing() -> None:
    """Neither of one column nor of many."""
    for template in (compiled(), compile_template(SPEC)):
        assert made(template)[:2] == ([], [])
        assert list(made(template).column("external_id")) == []


# -- what is left -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "odd",
    [
        {"id": None},
        {"id": True},
        {"id": 1.5},
        {"id": Spelled("12.0")},
        {"org": "5"},
        {"org": True},
        {"org": 5.0},
        {"org": 2**63},
        {"org": -(2**63)},
        {"id": 2**64},
        {"first": ["x"]},
        {"first": "\ud800"},
        {"tags": ["x", 5]},
        {"tags": ["x", None]},
        {"crm": {"note": False}},
        {"crm.note": 1.5},
        {"since": "2024-12-31"},
        {"since": "31-02-2024"},
        {"since": True},
        {"plan": {"a": 1}},
        {"plan": ("x",)},
        {"plan": date(2024, 1, 2)},
        {"plan": 2**64},
        {"plan": [-(2**63) - 1]},
        {"plan": math.nan},
        {"plan": math.inf},
        {"plan": 1e16},
        {"plan": -1e16},
        {"plan": "\udfff"},
        {"plan": ["\ud800"]},
        {"plan": [math.nan]},
        {"plan": [1e16]},
        {"plan": [["x"]]},
        {"plan": [{"a": 1}]},
        {"points": "x"},
        {"points": math.nan},
        {"points": "1e300"},
        {"verified": "maybe"},
        {"verified": 2},
        {"flag": 0},
        {"flag": "no"},
    ],
)
def test_what_is_doubtful_is_left(odd: dict[str, Any]) -> None:
    """It is for the careful way to mend or to refuse; its neighbours are made as ever."""
    found = made(compile_template(SPEC), WELL, {**WELL, **odd}, WELL)
    assert found.well == [True, False, True]
    assert found.bodies == [WRITTEN, WRITTEN]
    assert list(found.column("external_id")) == ["1", "1"]


@pytest.mark.parametrize(
    ("sound", "written"),
    [
        ({"plan": None}, b'"user_fields":{"plan":null}'),
        ({"plan": Spelled("1.50")}, b'"user_fields":{"plan":1.50}'),
        ({"plan": Spelled("12345678901234567890123")}, b'"user_fields":{"plan":12345678901234567890123}'),
        ({"plan": 2**64 - 1}, b'"user_fields":{"plan":18446744073709551615}'),
        ({"plan": 0.1}, b'"user_fields":{"plan":0.1}'),
        ({"plan": 1e-7}, b'"user_fields":{"plan":1e-7}'),
        ({"plan": 9999999999999998.0}, b'"user_fields":{"plan":9999999999999998.0}'),
        ({"plan": ["x", 1, 1.5, None, True]}, b'"user_fields":{"plan":["x",1,1.5,null,true]}'),
        ({"plan": "ü\n\x00\x7f\u2028"}, '"user_fields":{"plan":"ü\\n\\u0000\x7f\u2028"}'.encode()),
        ({"phone": None}, b'"phone":null,"user_fields":{"plan":"gold"}'),
        ({"phone": 5}, b'"phone":"5","user_fields":{"plan":"gold"}'),
    ],
)
def test_values_are_written_as_they_are_meant(sound: dict[str, Any], written: bytes) -> None:
    """Numbers digit for digit, null as null, and a whole number as a string where a string is wanted."""
    found = made(compiled(**{"phone": "phone", "user_fields.plan": "plan"}), {"id": "1", "plan": "gold", **sound})
    assert found.bodies == [b'{"external_id":"1",' + written + b"}"]


def test_who_has_no_custom_field_gets_no_object_of_them() -> None:
    """An empty object would say something that nobody said."""
    template = compiled("user_fields.plan", **{"user_fields.x": "x"})
    found = made(template, {"id": "1"}, {"id": "2", "x": None}, {"id": "3", "plan": "gold"})
    assert found.bodies == [
        b'{"external_id":"1"}',
        b'{"external_id":"2","user_fields":{"x":null}}',
        b'{"external_id":"3","user_fields":{"plan":"gold"}}',
    ]


def test_keys_of_fields_may_be_no_names_in_python() -> None:
    """Zendesk lets a field be called "2024" or "class"."""
    template = compiled(**{"user_fields.2024": "a", "user_fields.class": "b", "user_fields.f0": "c"})
    found = made(template, {"id": "1", "a": 1, "b": 2, "c": 3})
    assert found.bodies == [b'{"external_id":"1","user_fields":{"2024":1,"class":2,"f0":3}}']


# -- cells ------------------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(["", " ", " a ", "b", "ü\n"]), max_size=8))
def test_cells_that_come_again_are_what_they_are_alone(cells: list[str]) -> None:
    """Whether many cells are alike or none, each is trimmed, and an empty one leaves its attribute out."""
    found = made(compiled(phone="p"), *[{"id": "1", "p": cell} for cell in cells], tabular=True)
    assert list(found.column("phone")) == [cell.strip() or ABSENT for cell in cells]


@given(st.lists(st.sampled_from(["31-12-2024", " 01-02-2024", "31-02-2024", "", "x"]), max_size=8))
def test_a_cell_that_cannot_be_converted_costs_its_own_record_alone(cells: list[str]) -> None:
    """However often it comes, and whatever else there is."""
    days = {"31-12-2024": "2024-12-31", " 01-02-2024": "2024-02-01", "": ABSENT}
    found = made(compiled("user_fields.since"), *[{"id": "1", "since": cell} for cell in cells], tabular=True)
    assert found.well == [cell in days for cell in cells]
    assert list(found.column("user_fields.since")) == [days[cell] for cell in cells if cell in days]


def test_a_constant_is_for_everybody() -> None:
    """Whatever they have; it needs no column."""
    found = made(compiled("user_fields.source"), {"id": "1"}, {"id": "2"})
    assert found.bodies == [b'{"external_id":"%d","user_fields":{"source":"nightly"}}' % n for n in (1, 2)]


def test_it_says_what_it_makes() -> None:
    """By the targets."""
    assert repr(Columnwise(compiled("user_fields.plan"), tabular=True)) == "<Columnwise external_id, user_fields.plan>"
