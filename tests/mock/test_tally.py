"""What the account has seen."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from zendesk_async.mock.tally import Claims, Tally, identities

KEYS = st.frozensets(st.sampled_from("abcdef"), max_size=4)


def test_a_user_is_the_same_in_any_case() -> None:
    """External ids are compared ignoring case, e-mails ignoring case and space around them."""
    keys, again = identities(
        [
            {"external_id": "A", "email": "x@x.de"},
            {"external_id": "a"},
            {"email": " X@x.de"},
            {"external_id": "b", "email": "y@x.de"},
        ]
    )
    assert keys == {"x:a", "x:b", "e:x@x.de", "e:y@x.de"}
    assert again == 2


def test_an_external_id_is_no_email() -> None:
    """The two kinds of identity never meet, and nobody without one is anybody's double."""
    users: list[dict[str, Any]] = [
        {"external_id": "x@x.de"},
        {"email": "x@x.de"},
        {"name": "n"},
        {"name": "n", "email": None},
    ]
    keys, again = identities(users)
    assert (len(keys), again) == (2, 0)


@settings(deadline=None)
@given(st.lists(KEYS, max_size=12), st.randoms())
def test_claims_are_counted_exactly(jobs: list[frozenset[str]], random: Any) -> None:
    """A key clashes if another live job holds it, in whatever order jobs begin and end."""
    claims = Claims()
    alive: list[frozenset[str]] = []
    for keys in jobs:
        assert claims.take(keys) == sum(any(key in other for other in alive) for key in keys)
        alive.append(keys)
        if random.random() < 0.5:
            claims.release(alive.pop(random.randrange(len(alive))))
    for keys in alive:
        claims.release(keys)
    assert claims._held == {}


def test_the_rate_leaves_out_the_last_batch() -> None:
    """Ten batches in nine seconds are a hundred a second: the tenth belongs to the next one."""
    tally = Tally()
    for second in range(10):
        tally.accept(float(second), 100)
    assert tally.users_per_second() == 100.0


def test_no_rate_without_a_span() -> None:
    """One batch, or none, has no rate."""
    tally = Tally()
    assert tally.users_per_second() == 0.0
    tally.accept(5.0, 100)
    assert tally.users_per_second() == 0.0


def test_arriving_and_accepted_are_counted_apart() -> None:
    """What was turned away was sent all the same."""
    tally = Tally()
    tally.arrive(1.0, 100)
    tally.arrive(1.5, 100)
    tally.accept(1.5, 100)
    summary = tally.summary()
    assert (summary["worst_second_arriving"], summary["worst_second_accepted"]) == (200, 100)
    assert (summary["users_received"], summary["users_accepted"]) == (200, 100)
    assert (summary["first_post"], summary["last_post"]) == (1.0, 1.5)


def test_posts_out_of_order_are_kept_in_order() -> None:
    """The first is the earliest and the last the latest, however they came in."""
    tally = Tally()
    for moment in (2.0, 1.0, 3.0, 2.5):
        tally.arrive(moment, 1)
        tally.accept(moment, 1)
    assert (tally.first_post, tally.last_post) == (1.0, 3.0)
    assert tally.users_per_second() == 1.5
