from __future__ import annotations

from zendesk_async.api.request import ByTurns, Request
from zendesk_async.models import Requests


def test_a_request_shows_what_it_is_and_nothing_secret() -> None:
    """Neither the body nor what is asked for (ids, cursors) belongs into a log."""
    request = Request("POST", "/api/v2/users.json?ids=1", "posts", Requests(), b'{"password":"x"}', users=3)
    assert repr(request) == "<Request POST /api/v2/users.json of 3 users>"


def test_only_what_changes_is_told() -> None:
    """An attempt that failed before anything left is not told of, and leaving twice is leaving once."""
    told: list[bool] = []
    turns = ByTurns(told.append)
    for leaving in (False, True, True, False, False, True):
        turns(leaving)
    assert told == [True, False, True]
    assert turns.leaving
