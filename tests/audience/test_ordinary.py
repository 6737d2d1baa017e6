from __future__ import annotations

import json
import math
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zendesk_async.audience.attributes import ATTRIBUTES, MAX_IDENTITY
from zendesk_async.audience.column import ABSENT, Absent
from zendesk_async.audience.emails import LONGEST_ORDINARY
from zendesk_async.audience.invalid import Invalid
from zendesk_async.audience.ordinary import Keys, column_of, each, judged, keys_of, of_line, of_mapping
from zendesk_async.audience.validation import Rules, examine

RULES = Rules(ignore_unknown=False, role=False)

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9)
)
VALUES = (
    SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "ü"]), SCALARS, max_size=2)
)
PROPER = st.fixed_dictionaries(
    {},
    optional={
        "name": st.text(max_size=9),
        "phone": st.text(max_size=9) | st.none(),
        "verified": st.booleans() | st.none(),
        "organization_id": st.integers(-(2**63), 2**63 - 1) | st.none(),
        "tags": st.lists(st.text(max_size=9), max_size=3) | st.none(),
        "user_fields": st.dictionaries(st.sampled_from("ab"), SCALARS | st.lists(SCALARS, max_size=3), max_size=2),
    },
)
ANYTHING = st.dictionaries(
    st.sampled_from([*ATTRIBUTES, "emial", "user_fields.plan", "user_fields.a b"]), VALUES, max_size=5
)
EXTERNAL_IDS = st.sampled_from(["A1", "a1", " A1", "Σ", "ΑΣ", "İ", "ẞ", "A\nx:B", "\n", "A\r\nB", "", " ", "\u2003"])
EXTERNAL_IDS |= st.sampled_from(["x" * MAX_IDENTITY, "x" * (MAX_IDENTITY + 1)])
EMAILS = st.sampled_from(["A@b.co", "x.y+z@sub-domain.example.COM", "a@b.co\n", "a@b.co\nc@d.co", " a@b.co", "a@b", ""])
EMAILS |= st.sampled_from(["ü@b.co", "a@ΑΣ.co", *("x" * more + "@b.co" for more in (59, 60, 61))])
WELL = (st.sampled_from(["A1", "b 2", "C"]), st.sampled_from(["A@b.co", "c@d.org"]))
ABSENCE = st.just(ABSENT)
IDENTITIES = (
    st.lists(st.tuples(*WELL), max_size=5)
    | st.lists(st.tuples(WELL[0], ABSENCE), max_size=5)
    | st.lists(st.tuples(ABSENCE, WELL[1]), max_size=5)
    | st.lists(st.tuples(EXTERNAL_IDS, WELL[1]), max_size=5)
    | st.lists(st.tuples(WELL[0], EMAILS), max_size=5)
    | st.lists(st.tuples(EXTERNAL_IDS | st.text(max_size=3) | ABSENCE, EMAILS | ABSENCE), max_size=5)
)
USERS = st.builds(
    dict.__or__,
    PROPER | ANYTHING,
    st.fixed_dictionaries(
        {}, optional={"external_id": WELL[0] | EXTERNAL_IDS | st.none(), "email": WELL[1] | EMAILS | st.none()}
    ),
)


def taken(*users: dict[Any, Any], field_keys: set[str] | None = None) -> list[Keys | None]:
    """The keys of mappings that are judged together; None for each that is left."""
    read = each(of_mapping, users)
    keys = iter(judged([user for user in read if user is not None], set() if field_keys is None else field_keys))
    return [None if user is None else next(keys) for user in read]


# -- what is taken, and what is left ----------------------------------------------------------------------------------


@given(USERS)
def test_the_quick_look_accepts_nothing_that_the_careful_one_refuses(user: dict[str, Any]) -> None:
    """It may only say yes where examining would change nothing and give the same keys."""
    (keys,) = taken(user)
    if keys is not None:
        assert examine(user, RULES) == (user, keys, False)


@given(USERS)
def test_a_line_is_judged_like_the_mapping_in_it(user: dict[str, Any]) -> None:
    """JSON has lists, numbers and strings as Python has them, and the same is well."""
    (read,) = each(of_line, [json.dumps(user).encode()])
    assert (None if read is None else judged([read], set())[0]) == taken(user)[0]


@given(st.lists(USERS, max_size=5))
def test_neighbours_never_matter(users: list[dict[str, Any]]) -> None:
    """What is said of users together is what is said of each alone."""
    assert taken(*users) == [keys for user in users for keys in taken(user)]


