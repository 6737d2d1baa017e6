"""Who is asking, and whether they may."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.mock.asking import Asking, Said, basic, bearer, person

GRANT = {"grant_type": "client_credentials", "client_id": "mock-client", "client_secret": "mock-secret"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json"}


def token_for(asking: Asking, **wishes: Any) -> Said:
    return asking.ask("POST", "/oauth/tokens", GRANT | wishes, headers=JSON)


def granted(asking: Asking, **wishes: Any) -> str:
    token: str = token_for(asking, **wishes).json["access_token"]
    return token


def status(asking: Asking, headers: dict[str, str]) -> int:
    return asking.get("/api/v2/job_statuses", headers=headers).status


@pytest.mark.parametrize("headers", [basic(), basic("ADMIN@example.com/token"), bearer()])
def test_good_credentials_are_known(headers: dict[str, str]) -> None:
    """The API token by Basic, whatever the e-mail's case, and the OAuth token by Bearer."""
    assert status(Asking(), headers) == 200


def test_a_wrong_api_token_is_a_401() -> None:
    """In Zendesk's words, for every path, users/me too."""
    said = Asking().get("/api/v2/users/me", headers=basic(password="wrong"))
    assert (said.status, said.json) == (401, {"error": "Couldn't authenticate you"})


def test_a_wrong_oauth_token_is_a_401() -> None:
    """With the error seen in issues of Zendesk's own clients."""
    said = Asking().get("/api/v2/users/me", headers=bearer("wrong"))
    assert (said.status, said.json["error"]) == (401, "invalid_token")


@pytest.mark.parametrize(
    "headers",
    [{}, basic("admin@example.com", "mock-token"), {"authorization": "Basic !!!"}, {"authorization": "Digest x"}],
)
def test_nobody_is_anonymous(headers: dict[str, str]) -> None:
    """No credentials, and a password, which the API no longer takes: 200 for users/me, 401 elsewhere."""
    asking = Asking()
    said = asking.get("/api/v2/users/me", headers=headers)
    assert (said.status, said.json["user"]["id"], said.json["user"]["name"]) == (200, None, "Anonymous user")
    assert status(asking, headers) == 401


def test_any_credentials_will_do_if_asked_for() -> None:
    """Whatever is sent is good, but its absence is not."""
    asking = Asking(any_credentials=True)
    for headers in (basic("x/token", "y"), basic("x", "y"), bearer("z")):
        assert status(asking, headers) == 200
    assert status(asking, {}) == 401


def test_a_token_is_granted_and_ends() -> None:
    """client_credentials gives a Bearer token that is good for as long as it says."""
    asking = Asking()
    said = token_for(asking, expires_in=300, scope="read write")
    assert said.status == 200
    assert said.json.keys() == {"access_token", "token_type", "scope", "expires_in"}
    assert (said.json["token_type"], said.json["expires_in"]) == ("bearer", 300)
    headers = bearer(said.json["access_token"])
    asking.now = 299.0
    assert status(asking, headers) == 200
    asking.now = 300.0
    assert status(asking, headers) == 401


def test_a_form_is_read_as_well() -> None:
    """RFC 6749 sends a form, Zendesk's documentation JSON."""
    said = Asking().ask("POST", "/oauth/tokens", urlencode(GRANT).encode(), headers=FORM)
    assert said.json["expires_in"] == 1800


@pytest.mark.parametrize(
    ("wishes", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": None}, 401, "invalid_client"),
        ({"expires_in": 299}, 400, "invalid_request"),
        ({"expires_in": 172_801}, 400, "invalid_request"),
        ({"expires_in": "soon"}, 400, "invalid_request"),
    ],
)
def test_wrong_grants_are_refused(wishes: dict[str, Any], status: int, error: str) -> None:
    """Each with the error of RFC 6749."""
    said = token_for(Asking(), **wishes)
    assert (said.status, said.json["error"]) == (status, error)


@pytest.mark.parametrize("body", [b"{", b"[]", b""])
def test_a_grant_that_is_no_grant_is_refused(body: bytes) -> None:
    """Broken JSON is answered, not stumbled over."""
    assert Asking().ask("POST", "/oauth/tokens", body, headers=JSON).status == 400


def test_scopes_count() -> None:
    """Reading alone does not write, a scope of a resource is for that one, an unknown one is for nothing."""
    asking = Asking()
    for scope, reads, writes in (
        ("read write", 200, 200),
        ("read", 200, 403),
        ("users:write job_statuses:read", 200, 200),
        ("tickets:write", 403, 403),
    ):
        headers = bearer(granted(asking, scope=scope))
        assert status(asking, headers) == reads
        body = {"users": [person()]}
        assert asking.ask("POST", "/api/v2/users/create_or_update_many", body, headers=headers).status == writes


def test_tokens_may_be_revoked_before_their_time() -> None:
    """With revoke_seconds each ends early, though it was promised longer."""
    asking = Asking(revoke_seconds=10.0)
    said = token_for(asking)
    assert said.json["expires_in"] == 1800
    asking.now = 10.0
    assert status(asking, bearer(said.json["access_token"])) == 401


def test_revoking_spares_what_was_not_issued() -> None:
    """Issued tokens end and others can be had; the API token goes on."""
    asking = Asking()
    token = granted(asking)
    assert asking.account.revoke() == 1
    assert status(asking, bearer(token)) == 401
    assert status(asking, basic()) == 200
    assert status(asking, bearer(granted(asking))) == 200


def test_everything_can_be_revoked() -> None:
    """Nothing is accepted any more, not even a new grant."""
    asking = Asking(any_credentials=True)
    asking.account.revoke(everything=True)
    assert [status(asking, headers) for headers in (basic(), bearer())] == [401, 401]
    assert token_for(asking).status == 401


def test_two_tokens_are_two() -> None:
    """Each grant makes a token of its own."""
    asking = Asking()
    assert granted(asking) != granted(asking)


def test_imports_can_be_off() -> None:
    """Only the upsert is forbidden, as for an account whose owner never asked for imports."""
    asking = Asking(forbid="imports")
    said = asking.post(person())
    assert (said.status, said.json["message"]) == (403, "Data imports are not enabled")
    assert asking.get("/api/v2/user_fields").status == 200


def test_everything_can_be_forbidden_and_allowed_again() -> None:
    """All but users/me answers 403 until somebody mends it."""
    asking = Asking()
    asking.account.forbid("all")
    said = asking.get("/api/v2/user_fields")
    assert (said.status, said.json["error"]["title"]) == (403, "Forbidden")
    assert asking.get("/api/v2/users/me").status == 200
    asking.account.forbid("none")
    assert asking.post(person()).status == 200
    with pytest.raises(ValueError, match="none, imports, all"):
        asking.account.forbid("some")


def test_an_end_user_may_nothing_but_ask_who_he_is() -> None:
    """Good credentials of somebody without permission are a 403."""
    asking = Asking(role="end-user")
    assert asking.get("/api/v2/users/me").json["user"]["role"] == "end-user"
    assert asking.post(person()).status == 403


def test_no_secret_is_shown() -> None:
    """The repr of the account's guard holds no token that was issued."""
    asking = Asking()
    token = granted(asking)
    assert token not in repr(asking.account.world.auth)
