"""User fields over HTTP: the list, one, and a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from zendesk_async.mock.answers import Answer, gone, json_answer
from zendesk_async.mock.fields import Refusal
from zendesk_async.mock.paging import offset_page, page

if TYPE_CHECKING:
    from zendesk_async.mock.world import Call, World

__all__ = ["create_field", "list_fields", "show_field"]


def list_fields(world: World, call: Call) -> Answer:
    """Answer ``GET /api/v2/user_fields``: by cursor if ``page[size]`` is asked for, else the older envelope."""
    fields = [_shown(world, field) for field in world.fields.all()]
    by_cursor = "page[size]" in call.query or "page[after]" in call.query
    wanted = (page if by_cursor else offset_page)(len(fields), call.query, f"{world.base_url}/api/v2/user_fields.json")
    if isinstance(wanted, Answer):
        return wanted
    return json_answer(200, {"user_fields": fields[wanted.start : wanted.end], **wanted.envelope})


def show_field(world: World, call: Call) -> Answer:
    """Answer ``GET /api/v2/user_fields/{id or key}``."""
    field = world.fields.find(call.argument)
    return gone() if field is None else json_answer(200, {"user_field": _shown(world, field)})


def create_field(world: World, call: Call) -> Answer:
    """Answer ``POST /api/v2/user_fields``: 201 with its place, or 422. Only admins may."""
    if world.options.role != "admin":
        return json_answer(403, {"error": {"title": "Forbidden", "message": "Only admins may define user fields"}})
    try:
        content = orjson.loads(call.body)
        sent = content["user_field"]
        field = _shown(world, world.fields.define(sent, world.wall(call.now)))
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        return json_answer(400, {"error": "ParameterMissing", "description": "param is missing: user_field"})
    except Refusal as refusal:
        return _invalid(str(refusal))
    return json_answer(201, {"user_field": field}, {"location": field["url"]})


def _invalid(text: str) -> Answer:
    details = {text.partition(":")[0].lower(): [{"description": text}]}
    body = {"error": "RecordInvalid", "description": "Record validation errors", "details": details}
    return json_answer(422, body)


def _shown(world: World, field: dict[str, Any]) -> dict[str, Any]:
    return {**field, "url": f"{world.base_url}/api/v2/user_fields/{field['id']}.json"}
