from __future__ import annotations

import asyncio
import gzip
import io
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from tests.audience.test_ndjson import flat
from zendesk_async.audience.files import open_source
from zendesk_async.audience.source import Source
from zendesk_async.errors import ConfigError, InputError
from zendesk_async.models import Raw

LINES = b"".join(b'{"external_id":"%d","name":"Somebody"}\n' % number for number in range(5_000))


class Pipe:
    """A pipe; what is written to it can be read from ``reader``."""

    def __init__(self) -> None:
        self.reader, self._writer = os.pipe()
        self._open = True

    def write(self, data: bytes) -> None:
        os.write(self._writer, data)

    def end(self) -> None:
        if self._open:
            os.close(self._writer)
            self._open = False


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    """A pipe that is closed afterwards."""
    it = Pipe()
    yield it
    it.end()
    os.close(it.reader)


async def opened(source: Source) -> Source:
    await source.open()
    return source


async def raws_of(source: Source) -> list[Raw]:
    return [raw for _, _, raw in flat([chunk async for chunk in source.chunks()])]


async def complaint(path: Path | str, **options: str) -> str:
    with pytest.raises(InputError) as caught:
        await open_source(path, **options).open()  # type: ignore[arg-type]
    return str(caught.value)


# -- files ------------------------------------------------------------------------------------------------------------


async def test_a_file_is_read_from_its_first_record_to_its_last(tmp_path: Path) -> None:
    """Every time anew, in chunks of hundreds, and progress is told in bytes."""
    path = tmp_path / "audience.ndjson"
    path.write_bytes(LINES)
    source = await opened(open_source(path))
    assert (source.format, source.tabular, source.replayable) == ("ndjson", False, True)
    assert (source.columns, source.bytes_total, source.bytes_read) == (None, len(LINES), 0)
    for _ in range(2):
        chunks = [chunk async for chunk in source.chunks()]
        assert [raw for _, _, raw in flat(chunks)] == LINES.splitlines()
        assert len(chunks) < 10
    assert source.bytes_read == len(LINES)


async def test_a_table_names_its_columns(tmp_path: Path) -> None:
    """They can be checked before anything is sent."""
    path = tmp_path / "audience.csv.gz"
    path.write_bytes(gzip.compress(b"external_id,name\n1,A\n"))
    source = await opened(open_source(str(path)))
    assert (source.name, source.format, source.tabular) == (str(path), "csv", True)
    assert source.columns == ("external_id", "name")
    assert source.bytes_total == path.stat().st_size
    assert await raws_of(source) == [{"external_id": "1", "name": "A"}]


async def test_a_format_can_be_said(tmp_path: Path) -> None:
    """What a name promises counts less than what its user says; what nobody says is found out."""
    path = tmp_path / "audience.txt"
    path.write_bytes(b"a\tb\n1\t2\n")
    assert (await opened(open_source(path))).format == "tsv"
    assert (await opened(open_source(path, format="csv"))).columns == ("a\tb",)
    with pytest.raises(ConfigError, match="no format"):
        open_source(path, format="xml")


def test_a_suffix_is_known_before_anything_is_opened() -> None:
    """Nothing is touched until then."""
    source = open_source("nowhere/audience.csv")
    assert (source.format, source.tabular, source.replayable) == ("csv", True, True)
    assert "nowhere/audience.csv" in repr(source)


async def test_a_file_that_is_not_there_is_answered_with_the_nearest(tmp_path: Path) -> None:
    """Whoever mistypes a name learns the right one."""
    (tmp_path / "audience.csv").touch()
    assert 'Did you mean "audience.csv"?' in await complaint(tmp_path / "audeince.csv")
    assert "does not exist" in await complaint(tmp_path / "no" / "where.csv")
    assert "cannot be opened" in await complaint("a\0b.csv")


async def test_a_directory_is_no_input(tmp_path: Path) -> None:
    """It says so, and what to do."""
    assert "Name a file in it" in await complaint(tmp_path)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (PermissionError(13, "Permission denied"), "Change its permissions"),
        (OSError(5, "Input/output error"), "cannot be opened: Input/output error."),
    ],
)
async def test_a_file_that_cannot_be_opened_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, told: str
) -> None:
    """With its remedy, where there is one."""

    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(io, "FileIO", refuse)
    assert told in await complaint(tmp_path / "audience.csv")


async def test_what_cannot_be_read_is_refused_at_once(tmp_path: Path) -> None:
    """Before a record is read: the wrong kind of file, no header, half a file."""
    path = tmp_path / "audience.csv"
    for content, told in [(b"PK\x03\x04", "Excel"), (b"", "no header"), (gzip.compress(b"a,b\n")[:-12], "incomplete")]:
        path.write_bytes(content)
        assert told in await complaint(path)


async def test_a_file_that_breaks_off_says_after_which_record(tmp_path: Path) -> None:
    """What came before is read; the upload can go on from there with a whole file."""
    path = tmp_path / "audience.ndjson.gz"
    path.write_bytes(gzip.compress(LINES)[:-5_000])
    source = await opened(open_source(path))
    found: list[Raw] = []
    with pytest.raises(InputError, match=r"is incomplete.*Fetch it again") as caught:
        async for chunk in source.chunks():
            found += chunk.raws
    assert found == LINES.splitlines()[: len(found)]
    assert len(found) > 100
    assert str(caught.value).endswith(f" {len(found):,} records had been read.")


async def test_a_fingerprint_is_that_of_the_content(tmp_path: Path) -> None:
    """The same file again is the same input."""
    path = tmp_path / "audience.ndjson"
    path.write_bytes(LINES)
    first = await (await opened(open_source(path))).fingerprint()
    assert first == await (await opened(open_source(path))).fingerprint()
    assert first.startswith("file:")


