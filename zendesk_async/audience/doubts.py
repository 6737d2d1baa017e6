"""Find the values of a column that are not plainly well, as the numbers of their records. Pure.

``columnwise`` leaves such records to the careful way. A column of which enough is known is not looked at; what is asked
of a whole column is a loop that is not Python's; only one in which something is odd is looked at value by value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from itertools import chain
from math import isfinite
from typing import Any

from zendesk_async.audience.attributes import ATTRIBUTES, Attribute, Kind, field_of
from zendesk_async.audience.column import Absent, Column
from zendesk_async.audience.fitting import SCALARS, WIDEST
from zendesk_async.audience.plain import LARGEST, SMALLEST
from zendesk_async.audience.spelled import Spelled

__all__ = ["about_given", "about_made"]

Values = Sequence[Any]

_FLOATS_DIFFER = 1e16  # from there on, orjson and msgspec spell floats differently
_ALLOWED: dict[Kind, set[type]] = {
    Kind.TEXT: {str},
    Kind.FLAG: {bool},
    Kind.NUMBER: {int},
    Kind.TEXTS: {list},
}
_ITEMS = SCALARS | {Spelled}
_CUSTOM = _ITEMS | {Absent, list}
_GIVEN = _CUSTOM | {dict, date, datetime}


def about_given(column: Column) -> list[int]:
    """Which values of an input are of no type of JSON's, nor dates; or whole numbers of more than 64 bits."""
    values, kinds = column.values, column.kinds
    doubts = _where(lambda value: type(value) not in _GIVEN, values) if not kinds <= _GIVEN else []
    if kinds == {int} and values and min(values) >= SMALLEST and max(values) <= LARGEST:
        return doubts
    return doubts + _beyond(SMALLEST, LARGEST, values) if int in kinds else doubts


def about_made(target: str, column: Column) -> list[int]:
    """Which values made for a target are not as Zendesk wants them."""
    if field_of(target) is not None:
        return _about_field(column.values, column.kinds)
    return _about_attribute(ATTRIBUTES[target], column.values, column.kinds)


def _about_attribute(attribute: Attribute, values: Values, kinds: frozenset[type]) -> list[int]:
    allowed = _ALLOWED.get(attribute.kind, set()) | {Absent} | ({type(None)} if attribute.nullable else set())
    doubts = _where(lambda value: type(value) not in allowed, values) if not kinds <= allowed else []
    if attribute.kind is Kind.NUMBER:
        doubts += _beyond(1 - WIDEST, WIDEST - 1, values)
    if attribute.kind is Kind.TEXTS and set(map(type, chain.from_iterable(_lists(values)))) - {str}:
        doubts += _where(lambda value: type(value) is list and set(map(type, value)) - {str}, values)
    return doubts


def _about_field(values: Values, kinds: frozenset[type]) -> list[int]:
    doubts = _where(lambda value: type(value) not in _CUSTOM, values) if not kinds <= _CUSTOM else []
    if float in kinds and not (kinds == {float} and _all_plain(values)):
        doubts += [number for number, value in enumerate(values) if type(value) is float and not _is_plain(value)]
    if list in kinds:
        doubts += _where(lambda value: type(value) is list and not all(map(_may_be_item, value)), values)
    return doubts


def _may_be_item(item: Any) -> bool:
    """Whether a list may hold this as it is."""
    if type(item) is float:
        return _is_plain(item)
    return SMALLEST <= item <= LARGEST if type(item) is int else type(item) in _ITEMS


def _is_plain(number: float) -> bool:
    """Whether JSON has this number, and everybody spells it the same way."""
    return -_FLOATS_DIFFER < number < _FLOATS_DIFFER


def _all_plain(numbers: Sequence[float]) -> bool:
    if not numbers:
        return True
    return all(map(isfinite, numbers)) and min(numbers) > -_FLOATS_DIFFER and max(numbers) < _FLOATS_DIFFER


def _beyond(least: int, most: int, values: Values) -> list[int]:
    """Which values are whole numbers beyond bounds."""
    numbers = [value for value in values if type(value) is int]
    if not numbers or (least <= min(numbers) and max(numbers) <= most):
        return []
    return _where(lambda value: type(value) is int and not least <= value <= most, values)


def _lists(values: Values) -> list[list[Any]]:
    return [value for value in values if type(value) is list]


def _where(doubtful: Callable[[Any], object], values: Values) -> list[int]:
    return [number for number, value in enumerate(values) if doubtful(value)]
