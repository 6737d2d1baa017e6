from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import combinations
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zendesk_async.upload.folding import ONE_THING, fold


def body(**attributes: Any) -> bytes:
    return json.dumps(attributes, ensure_ascii=False).encode()


def folded(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> Any:
    """What two updates fold to, read again; None where they do not fold."""
    found = fold(body(**earlier), body(**later))
    return found if found is None else json.loads(found)


# -- Zendesk, in small -------------------------------------------------------------------------------------------


class Number(str):
    """A number as it is written: 1.0 and 1 are two."""

    __slots__ = ()


def read(written: bytes) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(written, parse_int=Number, parse_float=Number)
    return value


def upsert(user: Mapping[str, Any], update: Mapping[str, Any]) -> dict[str, Any]:
    """Do to a user what Zendesk does (zendesk-api-facts 1.4).

    What becomes of several ways to say one thing in one update is unknown, so all that stands together is kept as it
    stood: only the very same words are sure to have the very same effect.
    """
    after = dict(user)
    for names in ONE_THING:
        if said := {name: update[name] for name in names if name in update}:
            after["/".join(sorted(names))] = said
    for name, value in update.items():
        if name == "user_fields":
            after[name] = {**user.get(name, {}), **(value or {})}
        elif name == "identities":
            after[name] = [*user.get(name, []), *value]
        elif not any(name in names for names in ONE_THING):
            after[name] = value
    return after


TEXTS = st.text(max_size=6).map(lambda text: json.dumps(text, ensure_ascii=len(text) % 2 == 0))
NUMBERS = st.integers(-(10**45), 10**45).map(str) | st.sampled_from(
    ["18446744073709551616", "1.0", "-0.0", "0.1234567890123456789012345", "12345678901234567890.5", "1e400", "1E+2"]
)
VALUES = TEXTS | NUMBERS | st.sampled_from(["null", "true", "false", "[]", '["a","b"]', "[1.0, 18446744073709551616]"])
FIELDS = st.dictionaries(st.sampled_from(['"a"', '"b"', '"c"', '"\\u0061"', '"ü"']), VALUES, max_size=3)
LISTS = st.lists(TEXTS, max_size=3).map(lambda texts: "[" + ",".join(texts) + "]")


def written(members: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{name}:{value}" for name, value in members.items()) + "}"


PLAIN = st.dictionaries(st.sampled_from(['"name"', '"notes"', '"email"', '"alias"', '"nämé"']), VALUES, max_size=4)
ENTANGLED = st.dictionaries(
    st.sampled_from(sorted(json.dumps(name) for names in ONE_THING for name in names)), VALUES, max_size=2
)
UPDATES = st.builds(
    lambda plain, entangled, more: written({**plain, **entangled, **more}).encode(),
    PLAIN,
    st.just({}) | ENTANGLED,
    st.fixed_dictionaries(
        {}, optional={'"user_fields"': FIELDS.map(written) | st.just("null"), '"tags"': LISTS, '"identities"': LISTS}
    ),
)


@given(UPDATES, UPDATES, UPDATES)
def test_folding_is_applying_one_after_the_other(before: bytes, earlier: bytes, later: bytes) -> None:
    """Whoever the user was: the folded update makes of him what the two updates would have made, to the last digit."""
    both = fold(earlier, later)
    assume(both is not None)
    assert both is not None
    user = upsert({}, read(before))
    assert upsert(user, read(both)) == upsert(upsert(user, read(earlier)), read(later))


@given(UPDATES, UPDATES, UPDATES)
def test_folding_thrice_is_applying_thrice(first: bytes, second: bytes, third: bytes) -> None:
    """What was folded folds again."""
    two = fold(first, second)
    three = fold(two, third) if two is not None else None
    assume(three is not None)
    assert three is not None
    assert upsert({}, read(three)) == upsert(upsert(upsert({}, read(first)), read(second)), read(third))


@given(UPDATES, UPDATES)
def test_ordinary_updates_always_fold(earlier: bytes, later: bytes) -> None:
    """Only what can be said in several ways, or adds up, keeps two updates apart."""
    odd = {"identities"}.union(*ONE_THING)
    if odd.isdisjoint(read(earlier)) or odd.isdisjoint(read(later)):
        assert fold(earlier, later) is not None


# -- one by one --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("earlier", "later", "both"),
    [
        ({"name": "A", "notes": "n"}, {"name": "B"}, {"name": "B", "notes": "n"}),
        ({"phone": "+1"}, {"phone": None}, {"phone": None}),
        ({"phone": None}, {"name": "A"}, {"phone": None, "name": "A"}),
        ({"tags": ["a", "b"]}, {"tags": ["c"]}, {"tags": ["c"]}),
        ({"tags": ["a"]}, {"tags": []}, {"tags": []}),
        ({"tags": ["a"]}, {"name": "A"}, {"tags": ["a"], "name": "A"}),
        ({"user_fields": {"a": 1, "b": 2}}, {"user_fields": {"b": 3}}, {"user_fields": {"a": 1, "b": 3}}),
        ({"user_fields": {"a": 1}}, {"user_fields": {"a": None}}, {"user_fields": {"a": None}}),
        ({"user_fields": {"a": 1}}, {"user_fields": None}, {"user_fields": {"a": 1}}),
        ({"user_fields": None}, {"user_fields": {"a": 1}}, {"user_fields": {"a": 1}}),
        ({"user_fields": {"a": 1}}, {"name": "A"}, {"user_fields": {"a": 1}, "name": "A"}),
        ({"external_id": "C-1"}, {"external_id": "c-1"}, {"external_id": "c-1"}),
    ],
)
def test_what_becomes_of_attributes(earlier: dict[str, Any], later: dict[str, Any], both: dict[str, Any]) -> None:
    """Attributes are overwritten, custom fields merge by key, tags are replaced, null is kept because it clears."""
    assert folded(earlier, later) == both


