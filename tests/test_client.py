"""The library as an application uses it, against a mock account on a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

import zendesk_async
from tests.zendesk import user
from zendesk_async import (
    UNLIMITED,
    Channel,
    ConfigError,
    Credentials,
    InputError,
    InvalidCredentials,
    Limits,
    Sent,
    ZendeskClient,
    open_source,
)
from zendesk_async.mock import MockZendesk

TOKEN = Credentials.api_token("admin@example.com", "mock-token")
FAST = Limits(rate=UNLIMITED)


@pytest.fixture
async def mock() -> AsyncIterator[MockZendesk]:
    async with MockZendesk(job_seconds=0.05) as account:
        yield account


def client_of(mock: MockZendesk, credentials: Any = TOKEN, limits: Limits = FAST) -> ZendeskClient:
    return ZendeskClient("acme", credentials, base_url=mock.url, limits=limits)


async def test_an_iterable_of_mappings(mock: MockZendesk) -> None:
    """The first example of the documentation: one outcome for each record, with Zendesk's id and the original."""

    def records() -> Iterator[dict[str, Any]]:
        yield from (user(n) for n in range(250))

    async with client_of(mock) as client, client.users.upload(records()) as upload:
        outcomes = [outcome async for outcome in upload]
    assert sorted(outcome.position for outcome in outcomes) == list(range(250))
    assert all(outcome.ok and outcome.user_id for outcome in outcomes)
    assert len(mock.users()) == 250


async def test_a_report_with_a_journal(mock: MockZendesk, tmp_path: Path) -> None:
    """The second example: the account alone, kept in a file; the same call again starts anew once it has finished."""
    async with client_of(mock) as client:
        for _ in range(2):
            report = await client.users.upload([user(1), user(2)], journal=tmp_path / "users.journal").report()
            assert report.status == "completed"
            assert report.records.settled == report.records.read == 2


async def test_pushing_through_a_channel(mock: MockZendesk) -> None:
    """The third example: whoever has a user sends him into the channel; closing it ends the upload."""
    inbox = Channel[dict[str, Any]](10)

    async def handlers() -> None:
        for number in range(120):
            await inbox.send(user(number))
        inbox.close()

    async with client_of(mock) as client, client.users.upload(inbox) as upload:
        pushing = asyncio.create_task(handlers())
        outcomes = [outcome async for outcome in upload]
        await pushing
    assert len(outcomes) == 120


async def test_a_file_with_a_template(mock: MockZendesk, tmp_path: Path) -> None:
    """A source may be a file, and a template says which column becomes what, typed."""
    path = tmp_path / "customers.csv"
    path.write_text('Id,First,Last,Mail,Since,Segments\n7,Ann,Lee,Ann@Example.com,26-08-2020,"vip, gold"\n', "utf-8")
    template = {
        "external_id": "Id",
        "name": "{First} {Last}",
        "email": "Mail",
        "tags": {"column": "Segments", "split": ","},
        "user_fields.since": {"column": "Since", "type": "date", "format": "%d-%m-%Y"},
    }
    async with client_of(mock) as client:
        report = await client.users.upload(open_source(str(path)), template=template).report()
    (found,) = mock.users()
    assert report.records.created == 1
    assert (found["external_id"], found["name"], found["email"].lower()) == ("7", "Ann Lee", "ann@example.com")
    assert found["tags"] == ["vip", "gold"]
    assert found["user_fields"]["since"].startswith("2020-08-26")
    assert found["verified"] is True


async def test_a_column_that_is_not_there(mock: MockZendesk, tmp_path: Path) -> None:
    """What does not fit is refused on entering, before anything is sent."""
    path = tmp_path / "customers.csv"
    path.write_text("Id,Mail\n7,a@example.com\n", "utf-8")
    async with client_of(mock) as client:
        with pytest.raises(InputError, match="Mial"):
            await client.users.upload(open_source(str(path)), template={"email": "Mial"}).report()
    assert mock.stats()["posts"] == 0


async def test_single_requests_under_their_zendesk_names(mock: MockZendesk) -> None:
    """create_or_update_many gives the job, and show_many what became of it."""
    async with client_of(mock) as client:
        job = await client.users.create_or_update_many([user(1)])
        assert job.status == "queued"
        await asyncio.sleep(0.2)
        (ended,) = await client.job_statuses.show_many([job.id])
        assert ended.finished
        assert ended.results is not None
        assert ended.results[0]["external_id"] == "c-1"
        assert await client.job_statuses.show("V3-00000000000000000000000000000000") is None
        with pytest.raises(ValueError, match="100"):
            await client.users.create_or_update_many([user(n) for n in range(101)])


@pytest.mark.parametrize(
    "credentials",
    [
        TOKEN,
        Credentials.oauth_token("mock-oauth-token"),
        Credentials.oauth_client("mock-client", "mock-secret", expires_in=300),
    ],
)
async def test_every_kind_of_credential(mock: MockZendesk, credentials: Any) -> None:
    """All three are let in."""
    async with client_of(mock, credentials) as client:
        assert (await client.users.upload([user(1)]).report()).records.created == 1


async def test_tokens_renew_in_mid_upload() -> None:
    """An OAuth client's tokens may be revoked again and again: no record is lost and the upload does not stop."""
    credentials = Credentials.oauth_client("mock-client", "mock-secret")
    async with (
        MockZendesk(job_seconds=0.2, revoke_seconds=0.3) as account,
        client_of(account, credentials, Limits(rate=2_000)) as client,
    ):
        report = await client.users.upload(user(n) for n in range(3_000)).report()
    assert report.records.created == 3_000
    assert account.stats()["statuses"].get("401", 0) > 0


async def test_wrong_credentials(mock: MockZendesk) -> None:
    """A wrong token is an error that names its action and holds no secret."""
    async with client_of(mock, Credentials.api_token("admin@example.com", "s3cret-t0ken")) as client:
        with pytest.raises(InvalidCredentials) as raised:
            await client.users.upload([user(1)]).report()
        assert raised.value.action.name == "Invalid credentials"
        assert "s3cret" not in f"{raised.value}{raised.value.action}{client!r}{client.transport!r}"


async def test_changed_only(mock: MockZendesk, tmp_path: Path) -> None:
    """An application may leave out what has not changed, too."""
    async with client_of(mock) as client:
        for expected in (0, 2):
            with Sent.open(tmp_path / "sent") as sent:
                report = await client.users.upload([user(1), user(2)], sent=sent, changed_only=True).report()
            assert report.records.unchanged == expected


async def test_a_client_must_be_open() -> None:
    """Using a client outside its block says what to do."""
    with pytest.raises(RuntimeError, match="async with"):
        ZendeskClient("acme", TOKEN).users.upload([])


def test_an_upload_is_entered_first(tmp_path: Path) -> None:
    """So does iterating over an upload that was not entered."""

    async def main() -> None:
        async with MockZendesk() as account, client_of(account) as client:
            await anext(client.users.upload([user(1)]))

    with pytest.raises(RuntimeError, match="async with"):
        asyncio.run(main())


def test_plain_http_is_for_this_machine() -> None:
    """Credentials never leave in the clear."""
    with pytest.raises(ConfigError, match="https"):
        ZendeskClient("acme", TOKEN, base_url="http://proxy.example.com")


def test_every_public_name_is_there() -> None:
    """What the package promises can be imported, and nothing else is offered."""
    for name in zendesk_async.__all__:
        assert getattr(zendesk_async, name) is not None
    with pytest.raises(AttributeError, match="nonsense"):
        _ = zendesk_async.nonsense
