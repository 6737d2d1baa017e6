from __future__ import annotations

import orjson
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.cli.reasons import EXAMPLES, KINDS, REST, Example, Reasons, masked, reasons_of


def line(position: int, error: str, details: str) -> bytes:
    told = {
        "position": position,
        "outcome": "failed",
        "user_id": None,
        "error": error,
        "details": details,
        "record": {},
    }
    return orjson.dumps(told) + b"\n"


def test_complaints_that_differ_only_in_the_record_are_one() -> None:
    """A thousand bad addresses are one reason with examples, not a thousand reasons."""
    lines = [line(at, "UserUpdateError", f"Email: u{at}@example.com_ is not properly formatted") for at in range(1_000)]
    (reason,) = reasons_of(lines)
    assert (reason.number, reason.error, reason.details) == (
        1_000,
        "UserUpdateError",
        "Email: … is not properly formatted",
    )
    assert [example.position for example in reason.examples] == list(range(EXAMPLES))
    assert reason.examples[1].details == "Email: u1@example.com_ is not properly formatted"


def test_the_most_frequent_comes_first() -> None:
    """What to mend first stands first."""
    lines = [line(0, "A", "rare"), line(1, "B", "common"), line(2, "B", "common")]
    assert [reason.error for reason in reasons_of(lines)] == ["B", "A"]


def test_what_varies_is_masked() -> None:
    """Quoted words, addresses and numbers are the record's; the rest is the complaint's."""
    assert masked('line 12: "Gold Plus" is no date') == "… is no date"
    assert masked("it must have an @-sign, as ann@example.com has") == "it must have an @-sign, as … has"
    assert masked("Phone: '+49 30' is taken, user's own") == "Phone: … is taken, user's own"


@given(st.lists(st.text(min_size=1, max_size=5), max_size=3 * KINDS))
def test_every_complaint_is_counted_and_memory_is_bounded(details: list[str]) -> None:
    """However they are grouped, the numbers add up."""
    reasons = Reasons()
    for position, text in enumerate(details):
        reasons.add("failed", "E", Example(position, text, None))
    assert sum(reason.number for reason in reasons.ranked()) == len(details)
    assert len(reasons.ranked()) <= KINDS + 1


def test_what_is_too_various_goes_under_its_error() -> None:
    """Beyond so many different complaints, those of one error are told together."""
    reasons = Reasons()
    for position in range(KINDS + 5):
        reasons.add("failed", "E", Example(position, "x" * position, None))
    assert (reasons.ranked()[0].number, reasons.ranked()[0].details) == (5, REST)
