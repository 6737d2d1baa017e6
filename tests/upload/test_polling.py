from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.upload.polling import CLOSE, FIRST, LONGEST, SCOUTING, SLOWEST, Polling

Lengths = Callable[[int, float], float]
"""How long a job takes, by its number and its start."""


class Ran(NamedTuple):
    """What became of a simulated upload. ``lags`` are seconds from each job's end to our knowing, by its number."""

    batches: int
    polls: list[float]
    lags: list[float]
    sent: list[float]
    ended: float
    known: float

    @property
    def polls_per_batch(self) -> float:
        return len(self.polls) / self.batches

    @property
    def lag(self) -> float:
        return sum(self.lags) / len(self.lags)

    @property
    def rate(self) -> float:
        """Batches per second, from the first sent to the last."""
        return (self.batches - 1) / (self.sent[-1] - self.sent[0])

    def polls_from(self, begin: float, end: float) -> int:
        return sum(begin <= at < end for at in self.polls)


class Simulation:
    """Workers, poller and Zendesk as events on a clock of numbers: a batch each ``every`` seconds while slots are free.

    Sending and asking take a round trip; Zendesk takes in a batch, and answers a question, in its middle.
    """

    def __init__(self, lengths: Lengths, *, batches: int, every: float, slots: int, round_trip: float) -> None:
        self.lengths = lengths
        self.batches = batches
        self.every = every
        self.slots = slots
        self.trip = round_trip
        self.polling = Polling(slots)
        self.now = 0.0
        self.next_send = 0.0
        self.travelling: list[int] = []  # sent and not yet known to be accepted, in order
        self.question: tuple[float, list[str]] | None = None
        self.busy = 0
        self.ends: list[float] = []
        self.lags: dict[int, float] = {}
        self.polls: list[float] = []
        self.sent: list[float] = []

    def run(self) -> Ran:
        while len(self.lags) < self.batches:
            when, act = min(self._next(), key=lambda event: event[0])
            assert when < math.inf, "everybody waits"
            self.now = max(self.now, when)
            act()
            assert len(self.polls) < 100 * self.batches + 2_000, "a busy loop"
        lags = [self.lags[number] for number in range(self.batches)]
        return Ran(self.batches, self.polls, lags, self.sent, max(self.ends), self.now)

    def _next(self) -> list[tuple[float, Callable[[], None]]]:
        may_send = len(self.sent) < self.batches and self.busy < self.slots
        return [
            (self.sent[self.travelling[0]] + self.trip if self.travelling else math.inf, self._accepted),
            (self.question[0] + self.trip if self.question else math.inf, self._answered),
            (self.next_send if may_send else math.inf, self._send),
            (math.inf if self.question else self.polling.next_at(), self._ask),
        ]

    def _send(self) -> None:
        self.travelling.append(len(self.sent))
        self.sent.append(self.now)
        self.busy += 1
        self.next_send = self.now + self.every
        self.polling.draining = len(self.sent) == self.batches

    def _accepted(self) -> None:
        number = self.travelling.pop(0)
        taken_in = self.now - self.trip / 2
        self.ends.append(taken_in + self.lengths(number, taken_in))
        self.polling.started(str(number), self.now)

    def _ask(self) -> None:
        self.polls.append(self.now)
        self.question = (self.now, self.polling.jobs())

    def _answered(self) -> None:
        assert self.question is not None
        asked, jobs = self.question
        self.question = None
        for job in jobs:
            if self.ends[int(job)] <= asked + self.trip / 2:
                self.lags[int(job)] = self.now - self.ends[int(job)]
                self.polling.ended(job, self.now)
                self.busy -= 1
        self.polling.asked(asked)


def simulated(
    lengths: Lengths | float, *, seconds: float = 60, every: float = 1.0, slots: int = 25, round_trip: float = 0.1
) -> Ran:
    """Upload a batch each ``every`` seconds for so many seconds, start-up and the wait for the last jobs included."""
    of = lengths if callable(lengths) else constant(lengths)
    return Simulation(of, batches=round(seconds / every), every=every, slots=slots, round_trip=round_trip).run()


def at_full_speed(lengths: Lengths | float, *, rounds: int = 40, slots: int = 25, round_trip: float = 0.002) -> Ran:
    """Upload as fast as the job slots permit: an account without a rate."""
    of = lengths if callable(lengths) else constant(lengths)
    return Simulation(of, batches=rounds * slots, every=0.0, slots=slots, round_trip=round_trip).run()


def constant(length: float) -> Lengths:
    return lambda number, start: length


def varied(length: float, spread: float, seed: int = 1) -> Lengths:
    dice = Random(seed)
    return lambda number, start: length * dice.uniform(1 - spread, 1 + spread)


