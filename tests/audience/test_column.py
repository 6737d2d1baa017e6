from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.audience.column import ABSENT, Absent, Column, of_json

VALUES = st.lists(st.sampled_from(["a", "", 1, True, 1.5, None, ABSENT, ["a"], {"a": 1}]), max_size=5)


@given(VALUES)
def test_without_a_word_one_looks(values: list[Any]) -> None:
    """Types are exact then, whether the values were read from JSON or are just there."""
    assert Column(values).kinds == of_json(values).kinds or not values
    assert Column(values).kinds == set(map(type, values))


def test_what_is_said_is_believed() -> None:
    """Whoever makes a column knows more cheaply than one can look."""
    assert Column(["a", "b"], {str, Absent}).kinds == {str, Absent}
    assert Column((), {int}).kinds == {int}


@pytest.mark.parametrize(("values", "is_text"), [(["a", ""], True), (["a", ABSENT], False), (["a", 1], False)])
def test_text_is_nothing_but_text(values: list[Any], is_text: bool) -> None:
    """One absent value makes it something else."""
    assert of_json(values).is_text is is_text
    assert Column(values).is_text is is_text


def test_those_who_are_there_are_kept() -> None:
    """With what is known of them."""
    kept = Column(("a", "b", "c"), {str}).kept([True, False, True])
    assert list(kept.values) == ["a", "c"]
    assert kept.kinds == {str}


@pytest.mark.parametrize(
    ("values", "is_absent"), [([ABSENT, ABSENT], True), ([ABSENT, None], False), (["a"], False), ([], True)]
)
def test_a_column_may_be_absent(values: list[Any], is_absent: bool) -> None:
    """Null is a value."""
    assert Column(values).is_absent is is_absent


def test_it_says_how_long_it_is() -> None:
    """And shows nobody's data."""
    assert repr(Column(["a", "b"])) == "<Column of 2>"
