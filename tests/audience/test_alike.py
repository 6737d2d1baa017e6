from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from tests.audience import anything
from zendesk_async.audience.alike import MOST, Alike, Users
from zendesk_async.audience.column import ABSENT
from zendesk_async.audience.ordinary import User, column_of, each, of_line
from zendesk_async.models import Raw

FIRST = b'{"email":"a@b.co","name":"A","user_fields":{"plan":"gold","points":1.50}}'


def lines_of(*users: dict[str, Any]) -> list[bytes]:
    return [json.dumps(user).encode() for user in users]


def knowing(*lines: bytes) -> Alike:
    """One that has seen users."""
    alike = Alike()
    alike.learn(list(map(of_line, lines)))
    return alike


def columns(users: Users | None) -> list[list[Any]] | None:
    return None if users is None else [users.column(name) for name in ("external_id", "email", "name", "verified")]


@given(anything.lines(mapped=False), anything.lines(mapped=False))
def test_it_takes_what_is_ordinary_and_nothing_else(before: list[Raw], raws: list[Raw]) -> None:
    """Whatever it has seen: what it reads is what is read otherwise, attribute by attribute."""
    alike = Alike()
    alike.learn([user for user in each(of_line, [raw for raw in before if isinstance(raw, bytes)]) if user])
    for line in (raw for raw in raws if isinstance(raw, bytes)):
        found = alike.read([line])
        if found is not None:
            ordinary = [of_line(line)]
            for name in User.__struct_fields__:
                if name != "user_fields":
                    assert found.column(name) == column_of(name, ordinary)


def test_users_like_those_before_are_read() -> None:
    """Who lacks something is like them too; in any order."""
    found = knowing(FIRST).read([b'{"user_fields":{"points":2},"email":"c@d.co"}', FIRST, b'{"user_fields":{}}'])
    absent = [ABSENT] * 3
    assert columns(found) == [absent, ["c@d.co", "a@b.co", ABSENT], [ABSENT, "A", ABSENT], absent]
    assert repr(found) == "<Users 3>"


@pytest.mark.parametrize(
    "other",
    [
        b'{"email":"a@b.co","phone":"5"}',
        b'{"email":"a@b.co","user_fields":{"other":1}}',
        b'{"email":5}',
        b'{"email":"a@b.co","user_fields":{"plan":{}}}',
        b'{"email":"a@b.co","user_fields":[]}',
        b'{"email":"a@b.co"',
        b"[]",
    ],
)
def test_one_that_is_different_leaves_all_of_them(other: bytes) -> None:
    """It is not worth the search: the other way reads them all."""
    assert knowing(FIRST).read([FIRST, other]) is None


def test_it_learns_what_is_new() -> None:
    """From then on it is known, and what was known before is not forgotten."""
    alike = knowing(FIRST)
    (new,) = lines_of({"email": "a@b.co", "verified": True, "user_fields": {"tier": None}})
    assert alike.read([new]) is None
    alike.learn([of_line(new)])
    assert alike.read([new, FIRST]) is not None
    assert repr(alike) == "<Alike 4 attributes, 3 custom fields>"


def test_it_has_to_see_somebody_first() -> None:
    """And nobody teaches it nothing."""
    alike = Alike()
    assert alike.read([FIRST]) is None
    alike.learn([])
    assert alike.read([FIRST]) is None


def test_custom_fields_that_there_cannot_be_are_not_learnt() -> None:
    """They are refused on the careful way, each time."""
    (odd,) = lines_of({"email": "a@b.co", "user_fields": {"a b": 1}})
    assert knowing(odd).read([odd]) is None


@pytest.mark.parametrize(("count", "is_read"), [(MOST, True), (MOST + 1, False)])
def test_too_many_custom_fields_are_no_form(count: int, is_read: bool) -> None:
    """Types are not made for ever, one for each record."""
    (line,) = lines_of({"email": "a@b.co", "user_fields": {f"k{number}": number for number in range(count)}})
    alike = knowing(line)
    assert (alike.read([line]) is not None) is is_read
    alike.learn([of_line(FIRST)])
    assert (alike.read([FIRST]) is not None) is (alike.read([line]) is not None)


def test_keys_of_fields_may_be_no_names_in_python() -> None:
    """Zendesk lets a field be called "2024" or "class"."""
    (line,) = lines_of({"email": "a@b.co", "user_fields": {"2024": 1, "class": 2, "f0": 3}})
    assert knowing(line).read([line]) is not None
