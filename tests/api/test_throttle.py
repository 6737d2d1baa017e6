from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.clock import run_virtual
from zendesk_async.api.throttle import BLIND, LONGEST_HOLD, Permit, Throttle
from zendesk_async.api.wire import Budget
from zendesk_async.config.values import UNLIMITED, Limits

Written = tuple[float, int]

SLACK = Limits().slack


def now() -> float:
    return round(asyncio.get_running_loop().time(), 6)


def worst_second(written: Sequence[Written]) -> int:
    """The most users in any half-open second [t, t + 1): it is enough to look at those that begin with a write."""
    return max((sum(users for at, users in written if start <= at < start + 1) for start, _ in written), default=0)


async def send(throttle: Throttle, users: int = 0, round_trip: float = 0.1) -> float:
    """Be admitted, write at once, and leave after a round trip; return when it was written."""
    async with throttle.admit(users) as permit:
        permit.written()
        await asyncio.sleep(round_trip)
    return round(permit.stamp, 6)


async def when_all(throttle: Throttle, users: Sequence[int]) -> list[float]:
    """When each of these was written, who all asked at once."""
    return list(await asyncio.gather(*(send(throttle, count) for count in users)))


# -- the promise -------------------------------------------------------------------------------------------------


class Step(NamedTuple):
    """What a worker does: think, be admitted, wait for a connection, write, wait for the answer.

    ``patience`` is when it is cancelled, in seconds from when it asks. ``tells``: does it say that it has written?
    """

    users: int
    think: float
    connect: float
    answer: float
    patience: float | None
    tells: bool


class Plan(NamedTuple):
    """A rate, and what each worker does, one step after the other."""

    limits: Limits
    workers: list[list[Step]]


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Rates whole and broken, up to ten workers, batches of any size that fits."""
    rate = draw(st.integers(1, 200) | st.floats(1, 200) | st.just(100))
    seconds = st.floats(0, 1.5) | st.sampled_from([0.0, 0.001, 0.5, 1.0, 1.005])
    step = st.builds(
        Step,
        users=st.integers(1, max(1, math.floor(rate))) | st.just(max(1, math.floor(rate / 4))),
        think=seconds,
        connect=st.just(0.0) | seconds,
        answer=seconds,
        patience=st.none() | st.none() | st.floats(0, 4),
        tells=st.booleans() | st.just(True),
    )
    workers = st.lists(st.lists(step, min_size=1, max_size=6), min_size=1, max_size=10)
    return Plan(Limits(rate=rate, slack=draw(st.sampled_from([0.0, SLACK, 0.055]))), draw(workers))


async def carry_out(plan: Plan) -> list[Written]:
    """Run a plan; return every write, as the throttle's log has it."""
    throttle = Throttle(plan.limits)
    written: list[Written] = []
    async with asyncio.TaskGroup() as tasks:
        for steps in plan.workers:
            tasks.create_task(work(throttle, steps, written))
    return written


async def work(throttle: Throttle, steps: list[Step], written: list[Written]) -> None:
    for step in steps:
        await asyncio.sleep(step.think)
        permit = throttle.admit(step.users)
        try:
            async with asyncio.timeout(step.patience):
                await one(permit, step)
        except TimeoutError:
            pass
        if permit.left:
            written.append((permit.stamp, step.users))


async def one(permit: Permit, step: Step) -> None:
    async with permit:
        await asyncio.sleep(step.connect)
        if step.tells:
            permit.written()
        await asyncio.sleep(step.answer)


def single(users: int, connect: float, answer: float) -> Step:
    return Step(users, 0.0, connect, answer, None, tells=True)


@given(plans())
@example(Plan(Limits(rate=100), [[single(100, 0.9, 0), single(100, 0, 0)], [single(100, 0, 0)]]))
@example(Plan(Limits(rate=100), [[single(50, 1.5, 0)], [single(50, 0, 0)] * 6]))
@settings(max_examples=200, deadline=None)
def test_no_second_holds_more_than_the_rate(plan: Plan) -> None:
    """Whatever the sizes, workers, slow connections and cancellations: no sliding second of writes exceeds the rate."""
    assert worst_second(run_virtual(carry_out(plan))) <= plan.limits.rate


