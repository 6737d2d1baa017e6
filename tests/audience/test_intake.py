from __future__ import annotations

import json
import math
import random
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.audience import anything
from zendesk_async.audience.attributes import MAX_BODY
from zendesk_async.audience.intake import FIRST, Intake
from zendesk_async.audience.original import original_json
from zendesk_async.audience.template import Template, compile_template
from zendesk_async.errors import InputError
from zendesk_async.models import Broken, Chunk, Raw, Record, Rejection, Row, Rows

DEFAULTS = {"verified": True, "skip_verify_email": True}
LATE = 1_000  # a position at which an unknown key is one record's mistake

JSON_TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=9)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | JSON_TEXT
USERS = st.fixed_dictionaries(
    {},
    optional={
        "external_id": st.sampled_from(["A1", " ", ""]) | SCALARS,
        "email": st.sampled_from(["A@b.co", " a@b.co ", "a@b", ""]),
        "name": SCALARS,
        "phone": SCALARS,
        "tags": st.lists(SCALARS, max_size=3) | SCALARS,
        "verified": SCALARS,
        "organization_id": SCALARS,
        "role": JSON_TEXT,
        "user_fields": st.dictionaries(st.sampled_from("abü"), SCALARS | st.lists(SCALARS, max_size=2), max_size=2),
        "user_fields.plan": SCALARS,
        "emial": SCALARS,
    },
)


def shape(*raws: Raw, intake: Intake | None = None, start: int = LATE) -> list[Record | Rejection]:
    """Shape raws that begin on line 7."""
    return (intake or Intake()).shape(Chunk(start, raws, range(7, 7 + len(raws))))


def sent(raw: Raw, intake: Intake | None = None) -> Any:
    """The user that is sent of a raw, which must be fit for it."""
    (record,) = shape(raw, intake=intake)
    assert isinstance(record, Record), record
    return json.loads(record.body)


def rejection(raw: Raw, intake: Intake | None = None) -> Rejection:
    (found,) = shape(raw, intake=intake)
    assert isinstance(found, Rejection), found
    return found


def knowing(first: Raw, mapping: Template | None = None) -> Intake:
    """An intake that has seen a record's custom fields, and sends what is in order the quick way from then on."""
    intake = Intake(mapping)
    shape(first, intake=intake)
    return intake


def template(**fields: Any) -> Template:
    return compile_template({"external_id": "id", **fields})


# -- what travels -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "body"),
    [
        (b'{"external_id":"1"}', b'{"external_id":"1","verified":true,"skip_verify_email":true}'),
        (b'{ "email" : "a@b.co" }', b'{ "email" : "a@b.co" ,"verified":true,"skip_verify_email":true}'),
        (b'{"external_id":"1","verified":false}', b'{"external_id":"1","verified":false,"skip_verify_email":true}'),
        (
            b'{"external_id":"1","skip_verify_email":null}',
            b'{"external_id":"1","skip_verify_email":null,"verified":true}',
        ),
        (
            b'{"external_id":"1","skip_verify_email":false,"verified":false}',
            b'{"external_id":"1","skip_verify_email":false,"verified":false}',
        ),
        (
            b'{"external_id":"\\u00e9","user_fields":{"big":12345678901234567890123,"d":1.50}}',
            b'{"external_id":"\\u00e9","user_fields":{"big":12345678901234567890123,"d":1.50},'
            b'"verified":true,"skip_verify_email":true}',
        ),
    ],
)
def test_a_line_that_needs_no_change_travels_as_it_came(line: bytes, body: bytes) -> None:
    """To the byte, numbers included; only the defaults are put in, unless the record says otherwise."""
    for _ in range(2):  # first with keys that are not known yet, then with known ones
        (record,) = shape(line)
        assert isinstance(record, Record)
        assert (record.body, record.original) == (body, line)


def test_defaults_may_be_ones_own() -> None:
    """Who wants the verification mails says so; None leaves it to Zendesk."""
    line = b'{"external_id":"1"}'
    assert sent(line, Intake(verified=False)) == {"external_id": "1", "verified": False, "skip_verify_email": True}
    assert sent(line, Intake(verified=None, skip_verify_email=None)) == {"external_id": "1"}


