from __future__ import annotations

import pytest

from zendesk_async.audience.formats import AUTO, by_content, by_name, delimiter_of, known_format
from zendesk_async.errors import ConfigError, InputError


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("audience.csv", "csv"),
        ("AUDIENCE.CSV", "csv"),
        ("a/b.c/audience.ndjson", "ndjson"),
        ("audience.jsonl.gz", "ndjson"),
        ("audience.json.zst", "ndjson"),
        ("audience.tsv", "tsv"),
        ("audience.tab", "tsv"),
        ("audience.parquet", "parquet"),
        ("audience.txt", AUTO),
        ("audience.gz", AUTO),
        ("-", AUTO),
    ],
)
def test_a_name_promises_a_format(name: str, found: str) -> None:
    """By suffix, read through what says how it is packed."""
    assert by_name(name) == found


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b'{"a":1}\n', "ndjson"),
        (b'\xef\xbb\xbf  \n{"a":1}\n', "ndjson"),
        (b"", "ndjson"),
        (b" \n", "ndjson"),
        (b"external_id,name\n", "csv"),
        (b"email\n", "csv"),
        (b"a;b\n", "csv"),
        (b"a\tb,c\n", "tsv"),
        (b"a,b\nc\td\n", "csv"),
        (b"PAR1\x15\x04", "parquet"),
    ],
)
def test_a_beginning_tells_the_format(head: bytes, found: str) -> None:
    """What comes through a pipe has no name."""
    assert by_content(head, "standard input", AUTO) == found


@pytest.mark.parametrize(
    ("head", "promised", "advice"),
    [
        (b"\xff\xfea\x00", "csv", "iconv -f UTF-16"),
        (b"PK\x03\x04...", "csv", "Save the sheet as CSV"),
        (b"\xd0\xcf\x11\xe0", AUTO, "Save the sheet as CSV"),
        (b"BZh9", AUTO, "bunzip2"),
        (b"\xfd7zXZ\x00", AUTO, "xz -dc"),
        (b"%PDF-1.7", AUTO, "Export the table"),
        (b"a\0b", AUTO, "not text"),
        (b"a,b\n", "parquet", "no Parquet file"),
        (b'[{"a":1}]\n', AUTO, "jq -c '.[]'"),
        (b'[\n{"a":1}]\n', "ndjson", "jq -c '.[]'"),
        (b'{\n  "a": 1\n}\n', "ndjson", "jq -c ."),
        (b"a,b\r1,2\r", "csv", "old Macintosh"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_remedy(head: bytes, promised: str, advice: str) -> None:
    """Every line of it would be rejected, one by one; better to say so before the first."""
    with pytest.raises(InputError) as caught:
        by_content(head, "audience", promised)
    assert advice in str(caught.value)
    assert str(caught.value).startswith("audience")


@pytest.mark.parametrize(
    ("head", "promised"),
    [(b"[1]\n", "csv"), (b"{\n", "ndjson"), (b"a,b\r\n1,2\r\n", "csv"), (b"email\r", "csv"), (b'{"a\\u0000":1}', AUTO)],
)
def test_what_can_be_read_is_not_refused(head: bytes, promised: str) -> None:
    """Suspicion alone is no reason."""
    assert by_content(head, "audience", promised)


@pytest.mark.parametrize(
    ("found", "head", "delimiter"),
    [
        ("csv", b"a,b;c\n", ","),
        ("csv", b"a;b\n1,5;2\n", ";"),
        ("csv", b"email\n", ","),
        ("tsv", b"a;b\n", "\t"),
        ("csv", b"\n\na;b\n", ";"),
    ],
)
def test_a_header_tells_the_delimiter(found: str, head: bytes, delimiter: str) -> None:
    """Spreadsheets write semicolons wherever the decimal sign is a comma."""
    assert delimiter_of(found, head) == delimiter


def test_an_unknown_format_is_answered_with_the_nearest() -> None:
    """Whoever mistypes it learns the right one."""
    assert known_format("csv") == "csv"
    with pytest.raises(ConfigError, match='Did you mean "parquet"'):
        known_format("parkett")
