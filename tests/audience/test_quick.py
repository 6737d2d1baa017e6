from __future__ import annotations

import math
from collections import OrderedDict
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
import pytest

from zendesk_async.audience.attributes import MAX_BODY, MAX_LINE
from zendesk_async.audience.column import ABSENT
from zendesk_async.audience.defaults import Defaults
from zendesk_async.audience.headers import Headers
from zendesk_async.audience.intake import Intake
from zendesk_async.audience.quick import Quick, Taken
from zendesk_async.audience.template import Template, compile_template
from zendesk_async.models import Broken, Chunk, Raw, Record

END = b',"verified":true}'
BROKEN = Broken("1,2,3", "RaggedRow", "the row has 3 cells, the header 2")
MAPPED = compile_template({"external_id": "id", "name": "Name", "user_fields.plan": "plan"})


def quick(template: Template | None = None, *, tabular: bool = False, ignore_unknown: bool = False) -> Quick:
    defaults = Defaults(verified=True, skip_verify_email=None)
    return Quick(template, Headers(ignore_unknown=ignore_unknown), defaults, tabular=tabular)


def taken(way: Quick, *raws: Raw) -> list[bytes | None]:
    """The body of each raw; None for what was left."""
    keys, bodies, names = way.take(raws)
    assert len(keys) == len(bodies) == len(names) == len(raws)
    return [None if own is None else body for own, body in zip(keys, bodies, strict=True)]


# -- each kind of input -----------------------------------------------------------------------------------------------


def test_lines_travel_as_they_came() -> None:
    """To the byte, with the defaults put in before the last brace; what is doubtful is left."""
    lines = [b'{ "external_id":"A\\u0031", "user_fields":{"x":1.50}, "name":"A"}', b'{"email":" a@b.co"}', b"{}", b"[]"]
    assert taken(quick(), *lines) == [lines[0][:-1] + END, None, None, None]
    found = quick().take(lines[:1] * 2)
    assert found == ([("x:a1",)] * 2, [lines[0][:-1] + END] * 2, ["A"] * 2)


def test_numeric_ids_become_strings_where_they_stand() -> None:
    """Once one was seen; a custom field of that name does not, and its record is left."""
    way = quick()
    lines = [b'{"external_id":7,"user_fields":{"x":1.50}}', b'{"external_id":"8"}']
    odd = b'{"email":"a@b.co","user_fields":{"external_id":7}}'
    bodies = [b'{"external_id":"7","user_fields":{"x":1.50}' + END, b'{"external_id":"8"' + END]
    assert taken(way, *lines) == [None, bodies[1]]
    assert taken(way, *lines, odd) == [*bodies, None]
    assert taken(way, *lines, odd) == [*bodies, None]
    assert way.take(lines).keys == [("x:7",), ("x:8",)]
    rightly = b'{"external_id":"9","email":"c@d.co","user_fields":{"external_id":"x"}}'
    for _ in range(2):  # the second time, such custom fields are known
        assert taken(way, rightly, odd) == [rightly[:-1] + END, None]


def test_mappings_are_written_as_they_are() -> None:
    """In the order of their keys, and with numbers as Python's are written."""
    user = {"name": "A", "email": "A@b.co", "user_fields": {"x": 1e16}}
    found = quick().take([user, {"email": "c@d.co"}])
    assert found.keys == [("e:a@b.co",), ("e:c@d.co",)]
    assert found.bodies == [orjson.dumps(user)[:-1] + END, b'{"email":"c@d.co"' + END]
    assert found.names == ["A", ABSENT]


def test_lines_go_through_a_template() -> None:
    """Their numbers stay as they are written, and other keys are not sent."""
    lines = [b'{"id":1,"plan":1.50,"x":[]}', b'{"id":"2","plan":1234567890123456789,"Name":"B"}', b'{"plan":1}']
    assert taken(quick(MAPPED), *lines) == [
        b'{"external_id":"1","user_fields":{"plan":1.50}' + END,
        b'{"external_id":"2","name":"B","user_fields":{"plan":1234567890123456789}' + END,
        None,
    ]
    assert list(quick(MAPPED).take(lines).names) == [ABSENT, "B", ABSENT]


