from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.audience.column import ABSENT
from zendesk_async.audience.makes import look_up
from zendesk_async.audience.picking import Picked, Picker
from zendesk_async.audience.spelled import Spelled
from zendesk_async.models import Rows

NAMES = ("id", "crm.note", "outcome")
KEYS = st.sampled_from([*NAMES, "crm", "record", "other"])
VALUES = st.sampled_from([None, True, 5, "x", "ü", [1], {"note": "n"}, {"other": 1}])
RECORDS = st.lists(st.dictionaries(KEYS, VALUES, max_size=5), max_size=4)
BROKEN = [b"", b"[]", b"5", b'{"id":', b'{"id":1}x', b'{"other":"\xff"}', b'{"\xff":1}', b'{"other":"\\ud800"}']


def told(picked: Picked) -> tuple[list[bool], dict[str, list[Any]]]:
    return picked.there, {name: list(column.values) for name, column in picked.columns.items()}


def expected(records: list[Mapping[str, Any]]) -> tuple[list[bool], dict[str, list[Any]]]:
    """What is looked up record by record."""
    there = ["outcome" not in record or "record" not in record for record in records]
    known = [record for record, is_there in zip(records, there, strict=True) if is_there]
    return there, {name: [look_up(name)(record) for record in known] for name in NAMES}


@given(RECORDS)
def test_the_same_is_picked_out_of_all_kinds(records: list[Mapping[str, Any]]) -> None:
    """As by looking it up in each record, which is what the careful way does."""
    picker = Picker(NAMES)
    assert told(picker.of_mappings(records)) == expected(records)
    for _ in range(2):  # the second time it knows that there are other keys
        assert told(picker.of_lines(list(map(orjson.dumps, records)))) == expected(records)


@given(st.lists(st.permutations([*NAMES, "record", "crm"]).map(lambda names: tuple(names[:3])), max_size=3))
def test_rows_are_picked_by_their_header(headers: list[tuple[str, ...]]) -> None:
    """A column that there is not is absent, and a line of a rejects file is left."""
    for header in headers:
        cells = [[f"{name} {number}" for name in header] for number in range(2)]
        records: list[Mapping[str, Any]] = [dict(zip(header, row, strict=True)) for row in cells]
        assert told(Picker(NAMES).of_rows(Rows(header, cells))) == expected(records)


@pytest.mark.parametrize("first", [b'{"id":"1"}', b'{"id":"1","other":[]}'])
@pytest.mark.parametrize("broken", BROKEN)
def test_a_line_that_is_no_object_is_left_alone(first: bytes, broken: bytes) -> None:
    """Also where it is broken in what nobody asked for: what is not JSON is no record."""
    picker = Picker(["id"])
    assert told(picker.of_lines([first, broken, first])) == ([True, False, True], {"id": ["1", "1"]})
    assert told(picker.of_lines([broken])) == ([False], {"id": []})


@pytest.mark.parametrize("text", [r"\ud83d\ude00", "ü", r"\\ud800", r"\n"])
def test_any_text_may_stand_beside(text: str) -> None:
    """In columns that are not asked for, there may be whatever JSON may hold."""
    line = f'{{"id":1,"other":"{text}"}}'.encode()
    json.loads(line)
    assert told(Picker(["id"]).of_lines([line])) == ([True], {"id": [1]})


def test_numbers_are_read_as_they_are_written() -> None:
    """A float would lose the zero of 1.50, and digits of a longer one."""
    (number, whole) = Picker(["id"]).of_lines([b'{"id":1.50}', b'{"id":12345678901234567890123}']).columns["id"].values
    assert isinstance(number, Spelled)
    assert (number.text, whole) == ("1.50", 12345678901234567890123)


@pytest.mark.parametrize("lines", [[], [b"["]])
def test_of_nobody_nothing_is_picked(lines: list[bytes]) -> None:
    """The columns are there, and empty."""
    assert told(Picker(NAMES).of_lines(lines))[1] == {name: [] for name in NAMES}
    assert told(Picker(NAMES).of_rows(Rows(("id", "x"), []))) == ([], {"id": [], "crm.note": [], "outcome": []})
    assert told(Picker(NAMES).of_mappings([])) == ([], {name: [] for name in NAMES})


def test_text_is_known_to_be_text() -> None:
    """Cells always, and what was found to be; nobody looks a second time."""
    assert Picker(["id"]).of_rows(Rows(("id",), [["1"]])).columns["id"].is_text
    assert Picker(["id"]).of_lines([b'{"id":"1"}']).columns["id"].is_text
    assert not Picker(["id"]).of_lines([b'{"id":"1"}', b"{}"]).columns["id"].is_text


def test_a_column_that_a_record_lacks_is_absent() -> None:
    """Not null, which would clear something."""
    (found,) = Picker(["id"]).of_lines([b"{}"]).columns["id"].values
    assert found is ABSENT


def test_it_says_what_it_picks() -> None:
    """By name."""
    assert repr(Picker(NAMES)) == "<Picker of id, crm.note, outcome>"
