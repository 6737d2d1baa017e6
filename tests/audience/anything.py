"""Chunks of whatever may be read: most records are well in most of their columns, and the others odd in all ways.

Were they odd throughout, hardly any record would go the quick way, and nothing would be known about it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from http import HTTPStatus
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from zendesk_async.audience.template import Template, compile_template
from zendesk_async.models import Broken, Raw, Row

__all__ = ["lines", "mappings", "rows", "templates"]

Strategy = st.SearchStrategy


class Plan(str, Enum):  # noqa: UP042 - its str() is not its value, as of many that programs have
    GOLD = "gold"


class Level(int, Enum):
    FIRST = 1


FIELDS: dict[str, Any] = {
    "external_id": "id",
    "email": "mail",
    "name": "{first} {last}",
    "alias": "{alias}",
    "phone": {"column": "phone", "default": "none"},
    "notes": "crm.note",
    "details": {"value": "d"},
    "organization_id": "org",
    "custom_role_id": {"column": "role id", "type": "integer"},
    "tags": {"column": "tags", "split": "|"},
    "group_ids": "groups",
    "verified": "verified",
    "skip_verify_email": {"column": "skip", "true": ["x"]},
    "role": "role",
    "user_fields.plan": "plan",
    "user_fields.level": {"column": "level", "default": 0},
    "user_fields.since": {"column": "since", "format": "%d-%m-%Y"},
    "user_fields.count": {"column": "count", "type": "integer", "default": -1},
    "user_fields.points": {"column": "points", "type": "decimal"},
    "user_fields.vip": {"column": "vip", "type": "boolean"},
    "user_fields.several": {"column": "several", "type": "list"},
    "user_fields.code": {"column": "code", "type": "string"},
    "user_fields.both": "{first}/{plan}",
    "user_fields.source": {"value": 1.50},
}
"""All that a template can do."""

MAPPED: dict[str, list[Any]] = {
    "id": ["A1", "b 2", 7, "Σ"],
    "mail": ["A@b.co", "c@d.org"],
    "first": ["Ada", "Bo"],
    "last": ["C", "D"],
    "alias": ["a"],
    "phone": ["555", None, ""],
    "crm": [{"note": "n"}],
    "org": [5, 12345678901],
    "role id": ["12", 12],
    "tags": ["a|b"],
    "verified": [True, None],
    "skip": ["x"],
    "role": ["agent"],
    "plan": ["gold", 1.5, True],
    "level": [3, ""],
    "since": ["31-12-2024", "01-02-2023"],
    "count": ["5", 6],
    "points": ["1.5", 2.25, 3],
    "vip": ["yes", "no"],
    "several": ["a,b"],
    "code": ["007", 7],
}
"""The columns of that template, and what is well in them."""

MAPPED_CELLS: dict[str, list[Any]] = {
    column: [value for value in values if isinstance(value, str)] or ["", "1"] for column, values in MAPPED.items()
} | {"verified": ["TRUE", ""], "org": ["12", "12.0"], "level": ["3", ""]}

OWN: dict[str, list[Any]] = {
    "external_id": ["A1", "b 2", "Σ", 7, 12345],
    "email": ["A@b.co", "c@d.org"],
    "name": ["Ada"],
    "phone": ["555", None],
    "organization_id": [5, None],
    "tags": [["a"], [], None],
    "verified": [True, False, None],
    "skip_verify_email": [None, True],
    "user_fields": [{"a": 1}, {"a": 1.5, "b": None}, {"external_id": 7}, {}, None],
}
"""Users as Zendesk wants them."""

OWN_CELLS: dict[str, list[Any]] = {
    "role": ["agent", ""],
    "external_id": ["A1", " b 2 ", "Σ"],
    "email": ["A@b.co", "c@d.org"],
    "name": ["Ada", ""],
    "organization_id": ["12", "12.0", ""],
    "tags": ["a, b", ""],
    "verified": ["yes", "FALSE", ""],
    "user_fields.plan": ["gold", ""],
    "user_fields.since": ["2024-12-31"],
}
"""Rows of a table whose columns have Zendesk's own names."""

CELLS = [
    "",
    " ",
    "x",
    " x ",
    "12",
    "012",
    "12.0",
    "1.50",
    "1e5",
    "-3",
    "1234567.8901234567",
    "a|b",
    "31-12-2024",
    "true",
    "NO",
    "ü\n",
    "İ Σ",
]
IDENTITIES = [
    " A1",
    "x" * 255,
    "x" * 256,
    "A\nx:B",
    " a@b.co ",
    "a@b.co\n",
    "a@b.co\nc@d.co",
    "jürgen@example.de",
    "a@b",
]
FLOATS = [1e15, 1e16, -1e16, 5e-324, 1e-7, 0.1, -0.0, 12.0, math.nan, math.inf]
WHOLES = [0, -5, 2**53 + 1, 2**63 - 1, -(2**63)]
HUGE = [2**63, 2**64 - 1, 2**64, 2**70, -(2**70), 1e22, 10**50, "12345678901234567890123", "9" * 70]
NUMBERS = ["1.50", "12.0", "1e5", "1E+2", "-0", "-0.0", "1e16", "1e-7", "0.1", "123456789012345678"]
HUGE_NUMBERS = [
    "9223372036854775808",
    "18446744073709551615",
    "12345678901234567890123",
    "-9223372036854775809",
    "1e22",
    "-1e400",
    "9" * 400,
]
NO_RECORDS = [b"", b"[]", b"null", b'{"email":"a@b.co"', b'{"email":"\xff"}', b'{"email":"\\ud800"}', b"{}"]

