"""HTTP/1.1 between bytes and requests, without I/O.

As much of RFC 9112 as clients use against a mock: bodies by Content-Length or chunked, connections that stay open,
``Expect: 100-continue``. One request is read at a time; bytes of a following one wait. No TLS, no HTTP/2, no
compression.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, unquote

if TYPE_CHECKING:
    from zendesk_async.mock.answers import Answer

__all__ = ["BadRequest", "Request", "RequestReader", "chunk", "encode", "encode_head"]

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"
_MOST_HEAD = 65_536
_MOST_BODY = 256 * 1024 * 1024
_REASONS = {status.value: status.phrase for status in HTTPStatus}


class BadRequest(Exception):
    """What arrived is not HTTP that this server speaks. ``status`` says how to answer before closing."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Request(NamedTuple):
    """One request. ``arrived`` is when its headers were all there."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    arrived: float
    keep_alive: bool


class _Head(NamedTuple):
    method: str
    target: str
    headers: dict[str, str]
    arrived: float
    keep_alive: bool
    length: int | None


class RequestReader:
    """Takes bytes as they come, gives requests as they are complete."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._head: _Head | None = None
        self._chunks: list[bytes] = []
        self._waits = False

    def feed(self, data: bytes, now: float) -> None:
        """Take bytes that arrived at ``now``. Raises ``BadRequest``."""
        self._buffer += data
        if self._head is None:
            self._read_head(now)

    def wants_to_go_on(self) -> bool:
        """Whether the client waits for ``CONTINUE`` before it sends its body; said once."""
        waits, self._waits = self._waits, False
        return waits

    def next_request(self, now: float) -> Request | None:
        """The request that is complete, or None. Raises ``BadRequest``."""
        if self._head is None:
            self._read_head(now)
        head = self._head
        if head is None:
            return None
        body = self._chunked() if head.length is None else self._sized(head.length)
        if body is None:
            return None
        self._head = None
        path, _, query = head.target.partition("?")
        pairs = dict(parse_qsl(query, keep_blank_values=True)) if query else {}
        return Request(head.method, unquote(path), pairs, head.headers, body, head.arrived, head.keep_alive)

    def _read_head(self, now: float) -> None:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > _MOST_HEAD:
                raise BadRequest(431, "the headers are too long")
            return
        self._head = _parsed(bytes(self._buffer[:end]), now)
        del self._buffer[: end + 4]
        self._waits = self._head.headers.get("expect", "").lower() == "100-continue" and not self._buffer

    def _sized(self, length: int) -> bytes | None:
        if len(self._buffer) < length:
            return None
        with memoryview(self._buffer) as view:
            body = view[:length].tobytes()
        del self._buffer[:length]
        return body

    def _chunked(self) -> bytes | None:
        while True:
            end = self._buffer.find(b"\r\n")
            if end < 0:
                return None
            size = _hexadecimal(bytes(self._buffer[:end]).split(b";")[0])
            if size == 0:
                return self._trailers_read(end)
            if len(self._buffer) < end + 2 + size + 2:
                return None
            self._chunks.append(bytes(self._buffer[end + 2 : end + 2 + size]))
            del self._buffer[: end + 2 + size + 2]

    def _trailers_read(self, end: int) -> bytes | None:
        # Trailers are dropped; without any, the empty line that ends them follows the last chunk at once.
        last = end if self._buffer[end + 2 : end + 4] == b"\r\n" else self._buffer.find(b"\r\n\r\n", end)
        if last < 0 or len(self._buffer) < last + 4:
            return None
        del self._buffer[: last + 4]
        body = b"".join(self._chunks)
        self._chunks = []
        return body


def _parsed(head: bytes, now: float) -> _Head:
    first, *lines = head.decode("latin-1").split("\r\n")
    try:
        method, target, version = first.split(" ")
        pairs = [line.split(":", 1) for line in lines]
        headers = {name.lower(): value.strip() for name, value in pairs}
    except ValueError:
        raise BadRequest(400, "this is not HTTP/1.1") from None
    if not version.startswith("HTTP/1."):
        raise BadRequest(505, "only HTTP/1.1 is spoken here")
    alive = headers.get("connection", "").lower()
    keep_alive = alive == "keep-alive" if version == "HTTP/1.0" else alive != "close"
    return _Head(method, target, headers, now, keep_alive, _length(headers))


def _length(headers: dict[str, str]) -> int | None:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return None
    text = headers.get("content-length", "0")
    if not (text.isascii() and text.isdigit()):
        raise BadRequest(400, "Content-Length is no number")
    if int(text) > _MOST_BODY:
        raise BadRequest(413, "the body is too long")
    return int(text)


def _hexadecimal(digits: bytes) -> int:
    try:
        return int(digits, 16)
    except ValueError:
        raise BadRequest(400, "a chunk has no size") from None


def encode(answer: Answer, *, keep_alive: bool) -> bytes:
    """An answer as bytes, whole."""
    return encode_head(answer, f"content-length: {len(answer.body)}", keep_alive=keep_alive) + answer.body


def encode_head(answer: Answer, length: str, *, keep_alive: bool) -> bytes:
    """The status line and the headers; ``length`` is the header that says where the body ends."""
    lines = "".join([f"{name}: {value}\r\n" for name, value in answer.headers.items()])
    close = "" if keep_alive else "connection: close\r\n"
    reason = _REASONS.get(answer.status, "Unknown")
    return f"HTTP/1.1 {answer.status} {reason}\r\n{lines}{close}{length}\r\n\r\n".encode("latin-1")


def chunk(data: bytes) -> bytes:
    """One chunk of a body whose length is not known beforehand."""
    return b"%x\r\n%b\r\n" % (len(data), data)
