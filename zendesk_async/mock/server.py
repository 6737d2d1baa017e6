"""The account on a socket of this machine.

The limits go by ``time.monotonic()`` at the arrival of a request's headers. The stamp is taken in ``data_received``, as
soon as the event loop has read the bytes that complete them, and requests are worked on in a later turn of the loop:
whatever is ready to be read together is stamped before any of it is worked on. So a stamp is late by one turn of the
loop at most (the work on the requests of one turn: about a millisecond for a batch of 100 in the full store, less in
fast mode), and never early.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self, cast

from zendesk_async.mock.account import Account
from zendesk_async.mock.answers import Answer
from zendesk_async.mock.options import Options
from zendesk_async.mock.wire import (
    CONTINUE,
    LAST_CHUNK,
    BadRequest,
    Request,
    RequestReader,
    chunk,
    encode,
    encode_head,
)

__all__ = ["MockZendesk", "serve"]

Clock = Callable[[], float]


class _Connection(asyncio.Protocol):
    """One client. States: reading a request, waiting to answer it (``_busy``), sending a long answer (``_rest``)."""

    def __init__(self, account: Account, clock: Clock, everyone: set[_Connection]) -> None:
        self._account = account
        self._clock = clock
        self._everyone = everyone
        self._loop = asyncio.get_running_loop()
        self._reader = RequestReader()
        self._busy = False
        self._timer: asyncio.TimerHandle | None = None
        self._rest: Iterator[bytes] | None = None
        self._may_write = True
        self._keep_alive = True
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._everyone.add(self)

    def connection_lost(self, _: Exception | None) -> None:
        self._rest = None
        if self._timer is not None:
            self._timer.cancel()
        self._everyone.discard(self)

    def data_received(self, data: bytes) -> None:
        try:
            self._reader.feed(data, self._clock())
        except BadRequest as error:
            self._refuse(error)
            return
        if self._reader.wants_to_go_on():
            self._transport.write(CONTINUE)
        self._turn()

    def pause_writing(self) -> None:
        self._may_write = False

    def resume_writing(self) -> None:
        self._may_write = True
        self._pump()

    def close(self) -> None:
        """Cut the connection."""
        self._transport.abort()

    def _turn(self) -> None:
        if not self._busy:
            self._busy = True
            self._loop.call_soon(self._serve)

    def _serve(self) -> None:
        try:
            request = None if self._transport.is_closing() else self._reader.next_request(self._clock())
        except BadRequest as error:
            self._refuse(error)
            return
        if request is None:
            self._busy = False
            return
        try:
            self._answer(request)
        except BaseException:
            # A fault of ours must not look like a slow Zendesk: the client's connection ends, the loop reports it.
            self._transport.abort()
            raise

    def _answer(self, request: Request) -> None:
        answer = self._account.handle(
            request.method, request.path, request.query, request.headers, request.body, request.arrived
        )
        self._keep_alive = request.keep_alive
        if answer.delay > 0:
            self._timer = self._loop.call_later(answer.delay, self._send, answer)
        else:
            self._send(answer)

    def _send(self, answer: Answer) -> None:
        if answer.lost:
            self._transport.abort()
        elif self._transport.is_closing():
            return
        elif answer.chunks is None:
            self._transport.write(encode(answer, keep_alive=self._keep_alive))
            self._sent()
        else:
            self._rest = answer.chunks
            self._transport.write(encode_head(answer, "transfer-encoding: chunked", keep_alive=self._keep_alive))
            self._pump()

    def _pump(self) -> None:
        """Send the next piece of a long answer, and the ones after it when others have had their turn."""
        if self._rest is None or not self._may_write:
            return
        piece = next(self._rest, None)
        if piece is None:
            self._rest = None
            self._transport.write(LAST_CHUNK)
            self._sent()
        else:
            self._transport.write(chunk(piece))
            self._loop.call_soon(self._pump)

    def _sent(self) -> None:
        self._busy = False
        if self._keep_alive:
            self._turn()
        else:
            self._transport.close()

    def _refuse(self, error: BadRequest) -> None:
        answer = Answer(error.status, {"content-type": "text/plain"}, str(error).encode())
        self._transport.write(encode(answer, keep_alive=False))
        self._transport.close()


class MockZendesk:
    """A Zendesk account on 127.0.0.1 for as long as the block lasts.

    ``async with MockZendesk(rate=100, job_seconds=2.0) as mock:`` serves at ``mock.url``; every name of ``OPTIONS`` can
    be given. ``port=0`` takes a free one. Leaving the block cuts all connections.
    """

    def __init__(
        self,
        options: Options | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Clock = time.monotonic,
        **settings: Any,
    ) -> None:
        if options is not None and settings:
            raise TypeError("give options, or their names, not both")
        epoch = time.time() - clock()
        self.account = Account(options or Options.of(**settings), epoch=epoch, cpu=time.process_time)
        self._clock = clock
        self._host, self.port = host, port
        self._connections: set[_Connection] = set()
        self._server: asyncio.Server

    @property
    def url(self) -> str:
        """Where the account answers: ``http://127.0.0.1:PORT``."""
        return f"http://{self._host}:{self.port}"

    def stats(self) -> dict[str, Any]:
        """What the account has seen; the same as ``GET /__mock__/stats``."""
        return self.account.stats(self._clock())

    def users(self) -> list[dict[str, Any]]:
        """Every user that the account holds; the same as ``GET /__mock__/users``."""
        return self.account.users(self._clock())

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, self._host, self.port, backlog=1024)
        self.port = self._server.sockets[0].getsockname()[1]
        self.account.world.base_url = self.url
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for connection in list(self._connections):
            connection.close()
        await self._server.wait_closed()

    def _connection(self) -> _Connection:
        return _Connection(self.account, self._clock, self._connections)


def _print_ready(ready: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()


async def serve(
    options: Options,
    host: str = "127.0.0.1",
    port: int = 0,
    ready: Callable[[dict[str, Any]], None] = _print_ready,
) -> None:
    """Serve until SIGINT or SIGTERM.

    ``ready`` is called once with ``{"url", "port", "pid"}``; by default that is one line of JSON on standard output.
    Raises ``OSError`` when the port is taken.
    """
    loop = asyncio.get_running_loop()
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    try:
        with _rare_collections():
            async with MockZendesk(options, host=host, port=port) as mock:
                ready({"url": mock.url, "port": mock.port, "pid": os.getpid()})
                await told.wait()
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Let the garbage collector run a hundred times less often: a batch makes no cycles, and it looks at all of it."""
    usual = gc.get_threshold()
    gc.set_threshold(usual[0] * 100, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
