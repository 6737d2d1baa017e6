"""Tell what an input holds, by its name or its first bytes, and refuse early what cannot be meant. Pure."""

from __future__ import annotations

from zendesk_async.audience.framing import BOM
from zendesk_async.config.wording import did_you_mean, listed
from zendesk_async.errors import ConfigError, InputError

__all__ = ["AUTO", "FORMATS", "by_content", "by_name", "delimiter_of", "known_format"]

AUTO = "auto"
FORMATS = ("ndjson", "csv", "tsv", "parquet")

_DELIMITERS = {"csv": ",", "tsv": "\t"}
_PACKED = (".gz", ".zst")
_SUFFIXES = {
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "ndjson",
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".parquet": "parquet",
}

PARQUET = b"PAR1"

_FOREIGN = (
    (b"\xff\xfe", "UTF-16 text", "Convert it: iconv -f UTF-16 -t UTF-8"),
    (b"\xfe\xff", "UTF-16 text", "Convert it: iconv -f UTF-16 -t UTF-8"),
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook", "Save the sheet as CSV (UTF-8), or unzip it"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "Save the sheet as CSV (UTF-8)"),
    (b"BZh", "packed by bzip2", "Unpack it: bunzip2 -c FILE | zendesk-async upload -"),
    (b"\xfd7zXZ", "packed by xz", "Unpack it: xz -dc FILE | zendesk-async upload -"),
    (b"%PDF", "a PDF", "Export the table as CSV (UTF-8)"),
)


def known_format(name: str) -> str:
    """Check a format that somebody named. Raises ConfigError."""
    if name in {AUTO, *FORMATS}:
        return name
    raise ConfigError(
        f'there is no format "{name}".{did_you_mean(name, FORMATS)} Choose one of {listed((AUTO, *FORMATS))}.'
    )


def by_name(name: str) -> str:
    """Give the format that a file's name promises; "auto" when it promises none."""
    name = name.lower()
    for packed in _PACKED:
        name = name.removesuffix(packed)
    return next((found for suffix, found in _SUFFIXES.items() if name.endswith(suffix)), AUTO)


def by_content(head: bytes, name: str, promised: str) -> str:
    """Give the format of an input that begins like this. Raises InputError for what is of no format we read.

    ``head`` holds at least the first line that is not blank. ``promised`` is what the name or the user says, or "auto".
    """
    for magic, what, remedy in _FOREIGN:
        if head.startswith(magic):
            raise InputError(f"{name} is {what}. {remedy}.")
    if head.startswith(PARQUET) and promised in {AUTO, "parquet"}:
        return "parquet"
    if promised == "parquet":
        raise InputError(f'{name} is no Parquet file: it does not begin with "PAR1". Say what it is with --format.')
    if b"\0" in head[:1_000]:
        raise InputError(f"{name} is not text. Give NDJSON, CSV, TSV or Parquet.")
    text = head.removeprefix(BOM).lstrip()
    found = promised if promised != AUTO else _guess(text)
    if found == "ndjson":
        _check_json(text, name)
    elif b"\r" in text.rstrip() and b"\n" not in text:
        raise InputError(f"{name} has the line ends of an old Macintosh. Convert it: tr '\\r' '\\n' < OLD > NEW")
    return found


def _guess(text: bytes) -> str:
    if not text or text[:1] in b"{[":
        return "ndjson"
    return "tsv" if b"\t" in text.partition(b"\n")[0] else "csv"


def _check_json(text: bytes, name: str) -> None:
    """Refuse JSON that is not one object per line: every line of it would be refused, one by one."""
    first, _, more = text.partition(b"\n")
    if first.startswith(b"["):
        raise InputError(f"{name} holds a JSON array. Write one object per line: jq -c '.[]' FILE > audience.ndjson")
    if first.strip() == b"{" and more.strip():
        raise InputError(
            f"{name} holds JSON that is spread over several lines. Write one object per line: "
            "jq -c . FILE > audience.ndjson"
        )


def delimiter_of(found: str, head: bytes) -> str:
    """Give the sign between the cells: what the format says, or a semicolon where a CSV's header has that and no comma.

    Spreadsheets write CSV with semicolons wherever the decimal sign is a comma.
    """
    header = head.lstrip().partition(b"\n")[0]
    return ";" if found == "csv" and b"," not in header and b";" in header else _DELIMITERS[found]