@given(plans())
@settings(max_examples=100, deadline=None)
def test_everybody_gets_in_and_nothing_is_left_behind(plan: Plan) -> None:
    """No plan ends in a deadlock, and afterwards the throttle is as empty as a new one."""

    async def rest() -> tuple[int, str, int, bool]:
        throttle = Throttle(plan.limits)
        async with asyncio.TaskGroup() as tasks:
            for steps in plan.workers:
                tasks.create_task(work(throttle, steps, []))
        await asyncio.sleep(2)
        return throttle._recent(throttle.now()), throttle.waiting_for, throttle._open_requests, throttle._gate.locked()

    assert run_virtual(rest()) == (0, "", 0, False)


@given(
    st.lists(st.tuples(st.integers(1, 100), st.sampled_from([0.0, 0.001, 0.3, 1.0])), min_size=1, max_size=30),
    st.sets(st.integers(0, 29)),
)
@settings(deadline=None)
def test_first_come_first_served(arrivals: list[tuple[int, float]], cancelled: set[int]) -> None:
    """Admissions come in the order in which they were asked for, whatever their sizes; who gives up holds nobody up."""

    async def orders() -> list[int]:
        throttle, order = Throttle(Limits()), list[int]()

        async def ask(number: int, users: int) -> None:
            async with throttle.admit(users):
                order.append(number)

        tasks = []
        for number, (users, gap) in enumerate(arrivals):
            tasks.append(asyncio.create_task(ask(number, users)))
            await asyncio.sleep(gap)
        gave_up = {number for number in cancelled if number < len(tasks) and tasks[number].cancel()}
        await asyncio.gather(*tasks, return_exceptions=True)
        assert gave_up.isdisjoint(order)
        assert len(order) + len(gave_up) == len(arrivals)
        return order

    order = run_virtual(orders())
    assert order == sorted(order)


@pytest.mark.virtual_time
async def test_a_full_batch_is_not_starved_by_small_ones() -> None:
    """Thirty workers that send one user at a time, for ever, cannot keep a batch of a hundred waiting."""
    throttle = Throttle(Limits())

    async def forever() -> None:
        while True:
            await send(throttle, 1, round_trip=0.01)

    small = [asyncio.create_task(forever()) for _ in range(30)]
    await asyncio.sleep(10)
    asked = now()
    assert await send(throttle, 100) - asked <= 2
    for task in small:
        task.cancel()
    await asyncio.gather(*small, return_exceptions=True)


@pytest.mark.virtual_time
@pytest.mark.parametrize("workers", [1, 8, 25])
@pytest.mark.parametrize("users", [100, 50, 10])
async def test_the_rate_is_used(users: int, workers: int) -> None:
    """Over 100 seconds, at least 99 % of the permitted rate leaves, though each write takes two milliseconds."""
    throttle = Throttle(Limits())
    written: list[Written] = []

    async def forever() -> None:
        while True:
            async with throttle.admit(users) as permit:
                await asyncio.sleep(0.002)
                permit.written()
                written.append((permit.stamp, users))
                await asyncio.sleep(0.0 if workers == 1 else 0.1)

    tasks = [asyncio.create_task(forever()) for _ in range(workers)]
    await asyncio.sleep(100)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    seconds = written[-1][0] - written[0][0]
    assert sum(count for _, count in written[:-1]) / seconds >= 99
    assert worst_second(written) <= 100


@pytest.mark.virtual_time
async def test_an_admission_counts_as_now_until_it_is_written() -> None:
    """A slow connection moves everybody behind it: its users have not left yet."""
    throttle = Throttle(Limits())
    async with throttle.admit(100) as permit:
        waiting = asyncio.create_task(send(throttle, 100))
        await asyncio.sleep(7)
        permit.written()
        await asyncio.sleep(5)
    assert await waiting == 7 + 1 + SLACK


@pytest.mark.virtual_time
async def test_one_slow_connection_holds_up_only_its_own_share() -> None:
    """Ten users that wait for a connection take ten of the hundred, not all of them."""
    throttle = Throttle(Limits())
    async with throttle.admit(10):
        times = await when_all(throttle, [10] * 90)
        assert now() == pytest.approx(9 * (1 + SLACK) + 0.1, abs=0.02)
    assert worst_second([(at, 10) for at in times]) == 90


@pytest.mark.virtual_time
async def test_only_the_first_write_counts() -> None:
    """A stamp is a moment: saying it again, or leaving the block later, does not move it."""
    throttle = Throttle(Limits())
    async with throttle.admit(100) as permit:
        permit.written()
        await asyncio.sleep(0.5)
        permit.written()
    assert permit.stamp < 0.1


