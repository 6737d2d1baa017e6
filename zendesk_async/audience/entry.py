"""One field of a template: read, checked, and turned into functions. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from zendesk_async.audience import conversion
from zendesk_async.audience.attributes import ATTRIBUTES, Kind, field_of, is_known, unknown
from zendesk_async.audience.column import ABSENT
from zendesk_async.audience.fitting import field_value, fitted
from zendesk_async.audience.invalid import Invalid
from zendesk_async.audience.makes import Composed, Converted, Make, constant, copied, parts_of, trimmed
from zendesk_async.audience.plain import plain
from zendesk_async.config.wording import did_you_mean, listed
from zendesk_async.errors import ConfigError

if TYPE_CHECKING:
    from zendesk_async.audience.conversion import Conversion

__all__ = ["Entry", "read_entries"]

Options = Mapping[str, Any]


class Entry(NamedTuple):
    """What becomes of which columns.

    ``target`` is an attribute, or ``user_fields.<key>``. ``of_values`` makes it of values of JSON, ``of_cells`` of the
    cells of a table: each takes the values of the columns, in order.
    """

    target: str
    columns: tuple[str, ...]
    of_values: Make
    of_cells: Make

    def make(self, *, tabular: bool) -> Make:
        """What makes the attribute. ``tabular``: of cells."""
        return self.of_cells if tabular else self.of_values


def read_entries(spec: Mapping[str, Any]) -> Iterator[Entry]:
    """Read the fields of a template. Raises ConfigError, which names the field."""
    for target, field in spec.items():
        if target == "user_fields" and _is_table_of_fields(field):
            yield from read_entries({f"user_fields.{key}": inner for key, inner in field.items()})
            continue
        try:
            yield _entry(target, field)
        except (ConfigError, Invalid) as error:
            raise ConfigError(f"template: {target}: {error}") from None


def _is_table_of_fields(field: Any) -> bool:
    """Whether TOML's ``user_fields.plan = "Plan"`` was meant, without quotation marks: a table within the table."""
    return isinstance(field, Mapping) and "column" not in field and not isinstance(field.get("value"), Mapping)


def _entry(target: str, field: Any) -> Entry:
    if not is_known(target):
        raise ConfigError(unknown(target))
    if isinstance(field, str):
        return _composition(target, field) if "{" in field or "}" in field else _column(target, {"column": field})
    if not isinstance(field, Mapping):
        raise ConfigError('give a column as a string, or a table: { column = "…", type = "…" } or { value = … }')
    for option in field:
        if option not in _OPTIONS:
            raise ConfigError(f'there is no option "{option}".{did_you_mean(option, _OPTIONS)}')
    return _constant(target, field) if "value" in field else _column(target, field)


def _composition(target: str, pattern: str) -> Entry:
    make = Composed(pattern)
    return Entry(target, tuple(parts_of(pattern)), make, make)


def _constant(target: str, options: Options) -> Entry:
    if len(options) > 1:
        raise ConfigError("a value stands alone, without column, type or default")
    make = constant(_sound(target, options["value"]))
    return Entry(target, (), make, make)


def _column(target: str, options: Options) -> Entry:
    column = options.get("column")
    if not isinstance(column, str) or not column:
        raise ConfigError('name a column: { column = "…" }')
    default = _sound(target, options["default"]) if "default" in options else ABSENT
    chosen = _chosen(target, options)
    if chosen is not None:
        make = Converted(column, chosen, default)
        return Entry(target, (column,), make, make)
    natural = _NATURAL.get(_kind(target))
    of_cells = trimmed
    if natural is not None or default is not ABSENT:
        of_cells = Converted(column, natural or conversion.text(), default)
    return Entry(target, (column,), copied(default), of_cells)


def _kind(target: str) -> Kind | None:
    """What the attribute wants; None for a custom field, of which only Zendesk knows."""
    return ATTRIBUTES[target].kind if target in ATTRIBUTES else None


def _sound(target: str, value: Any) -> Any:
    """Check a value that every record may get."""
    key = field_of(target)
    value = plain(value)
    return fitted(target, value) if key is None else field_value(key, value)


# -- types ------------------------------------------------------------------------------------------------------------

_OPTIONS = ("column", "type", "format", "split", "true", "false", "value", "default")

_NATURAL: dict[Kind | None, Conversion] = {
    Kind.FLAG: conversion.boolean(),
    Kind.NUMBER: conversion.integer(),
    Kind.TEXTS: conversion.items(),
    Kind.NUMBERS: conversion.items(),
}
"""What is made of a cell where the template says nothing."""

_TYPES: dict[str, tuple[frozenset[str], frozenset[Kind | None]]] = {
    "string": (frozenset(), frozenset({Kind.TEXT, None})),
    "date": (frozenset({"format"}), frozenset({Kind.TEXT, None})),
    "integer": (frozenset(), frozenset({Kind.TEXT, Kind.NUMBER, None})),
    "decimal": (frozenset(), frozenset({Kind.TEXT, None})),
    "boolean": (frozenset({"true", "false"}), frozenset({Kind.FLAG, None})),
    "list": (frozenset({"split"}), frozenset({Kind.TEXTS, Kind.NUMBERS, None})),
}
"""Which options belong to a type, and which kinds of attribute it suits."""

_MAKE: dict[str, Callable[[Options], Conversion]] = {
    "string": lambda _: conversion.text(),
    "date": lambda options: conversion.calendar_date(_string(options, "format")),
    "integer": lambda _: conversion.integer(),
    "decimal": lambda _: conversion.decimal(),
    "boolean": lambda options: conversion.boolean(
        _words(options, "true", conversion.TRUE), _words(options, "false", conversion.FALSE)
    ),
    "list": lambda options: conversion.items(_string(options, "split") or ","),
}


def _chosen(target: str, options: Options) -> Conversion | None:
    """The conversion that the options ask for; an option of one type alone implies that type."""
    implied = [name for name, (own, _) in _TYPES.items() if own & options.keys()]
    name = options.get("type", implied[0] if implied else None)
    if name is None:
        return None
    if name not in _TYPES:
        raise ConfigError(
            f'there is no type "{name}".{did_you_mean(str(name), _TYPES)} Choose one of {listed(_TYPES)}.'
        )
    _, kinds = _TYPES[name]
    foreign = [option for other in implied if other != name for option in sorted(_TYPES[other][0] & options.keys())]
    if foreign:
        raise ConfigError(f'"{foreign[0]}" does not belong to type "{name}"')
    kind = _kind(target)
    if kind not in kinds:
        raise ConfigError(f'type "{name}" does not suit it: it wants {kind}')
    return _MAKE[name](options)


def _string(options: Options, option: str) -> str | None:
    value = options.get(option)
    if value is not None and (not isinstance(value, str) or not value):
        raise ConfigError(f'"{option}" must be a string')
    return value


def _words(options: Options, option: str, usual: tuple[str, ...]) -> tuple[str, ...]:
    """The words for true or false; those given for one take away nothing but themselves from the other's usual ones."""
    words = options.get(option)
    if words is None:
        other = options.get("false" if option == "true" else "true", ())
        return tuple(word for word in usual if word not in {str(taken).casefold() for taken in other})
    if not isinstance(words, list) or not words:
        raise ConfigError(f'"{option}" must be a list of words')
    return tuple(map(str, words))