async def test_the_loop_goes_on_while_a_file_is_opened(tmp_path: Path) -> None:
    """A named pipe blocks whoever opens it until somebody writes; the loop must not notice."""
    path = tmp_path / "audience.ndjson"
    os.mkfifo(path)
    source = open_source(path)
    opening = asyncio.create_task(source.open())
    await asyncio.sleep(0.02)
    assert not opening.done()
    writer = threading.Thread(target=path.write_bytes, args=(b'{"a":1}\n',))
    writer.start()
    await opening
    writer.join()
    assert (source.replayable, source.bytes_total) == (False, None)
    assert await raws_of(source) == [b'{"a":1}']
    assert (await source.fingerprint()).startswith("head:")


# -- standard input ---------------------------------------------------------------------------------------------------


async def test_records_of_a_slow_pipe_come_at_once(pipe: Pipe) -> None:
    """Each as soon as its line has ended, whatever follows."""
    pipe.write(b'{"a":1}\n{"a":')
    source = await opened(open_source("-", stdin_fd=pipe.reader))
    assert (source.name, source.format, source.replayable, source.bytes_total) == ("-", "ndjson", False, None)
    async with aclosing(source.chunks()) as chunks:
        assert (await anext(chunks)).raws == [b'{"a":1}']
        pipe.write(b"2}\n")
        assert (await anext(chunks)).raws == [b'{"a":2}']
        pipe.write(b'{"a":3}')
        pipe.end()
        last = await anext(chunks)
        assert (last.start, last.raws, list(last.lines)) == (2, [b'{"a":3}'], [3])
    assert source.bytes_read == 23


async def test_a_table_through_a_pipe_has_its_columns(pipe: Pipe) -> None:
    """Known once it is open; the first row is waited for, and told from others by."""
    pipe.write(b"email;name\n")
    opening = asyncio.create_task(opened(open_source("-", stdin_fd=pipe.reader)))
    await asyncio.sleep(0.02)
    assert not opening.done()
    pipe.write(b"a@b.co;A\n")
    source = await opening
    assert (source.columns, source.tabular) == (("email", "name"), True)
    head = await source.fingerprint()
    pipe.end()
    assert await raws_of(source) == [{"email": "a@b.co", "name": "A"}]
    assert head.startswith("head:")
    assert len(head) > 20


async def test_nothing_through_a_pipe_is_an_audience_of_nobody(pipe: Pipe) -> None:
    """``rejects RUN | upload -`` must do where there was no reject."""
    pipe.end()
    source = await opened(open_source("-", stdin_fd=pipe.reader))
    assert await raws_of(source) == []
    assert await source.fingerprint() == "head:"


async def test_a_pipe_is_read_once(pipe: Pipe) -> None:
    """A second reading would silently begin in the middle."""
    pipe.end()
    source = await opened(open_source("-", stdin_fd=pipe.reader))
    await raws_of(source)
    with pytest.raises(RuntimeError, match="only once"):
        source.chunks()


async def test_standard_input_may_be_a_file(tmp_path: Path) -> None:
    """``upload - < audience.csv``: its size is known, but it is not opened again."""
    path = tmp_path / "audience"
    path.write_bytes(b"email\na@b.co\n")
    with path.open("rb") as file:
        source = await opened(open_source("-", stdin_fd=file.fileno()))
        assert (source.bytes_total, source.replayable) == (13, False)
        assert await raws_of(source) == [{"email": "a@b.co"}]


async def test_a_closed_standard_input_is_told() -> None:
    """``upload - <&-`` says what is missing."""
    reader, writer = os.pipe()
    os.close(reader)
    os.close(writer)
    with pytest.raises(InputError, match="standard input is closed"):
        await open_source("-", stdin_fd=reader).open()


async def test_parquet_does_not_come_through_a_pipe(pipe: Pipe) -> None:
    """Its contents stand at its end."""
    pipe.write(b"PAR1....")
    pipe.end()
    with pytest.raises(InputError, match="Save it to a file first"):
        await open_source("-", stdin_fd=pipe.reader).open()


async def test_leaving_a_silent_pipe_takes_no_time(pipe: Pipe) -> None:
    """The one who listens may stop at any moment, whatever the reader waits for."""
    pipe.write(b'{"a":1}\n')
    source = await opened(open_source("-", stdin_fd=pipe.reader))

    async def listen() -> None:
        async with aclosing(source.chunks()) as chunks:
            async for _ in chunks:
                pass

    listener = asyncio.create_task(listen())
    await asyncio.sleep(0.02)
    listener.cancel()
    await asyncio.wait([listener])
    assert listener.cancelled()


PROGRAM = """
    import asyncio, signal, sys
    from zendesk_async.audience import open_source

    async def main(opened):
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, asyncio.current_task().cancel)
        source = open_source("-")
        if opened:
            await source.open()
        print("ready", flush=True)
        try:
            if not opened:
                await source.open()
            async for chunk in source.chunks():
                print(len(chunk.raws), flush=True)
        except asyncio.CancelledError:
            print("cancelled", flush=True)

    asyncio.run(main(sys.argv[1] == "opened"))
"""


@pytest.mark.parametrize("when", ["opened", "opening"])
def test_a_silent_pipe_holds_up_no_exit(when: str) -> None:
    """Ctrl-C ends a program whose input never says another word, without a complaint from Python."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PROGRAM), when],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    with process:
        if when == "opened":
            process.stdin.write('{"a":1}\n')
            process.stdin.flush()
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)  # its standard input is still open
        assert process.stdout.read().endswith("cancelled\n")
        assert (process.returncode, process.stderr.read()) == (0, "")
