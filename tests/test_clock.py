from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

import pytest
from aiolimiter import AsyncLimiter

from tests.clock import Deadlock, RealSocket, VirtualTimeLoop, run_virtual


def now() -> float:
    return round(asyncio.get_running_loop().time(), 6)


@pytest.mark.virtual_time
async def test_a_marked_test_runs_under_virtual_time() -> None:
    """A night passes between two lines of a test that carries the mark."""
    assert isinstance(asyncio.get_running_loop(), VirtualTimeLoop)
    await asyncio.sleep(8 * 3600)
    assert now() == 8 * 3600


async def test_an_unmarked_test_runs_in_real_time() -> None:
    """Who does not ask for virtual time does not get it."""
    assert not isinstance(asyncio.get_running_loop(), VirtualTimeLoop)


@pytest.mark.virtual_time
async def test_sleepers_wake_in_the_order_of_their_timers() -> None:
    """Time never passes over a timer: each sleeper wakes at its own second."""
    woken: list[float] = []

    async def sleeper(seconds: float) -> None:
        await asyncio.sleep(seconds)
        woken.append(now())

    await asyncio.gather(*(sleeper(seconds) for seconds in (3, 1, 2, 1)))
    assert woken == [1, 1, 2, 3]


@pytest.mark.virtual_time
async def test_time_stands_still_while_code_runs() -> None:
    """Real seconds do not count: only timers move the clock."""
    before = now()
    time.sleep(0.01)  # noqa: ASYNC251 - to block is the point
    await asyncio.sleep(0)
    assert now() == before


@pytest.mark.virtual_time
async def test_timeouts_fire_at_their_time() -> None:
    """asyncio.timeout and wait_for count virtual seconds."""
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(900):
            await asyncio.Event().wait()
    assert now() == 900


@pytest.mark.virtual_time
async def test_a_timer_beyond_a_day_is_reached() -> None:
    """The loop asks its selector for a day at most; longer waits take several jumps."""
    await asyncio.sleep(40 * 86_400)
    assert now() == 40 * 86_400


@pytest.mark.virtual_time
async def test_the_limiter_keeps_its_rate_to_the_microsecond() -> None:
    """A hundred admissions of 100 users at 100 users per second take 99 seconds: the first is free."""
    limiter = AsyncLimiter(100, 1)
    for _ in range(100):
        await limiter.acquire(100)
    assert now() == 99


@pytest.mark.virtual_time
@pytest.mark.parametrize("rate", [3, 7, 33, 97.3])
async def test_the_limiter_cannot_spin_on_a_float_remainder(rate: float) -> None:
    """Amounts that divide badly leave remainders too small for the clock; time still goes on, and at the right pace."""
    limiter = AsyncLimiter(rate, 1)

    async def admissions() -> None:
        for _ in range(50):
            await limiter.acquire(rate / 3)

    await asyncio.gather(*(admissions() for _ in range(3)))
    assert now() == pytest.approx(147 / 3, abs=1e-3)


def test_a_deadlock_is_an_error_that_names_who_waits() -> None:
    """Waiting for what can never come fails at once, with the task and its innermost line."""

    async def nobody_sets_it() -> None:
        await asyncio.Event().wait()

    async def main() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(nobody_sets_it(), name="the forgotten one")

    with pytest.raises(Deadlock, match=r"the forgotten one: Event\.wait waits at .*locks\.py:\d+"):
        run_virtual(main())


def test_the_tasks_of_a_deadlock_are_cleaned_up() -> None:
    """After a deadlock every task gets its cancellation, so that the next test starts clean."""
    cleaned: list[str] = []

    async def main() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.append("main")

    with pytest.raises(Deadlock):
        run_virtual(main())
    assert cleaned == ["main"]


@pytest.mark.virtual_time
async def test_work_in_a_thread_is_waited_for() -> None:
    """A timeout far away does not overtake a thread that needs real milliseconds."""
    async with asyncio.timeout(3600):
        await asyncio.to_thread(time.sleep, 0.05)
    assert now() == 0


class LateExecutor(Executor):
    """A busy machine: work begins some real milliseconds after it was handed over, and until then nobody is at it."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Begin later."""
        future: Future[Any] = Future()
        threading.Timer(0.05, lambda: future.set_result(fn(*args, **kwargs))).start()
        return future


@pytest.mark.virtual_time
async def test_work_that_no_thread_has_begun_is_waited_for() -> None:
    """A timeout far away does not overtake work that still waits for its thread, however busy the machine is."""
    async with asyncio.timeout(3600):
        assert await asyncio.get_running_loop().run_in_executor(LateExecutor(), lambda: "done") == "done"
    assert now() == 0


def test_work_in_an_older_pool_is_waited_for() -> None:
    """A pool that was there before the loop counts too, once work of ours is in it."""

    async def main(pool: ThreadPoolExecutor) -> float:
        async with asyncio.timeout(3600):
            await asyncio.get_running_loop().run_in_executor(pool, time.sleep, 0.05)
        return now()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: None).result()
        assert run_virtual(main(pool)) == 0


@pytest.mark.virtual_time
async def test_a_thread_that_needs_us_does_not_stop_the_clock() -> None:
    """A reader that waits in a full queue for its slow consumer lets time jump to the consumer's next timer."""
    lines: queue.Queue[int] = queue.Queue(maxsize=1)

    def read() -> None:
        for number in range(5):
            lines.put(number)

    reader = threading.Thread(target=read)
    reader.start()
    taken = []
    for _ in range(5):
        await asyncio.sleep(10)
        taken.append(lines.get(timeout=1))
    reader.join()
    assert taken == [0, 1, 2, 3, 4]
    assert now() == 50


@pytest.mark.virtual_time
async def test_a_thread_of_ours_may_wake_a_task() -> None:
    """call_soon_threadsafe from a hand-made thread arrives, though no timer is set."""
    loop = asyncio.get_running_loop()
    arrived = asyncio.Event()

    def reader() -> None:
        time.sleep(0.05)
        loop.call_soon_threadsafe(arrived.set)

    thread = threading.Thread(target=reader)
    thread.start()
    await arrived.wait()
    thread.join()
    assert now() == 0


def test_a_thread_that_waits_for_us_while_we_wait_for_it_is_a_deadlock() -> None:
    """A parked thread cannot hide that everybody waits."""
    release = threading.Event()
    thread = threading.Thread(target=release.wait)

    async def main() -> None:
        thread.start()
        await asyncio.Event().wait()

    with pytest.raises(Deadlock):
        run_virtual(main())
    release.set()
    thread.join()


@pytest.mark.virtual_time
async def test_the_idle_thread_of_a_pool_is_not_waited_for() -> None:
    """After one call to a thread, the pool's idle worker costs no real milliseconds at every jump."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    await asyncio.to_thread(lambda: None)
    await asyncio.sleep(1)
    assert loop._clock._threads() == []


def test_a_real_socket_is_refused() -> None:
    """Under virtual time an answer from a socket would always come too late, so opening one is an error."""

    async def main() -> None:
        server = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
        async with server:
            await asyncio.sleep(1)

    with pytest.raises(RealSocket):
        run_virtual(main())


def test_run_virtual_returns_what_the_coroutine_returns() -> None:
    """run_virtual is asyncio.run with another clock."""

    async def main() -> str:
        await asyncio.sleep(1)
        return "done"

    assert run_virtual(main()) == "done"
