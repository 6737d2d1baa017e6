"""What a request to upsert users may look like, and what is said of one that does not.

The answer to a known attribute of the wrong JSON type is Zendesk's (its gem stronger_parameters words it: a string
must be a string, a number is none; booleans and integers may come as text). It refuses the whole request and does not
say which record it was.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from zendesk_async.mock.answers import Answer, json_answer, too_many_values

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MOST", "Batch", "read_batch"]

MOST = 100
_WARNED = 20

User = dict[str, Any]

_INTEGER = re.compile(r"-?\d+")


class _Type(NamedTuple):
    """What an attribute may be: of a type that is ready, or of another if ``accepts`` says so."""

    ready: frozenset[type]
    says: str
    accepts: Callable[[Any], bool]


def _never(_: Any) -> bool:
    return False


def _is_boolean(value: Any) -> bool:
    return isinstance(value, str | int) and value in {True, False, "true", "false", "1", "0"}


def _is_integer(value: Any) -> bool:
    return isinstance(value, str) and bool(_INTEGER.fullmatch(value))


_NULL = type(None)
_STRING = _Type(frozenset({str, _NULL}), "must be a string", _never)
_HASH = _Type(frozenset({dict, _NULL}), "must be a hash", _never)
_ARRAY = _Type(frozenset({list, _NULL}), "must be an array", _never)
_BOOLEAN = _Type(frozenset({bool, _NULL}), "must be either true or false", _is_boolean)
_WHOLE = _Type(frozenset({int, _NULL}), "must be an integer", _is_integer)

_BY_TYPE: dict[_Type, str] = {
    _STRING: "name email external_id phone role locale language time_zone details notes alias signature password"
    " ticket_restriction remote_photo_url organization_name",
    _BOOLEAN: "verified skip_verify_email suspended moderator only_private_comments shared_phone_number",
    _WHOLE: "custom_role_id locale_id organization_id group_id default_group_id active_brand_id",
    _ARRAY: "tags identities organization_ids group_ids agent_brand_ids",
    _HASH: "user_fields organization separation",
}
_TYPES: dict[str, _Type] = {name: kind for kind, names in _BY_TYPE.items() for name in names.split()}
_KNOWN = _TYPES.keys() | {"id"}


class Batch(NamedTuple):
    """A body that was read: its users, or why it is refused. ``warning`` is for the header x-zendesk-api-warn."""

    users: list[User]
    refusal: Answer | None = None
    warning: str = ""


def read_batch(body: bytes, *, check: bool = True) -> Batch:
    """Read the body of an upsert. ``check=False`` looks at no attribute, for speed.

    ``users`` holds what arrived even if it is refused, so that it can be counted.
    """
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return Batch([], json_answer(400, {"error": "InvalidJSON", "description": "Server could not parse JSON"}))
    users = content.get("users") if isinstance(content, dict) else None
    if users is None or users == []:
        missing = "param is missing or the value is empty: users"
        return Batch([], json_answer(400, {"error": "ParameterMissing", "description": missing}))
    if not isinstance(users, list):
        return Batch([], _invalid("users", "must be an array"))
    if len(users) > MOST:
        return Batch(users, too_many_values("users may be created"))
    if set(map(type, users)) != {dict}:
        return Batch(users, _invalid("users", "must be a hash"))
    return _checked(content, users) if check else Batch(users)


def _checked(content: dict[str, Any], users: list[User]) -> Batch:
    """Look at each pair of name and type once: a batch has a thousand values, a few shapes, a dozen such pairs."""
    shapes = {(tuple(user), tuple(map(type, user.values()))) for user in users}
    pairs = {pair for names, kinds in shapes for pair in zip(names, kinds, strict=True)}
    for name, kind in pairs:
        wanted = _TYPES.get(name)
        if wanted is not None and kind not in wanted.ready and not _all_fit(users, name, kind, wanted):
            return Batch(users, _invalid(f"users.{name}", wanted.says))
    tags = chain.from_iterable([user.get("tags") or () for user in users])
    if set(map(type, tags)) - {str}:
        return Batch(users, _invalid("users.tags", "must be a string"))
    unknown = {name for name, _ in pairs} - _KNOWN
    others = content.keys() - {"users"}
    return Batch(users, None, _warning(unknown, others) if unknown or others else "")


def _all_fit(users: list[User], name: str, kind: type, wanted: _Type) -> bool:
    return all(wanted.accepts(user[name]) for user in users if type(user.get(name)) is kind)


def _invalid(name: str, wanted: str) -> Answer:
    message = (
        f"You passed an invalid value for the {name} attribute. "
        f"Invalid parameter: {name} {wanted} from api/v2/users/create_or_update_many"
    )
    return json_answer(400, {"error": {"title": "Invalid attribute", "message": message}})


def _warning(unknown: set[str], others: set[str]) -> str:
    """The header, a Ruby hash on one line, as recordings of 2023 and 2024 have it."""
    names = [f"users.{name}" for name in sorted(unknown)] + sorted(others)
    keys = ", ".join(f'"{_printable(name)}"' for name in names[:_WARNED])
    action = ':controller=>"users", :action=>"create_or_update_many"'
    return f"{{:allowed_parameters=>{{{action}, :unpermitted_keys=>[{keys}], :invalid_values=>[]}}}}"


def _printable(name: str) -> str:
    # It comes from the body and goes into a header: nothing in it may end the line, nor make it too long to be read.
    return name[:80].encode("unicode_escape").decode("ascii")[:80]