@given(USERS)
def test_a_record_is_sent_the_same_whatever_way_it_came(user: dict[str, Any]) -> None:
    """As a line, as an object, and with its keys known or not: the same user, or the same refusal."""
    line = as_line(user)
    fresh, experienced = Intake(), Intake()
    shape(b'{"email":"a@b.co","user_fields":{"a":1,"b":2}}', intake=experienced)
    of_line, again = shape(line, intake=fresh)[0], shape(line, intake=experienced)[0]
    of_object = shape(user, intake=fresh)[0]
    assert of_line == again
    if isinstance(of_line, Record):
        assert isinstance(of_object, Record)
        assert of_object.keys == of_line.keys
        assert json.loads(of_object.body) == json.loads(of_line.body)
    else:
        assert isinstance(of_object, Rejection)
        assert of_object[:3] == of_line[:3]


def as_line(user: dict[str, Any]) -> bytes:
    return json.dumps(user, ensure_ascii=False).encode()


@given(USERS)
def test_what_is_sent_has_the_types_that_zendesk_wants(user: dict[str, Any]) -> None:
    """One ill-typed attribute would make Zendesk refuse a hundred users."""
    (found,) = shape(as_line(user))
    if isinstance(found, Rejection):
        return
    body = json.loads(found.body)
    assert body.keys() >= DEFAULTS.keys()
    assert not body.keys() & {"role", "emial", "user_fields.plan"}
    assert body.get("external_id") or body.get("email")
    for name in ("external_id", "email", "phone", "name"):
        assert isinstance(body.get(name) or "", str)
    assert all(isinstance(tag, str) for tag in body.get("tags") or [])
    assert type(body["verified"]) in {bool, type(None)}
    assert type(body.get("organization_id")) in {int, type(None)}


@pytest.mark.parametrize(
    ("line", "external_id"),
    [
        (b'{"external_id":12}', "12"),
        (b'{"external_id":12345678901234567890123}', "12345678901234567890123"),
        (b'{"external_id":18446744073709551616}', "18446744073709551616"),
        (b'{"external_id":12.0}', "12"),
        (b'{"external_id":12.50}', "12.50"),
        (b'{"external_id":-0}', "0"),
    ],
)
def test_a_number_where_a_string_is_wanted_becomes_it_exactly(line: bytes, external_id: str) -> None:
    """No digit of an id is lost, however long it is."""
    assert sent(line) == {"external_id": external_id, **DEFAULTS}


def test_what_must_be_written_again_keeps_its_numbers() -> None:
    """A record with one key to mend has its others as they were, digit for digit."""
    (record,) = shape(b'{"external_id":5,"user_fields":{"big":12345678901234567890123,"d":1.50}}')
    assert isinstance(record, Record)
    assert record.body.startswith(b'{"external_id":"5","user_fields":{"big":12345678901234567890123,"d":1.50}')


def test_positions_may_be_named() -> None:
    """Of a chunk in which some records are settled already, the others keep their positions."""
    chunk = Chunk(0, [b'{"email":"a@b.co"}', b"x", {"email": "c@d.co"}], [1, 2, 3]).part([1, 2])
    assert [item.position for item in Intake().shape(chunk)] == [1, 2]
    assert Intake().shape(chunk._replace(raws=[], lines=[], positions=[])) == []


def test_an_empty_chunk_gives_nothing() -> None:
    """No record, no outcome."""
    assert shape() == []


def test_the_nameless_are_counted() -> None:
    """They can only update; ``check`` says how many there are."""
    intake = Intake()
    raws: list[Raw] = [b'{"email":"a@b.co"}', {"email": "a@b.co"}, b'{"email":" a@b.co"}', b'{"email":"x"}']
    shape(*raws, b'{"email":"a@b.co","name":"A"}', {"email": "a@b.co", "name": "A"}, intake=intake)
    assert intake.nameless == 3


