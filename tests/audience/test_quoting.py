from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.audience.quoting import Quoting, in_place
from zendesk_async.audience.spelled import read_exactly

VALUES = st.integers() | st.sampled_from([0, -5, 10**17, 10**18, 12.0, "7", 'a"b', None, True, {"external_id": 5}, [5]])
GIVEN = st.dictionaries(st.sampled_from(["external_id", "phone", "email", "user_fields", "x"]), VALUES, max_size=4)


def knowing(*lines: bytes) -> Quoting:
    quoting = Quoting()
    for line in lines:
        quoting.learn(line)
    return quoting


@given(GIVEN, st.sampled_from([None, 1]), st.booleans())
def test_in_place_is_what_would_be_written(given: dict[str, Any], indent: int | None, ascii_only: bool) -> None:
    """The same user comes out as by writing him anew; where that is not certain, nothing does."""
    line = json.dumps(given, indent=indent, ensure_ascii=ascii_only).replace("\n", " ").encode()
    names = {"external_id", "phone"}
    user = {key: str(held) if key in names and type(held) is int else held for key, held in given.items()}
    found = in_place(line, given, user)
    if found is not None:
        assert json.loads(found) == user
        assert len(found) == len(line) + 2 * sum(type(given[name]) is int for name in names & given.keys())


@pytest.mark.parametrize(
    ("line", "written"),
    [
        (b'{"external_id":12,"x":1.50}', b'{"external_id":"12","x":1.50}'),
        (b'{ "external_id" : -7 , "phone":5}', b'{ "external_id" : "-7" , "phone":"5"}'),
        (b'{"external_id":0}', b'{"external_id":"0"}'),
        (b'{"external_id":999999999999999999}', b'{"external_id":"999999999999999999"}'),
        (b'{"external_id":-999999999999999999}', b'{"external_id":"-999999999999999999"}'),
        (b'{"external_id":1000000000000000000}', None),
        (b'{"external_id":12.0}', None),
        (b'{"external_id":-0}', None),
        (b'{"external_id":12,"user_fields":{"external_id":5}}', None),
        (b'{"external_id":12,"name":"\\u00e9"}', None),
        (b'{"external\\u005fid":12,"user_fields":{"external_id":5}}', None),
    ],
)
def test_only_what_is_certain_is_changed(line: bytes, written: bytes | None) -> None:
    """What stands there once, and nothing that looks like it."""
    given = read_exactly(line)
    names = ("external_id", "phone")
    user = {key: str(held) if key in names else held for key, held in given.items()}
    assert in_place(line, given, user) == written


def test_what_was_changed_otherwise_is_written_anew() -> None:
    """A key that was taken away or folded, or a value that became another."""
    line = b'{"external_id":12,"organization_id":"5"}'
    given = json.loads(line)
    assert in_place(line, given, {"external_id": "12"}) is None
    assert in_place(line, given, {"external_id": "12", "organization_id": 5}) is None
    assert in_place(line, given, {"external_id": "13", "organization_id": given["organization_id"]}) is None


def test_attributes_that_were_numbers_are_quoted_from_then_on() -> None:
    """Those alone; where the line has no such number it stays as it is."""
    lines = [b'{"external_id":12,"phone":5}', b'{"external_id":"12"}', b"[", b'{"email":5}']
    assert knowing(*lines[1:]).apply(lines) == (lines, {})
    quoting = knowing(b'{"external_id":1}')
    found = quoting.apply(lines)
    assert found.lines == [b'{"external_id":"12","phone":5}', *lines[1:]]
    assert found.texts == {"external_id": ["12", None, None, None]}
    assert repr(quoting) == "<Quoting external_id>"
    assert repr(Quoting()) == "<Quoting nothing>"


def test_a_custom_field_of_that_name_is_a_mistake() -> None:
    """Whoever reads the line sees that the attribute has not got what was quoted."""
    found = knowing(b'{"external_id":1}').apply([b'{"external_id":5}', b'{"user_fields":{"external_id":5}}'])
    assert found.mistaken({"external_id": ["5", None]}.__getitem__) == {1}
    assert found.mistaken({"external_id": ["6", "5"]}.__getitem__) == {0}
