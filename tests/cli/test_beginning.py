from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.cli.history import settle
from tests.cli.settings_made import settings
from zendesk_async.cli.asked import Asked
from zendesk_async.cli.beginning import Begun, begin, go_on
from zendesk_async.config.destination import Destination
from zendesk_async.config.settings import TemplateSpec
from zendesk_async.errors import InputError, JournalError, UsageError
from zendesk_async.models import RunStatus
from zendesk_async.state import RunStore

BY_ID = TemplateSpec(name="t", fields={"external_id": "Id"})


class Beginner:
    """Begins uploads of one file, in one state directory."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "a.ndjson"
        self.path.write_text('{"email": "a@example.com", "Id": "1"}\n')
        self.store = RunStore(directory / "state")
        self.settings = settings(directory / "state", template=BY_ID)
        self.asked = Asked(input=str(self.path))
        self.said: list[str] = []

    async def begin(self, **changes: Any) -> Begun:
        how: dict[str, Any] = {"run_id": None, "fresh": False, "say": self.said.append}
        return await begin(self.asked, self.settings, self.store, **how | changes)

    async def began(self, **changes: Any) -> str:
        """Begin a run, let it be interrupted, and give its name."""
        begun = await self.begin(**changes)
        begun.journal.close()
        return begun.journal.info.run_id

    async def go_on(self) -> Begun:
        return await go_on(self.asked, self.settings, self.store, self.store.runs()[0], say=self.said.append)


@pytest.fixture
def beginner(tmp_path: Path) -> Beginner:
    return Beginner(tmp_path)


async def test_an_upload_is_journaled_with_all_that_was_asked(beginner: Beginner) -> None:
    """Enough to go on with it from its name alone; no secret is among it."""
    begun = await beginner.begin()
    info = begun.journal.info
    begun.journal.close()
    assert not begun.continued
    assert (info.input, info.format, info.destination) == (str(beginner.path), "ndjson", "127.0.0.1:9")
    assert Asked.of(info.options) == beginner.asked
    assert "secret" not in str(info)


async def test_the_unfinished_run_of_the_same_input_goes_on(beginner: Beginner) -> None:
    """And it is said how far it had come."""
    begun = await beginner.begin()
    settle(begun.journal)
    begun.journal.close()
    again = await beginner.begin()
    again.journal.close()
    assert again.continued
    assert again.journal.info.run_id == begun.journal.info.run_id
    assert beginner.said == [
        f"Going on with run {begun.journal.info.run_id}: 4 records settled before. (--fresh begins anew.)"
    ]


@pytest.mark.parametrize(
    "change",
    ["input", "limit", "template", "account", "fresh", "finished"],
)
async def test_what_is_not_the_same_upload_is_another_run(beginner: Beginner, change: str) -> None:
    """Other content, another limit, template or account, --fresh; and what has finished is finished."""
    begun = await beginner.begin()
    if change == "finished":
        begun.journal.finish(RunStatus.COMPLETED, "2026-11-24T02:37:14+00:00")
    begun.journal.close()
    match change:
        case "input":
            beginner.path.write_text('{"email": "b@example.com"}\n')
        case "limit":
            beginner.asked = replace(beginner.asked, limit=1)
        case "template":
            beginner.settings = replace(beginner.settings, template=None)
        case "account":
            beginner.settings = replace(beginner.settings, destination=Destination(subdomain="acme"))
    assert await beginner.began(fresh=change == "fresh") != begun.journal.info.run_id


async def test_a_name_begins_a_run_or_goes_on_with_it(beginner: Beginner) -> None:
    """Whatever else is unfinished."""
    await beginner.began()
    assert await beginner.began(run_id="nightly") == "nightly"
    again = await beginner.begin(run_id="nightly")
    again.journal.close()
    assert again.continued


async def test_a_name_is_not_taken_from_another_upload(beginner: Beginner) -> None:
    """Its journal is of another input: it would be neither."""
    await beginner.began(run_id="nightly")
    beginner.path.write_text('{"email": "b@example.com"}\n')
    with pytest.raises(JournalError, match="another input"):
        await beginner.begin(run_id="nightly")


async def test_a_run_goes_on_with_what_it_began_with(beginner: Beginner) -> None:
    """Nothing has changed: journal and input are open."""
    name = await beginner.began()
    begun = await beginner.go_on()
    begun.journal.close()
    assert (begun.continued, begun.journal.info.run_id) == (True, name)
    assert begun.source is not None


async def test_a_changed_file_is_not_gone_on_with(beginner: Beginner) -> None:
    """Positions would mean other records."""
    await beginner.began()
    beginner.path.write_text('{"email": "b@example.com"}\n')
    with pytest.raises(InputError, match="not what it was"):
        await beginner.go_on()
    again = await beginner.begin()
    again.journal.close()
    assert not again.continued, "the journal was let go of, and the new content is another input"


async def test_a_changed_template_is_not_gone_on_with(beginner: Beginner) -> None:
    """Half of the records would be shaped one way, half the other."""
    await beginner.began()
    beginner.settings = replace(beginner.settings, template=None)
    with pytest.raises(UsageError, match="template is not what it was"):
        await beginner.go_on()


async def test_another_account_is_not_gone_on_with(beginner: Beginner) -> None:
    """The environment may have been set for another one meanwhile."""
    await beginner.began()
    beginner.settings = replace(beginner.settings, destination=Destination(subdomain="acme"))
    with pytest.raises(UsageError, match=r"went to http://127.0.0.1:9"):
        await beginner.go_on()


async def test_what_came_to_nothing_leaves_nothing_and_what_had_begun_stays(beginner: Beginner) -> None:
    """A corrected call begins with a clean slate; an earlier process's work is not thrown away."""
    begun = await beginner.begin()
    begun.abandon()
    assert beginner.store.runs() == []
    await beginner.began()
    (await beginner.begin()).abandon()
    assert len(beginner.store.runs()) == 1


async def test_two_processes_do_not_work_on_one_run(beginner: Beginner) -> None:
    """The second is told who the first is."""
    begun = await beginner.begin()
    try:
        with pytest.raises(JournalError, match="worked on by process"):
            await beginner.begin()
    finally:
        begun.journal.close()