def test_the_nameless_are_counted_by_whatever_way_they_go() -> None:
    """By a template and of a table alike; an empty cell is no name, and who is rejected does not count."""
    mapped = Intake(template(name="Name"))
    shape(b'{"id":"1"}', {"id": "2", "Name": "A"}, b'{"id":"3","Name":""}', {"id": ""}, {"id": 4.0}, intake=mapped)
    assert mapped.nameless == 2
    rows = Intake(tabular=True)
    shape({"email": "a@b.co", "name": " "}, {"email": "x", "name": ""}, {"name": "", "email": " c@d.co"}, intake=rows)
    assert rows.nameless == 2


def test_columns_that_no_record_has_are_told() -> None:
    """A template's misspelt column would otherwise leave its attribute out in silence, where there is no header."""
    intake = Intake(template(phone="Phone", notes="crm.note", alias="Alias"))
    assert intake.unseen == {"id", "Phone", "crm.note", "Alias"}
    shape(b'{"id":"1","phone":"5"}', b'{"id":"2","crm":{"note":null}}', {"id": "3", "Alias": ""}, intake=intake)
    assert intake.unseen == {"Phone"}
    assert Intake().unseen == set()


def test_a_role_is_only_sent_by_a_template() -> None:
    """An upload of customers makes no agents, and takes no agent's seat."""
    assert sent(b'{"external_id":"1","role":"agent"}') == {"external_id": "1", **DEFAULTS}
    mapped = Intake(template(role="Role"))
    assert sent({"id": "1", "Role": "agent"}, mapped) == {"external_id": "1", "role": "agent", **DEFAULTS}


# -- tables, templates, objects ---------------------------------------------------------------------------------------


def test_cells_become_what_the_attributes_want() -> None:
    """Without a template, a table's columns are Zendesk's names; empty cells are left out."""
    row = {
        "external_id": " 1 ",
        "email": "",
        "verified": "no",
        "tags": "a, b",
        "organization_id": "12.0",
        "group_ids": "1,2",
        "role": "agent",
        "user_fields.plan": "gold",
    }
    assert sent(row, Intake(tabular=True)) == {
        "external_id": "1",
        "verified": False,
        "tags": ["a", "b"],
        "organization_id": 12,
        "group_ids": [1, 2],
        "user_fields": {"plan": "gold"},
        "skip_verify_email": True,
    }


def test_a_cell_that_cannot_be_converted_rejects_its_row() -> None:
    """And only that."""
    intake = Intake(tabular=True)
    bad, good = {"email": "a@b.co", "verified": "maybe"}, {"email": "a@b.co", "verified": "1"}
    first, second = shape(bad, good, intake=intake)
    assert isinstance(first, Rejection)
    assert first.details.startswith('line 7: column "verified": "maybe" is not true (')
    assert isinstance(second, Record)


def test_a_template_shapes_rows_lines_and_objects() -> None:
    """The same template for each kind of input."""
    mapping = template(name="{first} {last}", **{"user_fields.points": {"column": "points", "type": "decimal"}})
    wanted = {"external_id": "1", "name": "A B", "user_fields": {"points": 1.5}, **DEFAULTS}
    row = {"id": "1", "first": "A", "last": " B", "points": "1.5", "other": "x"}
    assert sent(row, Intake(mapping, tabular=True)) == wanted
    assert sent({**row, "points": 1.5}, Intake(mapping)) == wanted
    assert sent(b'{"id":1,"first":"A","last":"B","points":1.5}', Intake(mapping)) == wanted


def test_a_template_keeps_the_digits_of_a_line() -> None:
    """Numbers that orjson would change are read again."""
    intake = knowing({"id": "1", "p": 1}, template(**{"user_fields.p": "p"}))
    line = b'{"id":12345678901234567890123,"p":1.50}'
    first, second = shape(line, b'{"id":"1","p":12345678901234567890123}', intake=intake)
    assert isinstance(first, Record)
    assert isinstance(second, Record)
    assert first.body.startswith(b'{"external_id":"12345678901234567890123","user_fields":{"p":1.50}')
    assert second.body.startswith(b'{"external_id":"1","user_fields":{"p":12345678901234567890123}')
    assert first.original == line