@pytest.mark.parametrize("number", [b"18446744073709551616", b"9" * 400, b"1e400", b"-1E400", b"9" * 400 + b".5"])
def test_a_number_beyond_all_bounds_is_left(number: bytes) -> None:
    """Wherever it stands, and however long its record is: somebody has to look whether it can be meant."""
    long = b'"notes":"%b"' % (b"x" * 2_000)
    mapped = compile_template({"external_id": "id", "notes": "notes", "user_fields.x": "x"})
    lines = [b'{"id":"1","x":%b}' % number, b'{"id":"1","x":%b,%b}' % (number, long), b'{"id":"2"}']
    assert taken(quick(mapped), *lines) == [None, None, b'{"external_id":"2"' + END]
    lines = [b'{"email":"a@b.co",%b,"user_fields":{"x":%b}}' % (long, number), b'{"email":"a@b.co"}']
    assert taken(quick(), *lines) == [None, b'{"email":"a@b.co"' + END]


def test_a_long_record_that_cannot_be_read_again_is_left() -> None:
    """A cell may hold a number that is beyond any float: to look at its size must not end the upload."""
    mapped = compile_template({"external_id": "id", "notes": "n", "user_fields.x": {"column": "x", "type": "decimal"}})
    rows = [{"id": "1", "n": "n" * 2_000, "x": "1000000000000000e400"}, {"id": "2", "n": "", "x": ""}]
    assert taken(quick(mapped, tabular=True), *rows) == [None, b'{"external_id":"2"' + END]


def test_a_line_that_is_nested_too_deeply_is_left() -> None:
    """It ends no upload, and its neighbours are taken."""
    deep = b'{"id":"1","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert taken(quick(MAPPED), deep, b'{"id":"2"}') == [None, b'{"external_id":"2"' + END]


def test_mappings_go_through_a_template() -> None:
    """As values, or as the cells of a table."""
    rows = [{"id": " 1", "Name": "A ", "plan": ""}, {"id": "2", "Name": "", "plan": "x"}]
    assert taken(quick(MAPPED, tabular=True), *rows) == [
        b'{"external_id":"1","name":"A"' + END,
        b'{"external_id":"2","user_fields":{"plan":"x"}' + END,
    ]
    assert taken(quick(MAPPED), *rows) == [
        b'{"external_id":" 1","name":"A ","user_fields":{"plan":""}' + END,
        b'{"external_id":"2","name":"","user_fields":{"plan":"x"}' + END,
    ]


def test_rows_are_read_by_their_header() -> None:
    """By that of the first; a row with another is left, and so are all under one that names no attribute."""
    row = {"email": "a@b.co", "user_fields.plan": " x"}
    body = b'{"email":"a@b.co","user_fields":{"plan":"x"}' + END
    other = dict(reversed(row.items()))
    assert taken(quick(tabular=True), row, other, row) == [body, None, body]
    assert taken(quick(tabular=True), {**row, "emial": ""}, row) == [None, None]
    assert taken(quick(tabular=True, ignore_unknown=True), {**row, "emial": ""}) == [body]


@pytest.mark.parametrize("template", [None, compile_template({"email": "email", "name": "name"})])
def test_each_kind_is_taken_and_mappings_among_lines_are_left(template: Template | None) -> None:
    """What is neither line nor mapping is left, each thing in its place."""
    line, mapping = b'{"email":"a@b.co","name":"A"}', {"email": "c@d.co"}
    of_line, of_mapping = line[:-1] + END, b'{"email":"c@d.co"' + END
    assert taken(quick(template), BROKEN, line, mapping, line) == [None, of_line, None, of_line]
    assert taken(quick(template), mapping, BROKEN, OrderedDict(mapping), mapping) == [
        of_mapping,
        None,
        None,
        of_mapping,
    ]
    assert quick(template).take([mapping, BROKEN, {**mapping, "name": "C"}]).names == [ABSENT, ABSENT, "C"]
    assert taken(quick(template), BROKEN, BROKEN) == [None, None]
    assert taken(quick(template)) == []


def test_what_was_taken_is_spread_among_what_was_left() -> None:
    """Each record's keys, body and name stay together."""
    two = Taken([("e:a",), ("e:b",)], [b"a", b"b"], ["A", ABSENT])
    assert two.spread([True, True]) == two
    assert two.spread([False, True, False, True]) == (
        [None, ("e:a",), None, ("e:b",)],
        [b"", b"a", b"", b"b"],
        [ABSENT, "A", ABSENT, ABSENT],
    )
    assert Taken([], [], []).spread([False]) == ([None], [b""], [ABSENT])


# -- what is left -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", [math.nan, -math.inf, [1, math.nan], "\ud800", Decimal("1.5"), date(2024, 1, 2), 2**70]
)
def test_values_that_json_does_not_have_are_left(value: object) -> None:
    """As null, which is what orjson makes of NaN, they would clear what Zendesk has; the neighbours are taken."""
    well, odd = {"email": "a@b.co"}, {"email": "a@b.co", "user_fields": {"x": value, "y": None}}
    assert taken(quick(), well, odd, well) == [b'{"email":"a@b.co"' + END, None, b'{"email":"a@b.co"' + END]


