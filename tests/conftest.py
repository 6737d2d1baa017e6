"""What every test may use: Zendesk at the HTTP edge, and a clock that jumps.

aioresponses has not followed aiohttp 3.14: it makes its answers without the ``stream_writer`` that ClientResponse now
wants, and reads them through a stream so narrow that a body above 128 KiB wants to pause a connection that is not
there. Both are mended here, for every test, before the first one runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import aioresponses.core
import pytest
from aiohttp import ClientResponse, StreamReader
from aiohttp.client_proto import ResponseHandler
from aioresponses import aioresponses as Answers  # noqa: N812 - it is a class, whatever its name
from yarl import URL

from tests.clock import VirtualTimeLoop

WIDE = 2**30  # bytes that a mocked body may have


class MockedResponse(ClientResponse):
    """An answer to a request that nobody wrote to any socket."""

    def __init__(self, method: str, url: URL, **kwargs: Any) -> None:
        kwargs.setdefault("stream_writer", SimpleNamespace(output_size=0))
        super().__init__(method, url, **kwargs)


def _wide_reader(loop: Any = None) -> StreamReader:
    return StreamReader(ResponseHandler(loop=loop), limit=WIDE, loop=loop)


setattr(aioresponses.core, "ClientResponse", MockedResponse)  # noqa: B010 - mypy rightly objects to the plain assignment
setattr(aioresponses.core, "stream_reader_factory", _wide_reader)  # noqa: B010


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run tests that are marked ``virtual_time`` on a VirtualTimeLoop, and the others as usual."""
    if item.get_closest_marker("virtual_time"):
        return {"virtual": VirtualTimeLoop}
    return {"real": asyncio.new_event_loop}


@pytest.fixture
def zendesk() -> Iterator[Answers]:
    """Answer for Zendesk: ``zendesk.post(url, payload=...)``; any other request is refused a connection."""
    with Answers() as answers:
        yield answers
