"""From what was read to what may be sent. Pure.

This is where a record costs most, so there are two ways for it. The quick one decides nothing: it sends on its way what
``validation.ordinary`` finds plainly well, and leaves the rest. The careful one begins anew, mends, and explains.

A JSON line that needs no change travels as the bytes it came in, with the two defaults put in before its last brace:
writing it anew would cost as much as reading it, and could change its numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from zendesk_async.audience.attributes import MAX_LINE, is_known, unknown
from zendesk_async.audience.invalid import Invalid, UnknownKey
from zendesk_async.audience.plain import plain
from zendesk_async.audience.spelled import has_floats, read_exactly, write
from zendesk_async.audience.template import Template, natural_template
from zendesk_async.audience.unwrapping import is_wrapped, parsed, unwrapped
from zendesk_async.audience.validation import Rules, check_sizes, examine, ordinary
from zendesk_async.errors import InputError
from zendesk_async.models import Broken, Chunk, Raw, Record, Rejection

__all__ = ["FIRST", "Intake"]

FIRST = 100
"""Records of which an unknown key is taken for a mistake of the whole input."""

RULES = 1
"""To be raised when the same record would be sent otherwise than before: it is part of the digest."""

_ADVICE = "Correct it, map it in a template, or let such keys go with --ignore-unknown."
_HEADERS = 100  # different ones of which the natural template is remembered

_new = tuple.__new__  # a named tuple's own __new__ takes twice as long

User = dict[str, Any]


class Intake:
    """Checks records and shapes them for Zendesk. One for each upload.

    template           which column becomes what; None takes the keys as Zendesk's own
    tabular            every value is the text of a cell (``Source.tabular``, known after ``Source.open``)
    ignore_unknown     let keys go that are no attributes, instead of refusing them
    verified           sent where a record does not say: with True, nobody is asked to verify an address; None sends nothing
    skip_verify_email  likewise: with True, no verification mail is sent
    """

    def __init__(
        self,
        template: Template | None = None,
        *,
        tabular: bool = False,
        ignore_unknown: bool = False,
        verified: bool | None = True,
        skip_verify_email: bool | None = True,
    ) -> None:
        self._template = template
        self._tabular = tabular
        role = template is not None and "role" in template.targets
        self._rules = Rules(ignore_unknown, role, set())
        self._ends = _ends(verified, skip_verify_email)
        self._natural: dict[tuple[str, ...], Template] = {}
        told = [RULES, template.digest if template else "", tabular, ignore_unknown, verified, skip_verify_email]
        self.digest = hashlib.blake2b(orjson.dumps(told), digest_size=16).hexdigest()
        """The same where the same records would be sent as the same users."""
        self.nameless = 0
        """Records so far that can only update, because a user cannot be created without a name."""

    def __repr__(self) -> str:
        return f"<Intake by {self._template or 'the names of attributes'}>"

    def check_columns(self, columns: Iterable[str]) -> None:
        """Check the columns of an input before anything is sent. Raises InputError that names the nearest right one."""
        if self._template is not None:
            self._template.check_columns(columns)
            return
        columns = list(columns)
        for column in columns:
            if not is_known(column) and not self._rules.ignore_unknown:
                raise InputError(f"column {unknown(column)} {_ADVICE}")
        if not {"external_id", "email"} & set(columns):
            raise InputError(
                'the input has neither a column "external_id" nor "email". Rename one, or map it in a template.'
            )

    def shape(self, chunk: Chunk) -> list[Record | Rejection]:
        """Check and shape the records of a chunk, each into a record that may be sent or a rejection that says why not.

        Raises InputError for a key that is no attribute, when it stands in the first records: the input as a whole is
        not meant as it is.
        """
        start, raws, lines, positions = chunk
        of_line = self._quick_line if self._template is None else self._quick_mapped
        of_mapping, careful, tabular = self._quick_mapped, self._careful, self._tabular
        shaped: list[Record | Rejection] = []
        for position, raw, line in zip(positions or range(start, start + len(raws)), raws, lines, strict=True):
            record = of_line(position, raw) if type(raw) is bytes else of_mapping(position, raw)
            shaped.append(record or careful(position, line, raw, tabular))
        return shaped

    # -- the quick way --------------------------------------------------------------------------------------------

    def _quick_line(self, position: int, raw: bytes) -> Record | None:
        """A JSON line whose keys are Zendesk's."""
        try:
            user = orjson.loads(raw)
        except orjson.JSONDecodeError:
            return None
        if type(user) is not dict or (keys := ordinary(user, self._rules.field_keys)) is None:
            return None
        if len(raw) > MAX_LINE:
            return None
        if "name" not in user:
            self.nameless += 1
        body = raw[:-1] + self._ends["verified" in user]["skip_verify_email" in user]
        return _new(Record, (position, body, keys, raw))

    def _quick_mapped(self, position: int, raw: Raw) -> Record | None:
        """Whatever goes through a template, or was a mapping from the beginning."""
        try:
            user = self._mapped(raw)
            keys = None if user is None else ordinary(user, self._rules.field_keys)
            if user is None or keys is None:
                return None
            body = orjson.dumps(user)
        except (Invalid, TypeError):
            return None
        ...

