"""Give a value the type that Zendesk wants of it, or say why it cannot have it. Pure.

A number becomes a string where a string is wanted, and digits become a number where a number is: neither can mean
anything else. Nothing else is guessed. Where nothing had to be done, the very same object comes back.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from zendesk_async.audience.attributes import ATTRIBUTES, FIELD_KEY, Kind, unknown
from zendesk_async.audience.invalid import Invalid, UnknownKey
from zendesk_async.audience.makes import shown
from zendesk_async.audience.spelled import Spelled

__all__ = ["SCALARS", "WIDEST", "field_value", "fitted", "text"]

SCALARS = frozenset({str, int, float, bool, type(None)})

WIDEST = 1 << 63
"""Zendesk's ids are of 64 bits, with a sign."""

_DIGITS = 60


def fitted(name: str, value: Any) -> Any:
    """Give a value as the attribute wants it. Raises Invalid, UnknownKey."""
    if value is not None:
        return _FIT[name](name, value)
    if ATTRIBUTES[name].nullable:
        return None
    raise Invalid("InvalidType", f'"{name}" cannot be cleared with null; leave it out to keep what Zendesk has')


def text(name: str, value: Any) -> Any:
    """Give a string or a number as a string. Raises Invalid."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | Spelled):
        raise _ill_typed(name, Kind.TEXT, value)
    return str(value) if isinstance(value, int) else _spelled(name, value).as_text


def _flag(name: str, value: Any) -> Any:
    if isinstance(value, bool):
        return value
    raise _ill_typed(name, Kind.FLAG, value)


def _number(name: str, value: Any, kind: Kind = Kind.NUMBER) -> Any:
    number = None
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, str) and len(value) < _DIGITS and value.isascii() and value.removeprefix("-").isdigit():
        number = int(value)
    elif isinstance(value, float | Spelled):
        number = _spelled(name, value).whole
    if number is None or abs(number) >= WIDEST:
        raise _ill_typed(name, kind, value)
    return number


def _texts(name: str, value: Any) -> Any:
    if not isinstance(value, list):
        raise _ill_typed(name, Kind.TEXTS, value)
    if all(type(item) is str for item in value):
        return value
    return [text(name, item) for item in value]


def _numbers(name: str, value: Any) -> Any:
    if not isinstance(value, list):
        raise _ill_typed(name, Kind.NUMBERS, value)
    numbers = [_number(name, item, Kind.NUMBERS) for item in value]
    return value if all(map(_same, numbers, value)) else numbers


def _same(new: object, old: object) -> bool:
    return new is old


def _object(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return value
    hint = '; a name alone goes into "organization_name"' if name == "organization" else ""
    raise _ill_typed(name, Kind.OBJECT, value, hint)


def _objects(name: str, value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    raise _ill_typed(name, Kind.OBJECTS, value)


def _fields(name: str, value: Any) -> Any:
    if not isinstance(value, dict):
        raise _ill_typed(name, Kind.FIELDS, value)
    for key, held in value.items():
        if not isinstance(key, str) or not FIELD_KEY(key):
            raise UnknownKey(unknown(f"{name}.{key}"))
        field_value(key, held)
    return value


def field_value(key: str, value: Any) -> Any:
    """Give a custom field's value: a scalar, or a list of them for a multiselect. Raises Invalid."""
    for item in value if isinstance(value, list) else (value,):
        if isinstance(item, float):
            _spelled(f"user_fields.{key}", item)
        elif type(item) not in SCALARS and not isinstance(item, Spelled):
            raise Invalid(
                "InvalidType", f'"user_fields.{key}" must be a simple value or a list of such, not {_kind(item)}'
            )
    return value


_BY_KIND: dict[Kind, Callable[[str, Any], Any]] = {
    Kind.TEXT: text,
    Kind.FLAG: _flag,
    Kind.NUMBER: _number,
    Kind.TEXTS: _texts,
    Kind.NUMBERS: _numbers,
    Kind.FIELDS: _fields,
    Kind.OBJECT: _object,
    Kind.OBJECTS: _objects,
}
_FIT = {name: _BY_KIND[attribute.kind] for name, attribute in ATTRIBUTES.items()}


def _spelled(name: str, value: float | Spelled) -> Spelled:
    if isinstance(value, Spelled):
        return value
    if not math.isfinite(value):
        raise Invalid("InvalidValue", f'"{name}" is not a number ({value}); leave it out, or give null')
    return Spelled(repr(value))


def _ill_typed(name: str, kind: Kind, value: Any, hint: str = "") -> Invalid:
    return Invalid("InvalidType", f'"{name}" must be {kind}, not {_kind(value)}{hint}')


def _kind(value: Any) -> str:  # noqa: PLR0911 - a table
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return f"the string {shown(value)}"
        case int() | float() | Spelled():
            return f"the number {value}"
        case list():
            return "a list"
        case dict():
            return "an object"
    return f"a value of type {type(value).__name__}"
