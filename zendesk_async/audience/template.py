"""Which column becomes which attribute: ``[templates.NAME.fields]``, compiled. Pure.

All that can be wrong with a template is found when it is compiled, before a record is read. Compiling turns each field
into functions of the values of its columns: ``apply`` uses them for one record, ``columnwise`` for a chunk.

A record is read in one of two ways. The cells of a table are text: they are trimmed, an empty one leaves the attribute
out, and what the attribute wants (a number, a list) is made of the text. Values of JSON have types already and are
taken as they are; null clears.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from zendesk_async.audience.attributes import field_of
from zendesk_async.audience.column import ABSENT
from zendesk_async.audience.entry import Entry, read_entries
from zendesk_async.audience.makes import look_up
from zendesk_async.audience.validation import IDENTITIES
from zendesk_async.config.wording import did_you_mean, listed
from zendesk_async.errors import ConfigError, InputError

__all__ = ["Template", "compile_template", "natural_template"]

Given = Mapping[str, Any]


class Template:
    """A template, ready to be applied.

    entries  its fields, in the order in which it names them
    columns  that they need
    targets  that they fill: attributes and ``user_fields.<key>``
    digest   the same for templates that do the same
    """

    def __init__(self, entries: Iterable[Entry], digest: str) -> None:
        entries = list(entries)
        self.columns = tuple(dict.fromkeys(column for entry in entries for column in entry.columns))
        self.targets = tuple(entry.target for entry in entries)
        self.digest = digest
        self.entries = tuple(entries)
        self._looks = {column: look_up(column) for column in self.columns}

    def __repr__(self) -> str:
        return f"<Template of {listed(self.targets)}>"

    def apply(self, record: Given, *, tabular: bool = False) -> dict[str, Any]:
        """Make a user of a record. ``tabular``: every value is the text of a cell.

        Raises ``audience.invalid.Invalid`` where a value cannot be converted.
        """
        user: dict[str, Any] = {}
        fields: dict[str, Any] = {}
        for entry in self.entries:
            value = entry.make(tabular=tabular)(*[self._looks[column](record) for column in entry.columns])
            if value is not ABSENT:
                key = field_of(entry.target)
                (user if key is None else fields)[key or entry.target] = value
        return user | {"user_fields": fields} if fields else user

    def check_columns(self, columns: Iterable[str]) -> None:
        """Check that an input has what the template needs. Raises InputError that names the nearest column."""
        there = list(columns)
        missing = [column for column in self.columns if column not in there]
        if missing:
            raise InputError(
                f'the template needs a column "{missing[0]}", which the input does not have.'
                f"{did_you_mean(missing[0], there)} Its columns are: {listed(there)}."
            )


def compile_template(spec: Given) -> Template:
    """Compile ``[templates.NAME.fields]``. Raises ConfigError, which names the field, for whatever is wrong with it."""
    entries = list(read_entries(spec))
    targets = [entry.target for entry in entries]
    _check_twice(targets)
    if not IDENTITIES & set(targets):
        raise ConfigError(
            "template: map external_id or email: without one of them, Zendesk cannot tell whose record it is"
        )
    written = json.dumps(spec, sort_keys=True, default=str)
    return Template(entries, hashlib.blake2b(written.encode(), digest_size=16).hexdigest())


def natural_template(columns: Iterable[str]) -> Template:
    """Make the template of a table whose columns have Zendesk's own names."""
    return Template(read_entries({column: {"column": column} for column in columns}), "")


def _check_twice(targets: Iterable[str]) -> None:
    seen: dict[str, str] = {}
    for target in targets:
        if target.lower() in seen:
            raise ConfigError(f"template: {target} is filled twice (also as {seen[target.lower()]})")
        seen[target.lower()] = target
    whole = [target for target in seen.values() if field_of(target)]
    if "user_fields" in seen and whole:
        raise ConfigError(f"template: user_fields is filled as a whole and by {whole[0]}; choose one way")
