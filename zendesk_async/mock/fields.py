"""User fields: their definitions, and what becomes of a value on its way in.

Dates come back as midnight UTC, a true checkbox adds its tag, every defined field shows in a user (recorded in 2020
and 2021). That a bad value fails its record, and how that is worded, is not known [INF].
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from zendesk_async.mock.answers import zulu

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["FIELD_TYPES", "Refusal", "UserFields"]

Definition = dict[str, Any]

_KEY = re.compile(r"(?!\d+\Z)\w+", re.ASCII)
_DATE_REGEXP = r"\A([0-9]{4})-(1[0-2]|0[1-9])-(3[01]|[12][0-9]|0[1-9])\z"
_FIRST_ID = 360_001_266_052
_ID_STEP = 20


class Refusal(Exception):
    """A record, or a definition, that the account does not take. Its text is what Zendesk would say."""


def _text(value: Any, _: Definition) -> Any:
    if isinstance(value, bool | dict | list):
        raise TypeError(value)
    return str(value) or None


def _boolean(value: Any, _: Definition) -> Any:
    if value in (True, "true", "1"):
        return True
    if value in (False, "false", "0", ""):
        return False
    raise ValueError(value)


def _midnight(value: Any, _: Definition) -> Any:
    text = str(value)
    day = date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text).date()
    return f"{day:%Y-%m-%d}T00:00:00+00:00"


def _integer(value: Any, _: Definition) -> Any:
    if isinstance(value, bool | float):
        raise TypeError(value)
    return int(value)


def _decimal(value: Any, _: Definition) -> Any:
    number = float(value)
    if isinstance(value, bool) or not math.isfinite(number):
        raise ValueError(value)
    return number if isinstance(value, str) else value


def _matching(value: Any, definition: Definition) -> Any:
    pattern = definition["regexp_for_validation"]
    if not isinstance(value, str) or (pattern and not re.search(_python_regexp(pattern), value)):
        raise ValueError(value)
    return value


def _python_regexp(pattern: str) -> str:
    """Ruby's end of a text is written as Python writes it; the rest of what such patterns use is the same."""
    return pattern.replace(r"\z", r"\Z")


def _option(value: Any, definition: Definition) -> Any:
    if value not in {option["value"] for option in definition["custom_field_options"]}:
        raise ValueError(value)
    return value


def _options(value: Any, definition: Definition) -> Any:
    if not isinstance(value, list):
        raise TypeError(value)
    return [_option(item, definition) for item in value]


def _as_it_is(value: Any, _: Definition) -> Any:
    return value


_CASTS: dict[str, Callable[[Any, Definition], Any]] = {
    "text": _text,
    "textarea": _text,
    "checkbox": _boolean,
    "date": _midnight,
    "integer": _integer,
    "decimal": _decimal,
    "regexp": _matching,
    "dropdown": _option,
    "multiselect": _options,
    "lookup": _as_it_is,
}
FIELD_TYPES: tuple[str, ...] = tuple(_CASTS)


class UserFields:
    """The account's user fields. ``is_open``: a key that is not defined is stored all the same, as it came."""

    def __init__(self, definitions: Iterable[Mapping[str, Any]] | None, wall: float) -> None:
        self.is_open = definitions is None
        self._by_key: dict[str, Definition] = {}
        self.tags: dict[str, str] = {}
        """The tag of each checkbox that has one."""
        for definition in definitions or ():
            self.define(definition, wall)

    def define(self, sent: Mapping[str, Any], wall: float) -> Definition:
        """Add a field and return its definition; ``url`` is for the caller to fill in. Raises ``Refusal``."""
        key, kind = sent.get("key"), sent.get("type") or "text"
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            raise Refusal("Key: is invalid")
        if key in self._by_key:
            raise Refusal(f"Key: {key} has already been taken")
        if kind not in FIELD_TYPES:
            raise Refusal(f"Type: {kind} is not valid")
        if not sent.get("title"):
            raise Refusal("Title: cannot be blank")
        self._by_key[key] = self._definition(sent, key, kind, zulu(wall))
        return self._by_key[key]

    def _definition(self, sent: Mapping[str, Any], key: str, kind: str, moment: str) -> Definition:
        title, description = sent["title"], sent.get("description") or ""
        number = _FIRST_ID + _ID_STEP * len(self._by_key)
        definition: Definition = {
            "url": "",
            "id": number,
            "type": kind,
            "key": key,
            "title": title,
            "description": description,
            "raw_title": title,
            "raw_description": description,
            "position": sent.get("position", 9999),
            "active": sent.get("active", True),
            "system": False,
            "regexp_for_validation": _DATE_REGEXP if kind == "date" else sent.get("regexp_for_validation"),
            "created_at": moment,
            "updated_at": moment,
        }
        if kind == "checkbox":
            definition["tag"] = sent.get("tag")
            if definition["tag"]:
                self.tags[key] = definition["tag"]
        if kind in ("dropdown", "multiselect"):
            definition["custom_field_options"] = _options_of(sent, number)
        if kind == "lookup":
            definition["relationship_target_type"] = sent.get("relationship_target_type")
        return definition

    def all(self) -> list[Definition]:
        """Every definition, by position."""
        return sorted(self._by_key.values(), key=lambda definition: definition["position"])

    def find(self, name: str) -> Definition | None:
        """The definition with this key or id."""
        return self._by_key.get(name) or next((d for d in self._by_key.values() if str(d["id"]) == name), None)

    def cast(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Values as they are stored; None clears one. Raises ``Refusal`` for the first that does not fit its field."""
        if not self._by_key:
            return sent if self.is_open else {}
        return {
            key: _cast(self._by_key[key], value) if key in self._by_key else value
            for key, value in sent.items()
            if self.is_open or key in self._by_key
        }

    def tagged(self, tags: Iterable[str], values: Mapping[str, Any], changed: Mapping[str, Any]) -> list[str]:
        """A user's tags: those given, without those of checkboxes just cleared, and with those of all that are true."""
        off = {tag for key, tag in self.tags.items() if key in changed and not changed[key]}
        on = [tag for key, tag in self.tags.items() if values.get(key)]
        return list(dict.fromkeys([*(tag for tag in tags if tag not in off), *on]))

    def shown(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """A user's values as they are answered: every defined field, null when unset, a checkbox false."""
        unset = {key: False if d["type"] == "checkbox" else None for key, d in self._by_key.items()}
        return {**unset, **stored}


def _cast(definition: Definition, value: Any) -> Any:
    try:
        return None if value is None else _CASTS[definition["type"]](value, definition)
    except (ValueError, TypeError, OverflowError):
        raise Refusal(f"{definition['title']}: is invalid") from None


def _options_of(sent: Mapping[str, Any], number: int) -> list[dict[str, Any]]:
    return [
        {"id": number * 10 + place, "name": name, "raw_name": name, "value": option.get("value", name)}
        for place, option in enumerate(sent.get("custom_field_options") or ())
        for name in [option.get("name", option.get("value"))]
    ]
