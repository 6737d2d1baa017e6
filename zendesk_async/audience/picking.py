"""Take the columns that a template needs out of records, and leave the rest unread. Pure.

What nobody has asked for costs nothing, and nothing is said of it: of a JSON line it must be JSON, and that is all. A
line of a rejects file is none of the records of its input, and is left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import compress
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import msgspec

from zendesk_async.audience.column import ABSENT, TEXT, Column, of_json
from zendesk_async.audience.makes import look_up
from zendesk_async.audience.ordinary import FAILURES, each
from zendesk_async.audience.spelled import spelled
from zendesk_async.audience.unwrapping import WRAPPING, is_wrapped

if TYPE_CHECKING:
    from zendesk_async.models import Rows

__all__ = ["Picked", "Picker"]

Given = Mapping[str, Any]


class Picked(NamedTuple):
    """Columns of those who could be read: ``there`` says of each record whether it is among them.

    A column has ``ABSENT`` where a record has none.
    """

    there: list[bool]
    columns: dict[str, Column]


class Picker:
    """Picks columns. A name with dots is a key of that very name, else the key within an object within..."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._names = columns
        self._keys = list(dict.fromkeys([*columns, *(name.partition(".")[0] for name in columns), *WRAPPING]))
        self._no_others = True
        """Whether no line has had a key so far that is not asked for."""

    def __repr__(self) -> str:
        return f"<Picker of {', '.join(self._names)}>"

    def of_lines(self, lines: Sequence[bytes]) -> Picked:
        """Pick out of JSON lines, their numbers as they are written."""
        read, there = self._read(lines)
        columns = zip(*map(msgspec.structs.astuple, read), strict=True) if read else [()] * len(self._keys)
        picked = dict(zip(self._keys, map(of_json, columns), strict=True))
        wrapped = [picked[key] for key in WRAPPING]
        if not any(column.is_absent for column in wrapped):
            plain = [ABSENT in both for both in zip(*[column.values for column in wrapped], strict=True)]
            picked = {key: column.kept(plain) for key, column in picked.items()}
            left = iter(plain)
            there = [one and next(left) for one in there]
        return Picked(there, {name: _column(name, picked) for name in self._names})

    def _read(self, lines: Sequence[bytes]) -> tuple[Sequence[msgspec.Struct], list[bool]]:
        """Read what can be read, and say of each line whether it could be."""
        if self._no_others:
            try:
                return list(map(self._read_all, lines)), [True] * len(lines)
            except FAILURES:
                self._no_others = False
        read = each(self._read_some, _utf8(lines))
        there = [one is not None for one in read]
        return cast("list[msgspec.Struct]", list(compress(read, there))), there

    @cached_property
    def _read_all(self) -> Callable[[bytes], msgspec.Struct]:
        return _reader(self._keys, whole=True)

    @cached_property
    def _read_some(self) -> Callable[[bytes], msgspec.Struct]:
        return _reader(self._keys, whole=False)

    def of_rows(self, rows: Rows) -> Picked:
        """Pick out of rows. Every value is text."""
        is_well = not all(key in rows.columns for key in WRAPPING)
        cells = list(zip(*rows.cells, strict=True)) if is_well and rows.cells else [()] * len(rows.columns)
        found = dict(zip(rows.columns, cells, strict=True))
        columns = {name: Column(found[name], TEXT) for name in self._names if name in found}
        absent = [ABSENT] * len(rows) if is_well else []
        missing = {name: Column(absent) for name in self._names if name not in found}
        return Picked([is_well] * len(rows), columns | missing)

    def of_mappings(self, given: Sequence[Given]) -> Picked:
        """Pick out of mappings."""
        there = [not ("outcome" in one and is_wrapped(one)) for one in given]
        known = list(compress(given, there))
        return Picked(there, dict(zip(self._names, map(Column, self._of_each(known)), strict=True)))

    def _of_each(self, given: Sequence[Given]) -> list[Sequence[Any]]:
        names = self._names
        if not names or not given:
            return [[] for _ in names]
        try:
            rows = map(itemgetter(*names), given)
            return list(zip(*rows, strict=True)) if len(names) > 1 else [list(rows)]
        except KeyError:
            return [list(map(look_up(name), given)) for name in names]


def _column(name: str, picked: Mapping[str, Column]) -> Column:
    """A column by its name, or by its path where some have none of that name."""
    direct = picked[name]
    head = name.partition(".")[0]
    if head == name or ABSENT not in direct.values:
        return direct
    look = look_up(name)
    both = zip(direct.values, picked[head].values, strict=True)
    return Column([look({name: value, head: outer}) for value, outer in both])


def _reader(keys: Sequence[str], *, whole: bool) -> Callable[[bytes], msgspec.Struct]:
    """Make a function that reads these keys of a JSON object; with ``whole``, it must have no others.

    It raises ValueError, RecursionError for what is no such object.
    """
    fields = [(f"f{number}", Any, ABSENT) for number in range(len(keys))]
    names = {f"f{number}": key for number, key in enumerate(keys)}
    read = msgspec.defstruct("Read", fields, rename=names, forbid_unknown_fields=whole, gc=False)
    return msgspec.json.Decoder(read, float_hook=spelled).decode


def _utf8(lines: Sequence[bytes]) -> Sequence[bytes]:
    """The lines, with nothing in place of one that is not UTF-8: what is not asked for, msgspec does not decode."""
    together = b"\n".join(lines)
    if together.isascii():
        return lines
    try:
        together.decode()
    except UnicodeDecodeError:
        return [line if _is_utf8(line) else b"" for line in lines]
    return lines


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
