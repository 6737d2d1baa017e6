"""From what was read to what may be sent. Pure.

This is where a record costs most, so there are two ways for it. The quick one takes a chunk at once and decides
nothing: what is plainly well goes on its way. The careful one begins anew with each record that was left, mends it, and
explains. What a record becomes depends on that record alone, whichever way it goes.

A JSON line that needs no change travels as the bytes it came in, with the two defaults put in before its last brace:
writing it anew would cost as much as reading it, and could change its numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from itertools import repeat
from typing import TYPE_CHECKING, Any

import orjson

from zendesk_async.audience.attributes import MAX_LINE, is_known, unknown
from zendesk_async.audience.column import ABSENT
from zendesk_async.audience.defaults import Defaults
from zendesk_async.audience.headers import Headers
from zendesk_async.audience.invalid import Invalid, UnknownKey
from zendesk_async.audience.makes import look_up, shown
from zendesk_async.audience.plain import plain, plain_values
from zendesk_async.audience.quick import Quick
from zendesk_async.audience.quoting import in_place
from zendesk_async.audience.spelled import beyond_bounds, has_floats, read_exactly, write
from zendesk_async.audience.unwrapping import as_read, is_wrapped, parsed, unwrapped
from zendesk_async.audience.validation import IDENTITIES, Rules, check_sizes, examine
from zendesk_async.errors import InputError
from zendesk_async.models import Broken, Chunk, Raw, Record, Rejection, Row

if TYPE_CHECKING:
    from zendesk_async.audience.template import Template

__all__ = ["FIRST", "Intake"]

FIRST = 100
"""Records of which an unknown key is taken for a mistake of the whole input."""

RULES = 3
"""To be raised when the same record would be sent otherwise than before: it is part of the digest."""

_ADVICE = "Correct it, map it in a template, or let such keys go with --ignore-unknown."

_new = tuple.__new__  # a named tuple's own __new__ takes twice as long

User = dict[str, Any]


class Intake:
    """Checks records and shapes them for Zendesk. One for each upload.

    template           which column becomes what; None takes the keys as Zendesk's own
    tabular            every value is the text of a cell (``Source.tabular``, known after ``Source.open``)
    ignore_unknown     let keys go that are no attributes, instead of refusing them
    verified           sent where a record does not say; True: nobody is asked to verify an address. None sends nothing
    skip_verify_email  likewise; True: no verification mail is sent
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
        self._rules = Rules(ignore_unknown, role)
        self._defaults = Defaults(verified=verified, skip_verify_email=skip_verify_email)
        self._headers = Headers(ignore_unknown=ignore_unknown)
        self._quick = Quick(template, self._headers, self._defaults, tabular=tabular)
        told = [RULES, template.digest if template else "", tabular, ignore_unknown, verified, skip_verify_email]
        self.digest = hashlib.blake2b(orjson.dumps(told), digest_size=16).hexdigest()
        """The same where the same records would be sent as the same users."""
        self.nameless = 0
        """Records so far that can only update, because a user cannot be created without a name."""

    def __repr__(self) -> str:
        return f"<Intake by {self._template or 'the names of attributes'}>"

    @property
    def unseen(self) -> set[str]:
        """Columns of the template that no record has had so far: misspelt, perhaps, where no header could tell."""
        return self._quick.unseen

    def check_columns(self, columns: Iterable[str]) -> None:
        """Check the columns of an input before anything is sent. Raises InputError that names the nearest right one."""
        if self._template is not None:
            self._template.check_columns(columns)
            return
        columns = list(columns)
        for column in columns:
            if not is_known(column) and not self._rules.ignore_unknown:
                raise InputError(f"column {unknown(column)} {_ADVICE}")
        if not IDENTITIES & set(columns):
            raise InputError(
                'the input has neither a column "external_id" nor "email". Rename one, or map it in a template.'
            )

    def shape(self, chunk: Chunk) -> list[Record | Rejection]:
        """Check and shape the records of a chunk, each into a record that may be sent or a rejection that says why not.

        Raises InputError for a key that is no attribute, when it stands in the first records: the input as a whole is
        not meant as it is.
        """
        start, raws, lines, named = chunk
        positions = named or range(start, start + len(raws))
        keys, bodies, names = self._quick.take(raws)
        if None not in keys:
            self.nameless += names.count(ABSENT)
            return list(map(_new, repeat(Record), zip(positions, bodies, keys, raws, strict=True)))
        shaped: list[Record | Rejection] = []
        for position, raw, line, own, body, name in zip(positions, raws, lines, keys, bodies, names, strict=True):
            if own is None:
                shaped.append(self._careful(position, line, raw, tabular=self._tabular))
            else:
                self.nameless += name is ABSENT
                shaped.append(_new(Record, (position, body, own, raw)))
        return shaped

    # -- the careful way ------------------------------------------------------------------------------------------

    def _careful(self, position: int, line: int, raw: Raw, *, tabular: bool) -> Record | Rejection:
        try:
            return self._carefully(position, line, raw, tabular=tabular)
        except UnknownKey as stray:
            if position < FIRST:
                raise InputError(f"line {line}: {stray} {_ADVICE}") from None
            invalid: Invalid = stray
        except Invalid as found:
            invalid = found
        except RecursionError:
            invalid = Invalid("InvalidRecord", "the record is nested too deeply, or contains itself")
        return Rejection(position, invalid.error, f"line {line}: {invalid}", as_read(raw))

    def _carefully(self, position: int, line: int, raw: Raw, *, tabular: bool) -> Record | Rejection:
        if isinstance(raw, Broken):
            raise Invalid(raw.error, raw.details)
        line_of_json = raw if isinstance(raw, bytes) else None
        given = _given(raw)
        if is_wrapped(given):
            inner, of_table = unwrapped(given, line_of_json)
            return self._careful(position, line, inner, tabular=of_table)
        exact = line_of_json is not None and has_floats(given)
        if line_of_json is not None and exact:
            given = read_exactly(line_of_json)
        mapped = self._mapped(given, tabular=tabular)
        if line_of_json is None:
            mapped = plain(mapped)
        user, keys, changed = examine(mapped, self._rules)
        if exact and (number := beyond_bounds(user)):
            raise Invalid("InvalidValue", f"the number {shown(number)} is larger than any that systems agree on")
        body = line_of_json if line_of_json is not None and mapped is given else None
        if body is not None and changed:
            body = in_place(body, given, user)
        if body is None:
            body = _written(user)
        if len(body) > MAX_LINE:
            check_sizes(user, len(body))
        if "name" not in user:
            self.nameless += 1
        return Record(position, self._defaults.put(body, user), keys, raw)

    def _mapped(self, given: User, *, tabular: bool) -> User:
        if self._template is not None:
            if self.unseen:
                self._quick.unseen = {column for column in self.unseen if look_up(column)(given) is ABSENT}
            return self._template.apply(given, tabular=tabular)
        return self._headers.template(tuple(given)).apply(given, tabular=True) if tabular else given


def _given(raw: bytes | Row | Mapping[str, Any]) -> User:
    if isinstance(raw, bytes):
        return parsed(raw)
    return dict(raw.mapping) if isinstance(raw, Row) else plain_values(raw)


def _written(user: User) -> bytes:
    try:
        return write(user)
    except TypeError as error:
        if "UTF-8" in str(error):
            raise Invalid("InvalidEncoding", "a string holds half a surrogate pair, which UTF-8 cannot") from None
        raise Invalid("InvalidType", str(error)) from None