@pytest.mark.virtual_time
async def test_leaving_without_a_word_counts_as_the_write() -> None:
    """Where nobody can tell when the body left, it left at the latest when the answer had come."""
    throttle = Throttle(Limits())
    permit = throttle.admit(100)
    async with permit:
        assert permit.stamp == math.inf
        await asyncio.sleep(3)
    assert permit.left
    assert permit.stamp == pytest.approx(3)
    assert await send(throttle, 100) == 3 + 1 + SLACK


@pytest.mark.virtual_time
async def test_a_failure_inside_the_block_keeps_the_count() -> None:
    """Users whose request failed may have left all the same: they count."""
    throttle = Throttle(Limits())

    async def lose() -> None:
        async with throttle.admit(100):
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await lose()
    assert await send(throttle, 100) == 1 + SLACK


@pytest.mark.virtual_time
async def test_a_cancelled_wait_costs_the_next_one_nothing() -> None:
    """Who gives up while waiting behind a pause leaves the bucket as he found it."""
    throttle = Throttle(Limits())
    await asyncio.sleep(10)
    throttle.pause(0.1)
    waiting = asyncio.create_task(send(throttle, 100))
    await asyncio.sleep(0.05)
    waiting.cancel()
    await asyncio.sleep(0.01)
    assert throttle.waiting_for == ""
    assert await when_all(throttle, [60, 40]) == [10.1, 10.1]


@pytest.mark.virtual_time
async def test_more_users_than_the_rate_are_refused_at_once() -> None:
    """A request that could never leave is a mistake of the caller's, not a wait for ever."""
    throttle = Throttle(Limits(rate=50))
    with pytest.raises(ValueError, match="50 users per second"):
        throttle.admit(51)
    assert await send(throttle, 50) == 0


@pytest.mark.virtual_time
async def test_an_unlimited_rate_never_waits() -> None:
    """Against a mock, a thousand batches leave at one moment."""
    throttle = Throttle(Limits(rate=UNLIMITED))
    assert set(await when_all(throttle, [100] * 1_000)) == {0.0}


@pytest.mark.virtual_time
async def test_requests_without_users_need_no_turn() -> None:
    """Polls go past a queue of batches: knowing what became of them is what frees the queue."""
    throttle = Throttle(Limits())
    queue = [asyncio.create_task(send(throttle, 100)) for _ in range(5)]
    await asyncio.sleep(0.01)
    assert await send(throttle) == pytest.approx(0.01)
    assert await asyncio.gather(*queue) == pytest.approx([n * (1 + SLACK) for n in range(5)])


# -- pauses ------------------------------------------------------------------------------------------------------


@pytest.mark.virtual_time
async def test_a_pause_is_everybodys() -> None:
    """After 429 nothing leaves until the time that Zendesk named: no batch and no poll."""
    throttle = Throttle(Limits())
    throttle.pause(27)
    assert throttle.pause_left == 27
    assert await when_all(throttle, [0, 50, 0, 50]) == [27, 27, 27, 27]
    assert throttle.pause_left == 0


@pytest.mark.virtual_time
async def test_the_longer_pause_holds() -> None:
    """A second, shorter pause does not end the first; a longer one reaches those who wait already."""
    throttle = Throttle(Limits())
    throttle.pause(10)
    throttle.pause(2)
    waiting = asyncio.create_task(send(throttle, 100))
    await asyncio.sleep(9)
    throttle.pause(5)
    assert await waiting == 14


# -- job slots ---------------------------------------------------------------------------------------------------


@pytest.mark.virtual_time
async def test_too_many_jobs_holds_batches_and_not_polls() -> None:
    """While others hold the job slots, batches wait and jobs are asked for as ever."""
    throttle = Throttle(Limits())
    throttle.too_many_jobs(None)
    assert await when_all(throttle, [100, 0]) == [1, 0]


@pytest.mark.virtual_time
async def test_the_hold_doubles_up_to_half_a_minute() -> None:
    """Nobody tells us when others give slots back: we try after 1, 2, 4, 8, 16, 30, 30 seconds."""
    throttle = Throttle(Limits())
    waited = []
    for _ in range(7):
        throttle.too_many_jobs(None)
        began = now()
        waited.append(round(await send(throttle, 100, round_trip=0) - began, 3))
    assert waited == [1, 2, 4, 8, 16, 30, 30]


@pytest.mark.virtual_time
async def test_those_refused_together_double_the_hold_once() -> None:
    """Five batches under way when the slots ran out are one event, not five."""
    throttle = Throttle(Limits())
    for _ in range(5):
        throttle.too_many_jobs(None)
    assert await send(throttle, 100) == 1