@pytest.mark.parametrize("fields", [{"x": None}, {"x": "null"}, {"x": 1.5, "y": None}, None])
def test_null_that_was_meant_is_taken(fields: dict[str, Any] | None) -> None:
    """It clears the field, and is no sign of NaN."""
    user = {"email": "a@b.co", "user_fields": fields}
    assert taken(quick(), user) == [orjson.dumps(user)[:-1] + END]


@pytest.mark.parametrize("way", ["line", "mapping", "row", "template"])
@pytest.mark.parametrize(
    ("size", "is_taken"), [(MAX_LINE, True), (60_000, True), (MAX_BODY, False)], ids=["short", "long", "too long"]
)
def test_what_is_too_long_is_left(way: str, size: int, is_taken: bool) -> None:
    """And what is merely long is taken."""
    user = {"email": "a@b.co", "notes": "x" * size}
    raw = orjson.dumps(user) if way == "line" else user
    template = compile_template({"email": "email", "notes": "notes"}) if way == "template" else None
    body = orjson.dumps(user)[:-1] + END
    neighbour = b'{"email":"a@b.co"}' if way == "line" else {"email": "a@b.co", "notes": "n"}
    first, second = taken(quick(template, tabular=way == "row"), raw, neighbour)
    assert first == (body if is_taken else None)
    assert second is not None


@pytest.mark.parametrize("size", [MAX_LINE, MAX_LINE + 1])
def test_a_name_has_its_bound_however_long_the_record_may_be(size: int) -> None:
    """A body may be long, and yet each of its texts be too long or not."""
    line = orjson.dumps({"email": "a@b.co", "name": "x" * size, "notes": "y" * 5_000})
    assert taken(quick(), line) == [line[:-1] + END if size == MAX_LINE else None]


@pytest.mark.parametrize("tabular", [False, True])
def test_a_line_of_a_rejects_file_is_left(tabular: bool) -> None:
    """Not the line is sent, but the record in it; a column that happens to be called so is a column."""
    template = compile_template({"external_id": "id", "notes": "outcome"})
    wrapped = {"id": "1", "outcome": "failed", "record": {"id": "2"}}
    alike = {"id": "1", "outcome": "won"}
    body = b'{"external_id":"1","notes":"won"' + END
    assert taken(quick(template, tabular=tabular), wrapped, alike) == [None, body]
    assert taken(quick(template), orjson.dumps(wrapped), orjson.dumps(alike)) == [None, body]
    rows = [{"email": "a@b.co", "outcome": "x", "record": "y"}]
    assert taken(quick(tabular=True, ignore_unknown=True), *rows) == [None]


# -- columns that nobody has had --------------------------------------------------------------------------------------


def test_columns_are_seen_when_a_record_has_them() -> None:
    """Also when it is empty, null or wrong there; not when it is a line of a rejects file."""
    way = quick(
        compile_template({"external_id": "id", "user_fields.n": {"column": "n", "type": "integer"}, "notes": "x.y"})
    )
    assert way.unseen == {"id", "n", "x.y"}
    way.take([b'{"outcome":"failed","record":{"id":"1"},"n":5}', BROKEN, b"["])
    assert way.unseen == {"id", "n", "x.y"}
    way.take([b'{"id":null,"n":"wrong"}', b'{"id":"1"}'])
    assert way.unseen == {"x.y"}
    way.take([{"id": "1", "x": {"y": ""}}])
    assert way.unseen == set()
    assert quick().unseen == set()


def test_it_says_which_way_it_is() -> None:
    """By its template, or without one."""
    assert repr(quick()) == "<Quick by the names of attributes>"
    assert repr(quick(MAPPED)) == "<Quick <Columnwise external_id, name, user_fields.plan>>"


def test_lines_among_cells_are_left() -> None:
    """Text of a table is trimmed; a bare line that comes with such an upload is looked at with care."""
    (record,) = Intake(tabular=True).shape(Chunk(0, [b'{"external_id":" 1"}'], [1]))
    assert isinstance(record, Record)
    assert record.keys == ("x:1",)