@pytest.mark.parametrize(
    "user",
    [
        {"external_id": "A1"},
        {"email": "a@b.co"},
        {
            "external_id": "A1",
            "email": "a@b.co",
            "name": "A",
            "phone": None,
            "tags": ["x"],
            "verified": False,
            "organization_id": 5,
            "user_fields": {"a": "x", "b": None, "c": 1.5, "d": ["x", 1], "e": 2**63 - 1},
            "id": 7,
        },
        {"external_id": "A1", "tags": [], "user_fields": {}},
        {"external_id": "A1", "tags": None, "user_fields": None},
        {"external_id": "x" * MAX_IDENTITY},
    ],
)
def test_the_quick_look_accepts_what_is_usual(user: dict[str, Any]) -> None:
    """Otherwise every record would take the long way."""
    assert taken(user) != [None]
    assert judged([of_line(json.dumps(user).encode())], set()) != [None]


@pytest.mark.parametrize(
    "odd",
    [
        {"name": None},
        {"name": 5},
        {"email": "x" * 65 + "@b.co"},
        {"email": "a@b"},
        {"email": None},
        {"email": ""},
        {"tags": ["a", 5]},
        {"tags": ["a", None]},
        {"user_fields": {"a": {"b": 1}}},
        {"user_fields": {"a": [["b"]]}},
        {"user_fields": {"a": 2**63}},
        {"user_fields": {"a": [-(2**63)]}},
        {"user_fields": {"a b": 1}},
        {"user_fields": {"ü": 1}},
        {"user_fields": {"": 1}},
        {"user_fields": {"a\n": 1}},
        {"organization_id": True},
        {"organization_id": 1.0},
        {"organization_id": 2**63},
        {"organization_id": -(2**63) - 1},
        {"verified": 1},
        {"group_ids": [1]},
        {"external_id": None},
        {"external_id": ""},
        {"external_id": "  "},
        {"external_id": "x" * (MAX_IDENTITY + 1)},
        {"role": "end-user"},
        {"emial": "x"},
        {"user_fields.a": "x"},
    ],
)
def test_the_quick_look_leaves_what_is_odd(odd: dict[str, Any]) -> None:
    """Whatever might need a change, or be refused, is for the careful one; the others are not held up by it."""
    well = {"external_id": "A1", "email": "a@b.co"}
    of_lines = each(of_line, [json.dumps(user).encode() for user in (well, {**well, **odd})])
    assert [judged([user], set())[0] if user else None for user in of_lines] == [("x:a1", "e:a@b.co"), None]
    assert taken(well, {**well, **odd}, well) == [("x:a1", "e:a@b.co"), None, ("x:a1", "e:a@b.co")]


@pytest.mark.parametrize("user", [{}, {"name": "A"}, {"id": 5}, {5: "x", "email": "a@b.co"}])
def test_the_quick_look_leaves_a_record_of_nobody(user: dict[Any, Any]) -> None:
    """Without external id or e-mail, or with keys that JSON does not have, there is something to explain."""
    assert taken(user) == [None]
    with pytest.raises(Invalid):
        examine(user, RULES)


def test_an_empty_chunk_has_no_keys() -> None:
    """Nobody is nobody's neighbour."""
    assert judged([], set()) == keys_of([], []) == []


# -- reading ----------------------------------------------------------------------------------------------------------


def test_what_cannot_be_read_is_left() -> None:
    """Whatever reading it raises; the others are read."""
    endless: list[Any] = []
    endless.append(endless)
    lines = [b'{"email":"a@b.co"}', b"", b"[]", b'{"email":"\xff"}', b"[" * 100_000, b'{"email":5}']
    assert [user is not None for user in each(of_line, lines)] == [True, *[False] * 5]
    mappings = [{"email": "a@b.co"}, {"tags": endless}, {"email": b"a@b.co"}, {"email": object()}]
    assert [user is not None for user in each(of_mapping, mappings)] == [True, False, False, False]
    assert each(int, ["1", "x", "2"]) == [1, None, 2]


def test_a_column_has_what_users_say() -> None:
    """Null is something that was said; what was not said is absent."""
    users = [of_mapping({"phone": "5"}), of_mapping({"phone": None}), of_mapping({})]
    assert column_of("phone", users) == ["5", None, ABSENT]


def test_all_that_a_user_may_have_is_known() -> None:
    """Each attribute of a simple type may be there, but for the role, which is sent only where it was mapped."""
    simple = {"a string": "x", "true or false": True, "a whole number": 5, "a list of strings": ["x"]}
    user = {name: simple[it.kind] for name, it in ATTRIBUTES.items() if it.kind in simple and name != "role"}
    assert taken({**user, "email": "a@b.co"}) == [("x:x", "e:a@b.co")]
    assert taken({**user, "email": "a@b.co", "role": "agent"}) == [None]
    nulled = {name: None for name in user if ATTRIBUTES[name].nullable}
    assert taken({**nulled, "email": "a@b.co"}) == [("e:a@b.co",)]


