"""What stands under ``/__mock__``: for tests, demonstrations and people. It needs no credentials and is not counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from zendesk_async.mock.answers import Answer, json_answer, unknown_endpoint

if TYPE_CHECKING:
    from collections.abc import Callable

    from zendesk_async.mock.account import Account

__all__ = ["administer"]

Wishes = dict[str, Any]


def administer(account: Account, method: str, path: str, body: bytes) -> Answer:
    """Answer a request to ``/__mock__/…``: 400 with the reason for one that makes no sense."""
    serve = _PLACES.get((method, path))
    if serve is None:
        return unknown_endpoint()
    try:
        wishes = orjson.loads(body) if body else {}
        return serve(account, wishes)
    except (orjson.JSONDecodeError, ValueError, TypeError, KeyError, AttributeError) as error:
        return json_answer(400, {"error": "BadWish", "description": str(error)})


def _stats(account: Account, _: Wishes) -> Answer:
    return json_answer(200, account.stats())


def _users(account: Account, _: Wishes) -> Answer:
    return Answer(200, {"content-type": "application/x-ndjson"}, b"", chunks=account.world.users.lines())


def _reset(account: Account, _: Wishes) -> Answer:
    account.reset()
    return json_answer(200, {"reset": True})


def _fault(account: Account, wishes: Wishes) -> Answer:
    account.fault_next(wishes["kind"], int(wishes.get("times", 1)), wishes.get("on", "post"))
    return json_answer(200, {"fault": wishes["kind"]})


def _revoke(account: Account, wishes: Wishes) -> Answer:
    return json_answer(200, {"revoked": account.revoke(everything=bool(wishes.get("everything")))})


def _forbid(account: Account, wishes: Wishes) -> Answer:
    account.forbid(wishes["what"])
    return json_answer(200, {"forbidden": wishes["what"]})


_PLACES: dict[tuple[str, str], Callable[[Account, Wishes], Answer]] = {
    ("GET", "/__mock__/stats"): _stats,
    ("GET", "/__mock__/users"): _users,
    ("POST", "/__mock__/reset"): _reset,
    ("POST", "/__mock__/fault"): _fault,
    ("POST", "/__mock__/revoke"): _revoke,
    ("POST", "/__mock__/forbid"): _forbid,
}