def test_values_of_programs_get_their_form() -> None:
    """Dates, decimals and large numbers; and what was given is not changed."""
    given = {"external_id": 2**70, "user_fields": {"since": date(2024, 1, 2), "d": Decimal("1.50"), "n": None}}
    before = dict(given)
    assert sent(given) == {
        "external_id": str(2**70),
        "user_fields": {"since": "2024-01-02", "d": 1.5, "n": None},
        **DEFAULTS,
    }
    assert given == before
    assert sent({"external_id": "1", "user_fields": {"n": 2**70}})["user_fields"] == {"n": 2**70}
    mapped = Intake(template(**{"user_fields.since": "since", "user_fields.d": "d"}))
    values = {"id": 2**70, "since": date(2024, 1, 2), "d": [Decimal("1.50"), date(2024, 1, 2)]}
    assert sent(values, mapped)["user_fields"] == {"since": "2024-01-02", "d": [1.5, "2024-01-02"]}


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        ({"external_id": "1", "user_fields": {"x": math.nan}}, "InvalidValue"),
        ({"external_id": "1", "user_fields": {"x": math.inf, "y": None}}, "InvalidValue"),
        ({"external_id": math.nan}, "InvalidValue"),
        ({"external_id": "1", "notes": "\ud800"}, "InvalidEncoding"),
        ({"external_id": "1", "user_fields": {"x": object()}}, "InvalidType"),
        ({"external_id": "1", "identities": [{"x": object()}]}, "InvalidType"),
        ({"external_id": "1", "identities": [{5: "x"}]}, "InvalidType"),
    ],
)
def test_values_that_json_does_not_have_reject_their_record(raw: dict[str, Any], error: str) -> None:
    """As null, which is what orjson makes of NaN, it would clear what Zendesk has."""
    assert rejection(raw, knowing({"email": "a@b.co", "user_fields": {"x": 1, "y": 2}})).error == error


def test_what_contains_itself_is_rejected() -> None:
    """And ends no program."""
    endless: dict[str, Any] = {"external_id": "1", "user_fields": {}}
    endless["user_fields"]["x"] = [endless]
    assert rejection(endless).error == "InvalidRecord"
    deep = b'{"external_id":"1","identities":' + b"[" * 900 + b"1.5" + b"]" * 900 + b"}"
    assert rejection(deep).error in {"InvalidRecord", "InvalidJSON", "InvalidType"}
    assert rejection(deep, Intake(template())).error in {"InvalidRecord", "InvalidJSON", "MissingIdentity"}


# -- rejections -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "error", "original"),
    [
        (b'{"email":"a@b.co"', "InvalidJSON", '{"email":"a@b.co"'),
        (b'{"email":"a@b.co"},{"email":"c@d.co"}', "InvalidJSON", '{"email":"a@b.co"},{"email":"c@d.co"}'),
        (b'{"email":"\xff"}', "InvalidEncoding", '{"email":"\\xff"}'),
        (b"[]", "InvalidRecord", b"[]"),
        (b"{}", "MissingIdentity", b"{}"),
        (b'{"name":"A"}', "MissingIdentity", b'{"name":"A"}'),
        (b'{"email":"a@b"}', "InvalidEmail", b'{"email":"a@b"}'),
        (b'{"email":"a@b.co","tags":"x"}', "InvalidType", b'{"email":"a@b.co","tags":"x"}'),
        (b'{"email":"a@b.co","emial":1}', "UnknownKey", b'{"email":"a@b.co","emial":1}'),
        ({"email": "a@b.co", "tags": "x"}, "InvalidType", {"email": "a@b.co", "tags": "x"}),
        (Broken("1,2,3", "RaggedRow", "the row has 3 cells, the header 2"), "RaggedRow", "1,2,3"),
    ],
)
def test_a_rejection_says_where_why_and_what(raw: Raw, error: str, original: Any) -> None:
    """Line, name, sentence, and the record as it was read; the others go on."""
    first, second = shape(raw, b'{"email":"a@b.co"}')
    assert isinstance(first, Rejection)
    assert (first.position, first.error, first.original) == (LATE, error, original)
    assert first.details.startswith("line 7: ")
    assert isinstance(second, Record)


