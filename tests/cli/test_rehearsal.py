from __future__ import annotations

import math
from functools import partial
from pathlib import Path

import orjson
import pytest

from tests.zendesk import user
from zendesk_async.audience import Intake, open_source
from zendesk_async.cli.rehearsal import Rehearsal, rehearse, words
from zendesk_async.config.values import Limits
from zendesk_async.errors import InputError
from zendesk_async.models import Chunk, Record
from zendesk_async.state.sent import Sent


async def rehearsed(path: Path, limits: Limits | None = None, limit: int | None = None) -> Rehearsal:
    rehearsal = Rehearsal("audience.ndjson", "acme", limits or Limits())
    await rehearse(rehearsal, open_source(path), partial(Intake, None), limit)
    return rehearsal


def audience(path: Path, count: int) -> Path:
    """Every tenth has no name, every hundredth no good e-mail address."""
    users = [user(at) for at in range(count)]
    for at in range(0, count, 10):
        del users[at]["name"]
    for at in range(5, count, 100):
        users[at]["email"] = "bad"
    path.write_bytes(b"".join(orjson.dumps(each) + b"\n" for each in users))
    return path


async def test_it_counts_what_an_upload_would_do(tmp_path: Path) -> None:
    """Sent, rejected, nameless; requests, and the time they take."""
    rehearsal = await rehearsed(audience(tmp_path / "a.ndjson", 1_000))
    assert (rehearsal.read, rehearsal.sent, rehearsal.rejected, rehearsal.nameless) == (1_000, 990, 10, 100)
    assert (rehearsal.requests, rehearsal.seconds) == (10, 9.9)


async def test_requests_are_as_large_as_the_limits_let_them_be(tmp_path: Path) -> None:
    """At 150 users a second they hold 75, and so they do in the estimate."""
    rehearsal = await rehearsed(audience(tmp_path / "a.ndjson", 300), Limits(rate=150))
    assert rehearsal.requests == math.ceil(297 / 75)


async def test_what_has_not_changed_is_counted_apart(tmp_path: Path) -> None:
    """With the sent-state at hand, a dry run says what the next upload leaves out."""
    path = audience(tmp_path / "a.ndjson", 20)
    (accepted,) = Intake().shape(Chunk(3, [path.read_bytes().splitlines()[3]], [4]))
    assert isinstance(accepted, Record)
    rehearsal = Rehearsal("a", "acme", Limits())
    with Sent.open(tmp_path / "sent") as sent:
        sent.accepted([accepted], [1_003])
        sent.flush()
        await rehearse(rehearsal, open_source(path), partial(Intake, None), None, sent=sent)
    assert (rehearsal.read, rehearsal.sent, rehearsal.unchanged, rehearsal.rejected) == (20, 18, 1, 1)


async def test_a_limit_limits_it_too(tmp_path: Path) -> None:
    """A dry run of a test send is of the test send."""
    rehearsal = await rehearsed(audience(tmp_path / "a.ndjson", 300), limit=7)
    assert rehearsal.read == 7


async def test_what_the_upload_would_refuse_is_refused(tmp_path: Path) -> None:
    """An unknown column ends it before a record is read."""
    (tmp_path / "a.csv").write_text("emial\na@example.com\n")
    with pytest.raises(InputError, match="email"):
        await rehearsed(tmp_path / "a.csv")


async def test_people_read_what_would_happen(tmp_path: Path) -> None:
    """The numbers, the time, and the first complaints with their records."""
    text = words(await rehearsed(audience(tmp_path / "a.ndjson", 1_000)))
    assert text.startswith("Nothing was sent: this was a dry run of audience.ndjson to acme.\n")
    for line in (
        "1,000 records read",
        "990 would be sent, in 10 requests: about 9.9 s at 100 users/s",
        "100 of them have no name",
        "10 would be rejected:",
        "record 5: ",
    ):
        assert line in text


async def test_programs_read_it_as_json(tmp_path: Path) -> None:
    """With up to three examples of each reason."""
    told = (await rehearsed(audience(tmp_path / "a.ndjson", 1_000), Limits(rate=math.inf))).to_dict()
    assert told["records"] == {"read": 1_000, "sent": 990, "unchanged": None, "rejected": 10, "nameless": 100}
    assert (told["users_per_second"], told["duration_seconds"]) == (None, 0)
    (reason,) = told["reasons"]
    assert (reason["count"], reason["error"], len(reason["examples"])) == (10, "InvalidEmail", 3)
    assert reason["examples"][0]["record"] == user(5) | {"email": "bad"}


def test_without_an_account_it_names_none() -> None:
    """Nothing is configured yet: it is a dry run all the same."""
    assert "dry run of standard input.\n" in words(Rehearsal("-", "", Limits()))
    assert Rehearsal("-", "", Limits()).to_dict()["destination"] is None