TEXTS = st.sampled_from(CELLS + IDENTITIES) | st.text(max_size=3)
HALVES = st.sampled_from(["\ud800", "x\udfff"])
OF_PROGRAMS = st.sampled_from(
    [
        date(2024, 12, 31),
        datetime(2024, 1, 2, 3, 4, tzinfo=UTC),
        time(12),
        Decimal("1.50"),
        Decimal(7),
        Plan.GOLD,
        Level.FIRST,
        UUID(int=5),
        (1, "x"),
        {"x"},
        b"x",
        HTTPStatus.OK,
    ]
)
BROKEN = st.just(Broken("1,2,3", "RaggedRow", "the row has 3 cells, the header 2"))


def templates() -> Strategy[Template]:
    """Templates of some of the fields, in any order."""
    sizes = st.integers(1, len(FIELDS))
    chosen = st.builds(lambda targets, size: targets[:size], st.permutations(list(FIELDS)), sizes)
    return chosen.map(
        lambda targets: compile_template(
            {target: FIELDS[target] for target in {**dict.fromkeys(targets), "external_id": None}}
        )
    )


def mappings(*, mapped: bool) -> Strategy[list[Raw]]:
    """What a program may give. ``mapped``: under the names of a template's columns."""
    well = MAPPED if mapped else OWN
    records = _some(well, {column: _values(TEXTS | HALVES | OF_PROGRAMS) for column in _columns(well)})
    return _chunks(records, records.map(lambda record: {"outcome": "failed", "record": record}) | BROKEN)


def rows(*, mapped: bool) -> Strategy[list[Raw]]:
    """Rows of a table. ``mapped``: under the names of a template's columns."""
    well = MAPPED_CELLS if mapped else OWN_CELLS
    records = _some(well, dict.fromkeys(well, TEXTS), gaps=False)
    others = _some(well, dict.fromkeys(_columns(well), TEXTS)) | records.map(lambda row: dict(reversed(row.items())))
    return _chunks(records.map(_row), others.map(_row) | others | BROKEN)


def lines(*, mapped: bool) -> Strategy[list[Raw]]:
    """Lines of JSON, with numbers in all spellings. ``mapped``: with the keys of a template's columns."""
    well = {column: list(map(json.dumps, values)) for column, values in (MAPPED if mapped else OWN).items()}
    records = _some(well, {column: _json() for column in _columns(well)}).map(_line)
    wrapped = records.map(lambda line: b'{"outcome":"failed","record":%b}' % line)
    return _chunks(records, wrapped | BROKEN | st.sampled_from(NO_RECORDS))


def _row(mapping: Mapping[str, str]) -> Row:
    return Row(tuple(mapping), list(mapping.values()))


def _columns(well: Iterable[str]) -> list[str]:
    return [*well, "groups", "group_ids", "emial", "identities", "crm.note"]


def _line(members: Mapping[str, str]) -> bytes:
    return ("{" + ",".join(f"{json.dumps(key)}: {value}" for key, value in members.items()) + "}").encode()


def _values(texts: Strategy[Any]) -> Strategy[Any]:
    scalars = texts | st.none() | st.booleans() | st.sampled_from(WHOLES + HUGE) | st.sampled_from(FLOATS)
    lists = st.lists(scalars | st.lists(scalars, max_size=1), max_size=2)
    return scalars | lists | st.dictionaries(st.sampled_from(["a", "note", "a b"]), scalars | lists, max_size=2)


def _json() -> Strategy[str]:
    numbers = st.sampled_from(NUMBERS + HUGE_NUMBERS)
    written = _values(TEXTS).map(json.dumps).filter(lambda text: "NaN" not in text and "Infinity" not in text)
    return numbers | numbers.map("[{}]".format) | numbers.map('{{"a":{}}}'.format) | written


def _some(well: Mapping[str, list[Any]], odd: Mapping[str, Strategy[Any]], *, gaps: bool = True) -> Strategy[Any]:
    """Records, with a gap here and there, and an odd value."""
    full = st.fixed_dictionaries({column: st.sampled_from(values) for column, values in well.items()})
    changed: Strategy[dict[str, Any]] = st.just({})
    if odd:
        some = st.lists(st.sampled_from(list(odd)), max_size=2, unique=True)
        changed |= some.flatmap(lambda columns: st.fixed_dictionaries({column: odd[column] for column in columns}))
    missing: Strategy[set[str]] = st.just(set())
    if gaps:
        missing |= st.sets(st.sampled_from(list(well)), max_size=3)
    return st.builds(_put_together, full, changed, missing)


def _put_together(full: dict[str, Any], changed: dict[str, Any], missing: set[str]) -> dict[str, Any]:
    return {column: value for column, value in (full | changed).items() if column not in missing}


def _chunks(records: Strategy[Any], others: Strategy[Any]) -> Strategy[list[Raw]]:
    return st.lists(records, max_size=6) | st.lists(records | records | others, max_size=6)
