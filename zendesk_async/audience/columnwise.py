"""Apply a template to a whole chunk, column by column. Pure.

For one record a template is a dozen calls; for a column of a thousand values each of them is one loop, most of them not
Python's. As in ``ordinary``, only what is plainly well is made here. A record with anything doubtful is left to
``Template.apply`` and ``validation.examine``, which make the same of it, byte for byte, or say what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain, compress
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from zendesk_async.audience.attributes import ATTRIBUTES, Kind, field_of
from zendesk_async.audience.columns import ABSENT, Composed, Converted, Make, as_it_is, look_up, trimmed
from zendesk_async.audience.doubts import about_given, about_made
from zendesk_async.audience.invalid import Invalid
from zendesk_async.audience.ordinary import each
from zendesk_async.audience.spelled import Spelled

if TYPE_CHECKING:
    from zendesk_async.audience.template import Template

__all__ = ["Columnwise", "Made"]

Given = Mapping[str, Any]
Column = list[Any]

_TEXTS = {name for name, attribute in ATTRIBUTES.items() if attribute.kind is Kind.TEXT}


class Made(NamedTuple):
    """What was made of a chunk: ``well`` says of each record whether it is. The rest has only those that are: their
    bodies, and a column for each target.
    """

    well: list[bool]
    bodies: list[bytes]
    columns: dict[str, Column]

    def column(self, target: str) -> Column:
        """The values of a target; ``ABSENT`` for all when there is none."""
        return self.columns.get(target) or [ABSENT] * len(self.bodies)


class Columnwise:
    """A template for chunks. ``tabular``: every value is the text of a cell."""

    def __init__(self, template: Template, *, tabular: bool) -> None:
        entries = sorted(template.entries, key=lambda entry: field_of(entry.target) is not None)
        self._makes = [(entry.target, entry.columns, entry.make(tabular=tabular)) for entry in entries]
        self._needed = template.columns
        self._tabular = tabular
        self._own = sum(field_of(entry.target) is None for entry in entries)
        targets = [entry.target for entry in entries]
        keys = [target.partition(".")[2] for target in targets[self._own :]]
        self._user = _struct("User", [*targets[: self._own], *(["user_fields"] if keys else [])])
        self._fields = _struct("Fields", keys)

    def __repr__(self) -> str:
        return f"<Columnwise {', '.join(target for target, _, _ in self._makes)}>"

    def columns(self, given: Sequence[Given]) -> dict[str, Column]:
        """The columns that the template needs; ``ABSENT`` where a record has none."""
        names = self._needed
        if not names or not given:
            return {name: [] for name in names}
        try:
            rows = map(itemgetter(*names), given)
            columns = list(map(list, zip(*rows, strict=True))) if len(names) > 1 else [list(rows)]
        except KeyError:
            columns = [list(map(look_up(name), given)) for name in names]
        return dict(zip(names, columns, strict=True))

    def make(self, count: int, columns: Mapping[str, Column]) -> Made:
        """Make users of the columns of so many records."""
        well = [True] * count
        strange = set() if self._tabular else set(chain.from_iterable(map(about_given, columns.values())))
        if strange:
            well = [number not in strange for number in range(count)]
            columns = {name: list(compress(values, well)) for name, values in columns.items()}
            count -= len(strange)
        doubts: set[int] = set()
        made = []
        for target, names, make in self._makes:
            values = _made(make, [columns[name] for name in names], count, doubts)
            if not _makes_text(target, make):
                values = _mended(target, values)
                doubts.update(about_made(target, values))
            made.append(values)
        if doubts:
            still = [number not in doubts for number in range(count)]
            made = [list(compress(values, still)) for values in made]
            well = _among(well, still)
        return self._sound(well, made)

    def _sound(self, well: list[bool], made: list[Column]) -> Made:
        """Write those who are well; who turns out to hold what no JSON can, is not."""
        bodies = self._written(made) if any(well) else []
        if None in bodies:
            written = [body is not None for body in bodies]
            made = [list(compress(values, written)) for values in made]
            well = _among(well, written)
        sound = [body for body in bodies if body is not None]
        return Made(well, sound, {target: values for (target, _, _), values in zip(self._makes, made, strict=True)})

    def _written(self, made: list[Column]) -> list[bytes | None]:
        own, custom = made[: self._own], made[self._own :]
        if custom:
            fields: Column = list(map(self._fields, *custom))
            if all(ABSENT in values for values in custom):  # somebody may have none of them
                nothing = [values.count(ABSENT) == len(values) for values in zip(*custom, strict=True)]
                fields = [ABSENT if none else held for held, none in zip(fields, nothing, strict=True)]
            own = [*own, fields]
        return _lines(list(map(self._user, *own)))


def _among(well: Sequence[bool], still: Sequence[bool]) -> list[bool]:
    """Who of all is well, when ``still`` says it of those who were so far."""
    further = iter(still)
    return [so_far and next(further) for so_far in well]


def _struct(name: str, keys: Sequence[str]) -> Callable[..., msgspec.Struct]:
    """A type that writes the keys in this order, and none that is absent. A key may be no name in Python."""
    fields = [(f"f{number}", Any, ABSENT) for number in range(len(keys))]
    return msgspec.defstruct(name, fields, rename={f"f{n}": key for n, key in enumerate(keys)}, gc=False)


# -- making -----------------------------------------------------------------------------------------------------------


def _made(make: Make, columns: Sequence[Column], count: int, doubts: set[int]) -> Column:
    """Make an attribute of its columns."""
    if not columns:
        return [make()] * count
    if make is as_it_is:
        return columns[0]
    try:
        return _mapped(make, columns)
    except Invalid:
        return [_one(make, values, index, doubts) for index, values in enumerate(zip(*columns, strict=True))]


def _mapped(make: Make, columns: Sequence[Column]) -> Column:
    """Make each value: all at once where that can be, and once for all the same where texts come again and again.

    Raises Invalid.
    """
    if isinstance(make, Composed | Converted) and (made := make.at_once(*columns)) is not None:
        return made
    first = columns[0]
    if len(columns) > 1 or set(map(type, first)) != {str}:
        return list(map(make, *columns))
    if make is trimmed:
        return [value.strip() or ABSENT for value in first]
    different = set(first)
    if 2 * len(different) > len(first):
        return list(map(make, first))
    return list(map({value: make(value) for value in different}.__getitem__, first))


def _one(make: Make, values: Sequence[Any], index: int, doubts: set[int]) -> Any:
    try:
        return make(*values)
    except Invalid:
        doubts.add(index)
        return ABSENT


def _makes_text(target: str, make: Make) -> bool:
    """Whether all that can be made is text, and text is welcome: then there is nothing to judge."""
    return (make is trimmed or isinstance(make, Composed)) and (target in _TEXTS or field_of(target) is not None)


def _mended(target: str, values: Column) -> Column:
    """With the digits of whole numbers where Zendesk wants a string."""
    if target in _TEXTS and int in set(map(type, values)):
        return [str(value) if type(value) is int else value for value in values]
    return values


# -- writing ----------------------------------------------------------------------------------------------------------


def _spelt(value: object) -> msgspec.Raw:
    if isinstance(value, Spelled):
        return msgspec.Raw(value.text.encode())
    raise TypeError(f"{type(value).__name__} is not JSON")


_encoder = msgspec.json.Encoder(enc_hook=_spelt)


def _lines(users: Sequence[msgspec.Struct]) -> list[bytes | None]:
    """Users as JSON; None for one that cannot be written."""
    if not users:
        return []
    try:
        return [*_encoder.encode_lines(users)[:-1].split(b"\n")]
    except (TypeError, ValueError):
        return each(_encoder.encode, users)
