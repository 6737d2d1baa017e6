"""A Zendesk account behind the client's own transport, without a socket: for tests under virtual time.

Everything above the one method that writes to a connection is the real thing: throttle, authentication, retries.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import aiohttp
import orjson

from zendesk_async.api.request import Answer, Request
from zendesk_async.api.throttle import Permit
from zendesk_async.api.transport import Transport
from zendesk_async.config.credentials import ApiToken, Credential
from zendesk_async.config.values import Limits, Patience
from zendesk_async.mock import Account, Options
from zendesk_async.models import Chunk, Record, Rejection
from zendesk_async.upload.guard import Guard
from zendesk_async.upload.opening import Plan
from zendesk_async.upload.strangers import KnownJobs

TOKEN = ApiToken("admin@example.com", "mock-token")


class InnerTransport(Transport):
    """Answers requests from an Account, on the loop's own time."""

    def __init__(
        self,
        account: Account,
        *,
        credential: Credential = TOKEN,
        limits: Limits | None = None,
        patience: Patience | None = None,
        round_trip: float = 0.02,
    ) -> None:
        super().__init__("http://127.0.0.1:9", credential, limits or Limits(), patience or Patience())
        self.account = account
        self.round_trip = round_trip
        self.writes: list[tuple[float, int]] = []

    async def _write(self, request: Request, headers: dict[str, str], permit: Permit) -> Answer:
        now = asyncio.get_running_loop().time()
        permit.written()
        if request.users:
            self.writes.append((now, request.users))
        parts = urlsplit(request.path)
        low = {name.lower(): value for name, value in headers.items()}
        query = dict(parse_qsl(parts.query))
        answer = self.account.handle(request.method, unquote(parts.path), query, low, request.body or b"", now)
        await asyncio.sleep(self.round_trip + answer.delay)
        if answer.lost:
            raise aiohttp.ServerDisconnectedError
        return self._heard(Answer(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.body))


def account(**options: Any) -> Account:
    """An account set up as ``Options.of`` would."""
    return Account(Options.of(**options))


def user(number: int, **attributes: Any) -> dict[str, Any]:
    """An ordinary user."""
    return {"external_id": f"c-{number}", "name": f"Customer {number}", "email": f"c{number}@example.com", **attributes}


def record(position: int, value: Mapping[str, Any] | None = None) -> Record:
    """A record as the audience room would make it."""
    value = user(position) if value is None else value
    keys = []
    if value.get("external_id"):
        keys.append("x:" + str(value["external_id"]).lower())
    if value.get("email"):
        keys.append("e:" + str(value["email"]).strip().lower())
    body = orjson.dumps(value)
    return Record(position, body, tuple(keys), body)


class PlainShaper:
    """Shapes JSON lines as they are; a line that says ``reject`` is rejected."""

    digest = "plain"

    def shape(self, chunk: Chunk) -> list[Record | Rejection]:
        positions = chunk.positions or range(chunk.start, chunk.start + len(chunk.raws))
        return [self._one(position, raw) for position, raw in zip(positions, chunk.raws, strict=True)]

    def _one(self, position: int, raw: Any) -> Record | Rejection:
        value = orjson.loads(raw)
        if value.get("reject"):
            return Rejection(position, "InvalidRecord", "it says so itself", raw)
        return record(position, value)


async def chunks_of(values: Iterable[Mapping[str, Any]], size: int = 250) -> AsyncGenerator[Chunk, None]:
    """The values as a source would give them."""
    raws = [orjson.dumps(value) for value in values]
    for start in range(0, len(raws), size):
        part = raws[start : start + size]
        await asyncio.sleep(0)
        yield Chunk(start, part, range(start + 1, start + 1 + len(part)))


class Values:
    """A source of values given. ``replayable`` says whether it may be read twice."""

    name = "values"
    format = "objects"
    tabular = False
    columns = None
    bytes_total = None
    bytes_read = 0

    def __init__(self, values: Iterable[Mapping[str, Any]], *, replayable: bool = True, size: int = 250) -> None:
        self.values = list(values)
        self.replayable = replayable
        self._size = size

    async def open(self) -> None:
        await asyncio.sleep(0)

    async def fingerprint(self) -> str:
        return f"values:{hash(orjson.dumps(self.values[:1] if not self.replayable else self.values))}"

    def chunks(self) -> AsyncGenerator[Chunk, None]:
        return chunks_of(self.values, self._size)


def plan(transport: Transport, source: Any, **changes: Any) -> Plan:
    """An upload of a source through a transport, without a journal unless one is named."""
    values: dict[str, Any] = {
        "source": source,
        "intake": lambda _: PlainShaper(),
        "transport": transport,
        "guard": Guard(),
        "known_jobs": KnownJobs(),
        "destination": "acme",
        "base_url": transport.base_url,
        "journal": None,
        "limits": transport.throttle.limits,
        "patience": Patience(),
    }
    return Plan(**values | changes)