# -- keys of custom fields --------------------------------------------------------------------------------------------


def test_keys_of_custom_fields_are_learned() -> None:
    """Good ones are not looked at again, and bad ones are never taken for good."""
    known: set[str] = set()
    assert taken({"email": "a@b.co", "user_fields": {"fresh": 1}}, field_keys=known) == [("e:a@b.co",)]
    assert known == {"fresh"}
    for _ in range(2):
        assert taken({"email": "a@b.co", "user_fields": {"fr esh": 1}}, field_keys=known) == [None]
    assert known == {"fresh"}


def test_what_is_learned_is_bounded() -> None:
    """An input with a new key in every record must not fill the memory."""
    known: set[str] = set()
    for number in range(20_000):
        assert taken({"email": "a@b.co", "user_fields": {f"k{number}": 1}}, field_keys=known) == [("e:a@b.co",)]
    assert len(known) <= 10_001


# -- keys -------------------------------------------------------------------------------------------------------------


@given(IDENTITIES)
@example([("Σ", ABSENT), ("A", ABSENT)])
@example([("A\nx:B", ABSENT), ("C", ABSENT)])
@example([("A\n", "a@b.co"), ("B", "c@d.co")])
@example([("A", "a@b.co\nc@d.co"), ("B", "e@f.co")])
@example([("A", "a@b.co"), ("B", "")])
@example([(" ", "a@b.co"), ("B", "c@d.co")])
@example([("x" * (MAX_IDENTITY + 1), "a@b.co"), ("B", "c@d.co")])
def test_keys_are_those_of_each_alone(identities: list[tuple[str | Absent, str | Absent]]) -> None:
    """Many are asked about at once, and yet nobody's keys depend on who else is there."""
    ids, emails = [one for one, _ in identities], [other for _, other in identities]
    assert keys_of(ids, emails) == [keys for one, other in identities for keys in keys_of([one], [other])]


@given(IDENTITIES)
def test_keys_are_those_of_the_careful_look(identities: list[tuple[str | Absent, str | Absent]]) -> None:
    """Where the quick look gives keys, the careful one gives the same, and changes nothing for it."""
    found = keys_of([one for one, _ in identities], [other for _, other in identities])
    for (external_id, email), keys in zip(identities, found, strict=True):
        if keys is not None:
            named = {"external_id": external_id, "email": email}
            user = {name: value for name, value in named.items() if value is not ABSENT}
            assert examine(user, RULES) == (user, keys, False)


@pytest.mark.parametrize(
    ("external_id", "email", "keys"),
    [
        ("Ab", "X@Y.Com", ("x:ab", "e:x@y.com")),
        (" Ab", ABSENT, ("x: ab",)),
        (ABSENT, "X@Y.Com", ("e:x@y.com",)),
        (ABSENT, ABSENT, None),
        ("Σ", ABSENT, ("x:\u03c3",)),
        ("ΑΣ", ABSENT, ("x:ας",)),
        ("İ", ABSENT, ("x:i̇",)),
        ("ẞ", ABSENT, ("x:ß",)),
        ("A\nB", ABSENT, ("x:a\nb",)),
        ("x" * MAX_IDENTITY, ABSENT, ("x:" + "x" * MAX_IDENTITY,)),
        ("x" * (MAX_IDENTITY + 1), ABSENT, None),
        ("x" * (MAX_IDENTITY + 1), "a@b.co", None),
        (" \t", "a@b.co", None),
        ("A", "", None),
        ("A", "a@b.co\nc@d.co", None),
        ("A", "x" * LONGEST_ORDINARY + "@b.co", None),
    ],
)
@pytest.mark.parametrize("neighbours", [[], [("N", "n@n.no")], [("N", ABSENT)], [(ABSENT, "n@n.no")], [("\n", "")]])
def test_keys_are_in_lower_case(
    external_id: str | Absent,
    email: str | Absent,
    keys: Keys | None,
    neighbours: list[tuple[str | Absent, str | Absent]],
) -> None:
    """As Zendesk compares them, ignoring case (zendesk-api-facts 1.3); what is doubtful has none."""
    users = [*neighbours, (external_id, email), *neighbours]
    assert keys_of([one for one, _ in users], [other for _, other in users])[len(neighbours)] == keys


def test_what_json_does_not_have_is_still_an_ordinary_number() -> None:
    """Floats are taken for finite, as those of JSON are: whoever reads mappings must look for NaN himself."""
    assert taken({"email": "a@b.co", "user_fields": {"a": math.nan}}) == [("e:a@b.co",)]
    assert orjson.dumps(math.nan) == b"null"
