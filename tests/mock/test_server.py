"""The account on a socket, and the command that puts it there."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import aiohttp
import pytest

from tests.mock.asking import UPSERT, basic, person
from zendesk_async.mock import MockZendesk, Options, serve

COMMAND = [sys.executable, "-m", "zendesk_async.mock"]


async def post(client: aiohttp.ClientSession, url: str, *users: dict[str, Any]) -> Any:
    async with client.post(url + UPSERT, json={"users": users}, headers=basic()) as response:
        response.raise_for_status()
        return await response.json()


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for something that happens at the other end of a socket."""
    for _ in range(10_000):
        if is_so():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it never happened")


async def test_an_upload_over_a_socket() -> None:
    """Users go in, the job is looked at, and the statistics have seen it all; one connection serves for everything."""
    async with MockZendesk(job_seconds=0) as mock, aiohttp.ClientSession() as client:
        job = (await post(client, mock.url, person(1), person(2)))["job_status"]
        assert job["url"].startswith(mock.url)
        async with client.get(f"{mock.url}/api/v2/job_statuses/{job['id']}", headers=basic()) as response:
            done = (await response.json())["job_status"]
        assert [result["status"] for result in done["results"]] == ["Created", "Created"]
        assert len(mock._connections) == 1
        stats = mock.stats()
        async with client.get(f"{mock.url}/__mock__/stats") as response:
            assert (await response.json())["users_accepted"] == stats["users_accepted"] == 2
        assert stats["cpu_seconds"] > 0
        assert [user["external_id"] for user in mock.users()] == ["C-1", "C-2"]


async def test_the_stamps_are_of_the_given_clock() -> None:
    """Limits go by the clock that the server was given, and timestamps by the wall clock."""
    ticks = iter([100.0 + number / 10 for number in range(100)])
    async with MockZendesk(job_seconds=0, clock=lambda: next(ticks)) as mock, aiohttp.ClientSession() as client:
        await post(client, mock.url, person(1))
        await post(client, mock.url, person(2))
        stats = mock.account.stats()
    assert 100.0 < stats["first_post"] < stats["last_post"] < 101.0


async def test_a_body_of_unknown_length_is_read() -> None:
    """Chunked requests are understood."""

    async def pieces() -> Any:
        yield b'{"users":['
        yield json.dumps(person(1)).encode()
        yield b"]}"

    async with MockZendesk(job_seconds=0) as mock, aiohttp.ClientSession() as client:
        async with client.post(mock.url + UPSERT, data=pieces(), headers=basic()) as response:
            assert response.status == 200
        assert len(mock.users()) == 1


async def test_a_lost_answer_cuts_the_connection() -> None:
    """The client hears nothing, and the users are there."""
    async with MockZendesk(job_seconds=0) as mock, aiohttp.ClientSession() as client:
        mock.account.fault_next("lost-answer")
        with pytest.raises(aiohttp.ClientConnectionError):
            await post(client, mock.url, person(1))
        assert len(mock.users()) == 1


async def test_a_lost_request_changes_nothing() -> None:
    """The client hears nothing, and nobody is there."""
    async with MockZendesk(job_seconds=0) as mock, aiohttp.ClientSession() as client:
        mock.account.fault_next("lost-request")
        with pytest.raises(aiohttp.ClientConnectionError):
            await post(client, mock.url, person(1))
        assert mock.users() == []


async def test_a_stalled_answer_outlasts_the_client() -> None:
    """A client with less patience gives up; leaving the block does not wait for the answer."""
    timeout = aiohttp.ClientTimeout(total=0.1)
    async with MockZendesk(stall_seconds=600.0) as mock, aiohttp.ClientSession(timeout=timeout) as client:
        mock.account.fault_next("stall")
        with pytest.raises(TimeoutError):
            await post(client, mock.url, person(1))
        await until(lambda: not mock._connections)
        assert len(mock.account.world.jobs.listed()) == 1


async def test_a_late_answer_comes_and_the_connection_goes_on() -> None:
    """Latency delays, it breaks nothing."""
    async with MockZendesk(job_seconds=0, latency=0.01) as mock, aiohttp.ClientSession() as client:
        for number in range(3):
            await post(client, mock.url, person(number))
        assert len(mock._connections) == 1


