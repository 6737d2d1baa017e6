"""The invented customers that are uploaded: as many as wanted, the same ones every time, written fast.

Each has five attributes of Zendesk's own and seven custom ones (order history, loyalty, satisfaction, churn risk), about
310 bytes as NDJSON. The kinds:

    users       NDJSON whose keys are Zendesk's own: it needs no template
    customers   NDJSON with the columns of somebody's warehouse: it needs the template ``loyalty``
    table       CSV with the same columns, for the same template
    plain       CSV whose columns are Zendesk's own

No two records are one user, unless ``repeats`` says which share of them repeats a user of the last thousand.
The last ``calm`` ones repeat nobody. ``changed`` makes one record in so many differ from what it is without.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["KINDS", "TEMPLATE", "Audience", "write"]

FIRST_NAMES = ("Ada", "Bruno", "Chiara", "Dmitri", "Efua", "Farah", "Goran", "Hana", "Iris", "João", "Kemal", "Lena")
LAST_NAMES = ("Abe", "Berg", "Costa", "Diallo", "Eriksen", "Fischer", "Gupta", "Haddad", "Ito", "Jensen", "Kovács")
CATEGORIES = ("books", "garden", "kitchen", "music", "outdoor", "toys", "travel")
LOYALTY = ("bronze", "silver", "gold", "platinum")
VARIETY = 1_009  # a prime: what differs from record to record comes round again only then
LAST_USERS = 999
PIECE = 1_000  # records joined before they are written

TEMPLATE = """\
[templates.loyalty.fields]
external_id = "Customer Id"
name = "{First Name} {Last Name}"
email = "Email"
phone = "Phone"
tags = { column = "Segments", split = "|" }
"user_fields.orders" = { column = "Orders", type = "integer" }
"user_fields.lifetime_value" = { column = "Lifetime Value", type = "decimal" }
"user_fields.last_order" = { column = "Last Order", type = "date", format = "%d-%m-%Y" }
"user_fields.favourite_category" = "Favourite"
"user_fields.loyalty_status" = "Loyalty"
"user_fields.satisfaction" = { column = "Satisfaction", type = "integer" }
"user_fields.churn_risk" = { column = "Churn Risk", type = "decimal" }
"""
"""What turns ``customers`` and ``table`` into the users of ``users``."""


class Audience(NamedTuple):
    """Which customers, and in which form."""

    kind: str
    records: int
    repeats: float = 0.0
    changed: int = 0
    calm: int = 0

    @property
    def name(self) -> str:
        """A file name that says it all: "users-100000-repeats-0.05.ndjson"."""
        special = {"repeats": self.repeats, "changed": self.changed, "calm": self.calm}
        more = "".join(f"-{name}-{value:g}" for name, value in special.items() if value)
        return f"{self.kind}-{self.records}{more}.{KINDS[self.kind].suffix}"


def write(audience: Audience, folder: Path) -> Path:
    """Write the file unless it is there; return its path."""
    path = folder / audience.name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{threading.get_ident()}")  # several cases may want the same one at once
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            file.writelines(_pieces(audience))
        unfinished.rename(path)
    return path


def _pieces(audience: Audience) -> Iterator[str]:
    kind = KINDS[audience.kind]
    yield kind.header
    heads, tails = kind.head, [kind.tail(_Variety(number)) for number in range(VARIETY)]
    for start in range(0, audience.records, PIECE):
        numbers = range(start, min(start + PIECE, audience.records))
        yield "".join([heads(_who(number, audience)) + tails[_which(number, audience)] for number in numbers])


def _who(number: int, audience: Audience) -> int:
    """The user of a record: its own, or one of the last thousand."""
    may = audience.repeats and LAST_USERS < number < audience.records - audience.calm
    return number - 1 - number * 7_919 % LAST_USERS if may and number % round(1 / audience.repeats) == 0 else number


def _which(number: int, audience: Audience) -> int:
    """The rest of a record, which differs for one in so many if they are to have changed."""
    shift = 1 if audience.changed and number % audience.changed == 0 else 0
    return (number + shift) % VARIETY


class _Variety:
    """What is not particular to one customer."""

    def __init__(self, number: int) -> None:
        self.orders = 1 + number % 60
        self.lifetime_value = f"{9 + number * 13 % 5000}.{10 + number % 90}"
        self.day = (2026, 1 + number % 12, 1 + number % 28)
        self.favourite = CATEGORIES[number % 7]
        self.loyalty = LOYALTY[number % 4]
        self.satisfaction = 1 + number % 5
        self.churn_risk = f"0.{101 + number % 899}"
        self.segments = ("customer", self.favourite)

    @property
    def user_fields(self) -> dict[str, Any]:
        year, month, day = self.day
        return {
            "orders": self.orders,
            "lifetime_value": float(self.lifetime_value),
            "last_order": f"{year}-{month:02}-{day:02}",
            "favourite_category": self.favourite,
            "loyalty_status": self.loyalty,
            "satisfaction": self.satisfaction,
            "churn_risk": float(self.churn_risk),
        }

    @property
    def cells(self) -> dict[str, Any]:
        year, month, day = self.day
        return {
            "Segments": "|".join(self.segments),
            "Orders": self.orders,
            "Lifetime Value": self.lifetime_value,
            "Last Order": f"{day:02}-{month:02}-{year}",
            "Favourite": self.favourite,
            "Loyalty": self.loyalty,
            "Satisfaction": self.satisfaction,
            "Churn Risk": self.churn_risk,
        }


def _names(who: int) -> tuple[str, str]:
    return FIRST_NAMES[who % 12], LAST_NAMES[who % 11]


def _user_head(who: int) -> str:
    first, last = _names(who)
    return (
        f'{{"external_id":"C-{who:08}","name":"{first} {last}","email":"customer{who}@example.com",'
        f'"phone":"+1555{who % 10_000_000:07}"'
    )


def _user_tail(variety: _Variety) -> str:
    rest = {"tags": list(variety.segments), "user_fields": variety.user_fields}
    return "," + _compact(rest)[1:] + "\n"


def _customer_head(who: int) -> str:
    first, last = _names(who)
    return (
        f'{{"Customer Id":"C-{who:08}","First Name":"{first}","Last Name":"{last}",'
        f'"Email":"customer{who}@example.com","Phone":"+1555{who % 10_000_000:07}"'
    )


def _customer_tail(variety: _Variety) -> str:
    return "," + _compact(variety.cells)[1:] + "\n"


def _row_head(who: int) -> str:
    first, last = _names(who)
    return f"C-{who:08},{first},{last},customer{who}@example.com,+1555{who % 10_000_000:07}"


def _row_tail(variety: _Variety) -> str:
    return "," + ",".join(str(cell) for cell in variety.cells.values()) + "\r\n"


def _plain_head(who: int) -> str:
    first, last = _names(who)
    return f"C-{who:08},{first} {last},customer{who}@example.com,+1555{who % 10_000_000:07}"


def _plain_tail(variety: _Variety) -> str:
    return "," + ",".join(str(value) for value in variety.user_fields.values()) + "\r\n"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Kind(NamedTuple):
    """How customers are written. ``head`` is particular to a user, ``tail`` is not."""

    suffix: str
    head: Callable[[int], str]
    tail: Callable[[_Variety], str]
    header: str = ""


_ROWS = ("Customer Id", "First Name", "Last Name", "Email", "Phone", *_Variety(0).cells)
_PLAIN = ("external_id", "name", "email", "phone", *(f"user_fields.{key}" for key in _Variety(0).user_fields))

KINDS = {
    "users": Kind("ndjson", _user_head, _user_tail),
    "customers": Kind("ndjson", _customer_head, _customer_tail),
    "table": Kind("csv", _row_head, _row_tail, ",".join(_ROWS) + "\r\n"),
    "plain": Kind("csv", _plain_head, _plain_tail, ",".join(_PLAIN) + "\r\n"),
}
"""Every kind of file, by name."""
