"""Tables whose columns have Zendesk's own names: the template that follows from a header. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from zendesk_async.audience.attributes import is_known, unknown
from zendesk_async.audience.columnwise import Columnwise
from zendesk_async.audience.invalid import UnknownKey
from zendesk_async.audience.template import Template, natural_template

__all__ = ["Headers"]

_REMEMBERED = 100  # an input may have another header in every row


class _Both(NamedTuple):
    template: Template
    columnwise: Columnwise | None


class Headers:
    """The templates of the headers seen so far. ``ignore_unknown`` lets columns go that are no attributes."""

    def __init__(self, *, ignore_unknown: bool) -> None:
        self._ignore_unknown = ignore_unknown
        self._known: dict[tuple[str, ...], _Both] = {}

    def __repr__(self) -> str:
        return f"<Headers {len(self._known)}>"

    def __len__(self) -> int:
        return len(self._known)

    def template(self, columns: tuple[str, ...]) -> Template:
        """The template for one row. Raises UnknownKey, as does ``columnwise``."""
        return self._both(columns).template

    def columnwise(self, columns: tuple[str, ...]) -> Columnwise | None:
        """The template for a chunk of rows; None where no column is of use, or one holds all custom fields."""
        return self._both(columns).columnwise

    def _both(self, columns: tuple[str, ...]) -> _Both:
        both = self._known.get(columns)
        if both is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            template = natural_template(self._permitted(columns))
            can_be = template.targets and "user_fields" not in template.targets
            at_once = Columnwise(template, tabular=True) if can_be else None
            both = self._known[columns] = _Both(template, at_once)
        return both

    def _permitted(self, columns: Iterable[str]) -> Iterator[str]:
        for column in columns:
            if column == "role":
                continue  # never sent unless a template of the user's maps it (``validation.Rules``)
            if is_known(column):
                yield column
            elif not self._ignore_unknown:
                raise UnknownKey(unknown(column))