@pytest.mark.virtual_time
async def test_retry_after_is_the_least_hold() -> None:
    """What Zendesk asks for is waited for, and a short hold does not undercut it."""
    throttle = Throttle(Limits())
    throttle.too_many_jobs(12)
    assert await send(throttle, 100) == 12


@pytest.mark.virtual_time
async def test_after_a_hold_one_batch_tries() -> None:
    """The others follow when its job has started, not before."""
    throttle = Throttle(Limits())
    throttle.too_many_jobs(None)

    async def accepted_after_half_a_second() -> float:
        at = await send(throttle, 10, round_trip=0.5)
        throttle.job_started(None)
        return at

    times = await asyncio.gather(*(accepted_after_half_a_second() for _ in range(5)))
    assert sorted(times) == [1, 1.5, 1.5, 1.5, 1.5]


@pytest.mark.virtual_time
async def test_a_batch_that_tries_and_hears_nothing_lets_the_next_try() -> None:
    """An answer that is lost cannot block the upload: a second later another batch goes ahead."""
    throttle = Throttle(Limits())
    throttle.too_many_jobs(None)
    assert await asyncio.gather(*(send(throttle, 10, round_trip=60) for _ in range(4))) == [1, 2, 3, 4]


@pytest.mark.virtual_time
async def test_every_job_of_ours_that_ends_lets_one_batch_through() -> None:
    """With jobs of our own we wait for those: each that ends is one free slot."""
    throttle = Throttle(Limits())
    for _ in range(3):
        throttle.job_started(None)
    throttle.too_many_jobs(None)
    waiting = [asyncio.create_task(send(throttle, 10, round_trip=60)) for _ in range(3)]
    await asyncio.sleep(5)
    throttle.job_ended()
    await asyncio.sleep(5)
    throttle.job_ended()
    assert await asyncio.gather(*waiting) == [5, 10, LONGEST_HOLD]


@pytest.mark.virtual_time
async def test_a_refusal_takes_the_credits_back() -> None:
    """Slots that our jobs freed and others took are not ours: after a refusal only the next end counts."""
    throttle = Throttle(Limits())
    throttle.job_started(None)
    throttle.job_started(None)
    throttle.too_many_jobs(None)
    throttle.job_ended()
    throttle.too_many_jobs(None)
    waiting = asyncio.create_task(send(throttle, 10))
    await asyncio.sleep(3)
    throttle.job_ended()
    assert await waiting == 3


@pytest.mark.virtual_time
async def test_no_slot_left_holds_before_anybody_is_refused() -> None:
    """Where the header says that none is free, the next batch waits for an end instead of a 429."""
    throttle = Throttle(Limits())
    throttle.job_started(0)
    waiting = asyncio.create_task(send(throttle, 10))
    await asyncio.sleep(8)
    throttle.job_ended()
    assert await waiting == 8


@pytest.mark.virtual_time
async def test_an_end_heard_before_the_last_start_is_not_forgotten() -> None:
    """A slot freed while the answer "none is free" was on its way still lets one batch through."""
    throttle = Throttle(Limits())
    throttle.job_started(None)
    throttle.job_started(0)
    throttle.job_ended()
    throttle.job_ended()
    throttle.job_started(0)
    assert await when_all(throttle, [10, 10]) == [0, 0]


@pytest.mark.virtual_time
async def test_slots_that_zendesk_says_are_free_end_the_hold() -> None:
    """When others have given back their slots the header says so, and as many batches pass at once."""
    throttle = Throttle(Limits())
    throttle.job_started(None)
    throttle.too_many_jobs(None)
    throttle.job_started(2)
    assert sorted(await asyncio.gather(*(send(throttle, 10, round_trip=60) for _ in range(3)))) == [0, 0, LONGEST_HOLD]


@pytest.mark.virtual_time
async def test_free_slots_are_not_saved_up() -> None:
    """What was free when nothing was held says nothing of the next shortage."""
    throttle = Throttle(Limits())
    throttle.job_started(25)
    throttle.job_ended()
    throttle.job_started(0)
    throttle.job_ended()
    assert sorted(await asyncio.gather(*(send(throttle, 10, round_trip=60) for _ in range(2)))) == [0, LONGEST_HOLD]


# -- requests per minute -----------------------------------------------------------------------------------------


@pytest.mark.virtual_time
async def test_a_share_of_the_minute_is_left_to_others() -> None:
    """At a quarter of the account's requests we stop until the minute ends, batches and polls alike."""
    throttle = Throttle(Limits(rate=UNLIMITED, share=0.25))
    throttle.heard(Budget(200, 51, 30))
    assert await send(throttle, 10) == 0
    throttle.heard(Budget(200, 50, 30))
    assert (await when_all(throttle, [10, 0]))[0] == pytest.approx(30.1)


