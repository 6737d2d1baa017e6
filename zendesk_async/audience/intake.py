"""From what was read to what may be sent. Pure.

This is where a record costs most, so there are two ways for it. The quick one decides nothing: it sends on its way what
``validation.ordinary`` finds plainly well, and leaves the rest. The careful one begins anew, mends, and explains.

A JSON line that needs no change travels as the bytes it came in, with the two defaults put in before its last brace:
writing it anew would cost as much as reading it, and could change its numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from zendesk_async.audience.attributes import MAX_LINE, is_known, unknown
from zendesk_async.audience.columns import ABSENT, look_up
from zendesk_async.audience.invalid import Invalid, UnknownKey
from zendesk_async.audience.plain import plain
from zendesk_async.audience.spelled import has_floats, read_exactly, write
from zendesk_async.audience.template import Template, natural_template
from zendesk_async.audience.unwrapping import as_read, is_wrapped, parsed, unwrapped
from zendesk_async.audience.validation import IDENTITIES, Rules, check_sizes, examine, ordinary
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
        self._rules = Rules(ignore_unknown, role, set())
        self._ends = _ends(verified=verified, skip_verify_email=skip_verify_email)
        self._natural: dict[tuple[str, ...], Template] = {}
        told = [RULES, template.digest if template else "", tabular, ignore_unknown, verified, skip_verify_email]
        self.digest = hashlib.blake2b(orjson.dumps(told), digest_size=16).hexdigest()
        """The same where the same records would be sent as the same users."""
        self.nameless = 0
        """Records so far that can only update, because a user cannot be created without a name."""
        self.unseen = set(template.columns) if template else set()
        """Columns of the template that no record has had so far: misspelt, perhaps, where no header could tell."""

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
        if not IDENTITIES & set(columns):
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
            shaped.append(record or careful(position, line, raw, tabular=tabular))
        return shaped

    # -- the quick way --------------------------------------------------------------------------------------------

    def _quick_line(self, position: int, raw: bytes) -> Record | None:
        """A JSON line whose keys are Zendesk's."""
        try:
            user = orjson.loads(raw)
            if type(user) is not dict or (keys := ordinary(user, self._rules.field_keys)) is None:
                return None
            if len(raw) > MAX_LINE:
                check_sizes(user, len(raw))
        except (orjson.JSONDecodeError, Invalid):
            return None
        if "name" not in user:
            self.nameless += 1
        body = raw[:-1] + self._ends["verified" in user]["skip_verify_email" in user]
        return _new(Record, (position, body, keys, raw))

    def _quick_mapped(self, position: int, raw: Any) -> Record | None:
        """Whatever goes through a template, or was a mapping from the beginning."""
        try:
            given = orjson.loads(raw) if type(raw) is bytes else raw
            if type(given) is not dict or is_wrapped(given) or (given is not raw and has_floats(given)):
                return None
            user = self._mapped(given, tabular=self._tabular)
            if (keys := ordinary(user, self._rules.field_keys)) is None:
                return None
            body = orjson.dumps(user)
            if len(body) > MAX_LINE:
                check_sizes(user, len(body))
        except (orjson.JSONDecodeError, TypeError, RecursionError, Invalid):
            return None
        if b"null" in body and not self._tabular:
            return None  # perhaps NaN, which orjson writes as null
        if "name" not in user:
            self.nameless += 1
        body = body[:-1] + self._ends["verified" in user]["skip_verify_email" in user]
        return _new(Record, (position, body, keys, raw))

    def _mapped(self, given: User, *, tabular: bool) -> User:
        if self._template is not None:
            if self.unseen:
                self.unseen = {column for column in self.unseen if look_up(column)(given) is ABSENT}
            return self._template.apply(given, tabular=tabular)
        return self._by_header(tuple(given)).apply(given, tabular=True) if tabular else given

    def _by_header(self, columns: tuple[str, ...]) -> Template:
        template = self._natural.get(columns)
        if template is None:
            if len(self._natural) >= _HEADERS:
                self._natural.clear()
            template = self._natural[columns] = natural_template(self._known(columns))
        return template

    def _known(self, columns: Iterable[str]) -> Iterator[str]:
        for column in columns:
            if is_known(column):
                yield column
            elif not self._rules.ignore_unknown:
                raise UnknownKey(unknown(column))

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
        given = plain(dict(raw)) if not isinstance(raw, bytes) else parsed(raw)
        if is_wrapped(given):
            inner, of_table = unwrapped(given, line_of_json)
            return self._careful(position, line, inner, tabular=of_table)
        if line_of_json is not None and has_floats(given):
            given = read_exactly(line_of_json)
        mapped = self._mapped(given, tabular=tabular)
        user, keys, changed = examine(mapped, self._rules)
        body = _written(user) if line_of_json is None or changed or mapped is not given else line_of_json
        if len(body) > MAX_LINE:
            check_sizes(user, len(body))
        if "name" not in user:
            self.nameless += 1
        body = body[:-1] + self._ends["verified" in user]["skip_verify_email" in user]
        return Record(position, body, keys, raw)


def _written(user: User) -> bytes:
    try:
        return write(user)
    except TypeError as error:
        if "UTF-8" in str(error):
            raise Invalid("InvalidEncoding", "a string holds half a surrogate pair, which UTF-8 cannot") from None
        raise Invalid("InvalidType", str(error)) from None


def _ends(**defaults: bool | None) -> tuple[tuple[bytes, bytes], tuple[bytes, bytes]]:
    """What comes after a user's last attribute: indexed by whether it says ``verified``, and ``skip_verify_email``."""
    first, second = (
        b"" if value is None else b',"%b":%b' % (name.encode(), orjson.dumps(value)) for name, value in defaults.items()
    )
    return ((first + second + b"}", first + b"}"), (second + b"}", b"}"))