@pytest.mark.parametrize("kind", ["line", "object", "row"])
def test_a_record_that_is_too_long_is_rejected(kind: str) -> None:
    """On whatever way it comes; and one that is merely long is sent."""
    user = {"external_id": "1", "details": "x" * 60_000, "notes": "y" * 60_000}
    raw, intake = (orjson.dumps(user), Intake()) if kind == "line" else (user, Intake(tabular=kind == "row"))
    assert sent(raw, intake)["notes"] == "y" * 60_000
    user["notes"] = "y" * MAX_BODY
    raw = orjson.dumps(user) if kind == "line" else user
    assert rejection(raw, intake).error == "TooLong"


@pytest.mark.parametrize(
    "raw",
    [b'{"email":"a@b.co","emial":1}', {"email": "a@b.co", "emial": 1}, b'{"email":"a@b.co","user_fields":{"a b":1}}'],
)
def test_an_unknown_key_in_the_first_records_stops_everything(raw: Raw) -> None:
    """It is the whole input that is meant otherwise: nothing is sent, and the nearest right name is told."""
    with pytest.raises(InputError, match=r'line 7: .*(Did you mean "email"|letters, digits).*--ignore-unknown'):
        shape(raw, start=FIRST - 1)
    (late,) = shape(raw, start=FIRST)
    assert isinstance(late, Rejection)
    (let_go,) = shape(raw, start=0, intake=Intake(ignore_unknown=True))
    assert isinstance(let_go, Record)
    assert b"emial" not in let_go.body


def test_an_unknown_column_is_told_by_its_rows_too() -> None:
    """Where nobody checked the columns beforehand."""
    row = {"email": "a@b.co", "emial": ""}
    with pytest.raises(InputError, match="emial"):
        shape(row, start=0, intake=Intake(tabular=True))
    assert sent(row, Intake(tabular=True, ignore_unknown=True)) == {"email": "a@b.co", **DEFAULTS}


# -- rejects files ----------------------------------------------------------------------------------------------------


def test_the_record_of_a_rejects_file_is_sent_again() -> None:
    """As it was read then, and without its wrapping in the next rejects file."""
    inner = b'{"external_id":12345678901234567890123,"notes":"n"}'
    line = b'{"position":41,"outcome":"failed","error":"E","record":' + inner + b"}"
    (record,) = shape(line)
    assert isinstance(record, Record)
    assert (record.original, record.keys) == (inner, ("x:12345678901234567890123",))
    assert b"outcome" not in record.body


def test_the_row_of_a_rejects_file_is_a_row_again() -> None:
    """All its values are strings, so it came from a table: with the same template it gives the same user."""
    mapping = template(phone="Phone", **{"user_fields.points": {"column": "Points", "type": "integer"}})
    row = {"id": "1", "Phone": "", "Points": "5"}
    line = orjson.dumps({"outcome": "failed", "record": row})
    wanted = {"external_id": "1", "user_fields": {"points": 5}, **DEFAULTS}
    assert sent(line, Intake(mapping)) == sent(row, Intake(mapping, tabular=True)) == wanted
    assert sent({"outcome": "failed", "record": row}, Intake(mapping)) == wanted


def test_what_was_broken_is_broken_again() -> None:
    """And shown as what it was, not in a wrapping of a wrapping."""
    found = rejection(orjson.dumps({"outcome": "rejected", "record": "1,2,3"}))
    assert (found.error, found.original) == ("InvalidJSON", "1,2,3")
    assert sent(orjson.dumps({"outcome": "rejected", "record": '{"email":"a@b.co"}'}))["email"] == "a@b.co"
    assert rejection(orjson.dumps({"outcome": "rejected", "record": None})).error == "InvalidRecord"


