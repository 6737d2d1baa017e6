"""The parts of an account."""

from __future__ import annotations

from tests.mock.asking import Asking
from zendesk_async.mock.world import Endpoint


def test_the_wall_clock_follows_the_given_one() -> None:
    """Timestamps are the epoch plus the clock that the account is given: it has none of its own."""
    world = Asking().account.world
    assert world.wall(60.0) - world.wall(0.0) == 60.0


def test_an_endpoint_wants_credentials_unless_it_says_otherwise() -> None:
    """A path added without a thought is not open to everybody."""
    endpoint = Endpoint(lambda world, call: None)  # type: ignore[arg-type,return-value]
    assert (endpoint.kind, endpoint.access) == ("other", "known")
