"""What a request to upsert users may look like."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zendesk_async.mock.schema import Batch, read_batch


def read(*users: Any, **more: Any) -> Batch:
    return read_batch(orjson.dumps({"users": users, **more}))


def message(batch: Batch) -> str:
    assert batch.refusal is not None
    assert batch.refusal.status == 400
    told: str = orjson.loads(batch.refusal.body)["error"]["message"]
    return told


def test_a_good_batch_is_read() -> None:
    """Users come out as they went in, without a word."""
    users = [{"external_id": "1", "name": "A", "tags": ["x"], "verified": True, "user_fields": {"k": 1}, "id": 7}]
    assert read(*users) == Batch(users, None, "")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"user":{}}', b'{"users":[]}', b'{"users":null}'])
def test_a_body_without_users_is_refused(body: bytes) -> None:
    """Broken JSON, and JSON with nobody in it, is a 400."""
    batch = read_batch(body)
    assert batch.refusal is not None
    assert batch.refusal.status == 400
    assert batch.users == []


def test_a_hundred_is_the_most() -> None:
    """One more is TooManyValues in the recorded words, and they are counted all the same."""
    assert read(*[{"name": "x"}] * 100).refusal is None
    batch = read(*[{"name": "x"}] * 101)
    assert batch.refusal is not None
    assert orjson.loads(batch.refusal.body) == {
        "error": "TooManyValues",
        "description": "Maximum 100 users may be created per call",
    }
    assert len(batch.users) == 101


@pytest.mark.parametrize(
    ("attribute", "value", "wanted"),
    [
        ("tags", "vip", "must be an array"),
        ("tags", ["vip", 3], "must be a string"),
        ("name", 7, "must be a string"),
        ("external_id", 7, "must be a string"),
        ("phone", {}, "must be a string"),
        ("verified", "yes", "must be either true or false"),
        ("verified", 2, "must be either true or false"),
        ("organization_id", "12a", "must be an integer"),
        ("organization_id", 1.5, "must be an integer"),
        ("user_fields", [], "must be a hash"),
    ],
)
def test_a_wrong_type_refuses_the_whole_request(attribute: str, value: Any, wanted: str) -> None:
    """A known attribute of the wrong JSON type is a 400 that does not say which record it was."""
    told = message(read({"name": "good"}, {"name": "bad", attribute: value}))
    assert told.startswith(f"You passed an invalid value for the users.{attribute} attribute.")
    assert wanted in told


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("verified", "true"), ("verified", 0), ("organization_id", "-12"), ("tags", None), ("name", None), ("tags", [])],
)
def test_what_the_parameters_of_zendesk_let_pass(attribute: str, value: Any) -> None:
    """Booleans and integers may be text, and everything may be null."""
    assert read({"name": "x", attribute: value}).refusal is None


@pytest.mark.parametrize("users", [["text"], [None], [{}, 3]])
def test_a_user_is_an_object(users: list[Any]) -> None:
    """Anything else in the list refuses the request."""
    assert "must be a hash" in message(read(*users))


def test_users_are_a_list() -> None:
    """A single object is no list of users."""
    assert "users must be an array" in message(read_batch(b'{"users":{"name":"x"}}'))


def test_unknown_keys_are_ignored_with_a_warning() -> None:
    """They do no harm, and the header names them, those beside ``users`` too."""
    batch = read({"name": "x", "nmae": 1, "loyalty": [2]}, {"name": "y"}, extra=1)
    assert batch.refusal is None
    assert ':unpermitted_keys=>["users.loyalty", "users.nmae", "extra"]' in batch.warning
    assert ':action=>"create_or_update_many"' in batch.warning


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=200), st.none(), max_size=40))
def test_a_warning_always_fits_into_a_header(user: dict[str, None]) -> None:
    """Whatever the keys are, the header is one short line of ASCII."""
    warning = read({**user, "name": "x"}).warning
    assert warning.isascii()
    assert warning == "" or warning.isprintable()
    assert len(warning) < 2000


def test_a_quick_look_checks_no_attribute() -> None:
    """In fast mode types are nobody's business, but a user is still an object and a hundred the most."""
    body = orjson.dumps({"users": [{"tags": 3}]})
    assert read_batch(body, check=False).refusal is None
    assert read_batch(orjson.dumps({"users": [3]}), check=False).refusal is not None
    assert read_batch(orjson.dumps({"users": [{}] * 101}), check=False).refusal is not None