def scattered(length: float, seed: int = 1) -> Lengths:
    """Most about as long, some three times as long: log-normal, as queues are."""
    dice = Random(seed)
    return lambda number, start: length * math.exp(dice.gauss(0, 0.4) - 0.08)


def changing(before: float, after: float, at: float) -> Lengths:
    return lambda number, start: before if start < at else after


# -- what polling costs ------------------------------------------------------------------------------------------

MOST_POLLS = {0: 1.05, 0.005: 1.05, 0.1: 1.1, 0.5: 1.2, 1: 1.2, 2: 1.2, 5: 0.7, 8: 0.5, 10: 0.4, 15: 0.4, 20: 0.45}
"""Questions per batch that a minute's upload may cost, by the seconds that a job takes."""


@pytest.mark.parametrize(("length", "most"), MOST_POLLS.items())
def test_polling_costs_little(length: float, most: float) -> None:
    """At a batch a second, a minute's upload asks seldom and learns soon, from its first job to its last."""
    ran = simulated(length)
    assert ran.polls_per_batch <= most
    assert ran.lag < 2.5


@pytest.mark.parametrize("length", [0.1, 0.5, 1, 2, 5, 10, 20])
@pytest.mark.parametrize("lengths", [varied, scattered])
def test_polling_costs_little_where_jobs_vary(lengths: Callable[..., Lengths], length: float) -> None:
    """Jobs of unequal length cost hardly more questions than jobs of equal length, and the lag stays as short."""
    of = [lengths(length, *((0.3,) if lengths is varied else ()), seed=seed) for seed in range(5)]
    runs = [simulated(each) for each in of]
    assert sum(ran.polls_per_batch for ran in runs) / 5 <= MOST_POLLS[length] + 0.1
    assert sum(ran.lag for ran in runs) / 5 < 2.5


@pytest.mark.parametrize("length", [0, 0.1, 0.5, 1, 2, 5, 10, 20, 24])
def test_a_small_account_can_afford_it(length: float) -> None:
    """Posts and questions together stay under 150 a minute: three quarters of what the smallest plan has (200)."""
    ran = simulated(length, seconds=600)
    assert (ran.batches + len(ran.polls)) / (ran.known / 60) < 150


@pytest.mark.parametrize("length", [1, 10])
def test_stuck_jobs_cost_little(length: float) -> None:
    """A few jobs that take ten minutes neither set the pace for the others nor are asked for all the time."""
    stuck: Lengths = lambda number, start: 600.0 if number % 20 == 7 else length  # noqa: E731
    ran = simulated(stuck, seconds=300)
    assert ran.polls_per_batch < 1.2
    others = [lag for number, lag in enumerate(ran.lags) if number % 20 != 7]
    assert sum(others) / len(others) < 2.5


def test_a_single_stuck_job_is_left_in_peace() -> None:
    """Waiting for one job that takes an hour costs less than a question every two seconds, known or not."""
    assert len(simulated(3_600.0, seconds=1).polls) < 1_800
    assert len(simulated(lambda number, start: 2.0 if number < 20 else 3_600.0, seconds=21).polls) < 1_000


# -- what lag costs ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [15, 20, 22, 24, 24.4])
def test_slow_jobs_do_not_slow_the_upload(length: float) -> None:
    """As long as 25 slots can carry jobs of this length at all, they carry 99 % of a batch a second."""
    assert simulated(length, seconds=600, round_trip=0.05).rate >= 0.99


@pytest.mark.parametrize("length", [25, 30, 50, 120])
def test_where_slots_are_short_none_stands_idle_for_long(length: float) -> None:
    """Jobs too long for the rate are uploaded at the rate that the slots permit, less 5 %."""
    ran = simulated(length, seconds=600)
    assert ran.rate >= 0.95 * 25 / length


@pytest.mark.parametrize("slots", [1, 2, 25])
@pytest.mark.parametrize("length", [0.1, 1, 5, 10, 20])
def test_without_a_rate_the_slots_are_kept_busy(slots: int, length: float) -> None:
    """Where every slot is always taken, lag adds at most a tenth to the jobs and their two round trips."""
    ran = at_full_speed(length, slots=slots, round_trip=0.002)
    assert ran.known <= 1.1 * 40 * (length + 2 * 0.002)
    assert ran.polls_per_batch < 8


@pytest.mark.parametrize("slots", [1, 2, 25])
def test_without_a_rate_unequal_jobs_keep_the_slots_busy_too(slots: int) -> None:
    """Jobs that end long before their time are noticed before it."""
    ran = at_full_speed(scattered(5), slots=slots)
    assert ran.lag < 1.0