# -- before it begins -------------------------------------------------------------------------------------------------


def test_columns_are_checked_before_anything_is_sent() -> None:
    """Zendesk's own names, or what the template needs."""
    Intake().check_columns(["external_id", "user_fields.plan"])
    with pytest.raises(InputError, match=r'column "emial" is no attribute.*Did you mean "email"\?.*--ignore-unknown'):
        Intake().check_columns(["external_id", "emial"])
    Intake(ignore_unknown=True).check_columns(["external_id", "emial"])
    with pytest.raises(InputError, match='neither a column "external_id" nor "email"'):
        Intake().check_columns(["name"])
    Intake(template()).check_columns(["id", "whatever"])
    with pytest.raises(InputError, match='needs a column "id"'):
        Intake(template()).check_columns(["ids"])


def test_the_digest_tells_what_would_be_sent_apart() -> None:
    """A resumed upload must not go on with other rules."""
    digests = [
        Intake().digest,
        Intake(template()).digest,
        Intake(template(phone="p")).digest,
        Intake(tabular=True).digest,
        Intake(ignore_unknown=True).digest,
        Intake(verified=False).digest,
        Intake(skip_verify_email=None).digest,
    ]
    assert len(set(digests)) == len(digests)
    assert Intake(template()).digest == Intake(template()).digest
    assert "names of attributes" in repr(Intake())
    assert "external_id" in repr(Intake(template()))


def test_headers_that_are_remembered_are_bounded() -> None:
    """An input with other columns in every row must not fill the memory."""
    intake = Intake(tabular=True)
    for number in range(500):
        sent({"email": "a@b.co", f"user_fields.k{number}": "x"}, intake)
    assert len(intake._headers) <= 100


# -- the quick way and the careful one --------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["1e400", "9" * 400])
def test_a_number_beyond_all_bounds_is_refused_where_it_would_be_sent(number: str) -> None:
    """Anywhere in the user; where nobody asks for it, it is no concern."""
    mapped = template(**{"user_fields.x": "x"})
    found = rejection(f'{{"id":"1","x":{number}}}'.encode(), Intake(mapped))
    assert found.error == "InvalidValue"
    assert "is larger than any that systems agree on" in found.details
    assert sent(f'{{"id":"1","y":[{number}]}}'.encode(), Intake(mapped))["external_id"] == "1"
    assert sent(f'{{"external_id":"1","y":{number}}}'.encode(), Intake(ignore_unknown=True))["external_id"] == "1"
    assert rejection(f'{{"external_id":"1","organization":{{"id":{number}}}}}'.encode()).error == "InvalidValue"


def check_both_ways(
    raws: Sequence[Raw], template: Template | None, *, tabular: bool = False, ignore_unknown: bool = False
) -> None:
    """Check that a chunk becomes what the careful way makes of each of its records alone, however often it comes."""
    whole = Intake(template, tabular=tabular, ignore_unknown=ignore_unknown)
    careful = Intake(template, tabular=tabular, ignore_unknown=ignore_unknown)
    chunk = Chunk(LATE, raws, range(7, 7 + len(raws)))
    shaped = whole.shape(chunk)
    alone = [careful._careful(LATE + at, 7 + at, raw, tabular=tabular) for at, raw in enumerate(raws)]
    assert list(map(told, shaped)) == list(map(told, alone))
    if not isinstance(raws, Rows):
        same = [item.original is raw for item, raw in zip(shaped, raws, strict=True)]
        assert same == [item.original is raw for item, raw in zip(alone, raws, strict=True)]
    assert whole.nameless == careful.nameless
    assert list(map(told, whole.shape(chunk))) == list(map(told, alone))
    assert whole.unseen <= careful.unseen  # of what is refused at once, the careful way sees no columns


def told(item: Record | Rejection) -> tuple[Any, ...]:
    """All of an item; its original as JSON, because numbers that keep their spelling are equal to none."""
    return type(item), item[:-1], type(item.original), original_json(item.original)