@pytest.mark.parametrize(
    "number",
    [
        "18446744073709551616",
        "123456789012345678901234567890",
        "-9223372036854775809",
        "1234567890123456789",
        "0.12345678901234567890123",
        "1.10",
        "1e400",
        "9" * 5_000,
    ],
)
def test_numbers_arrive_as_they_left(number: str) -> None:
    """No number is rounded, shortened or refused, in whichever update it stands and however long it is."""
    with_number = f'{{"user_fields":{{"n":{number}}},"notes":"x"}}'.encode()
    without = b'{"user_fields":{"m":1},"name":"A"}'
    for both in (fold(with_number, without), fold(without, with_number)):
        assert both is not None
        assert f'"n":{number}'.encode() in both


def test_an_update_that_says_all_is_sent_as_it_was_read() -> None:
    """Where the later update covers the earlier one it goes out to the byte, like a record that nobody met."""
    later = b'{ "name" : "\\u0041", "user_fields":{"b":2, "a" :1.0} }'
    for earlier in (
        b"{}",
        b'{"name":"B"}',
        b'{"user_fields":null}',
        b'{"user_fields":{"a":9}}',
        b'{"user_fields":{"a":9,"b":8},"name":null}',
    ):
        assert fold(earlier, later) == later


@pytest.mark.parametrize("earlier", [b'{"notes":"n"}', b'{"user_fields":{"c":3}}'])
def test_an_update_that_says_less_is_completed(earlier: bytes) -> None:
    """What only the earlier update says is not lost."""
    both = fold(earlier, b'{"name":"A","user_fields":{"a":1}}')
    assert both is not None
    assert read(both) == upsert(read(earlier), {"name": "A", "user_fields": {"a": Number("1")}})


ONE_BY_ONE = [pair for names in ONE_THING for pair in combinations(sorted(names), 2)]


@pytest.mark.parametrize(("one", "other"), [*ONE_BY_ONE, *((other, one) for one, other in ONE_BY_ONE)])
def test_one_thing_said_in_two_ways_is_not_folded(one: str, other: str) -> None:
    """Zendesk would choose between the two by rules of its own; one after the other, the later wins."""
    assert folded({one: "1", "name": "A"}, {other: "2"}) is None


def test_one_thing_said_in_the_same_ways_is_folded() -> None:
    """Nothing is left of the earlier way of saying it, so there is nothing to choose."""
    assert folded({"locale": "de"}, {"locale": "en", "notes": "n"}) == {"locale": "en", "notes": "n"}
    assert folded({"locale": "de"}, {"locale": "en", "locale_id": 1}) == {"locale": "en", "locale_id": 1}
    assert folded({"role": "agent", "custom_role_id": 1}, {"name": "A"}) == {
        "role": "agent",
        "custom_role_id": 1,
        "name": "A",
    }


def test_identities_add_up_and_are_not_folded() -> None:
    """Each update adds its identities to the user's; one update with those of the later would lose the others."""
    assert folded({"identities": [{"type": "email"}]}, {"identities": []}) is None
    assert folded({"identities": [1]}, {"name": "A"}) == {"identities": [1], "name": "A"}


@pytest.mark.parametrize(
    "odd", [b'{"user_fields":[1]}', b"[]", b"", b'{"name":' + b"[" * 500_000 + b"]" * 500_000 + b"}"]
)
def test_what_cannot_be_read_is_not_folded(odd: bytes) -> None:
    """A body that is no ordinary user ends no upload: it is left as it is."""
    ordinary = b'{"user_fields":{"a":1}}'
    assert fold(odd, ordinary) is None
    assert fold(ordinary, odd) is None
