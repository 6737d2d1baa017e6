"""HTTP/1.1 between bytes and requests."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zendesk_async.mock.answers import Answer
from zendesk_async.mock.wire import BadRequest, Request, RequestReader, chunk, encode, encode_head

POST = b"POST /a%20b?ids=1%2C2&x= HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nAuthorization: Basic Zm9v\r\n\r\nhello"
CHUNKED = b"POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=1\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
TRAILED = b"POST /t HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n"
GET = b"GET /d HTTP/1.1\r\n\r\n"


def read(*pieces: bytes) -> list[Request]:
    reader = RequestReader()
    found = []
    for moment, piece in enumerate(pieces):
        reader.feed(piece, float(moment))
        while (request := reader.next_request(float(moment))) is not None:
            found.append(request)
    return found


def test_a_request_is_read() -> None:
    """Path and query decoded, header names in lower case, the body as it is."""
    (request,) = read(POST)
    assert (request.method, request.path, request.query) == ("POST", "/a b", {"ids": "1,2", "x": ""})
    assert request.headers == {"host": "h", "content-length": "5", "authorization": "Basic Zm9v"}
    assert (request.body, request.keep_alive) == (b"hello", True)


@settings(deadline=None)
@given(st.lists(st.sampled_from([POST, CHUNKED, TRAILED, GET]), min_size=1, max_size=4), st.data())
def test_it_does_not_matter_how_bytes_are_cut(requests: list[bytes], data: st.DataObject) -> None:
    """However a network cuts them, the same requests come out."""
    stream = b"".join(requests)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    pieces = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    bodies = [request.body for request in read(*pieces)]
    assert bodies == [b"" if request is GET else b"hello" for request in requests]


def test_the_stamp_is_of_the_headers() -> None:
    """A body that takes its time does not make the request later."""
    (request,) = read(POST[:30], POST[30:-3], POST[-3:-1], POST[-1:])
    assert request.arrived == 1.0


def test_a_client_that_waits_is_told_to_go_on_once() -> None:
    """``Expect: 100-continue`` is answered if the body has not come already."""
    reader = RequestReader()
    reader.feed(b"POST / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n", 0.0)
    assert [reader.wants_to_go_on(), reader.wants_to_go_on()] == [True, False]
    reader.feed(b"x", 0.0)
    assert reader.next_request(0.0) is not None
    reader.feed(POST.replace(b"Host: h", b"Expect: 100-continue"), 0.0)
    assert not reader.wants_to_go_on()


@pytest.mark.parametrize(
    ("first", "alive"),
    [
        (b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", False),
        (b"GET / HTTP/1.0\r\n\r\n", False),
        (b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", True),
    ],
)
def test_a_connection_stays_open_as_the_client_wants(first: bytes, alive: bool) -> None:
    """By default it does, in HTTP/1.1."""
    assert read(first)[0].keep_alive is alive


@pytest.mark.parametrize(
    ("stream", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\n\r\n", 505),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 9999999999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"x" * 70_000, 431),
    ],
)
def test_what_is_not_http_is_refused(stream: bytes, status: int) -> None:
    """With the status that says why."""
    with pytest.raises(BadRequest) as refusal:
        read(stream)
    assert refusal.value.status == status


def test_an_answer_is_written() -> None:
    """Status line, headers, length and body; ``connection: close`` if it is the last one."""
    answer = Answer(429, {"retry-after": "1"}, b"slow down")
    assert encode(answer, keep_alive=True) == (
        b"HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\ncontent-length: 9\r\n\r\nslow down"
    )
    assert b"\r\nconnection: close\r\n" in encode(answer, keep_alive=False)
    assert encode_head(Answer(799, {}, b""), "x: y", keep_alive=True) == b"HTTP/1.1 799 Unknown\r\nx: y\r\n\r\n"


def test_a_chunk_has_its_size_before_it() -> None:
    """In hexadecimal."""
    assert chunk(b"x" * 17) == b"11\r\n" + b"x" * 17 + b"\r\n"