def table(raws: list[Raw]) -> Sequence[Raw]:
    """The rows under the first header, as they are read from a table in good order."""
    rows = [raw for raw in raws if isinstance(raw, Row)]
    columns = rows[0].columns if rows else ("external_id",)
    return Rows(columns, [row.cells for row in rows if row.columns == columns])


@given(anything.lines(mapped=False), st.booleans())
def test_lines_become_what_each_would_alone(raws: list[Raw], ignore_unknown: bool) -> None:
    """To the byte, keys and originals included; and as many are nameless."""
    check_both_ways(raws, None, ignore_unknown=ignore_unknown)


@given(anything.lines(mapped=True), anything.templates(), st.booleans())
def test_lines_become_what_each_would_alone_by_a_template(raws: list[Raw], template: Template, tabular: bool) -> None:
    """To the byte, numbers digit for digit, keys and originals included; and the same columns are unseen."""
    check_both_ways(raws, template, tabular=tabular)


@given(anything.mappings(mapped=False), st.booleans())
def test_mappings_become_what_each_would_alone(raws: list[Raw], ignore_unknown: bool) -> None:
    """To the byte, floats spelt the same, keys and originals included; and as many are nameless."""
    check_both_ways(raws, None, ignore_unknown=ignore_unknown)


@given(anything.mappings(mapped=True), anything.templates())
def test_mappings_become_what_each_would_alone_by_a_template(raws: list[Raw], template: Template) -> None:
    """To the byte, floats spelt the same, keys and originals included; and the same columns are unseen."""
    check_both_ways(raws, template)


@given(anything.rows(mapped=False), st.booleans())
def test_rows_become_what_each_would_alone(raws: list[Raw], ignore_unknown: bool) -> None:
    """Under one header or many: to the byte, keys and originals included; and as many are nameless."""
    check_both_ways(raws, None, tabular=True, ignore_unknown=ignore_unknown)
    check_both_ways(table(raws), None, tabular=True, ignore_unknown=ignore_unknown)


@given(anything.rows(mapped=True), anything.templates())
def test_rows_become_what_each_would_alone_by_a_template(raws: list[Raw], template: Template) -> None:
    """To the byte, keys and originals included; and the same columns are unseen."""
    check_both_ways(raws, template, tabular=True)
    check_both_ways(table(raws), template, tabular=True)


@given(
    anything.lines(mapped=True), anything.mappings(mapped=True), anything.templates(), st.randoms(use_true_random=False)
)
def test_a_mixed_chunk_becomes_what_each_would_alone(
    lines: list[Raw], mappings: list[Raw], template: Template, order: random.Random
) -> None:
    """Lines and mappings may stand in one chunk, in any order."""
    raws = lines + mappings
    order.shuffle(raws)
    check_both_ways(raws, template)
    check_both_ways(raws, None)


class Plan(str, Enum):  # noqa: UP042 - its str() is not its value, as of many that programs have
    GOLD = "gold"


class Level(int, Enum):
    FIRST = 1


PLAIN: dict[str, Any] = {"user_fields.x": "x"}
INTEGER: dict[str, Any] = {"user_fields.x": {"column": "x", "type": "integer"}}
LONG = "x" * 2_000


