"""Which column becomes which attribute: ``[templates.NAME.fields]``, compiled. Pure.

All that can be wrong with a template is found when it is compiled, before a record is read. Compiling turns each field
into a function, so that applying it to a record decides nothing any more.

A field is read in two ways. The cells of a table are text: they are trimmed, an empty one leaves the attribute out, and
what the attribute wants (a number, a list) is made of the text. Values of JSON have types already and are taken as they are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from zendesk_async.audience.attributes import ATTRIBUTES, Kind, field_of
from zendesk_async.audience.columns import ABSENT, Fill, copied, converted
from zendesk_async.audience.conversion import Conversion, boolean, integer, items
from zendesk_async.audience.entry import Entry, read_entries
from zendesk_async.config.wording import did_you_mean, listed
from zendesk_async.errors import ConfigError, InputError

__all__ = ["Template", "compile_template", "of_columns"]

Record = Mapping[str, Any]


class _Plan(NamedTuple):
    """How to fill one object: columns copied as trimmed text, and everything else."""

    texts: Sequence[tuple[str, str]]
    fills: Sequence[tuple[str, Fill]]

    def fill(self, record: Record) -> dict[str, Any]:
        filled = {}
        get = record.get
        for name, column in self.texts:
            cell = get(column)
            if cell and (cell := cell.strip()):
                filled[name] = cell
        for name, fill in self.fills:
            value = fill(record)
            if value is not ABSENT:
                filled[name] = value
        return filled