@pytest.mark.parametrize("length", [1, 5, 10, 24])
def test_the_end_is_not_waited_for(length: float) -> None:
    """When no further jobs come the last one's end is noticed within a tenth of its length, or half a second."""
    ran = simulated(length)
    assert ran.known - ran.ended <= max(0.6, 0.1 * length)


def test_short_slots_press_although_ours_are_not_all_taken() -> None:
    """Where other integrations hold the slots, the upload waits for ours: they are asked for like the last of ours."""

    def next_question(*, short: bool) -> float:
        polling = Polling(25)
        for number in range(12):
            polling.started(str(number), float(number))
        polling.asked(10.0)
        polling.ended("0", 11.0)
        polling.asked(11.0)
        polling.short = short
        return polling.next_at()

    assert next_question(short=True) < 11.6
    assert next_question(short=False) > 14


# -- fast jobs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [0.0, 0.005])
def test_the_first_job_is_asked_for_at_once(length: float) -> None:
    """Nothing is known before the first job, so it may have ended already: asking does not wait."""
    polling = Polling(25)
    polling.started("a", 100.0)
    assert polling.next_at() <= 100.0
    ran = simulated(length, seconds=1, round_trip=0)
    assert ran.lag <= FIRST


def test_jobs_that_end_at_once_are_asked_for_at_once() -> None:
    """Where jobs take no time, every one is asked for in the moment in which it was accepted."""
    polling = Polling(25)
    for number in range(50):
        now = float(number)
        polling.started(str(number), now)
        assert polling.next_at() <= now
        polling.ended(str(number), now)
        polling.asked(now)
        assert polling.next_at() == math.inf


def test_jobs_of_five_milliseconds_are_asked_for_every_few() -> None:
    """The interval follows the jobs down: about as long as they take, neither fifty milliseconds nor none."""
    ran = simulated(0.005, seconds=2, every=0.02, round_trip=0)
    assert ran.polls_per_batch < 2
    assert max(ran.lags[20:]) <= 0.02
    polling = Polling(25)
    for number in range(20):
        polling.started(str(number), number / 10)
        polling.asked(number / 10 + 0.003)
        polling.ended(str(number), number / 10 + 0.006)
    polling.started("next", 2.0)
    assert 2.0 < polling.next_at() <= 2.01
    polling.asked(2.006)
    assert 2.008 <= polling.next_at() <= 2.02


# -- change ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "after"), [(10, 0.1), (10, 1), (20, 0.5)])
def test_jobs_that_become_shorter_are_noticed(before: float, after: float) -> None:
    """A few rounds after jobs have become fast, their results come fast as well."""
    ran = simulated(changing(before, after, 60), seconds=120)
    later = ran.lags[85:]
    assert sum(later) / len(later) < 1.1
    assert max(later) <= 2.5


@pytest.mark.parametrize("slots", [1, 25])
def test_jobs_that_become_shorter_are_noticed_at_full_speed(slots: int) -> None:
    """The same where every slot is taken: a job is not left alone for as long as its forerunners took."""
    ran = at_full_speed(lambda number, start: 10.0 if start < 100 else 0.1, rounds=60, slots=slots)
    fast = [lag for lag, sent in zip(ran.lags, ran.sent, strict=True) if sent > 100]
    assert fast[-1] < 0.5
    assert sum(fast) < 60 * slots


@pytest.mark.parametrize(("before", "after"), [(0.005, 5), (0.1, 10), (1, 10), (1, 20)])
def test_jobs_that_become_longer_cause_no_flood(before: float, after: float) -> None:
    """When jobs slow down, the questions slow down before the first of them has ended."""
    ran = simulated(changing(before, after, 60), seconds=120)
    assert ran.polls_from(60, 60 + after) <= 25
    assert ran.polls_from(80, 120) <= 40


def test_one_stuck_job_does_not_delay_those_after_it() -> None:
    """A job that was given up after an hour counts as a long one, not as the measure of the next."""
    polling = Polling(25)
    polling.started("stuck", 0.0)
    polling.asked(3_590.0)
    polling.ended("stuck", 3_600.0)
    polling.asked(3_600.0)
    polling.started("next", 3_601.0)
    assert polling.next_at() < 3_601 + 1.1 * LONGEST


def test_jobs_that_are_all_stuck_do_not_delay_the_next() -> None:
    """Among jobs that are hours old a new one is asked for within seconds of being due."""
    polling = Polling(25)
    polling.started("first", 0.0)
    polling.asked(1.0)
    polling.ended("first", 2.0)
    for number in range(20):
        polling.started(str(number), 2.0)
    polling.asked(7_200.0)
    polling.started("next", 7_200.5)
    assert polling.next_at() <= 7_200 + SLOWEST


# -- the state ---------------------------------------------------------------------------------------------------


