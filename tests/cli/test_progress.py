from __future__ import annotations

import math
from dataclasses import replace

import pytest

from zendesk_async.cli.progress import Pace, figures, one_line, pace_line, waiting
from zendesk_async.models import Counts
from zendesk_async.upload.progress import Progress


def snapshot(elapsed: float, updated: int, **more: object) -> Progress:
    return Progress(records=Counts(read=updated + 200, updated=updated), elapsed=elapsed, in_flight=12, **more)  # type: ignore[arg-type]


def paced(*snapshots: Progress, most: int | None = None) -> Pace:
    pace = Pace(most)
    for each in snapshots:
        pace.note(each)
    return pace


def test_too_early_to_say_is_not_a_number() -> None:
    """A rate from the first half second would frighten or delight for nothing."""
    assert paced(snapshot(0, 0), snapshot(1, 100)).rate is None


def test_the_rate_is_that_of_lately() -> None:
    """An hour at nothing and half a minute at full speed is full speed."""
    slow = [snapshot(at, 0) for at in range(0, 3_600, 10)]
    fast = [snapshot(3_600 + at, 100 * at) for at in range(0, 41, 10)]
    assert paced(*slow, *fast).rate == pytest.approx(100)


def test_records_settled_before_a_resume_are_no_speed() -> None:
    """A run that goes on at 90 % does not begin with a burst."""
    assert paced(snapshot(0, 900_000), snapshot(10, 901_000)).rate == pytest.approx(100)


def test_the_time_left_needs_the_size_of_the_input() -> None:
    """Of a pipe nobody knows the end."""
    assert paced(snapshot(0, 0), snapshot(10, 1_000)).seconds_left is None
    known = paced(snapshot(0, 0, fraction=0.01), snapshot(10, 1_000, fraction=0.12))
    assert known.seconds_left == pytest.approx((1_200 / 0.12 - 1_000) / 100)


def test_between_two_jobs_the_rate_does_not_sink() -> None:
    """Jobs end in bursts; it is the bursts that are counted, not the looks at them."""
    pace = paced(snapshot(0, 0), snapshot(4, 400), snapshot(5, 500))
    for elapsed in (5.25, 5.5, 5.75):
        pace.note(snapshot(elapsed, 500))
    assert pace.rate == pytest.approx(100)


def test_when_nothing_comes_any_more_the_rate_sinks() -> None:
    """Standing still is not full speed."""
    pace = paced(*[snapshot(at, 100 * at) for at in range(10)], *[snapshot(at, 900) for at in range(10, 60)])
    assert pace.rate == 0


def test_the_share_is_of_what_is_settled() -> None:
    """A small file is read at once; that is not the end of the upload."""
    assert paced(snapshot(0, 0, fraction=1.0)).share == 0
    assert paced(snapshot(1, 600, fraction=1.0)).share == 0.75
    assert paced(snapshot(1, 600)).share is None


def test_a_limit_is_an_end_too() -> None:
    """Of ``--limit 1500`` what is left is to the limit, not to the end of the file."""
    pace = paced(snapshot(0, 0, fraction=0.001), snapshot(10, 1_000, fraction=0.002), most=1_500)
    assert pace.seconds_left == pytest.approx(5)


def test_when_all_is_settled_nothing_is_left() -> None:
    """The estimate never falls below zero."""
    assert paced(snapshot(0, 0), snapshot(10, 1_000), most=10).seconds_left == 0


def test_figures_leave_out_what_there_is_none_of() -> None:
    """Six zeros say less than one number."""
    assert figures(Counts(read=9, created=1, updated=3, failed=1)) == "5 records: 1 created, 3 updated, 1 failed"
    assert figures(Counts()) == "0 records so far"


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (Progress(), ""),
        (Progress(waiting_for="rate"), "at the rate limit"),
        (Progress(waiting_for="jobs"), "waiting for a job slot: the account's are all taken"),
        (Progress(waiting_for="requests per minute"), "waiting for the account's requests of the next minute"),
        (Progress(waiting_for="Retry-After", pause_left=11.6), "Zendesk asked for a pause: 12 s"),
        (Progress(waiting_for="the tide"), "the tide"),
    ],
)
def test_it_says_what_it_waits_for(progress: Progress, words: str) -> None:
    """Standing still has a reason, and a pause has an end."""
    assert waiting(progress) == words


def test_one_line_holds_everything() -> None:
    """What a log shows of a night, every ten seconds."""
    first, last = snapshot(0, 0, fraction=0.01), snapshot(10, 1_000, fraction=0.12, waiting_for="rate")
    assert one_line(last, paced(first, last), 100) == (
        "1,000 records: 1,000 updated; 100 of 100 users/s, 12 jobs in flight, at the rate limit, about 1 min 30 s left"
    )


def test_without_a_rate_there_is_still_a_line() -> None:
    """The first seconds have jobs in flight, and no speed yet."""
    assert pace_line(replace(snapshot(0, 0), in_flight=1), Pace(), 100) == "1 job in flight"


def test_without_a_limit_there_is_only_the_rate() -> None:
    """Against a mock there is nothing to compare it with."""
    first, last = snapshot(0, 0), snapshot(10, 1_000)
    assert pace_line(last, paced(first, last), math.inf) == "100 users/s, 12 jobs in flight"
