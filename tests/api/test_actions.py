from __future__ import annotations

from typing import get_args

import pytest

from zendesk_async.api.actions import anonymous, turned_away
from zendesk_async.api.auth import authentication
from zendesk_async.config.credentials import ApiToken, Credential, OAuthClient, OAuthToken
from zendesk_async.errors import ApiError, AuthorizationError, InvalidCredentials

KINDS = {ApiToken: "api-token", OAuthToken: "oauth-token", OAuthClient: "oauth-client"}
UNKNOWN = ApiError("HTTP 401, Couldn't authenticate you", status=401)
FORBIDDEN = ApiError("HTTP 403, Forbidden: Data imports are not enabled", status=403)

every_kind = pytest.mark.parametrize("kind", KINDS.values())


@every_kind
def test_403_is_an_authorization_error(kind: str) -> None:
    """The workflow action has the name that Amperity gives it, and first asks whether bulk imports are enabled."""
    error = turned_away(FORBIDDEN, kind)
    assert isinstance(error, AuthorizationError)
    assert error.action.name == "Authorization error"
    assert "bulk imports" in error.action.steps[0]


@every_kind
def test_401_is_invalid_credentials(kind: str) -> None:
    """A credential that Zendesk does not know is another action, with steps of its own kind."""
    error = turned_away(UNKNOWN, kind)
    assert isinstance(error, InvalidCredentials)
    assert error.action.name == "Invalid credentials"


@every_kind
def test_an_anonymous_answer_is_invalid_credentials(kind: str) -> None:
    """Zendesk answers some wrong credentials with 200 and an anonymous user: the same action."""
    assert anonymous(kind).action == turned_away(UNKNOWN, kind).action


def test_zendesks_own_words_are_told() -> None:
    """The message holds what Zendesk answered, because the steps can only guess."""
    assert "Data imports are not enabled" in str(turned_away(FORBIDDEN, "api-token"))
    assert "Couldn't authenticate you" in str(turned_away(UNKNOWN, "api-token"))


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("api-token", ["ZENDESK_EMAIL", "ZENDESK_API_TOKEN", "30 April 2027"]),
        ("oauth-token", ["ZENDESK_OAUTH_TOKEN"]),
        ("oauth-client", ["ZENDESK_OAUTH_CLIENT_ID", "ZENDESK_OAUTH_CLIENT_SECRET"]),
    ],
)
def test_the_steps_fit_the_credential(kind: str, names: list[str]) -> None:
    """Who uses an API token is not told to look at OAuth clients: the variables named are those to set."""
    steps = " ".join(anonymous(kind).action.steps)
    assert all(name in steps for name in names)


@every_kind
@pytest.mark.parametrize("refusal", [UNKNOWN, FORBIDDEN])
def test_every_action_ends_with_going_on(kind: str, refusal: ApiError) -> None:
    """The last step says that the upload goes on and repeats nothing; each step is a whole sentence."""
    steps = turned_away(refusal, kind).action.steps
    assert "go on with the upload" in steps[-1]
    assert all(step[0].isupper() and step.endswith(".") for step in steps)


async def test_every_credential_has_its_steps() -> None:
    """The kinds named here are those that the credentials themselves give: none is without steps."""

    async def fetch(*_: object) -> tuple[str, float]:
        return "", 0.0

    credentials: list[Credential] = [ApiToken("a@example.com", "t"), OAuthToken("t"), OAuthClient("i", "s")]
    kinds = {type(one): authentication(one, fetch, lambda: 0.0).kind for one in credentials}
    assert kinds == KINDS
    assert set(kinds) == set(get_args(Credential))
