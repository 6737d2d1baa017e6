"""From page to page."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zendesk_async.mock.answers import Answer
from zendesk_async.mock.paging import Page, offset_page, page


@settings(deadline=None)
@given(st.integers(0, 350), st.integers(1, 150))
def test_following_the_links_finds_everything_once(total: int, size: int) -> None:
    """From page to page, by ``links.next``, every item comes once; a hundred is the most at a time."""
    query, seen = {"page[size]": str(size)}, 0
    while True:
        one = page(total, query, "http://x/users.json")
        assert isinstance(one, Page)
        assert one.start == seen
        assert one.end - one.start <= min(size, 100)
        seen = one.end
        if not one.envelope["meta"]["has_more"]:
            break
        query = dict(parse_qsl(urlsplit(one.envelope["links"]["next"]).query))
        assert query["page[after]"] == one.envelope["meta"]["after_cursor"]
    assert seen == total
    assert one.envelope["links"]["next"] is None


@pytest.mark.parametrize(
    "query",
    [
        {"page[after]": "nonsense"},
        {"page[after]": "cGxhY2U6eA=="},
        {"page[after]": ""},
        {"page[size]": "0"},
        {"page[size]": "x"},
    ],
)
def test_a_cursor_that_was_never_given_is_refused(query: dict[str, str]) -> None:
    """400, as documented."""
    answer = page(10, query, "http://x")
    assert isinstance(answer, Answer)
    assert answer.status == 400


def test_the_older_way_counts_pages() -> None:
    """Pages of a hundred, counted from 1, with their neighbours."""
    first, last = offset_page(150, {}, "http://x"), offset_page(150, {"page": "2"}, "http://x")
    assert (first.start, first.end, first.envelope["next_page"]) == (0, 100, "http://x?page=2")
    assert (last.start, last.end) == (100, 150)
    assert last.envelope == {"next_page": None, "previous_page": "http://x?page=1", "count": 150}
    assert offset_page(150, {"page": "9"}, "http://x").start == 150