def test_nothing_in_flight_is_nothing_to_ask() -> None:
    """Without jobs the next question is never; a job that is dropped needs none."""
    polling = Polling(25)
    assert polling.next_at() == math.inf
    polling.started("a", 1.0)
    polling.dropped("a")
    polling.dropped("never heard of")
    assert polling.next_at() == math.inf
    assert len(polling) == 0


def test_jobs_and_their_ages() -> None:
    """All jobs in flight are known, the oldest first, each with its age."""
    polling = Polling(25)
    polling.started("b", 1.0)
    polling.started("a", 2.0)
    polling.started("c", 3.0)
    polling.ended("a", 4.0)
    assert polling.jobs() == ["b", "c"]
    assert (len(polling), polling.age("b", 10.0)) == (2, 9.0)


def test_a_dropped_job_teaches_nothing() -> None:
    """Only a job that was found at its end says how long jobs take."""
    polling = Polling(25)
    polling.started("a", 0.0)
    polling.asked(50.0)
    polling.dropped("a")
    polling.started("b", 60.0)
    assert polling.next_at() == 60.0


def test_scouting_triples_up_to_a_bound() -> None:
    """Before anything is known the oldest job is asked for at growing intervals, whatever else starts meanwhile."""
    polling = Polling(25)
    polling.started("a", 10.0)
    asked = []
    for number in range(9):
        asked.append(polling.next_at())
        polling.asked(asked[-1])
        polling.started(f"later {number}", asked[-1] + 0.01)
    steps = [after - before for before, after in pairwise(asked)]
    assert steps == pytest.approx([0.05, 0.1, 0.3, 0.9, 2.5, 2.5, 2.5, 2.5])
    assert max(steps) == SCOUTING


@pytest.mark.parametrize("length", [0.0, 0.3, 2, 5, 10, 30])
def test_the_only_jobs_of_a_small_upload_are_followed_closely(length: float) -> None:
    """An upload of a batch or two waits for its end: that is noticed within a second, or an eighth of its length."""
    for batches in (1, 2):
        ran = simulated(length, seconds=batches)
        assert ran.known - ran.ended <= max(1.0, length / 8 + 0.2)
        assert len(ran.polls) <= 30


def test_repr_shows_the_state() -> None:
    """A policy shows how many jobs it follows and how long it believes they take."""
    polling = Polling(25)
    polling.started("a", 0.0)
    assert repr(polling) == "<Polling 1 of 25 jobs, typical length unknown>"
    polling.asked(1.0)
    polling.ended("a", 2.0)
    assert repr(polling) == "<Polling 0 of 25 jobs, typical length 1.50 s>"


STEP = st.tuples(st.sampled_from(["start", "start", "ask", "end", "drop", "short", "drain"]), st.floats(0, 200))


@given(st.integers(1, 30), st.lists(STEP, max_size=60))
def test_never_a_busy_loop_and_never_forgotten(slots: int, steps: list[tuple[str, float]]) -> None:
    """After any history: an unfinished job is asked for again, later than before, and within seconds of being due."""
    polling = Polling(slots)
    now, asked, started = 1e6, -math.inf, 0
    for what, passed in steps:
        now += passed if what != "end" else passed / 100
        jobs = polling.jobs()
        if what == "start":
            started += 1
            polling.started(str(started), now)
        elif what == "ask":
            asked = now
            polling.asked(now)
        elif what == "end" and jobs:
            polling.ended(jobs[int(passed) % len(jobs)], now)
        elif what == "drop" and jobs:
            polling.dropped(jobs[0])
        elif what == "short":
            polling.short = not polling.short
        elif what == "drain":
            polling.draining = True
        at = polling.next_at()
        if not polling.jobs():
            assert at == math.inf
            continue
        oldest = now - polling.age(polling.jobs()[0], now)
        if oldest <= asked:
            assert at >= asked + 0.99 * polling.least
        company = CLOSE * LONGEST if polling.draining else 0.0
        assert at <= max(asked + SLOWEST, oldest + 1.05 * LONGEST) + company


def test_nothing_is_learned_from_a_job_of_unknown_age() -> None:
    """A job adopted after a crash may have ended long ago: its being over at once says nothing of the next ones."""
    polling = Polling(25)
    polling.started("adopted", 0.0, adopted=True)
    polling.ended("adopted", 0.02)
    polling.asked(0.02)
    assert "unknown" in repr(polling)
    polling.started("next", 0.1)
    assert polling.next_at() <= 0.1


def test_few_slots_are_asked_for_sooner() -> None:
    """With one job at a time each moment of waiting leaves the slot empty; with many, one question answers for more."""
    assert [Polling(slots).least for slots in (1, 5, 25, 1_000)] == [0.0004, 0.002, 0.005, 0.005]
