"""Apply a template to a whole chunk, column by column. Pure.

For one record a template is a dozen calls; for a column of a thousand values each of them is one loop, most of them not
Python's. As in ``ordinary``, only what is plainly well is made here. A record with anything doubtful is left to
``Template.apply`` and ``validation.examine``, which make the same of it, byte for byte, or say what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from zendesk_async.audience.attributes import ATTRIBUTES, Kind, field_of
from zendesk_async.audience.column import ABSENT, TEXT, Absent, Column
from zendesk_async.audience.doubts import about_given, about_made
from zendesk_async.audience.invalid import Invalid
from zendesk_async.audience.makes import Composed, Converted, Make, as_it_is, trimmed
from zendesk_async.audience.ordinary import each
from zendesk_async.audience.picking import Picker
from zendesk_async.audience.remembered import Remembered
from zendesk_async.audience.spelled import Spelled

if TYPE_CHECKING:
    from zendesk_async.audience.template import Template

__all__ = ["Columnwise", "Made"]

_TEXTS = {name for name, attribute in ATTRIBUTES.items() if attribute.kind is Kind.TEXT}


class Made(NamedTuple):
    """What was made of a chunk: ``well`` says of each record whether it is. The rest has only those that are: their
    bodies, and a column for each target.
    """

    well: list[bool]
    bodies: list[bytes]
    columns: dict[str, Column]

    def column(self, target: str) -> Sequence[Any]:
        """The values of a target; ``ABSENT`` for all when there is none."""
        made = self.columns.get(target)
        return [ABSENT] * len(self.bodies) if made is None else made.values


class Columnwise:
    """A template for chunks. ``tabular``: every value is the text of a cell."""

    def __init__(self, template: Template, *, tabular: bool) -> None:
        self.picker = Picker(template.columns)
        entries = sorted(template.entries, key=lambda entry: field_of(entry.target) is not None)
        self._makes = [_Making(entry.target, entry.columns, entry.make(tabular=tabular)) for entry in entries]
        self._own = sum(field_of(entry.target) is None for entry in entries)
        targets = [entry.target for entry in entries]
        keys = [target.partition(".")[2] for target in targets[self._own :]]
        self._user = _struct("User", [*targets[: self._own], *(["user_fields"] if keys else [])])
        self._fields = _struct("Fields", keys)

    def __repr__(self) -> str:
        return f"<Columnwise {', '.join(making.target for making in self._makes)}>"

    def make(self, count: int, columns: Mapping[str, Column]) -> Made:
        """Make users of the columns of so many records."""
        well = [True] * count
        strange = set(chain.from_iterable(map(about_given, columns.values())))
        if strange:
            well = [number not in strange for number in range(count)]
            columns = {name: column.kept(well) for name, column in columns.items()}
            count -= len(strange)
        if not count:
            return Made(well, [], {})
        doubts: set[int] = set()
        made = []
        for making in self._makes:
            column, doubtful = making.made([columns[name] for name in making.columns], count)
            doubts |= doubtful
            made.append(column)
        if doubts:
            still = [number not in doubts for number in range(count)]
            made = [column.kept(still) for column in made]
            well = _among(well, still)
        return self._sound(well, made)

    def _sound(self, well: list[bool], made: list[Column]) -> Made:
        """Write those who are well; who turns out to hold what no JSON can, is not."""
        bodies = self._written(made) if any(well) else []
        if None in bodies:
            written = [body is not None for body in bodies]
            made = [column.kept(written) for column in made]
            well = _among(well, written)
        sound = [body for body in bodies if body is not None]
        return Made(well, sound, dict(zip([making.target for making in self._makes], made, strict=True)))

    def _written(self, made: list[Column]) -> list[bytes | None]:
        own, custom = [column.values for column in made[: self._own]], made[self._own :]
        if custom:
            fields: Sequence[Any] = list(map(self._fields, *[column.values for column in custom]))
            if all(Absent in column.kinds and ABSENT in column.values for column in custom):  # some may have none
                of_each = zip(*[column.values for column in custom], strict=True)
                fields = [
                    ABSENT if values.count(ABSENT) == len(values) else held
                    for held, values in zip(fields, of_each, strict=True)
                ]
            own.append(fields)
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


class _Making:
    """How one attribute is made of its columns."""

    def __init__(self, target: str, columns: tuple[str, ...], make: Make) -> None:
        self.target = target
        self.columns = columns
        self._make = make
        self._remembered = Remembered() if len(columns) == 1 and make is not as_it_is else None

    def made(self, columns: Sequence[Column], count: int) -> tuple[Column, set[int]]:
        """Make it for so many records, and say which are not plainly well."""
        remembered = self._remembered
        if remembered is not None and (made := remembered.recall(columns[0])) is not None:
            return made, set()
        doubts: set[int] = set()
        made = _mended(self.target, _made(self._make, columns, count, doubts))
        doubts.update(about_made(self.target, made))
        if remembered is not None and not doubts:
            remembered.learn(columns[0], made)
        return made, doubts


def _made(make: Make, columns: Sequence[Column], count: int, doubts: set[int]) -> Column:
    """Make an attribute of its columns."""
    if not columns:
        value = make()
        return Column([value] * count, {type(value)})
    if make is as_it_is:
        return columns[0]
    try:
        return _mapped(make, columns)
    except Invalid:
        of_each = zip(*[column.values for column in columns], strict=True)
        return Column([_one(make, values, index, doubts) for index, values in enumerate(of_each)])


def _mapped(make: Make, columns: Sequence[Column]) -> Column:
    """Make each value, all at once where that can be. Raises Invalid."""
    if isinstance(make, Composed | Converted) and (made := make.at_once(*columns)) is not None:
        return made
    if make is trimmed and columns[0].is_text:
        return Column([value.strip() or ABSENT for value in columns[0].values], {str, Absent})
    return Column(list(map(make, *[column.values for column in columns])))


def _one(make: Make, values: Sequence[Any], index: int, doubts: set[int]) -> Any:
    try:
        return make(*values)
    except Invalid:
        doubts.add(index)
        return ABSENT


def _mended(target: str, column: Column) -> Column:
    """With the digits of whole numbers where Zendesk wants a string."""
    if target not in _TEXTS or int not in column.kinds:
        return column
    kinds = TEXT if column.kinds == {int} else None
    return Column([str(value) if type(value) is int else value for value in column.values], kinds)


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