@pytest.mark.parametrize(
    ("raw", "fields", "tabular"),
    [
        ({"external_id": Plan.GOLD, "organization_id": Level.FIRST}, None, False),
        ({"external_id": "1", "tags": ("a",), "user_fields": {"a": (1, 2), "b": Decimal("1.50")}}, None, False),
        ({"external_id": "1", "user_fields": {"a": date(2024, 1, 2)}}, None, False),
        ({"external_id": "1", 5: "x"}, None, False),
        ({"id": "1", "x": (1, 2)}, PLAIN, False),
        ({"id": "1", "x": date(2024, 1, 2)}, PLAIN, False),
        ({"id": "1", "x": Decimal("1.50")}, PLAIN, False),
        ({"id": "1", "x": Decimal("5.0")}, INTEGER, False),
        ({"id": b"1", 5: "x"}, PLAIN, False),
        ({"id": "1", "x": 2**70}, PLAIN, False),
        (b'{"id":"1","x":99999999999999999999999999999999999999999999999999}', PLAIN, False),
        (b'{"id":"1","x":5,"id":"2"}', PLAIN, False),
        (b'{"external_id":5,"external_id":"2"}', None, False),
        ({"id": "1", "x": LONG * 40}, PLAIN, False),
        ({"id": "1", "x": 1.5}, {"user_fields.y": {"value": 1e16}, **PLAIN}, False),
        ({"external_id": "1", "outcome": "x", "record": "y"}, None, True),
        pytest.param({"external_id": "1", "role": "agent"}, None, True, id="a table may send a role"),
        pytest.param({"external_id": "1", "user_fields": "", "user_fields.a": "x"}, None, True, id="fields twice"),
        pytest.param({"emial": "1"}, None, True, id="a table of unknown columns"),
        pytest.param({}, None, True, id="a table of no columns"),
        pytest.param({"x": "1"}, {"external_id": {"value": "1"}}, False, id="constants alone"),
        pytest.param({"id": "1", "x": 2**64}, INTEGER, False, id="integer beyond 64 bits"),
        pytest.param({"id": "1", "x": str(2**64)}, INTEGER, True, id="integer beyond 64 bits, of text"),
        pytest.param(b'{"id":"1","x":1e22}', INTEGER, False, id="integer beyond 64 bits, of a float"),
        pytest.param(b'{"id":"1","x":%b}' % (b"9" * 50), INTEGER, False, id="integer of more than 40 digits"),
        pytest.param({"id": "1", "x": 2**70}, {"organization_id": "x"}, False, id="an id beyond 64 bits"),
        pytest.param(
            b'{"id":"1","x":9999999999999999999,"y":1.5}',
            {"organization_id": "x"},
            False,
            id="an id of 64 bits without a sign, beside a float",
        ),
        pytest.param(b'{"id":"1","x":1e400}', PLAIN, False, id="beyond any float"),
        pytest.param(b'{"id":"1","y":1e400}', PLAIN, False, id="beyond any float, where nobody looks"),
        pytest.param(
            b'{"id":"1","x":1e400,"y":"%b"}' % LONG.encode(),
            {"notes": "y", **PLAIN},
            False,
            id="beyond any float, in a long record",
        ),
        pytest.param(b'{"external_id":"1","user_fields":{"x":%b}}' % (b"9" * 400), None, False, id="400 digits"),
        pytest.param(
            b'{"external_id":"1","notes":"%b","user_fields":{"x":%b}}' % (LONG.encode(), b"9" * 400),
            None,
            False,
            id="400 digits, in a long record",
        ),
        pytest.param({"id": "1", "x": 10**400, "y": LONG}, {"notes": "y", **PLAIN}, False, id="400 digits of Python"),
        pytest.param({"external_id": 10**5000}, None, False, id="5,000 digits"),
        pytest.param({"id": 10**5000}, PLAIN, False, id="5,000 digits by a template"),
        pytest.param(
            {"id": "1", "x": date(2024, 12, 31)},
            {"user_fields.x": {"column": "x", "format": "%d-%m-%Y"}},
            False,
            id="a date that is one already",
        ),
        pytest.param({"id": "1", "x": Plan.GOLD}, {"name": "{x}"}, False, id="a text that is an enum"),
        pytest.param({"id": "1", "x": Level.FIRST}, {"name": "{x}"}, False, id="a number that is an enum"),
    ],
)
def test_both_ways_agree_on_what_is_rare(raw: Raw, fields: dict[str, Any] | None, tabular: bool) -> None:
    """What nobody would think of becomes the same on whatever way, and ends no upload."""
    mapping = None if fields is None else compile_template({"external_id": "id", **fields})
    check_both_ways([raw], mapping, tabular=tabular, ignore_unknown=True)
    check_both_ways([raw], mapping, tabular=tabular)