@pytest.mark.virtual_time
async def test_requests_under_way_are_counted_before_they_are_answered() -> None:
    """Fifty workers that look at one header cannot all take the last request that it promises."""
    throttle = Throttle(Limits(rate=UNLIMITED, share=0.25))
    throttle.heard(Budget(200, 60, 30))
    times = await asyncio.gather(*(send(throttle, 10, round_trip=20) for _ in range(50)))
    assert times.count(0) == 10


@pytest.mark.virtual_time
async def test_when_the_minute_has_ended_one_request_goes_ahead() -> None:
    """Its answer says what the new minute allows; then the others follow."""
    throttle = Throttle(Limits(rate=UNLIMITED))
    throttle.heard(Budget(200, 3, 10))

    async def told_after_half_a_second() -> float:
        async with throttle.admit(0) as permit:
            permit.written()
            await asyncio.sleep(0.5)
            throttle.heard(Budget(200, 199, 60))
        return round(permit.stamp, 6)

    times = await asyncio.gather(*(told_after_half_a_second() for _ in range(4)))
    assert sorted(times) == [10, 10.5, 10.5, 10.5]


@pytest.mark.virtual_time
async def test_a_budget_without_a_reset_is_looked_at_again_soon() -> None:
    """The oldest headers do not tell when the minute ends: after a while one request looks."""
    throttle = Throttle(Limits(rate=UNLIMITED))
    throttle.heard(Budget(200, 3, None))
    assert sorted(await asyncio.gather(*(send(throttle, 0, round_trip=60) for _ in range(3)))) == [BLIND, 6, 7]


@pytest.mark.virtual_time
async def test_a_budget_is_never_for_longer_than_a_minute() -> None:
    """A reset that is no number of seconds, but a date in seconds, must not stop us for years."""
    throttle = Throttle(Limits(rate=UNLIMITED))
    throttle.heard(Budget(200, 3, 1_767_225_600.0))
    assert await send(throttle) == 60


@pytest.mark.virtual_time
async def test_an_ample_budget_holds_nobody() -> None:
    """As long as more than the others' share is left, headers change nothing."""
    throttle = Throttle(Limits(rate=UNLIMITED))
    throttle.heard(Budget(700, 690, 55))
    assert set(await when_all(throttle, [100] * 20)) == {0.0}


# -- what it shows -----------------------------------------------------------------------------------------------


HOLD_UPS: dict[str, Callable[[Throttle], object]] = {
    "Retry-After": lambda throttle: throttle.pause(5),
    "jobs": lambda throttle: throttle.too_many_jobs(None),
    "requests per minute": lambda throttle: throttle.heard(Budget(200, 3, 10)),
    "rate": lambda throttle: asyncio.create_task(send(throttle, 100)),
}


@pytest.mark.virtual_time
@pytest.mark.parametrize("word", HOLD_UPS)
async def test_it_says_what_it_waits_for(word: str) -> None:
    """Whoever looks at the progress of an upload sees why nothing moves, and nothing when all moves."""
    throttle = Throttle(Limits())
    HOLD_UPS[word](throttle)
    waiting = asyncio.create_task(send(throttle, 100))
    await asyncio.sleep(0.5)
    assert throttle.waiting_for == word
    assert word in repr(throttle)
    await waiting
    assert throttle.waiting_for == ""
    assert "open" in repr(throttle)


@pytest.mark.virtual_time
async def test_its_repr_counts_the_last_second() -> None:
    """A test or a log line shows how full the present second is, by the clock and not by the last admission."""
    throttle = Throttle(Limits())
    await send(throttle, 40, round_trip=0)
    assert repr(throttle) == "<Throttle 40 of 100 users in the last second, open>"
    await asyncio.sleep(2)
    assert repr(throttle) == "<Throttle 0 of 100 users in the last second, open>"


async def test_its_clock_is_the_loops_unless_that_is_too_coarse() -> None:
    """Times compare with those of asyncio's own timers; uvloop's whole milliseconds are not good enough for the log."""
    assert Throttle(Limits()).now == asyncio.get_running_loop().time


def test_under_uvloop_the_clock_is_the_machines() -> None:
    """Where the loop rounds its time, the throttle looks at the monotonic clock itself."""
    uvloop = pytest.importorskip("uvloop")

    async def clock() -> object:
        return Throttle(Limits()).now

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(clock()) is time.monotonic
