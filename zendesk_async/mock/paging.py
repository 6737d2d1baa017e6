"""Cursor pagination: ``page[size]``, ``page[after]``, ``meta`` and ``links``."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from zendesk_async.mock.answers import Answer, json_answer

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Page", "offset_page", "page"]

_MOST = 100


class Page(NamedTuple):
    """Where a page starts and ends among all items, and what is said about the next one."""

    start: int
    end: int
    envelope: dict[str, Any]


def page(total: int, query: Mapping[str, str], url: str) -> Page | Answer:
    """The page that is asked for, or the 400 for a size or cursor that means nothing."""
    size, start = _number(query.get("page[size]", str(_MOST))), _place(query.get("page[after]"))
    if size is None or size < 1 or start is None:
        text = "page[size] or page[after] is not valid"
        return json_answer(400, {"error": "InvalidPaginationParameter", "description": text})
    end = min(start + min(size, _MOST), total)
    return Page(start, end, _envelope(start, end, total, size, url))


def offset_page(total: int, query: Mapping[str, str], url: str) -> Page:
    """The page that ``page=`` asks for, counted from 1, in the older envelope."""
    number = max(1, _number(query.get("page", "1")) or 1)
    start, end = min((number - 1) * _MOST, total), min(number * _MOST, total)
    following = f"{url}?page={number + 1}" if end < total else None
    previous = f"{url}?page={number - 1}" if number > 1 else None
    return Page(start, end, {"next_page": following, "previous_page": previous, "count": total})


def _envelope(start: int, end: int, total: int, size: int, url: str) -> dict[str, Any]:
    more = end < total
    after, before = _cursor(end) if end > start else None, _cursor(start) if end > start else None
    following = f"{url}?{urlencode({'page[size]': size, 'page[after]': after})}" if more else None
    return {
        "meta": {"has_more": more, "after_cursor": after, "before_cursor": before},
        "links": {"next": following, "prev": None},
    }


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(f"place:{place}".encode()).decode()


def _place(cursor: str | None) -> int | None:
    if cursor is None:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, altchars=b"-_", validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return _number(number) if word == "place" else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None