async def test_many_users_are_streamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them arrive, in however many pieces, while the account goes on answering."""
    monkeypatch.setattr("zendesk_async.mock.users._PIECE", 1)
    async with MockZendesk(job_seconds=0) as mock, aiohttp.ClientSession() as client:
        for batch in range(40):
            await post(client, mock.url, *(person(batch * 100 + n, notes="x" * 500) for n in range(100)))
        async with client.get(f"{mock.url}/__mock__/users") as response:
            await post(client, mock.url, person(4000))
            lines = (await response.read()).splitlines()
    assert len(lines) >= 4000
    assert [json.loads(line)["external_id"] for line in lines[:4000]] == [f"C-{n}" for n in range(4000)]


async def test_a_slow_reader_is_waited_for() -> None:
    """What it has not taken yet is not written yet: a large account does not pile up in memory."""
    async with MockZendesk(job_seconds=0) as mock, aiohttp.ClientSession() as client:
        for batch in range(40):
            await post(client, mock.url, *(person(batch * 100 + n, notes="x" * 4000) for n in range(100)))
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.setblocking(False)
            await asyncio.get_running_loop().sock_connect(slow, ("127.0.0.1", mock.port))
            reader, writer = await asyncio.open_connection(sock=slow, limit=4096)
            writer.write(b"GET /__mock__/users HTTP/1.1\r\nConnection: close\r\n\r\n")
            await until(lambda: not all(connection._may_write for connection in mock._connections))
            for _ in range(100):
                await asyncio.sleep(0)
            assert max(connection._transport.get_write_buffer_size() for connection in mock._connections) < 2_000_000
            answer = await reader.read()
            writer.close()
    assert answer.count(b'"external_id"') == 4000
    assert answer.endswith(b"\r\n0\r\n\r\n")


async def test_a_client_that_leaves_in_the_middle_harms_nobody() -> None:
    """The stream to somebody who is gone ends, and others are served."""
    async with MockZendesk(job_seconds=0) as mock, aiohttp.ClientSession() as client:
        for batch in range(40):
            await post(client, mock.url, *(person(batch * 100 + n, notes="x" * 500) for n in range(100)))
        async with aiohttp.ClientSession() as other:
            response = await other.get(f"{mock.url}/__mock__/users")
            await response.content.read(10)
            response.close()
        await post(client, mock.url, person(4000))
        assert len(mock.users()) == 4001


async def test_connections_are_served_at_the_same_time() -> None:
    """One that waits for its answer does not hold the others up."""
    async with MockZendesk(job_seconds=0) as mock, aiohttp.ClientSession() as client:
        mock.account.fault_next("stall", on="poll")
        waiting = asyncio.create_task(client.get(f"{mock.url}/api/v2/job_statuses", headers=basic()))
        await asyncio.sleep(0.01)
        await asyncio.gather(*(post(client, mock.url, person(number)) for number in range(20)))
        assert not waiting.done()
        waiting.cancel()
        assert len(mock.users()) == 20


async def raw(mock: MockZendesk, sent: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", mock.port)
    writer.write(sent)
    answer = await reader.read()
    writer.close()
    return answer


async def test_nonsense_is_answered_and_the_connection_closed() -> None:
    """A client that does not speak HTTP hears so."""
    async with MockZendesk() as mock:
        assert (await raw(mock, b"hello\r\n\r\n")).startswith(b"HTTP/1.1 400 Bad Request\r\n")
        chunked = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
        assert (await raw(mock, chunked)).startswith(b"HTTP/1.1 400")


async def test_the_last_request_of_a_connection_closes_it() -> None:
    """``Connection: close`` is kept to; a request that was sent with it before its answer is answered first."""
    async with MockZendesk() as mock:
        two = b"GET /__mock__/stats HTTP/1.1\r\n\r\nGET /nothing HTTP/1.1\r\nConnection: close\r\n\r\n"
        answers = await raw(mock, two)
    assert [answers.count(status) for status in (b"HTTP/1.1 200 OK", b"HTTP/1.1 401 Unauthorized")] == [1, 1]


async def test_a_client_that_expects_to_go_on_may() -> None:
    """100 Continue comes before the body does."""
    async with MockZendesk() as mock:
        reader, writer = await asyncio.open_connection("127.0.0.1", mock.port)
        writer.write(b"POST /oauth/tokens HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"{}")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 400 Bad Request\r\n")
        writer.close()


async def test_a_fault_of_ours_does_not_look_like_a_slow_zendesk() -> None:
    """If the account itself breaks, the connection ends and the event loop is told."""
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    async with MockZendesk() as mock, aiohttp.ClientSession() as client:
        mock.account.world.tally = None  # type: ignore[assignment]
        with pytest.raises(aiohttp.ClientConnectionError):
            await post(client, mock.url, person(1))
    assert isinstance(told[0]["exception"], AttributeError)


async def test_leaving_the_block_leaves_nothing_behind() -> None:
    """No connection is open and nobody listens any more."""
    async with MockZendesk() as mock, aiohttp.ClientSession() as client:
        await post(client, mock.url, person(1))
    await asyncio.sleep(0)
    assert mock._connections == set()
    with pytest.raises(OSError, match="Connect"):
        await asyncio.open_connection("127.0.0.1", mock.port)


def test_options_come_whole_or_by_name() -> None:
    """Both at once would leave open which is meant."""
    assert MockZendesk(Options(rate=5)).account.options == MockZendesk(rate=5).account.options
    with pytest.raises(TypeError, match="not both"):
        MockZendesk(Options(), rate=5)


async def test_a_taken_port_is_an_error() -> None:
    """It is raised, so that whoever starts the command can be told."""
    async with MockZendesk() as mock:
        with pytest.raises(OSError, match="address already in use"):
            await serve(Options(), port=mock.port)


@pytest.fixture
def running() -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    with subprocess.Popen(
        [*COMMAND, "--job-seconds", "0", "--rate", "100"], stdout=subprocess.PIPE, text=True
    ) as command:
        assert command.stdout is not None
        yield command, json.loads(command.stdout.readline())
        command.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_command_says_where_it_is_and_ends_politely(
    running: tuple[subprocess.Popen[str], dict[str, Any]], number: signal.Signals
) -> None:
    """One line of JSON when it is ready; a signal ends it with exit status 0."""
    command, ready = running
    assert ready == {"url": f"http://127.0.0.1:{ready['port']}", "port": ready["port"], "pid": command.pid}
    async with aiohttp.ClientSession() as client:
        await post(client, ready["url"], person(1))
    command.send_signal(number)
    assert command.wait(timeout=10) == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--era", "1999"], "invalid choice"),
        (["--error-rate", "7"], "probability"),
        (["--fields", "no.json"], "No such file"),
    ],
)
def test_the_command_refuses_nonsense_without_a_traceback(arguments: list[str], told: str) -> None:
    """Exit status 2 and a sentence."""
    ended = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_command_explains_every_option() -> None:
    """--help is made from the table, with the defaults."""
    told = subprocess.run([*COMMAND, "--help"], capture_output=True, text=True, check=True).stdout
    assert "--job-seconds JOB_SECONDS" in told
    assert "--any-credentials" in told
    assert "(default: 5.0)" in told
