from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.audience.column import ABSENT
from zendesk_async.audience.defaults import Defaults

CHOICES = st.sampled_from([True, False, None])
DEFAULTS = st.builds(lambda one, other: Defaults(verified=one, skip_verify_email=other), CHOICES, CHOICES)
USERS = st.fixed_dictionaries(
    {"external_id": st.text(max_size=3)}, optional={"verified": CHOICES, "skip_verify_email": CHOICES}
)
SILENT = st.fixed_dictionaries({"external_id": st.text(max_size=3)})


@pytest.mark.parametrize(
    ("user", "sent"),
    [
        ({}, b'"verified":true,"skip_verify_email":false}'),
        ({"verified": None}, b'"verified":null,"skip_verify_email":false}'),
        ({"skip_verify_email": True}, b'"skip_verify_email":true,"verified":true}'),
        ({"verified": False, "skip_verify_email": True}, b'"verified":false,"skip_verify_email":true}'),
    ],
)
def test_what_a_user_does_not_say_is_put_in(user: dict[str, Any], sent: bytes) -> None:
    """Before the last brace; what he says stands, and null is something said."""
    whole = {"external_id": "1", **user}
    put = Defaults(verified=True, skip_verify_email=False).put(orjson.dumps(whole), whole)
    assert put == b'{"external_id":"1",' + sent


@given(CHOICES, CHOICES, USERS)
def test_a_default_never_overrides(verified: bool | None, skip: bool | None, user: dict[str, Any]) -> None:
    """The user wins, and a default of None sends nothing."""
    defaults = {"verified": verified, "skip_verify_email": skip}
    put = Defaults(verified=verified, skip_verify_email=skip).put(orjson.dumps(user), user)
    assert json.loads(put) == {name: value for name, value in defaults.items() if value is not None} | user


@given(DEFAULTS, st.lists(SILENT, max_size=3) | st.lists(USERS, max_size=5))
def test_many_get_what_each_would(defaults: Defaults, users: list[dict[str, Any]]) -> None:
    """Whatever the others say, a user's JSON is that of him alone."""
    bodies = [orjson.dumps(user) for user in users]
    said = [[user.get(name, ABSENT) for user in users] for name in ("verified", "skip_verify_email")]
    alone = [defaults.put(body, user) for body, user in zip(bodies, users, strict=True)]
    assert defaults.put_all(bodies, *said) == alone


def test_defaults_say_what_they_put_in() -> None:
    """As it is written."""
    assert repr(Defaults(verified=True, skip_verify_email=None)) == '<Defaults ,"verified":true}>'
