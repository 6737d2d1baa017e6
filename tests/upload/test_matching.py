from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zendesk_async.api.jobs import read_job
from zendesk_async.models import JobResults, JobStatus, OutcomeKind, Record
from zendesk_async.upload.matching import Match, match

CREATED, UPDATED, FAILED = OutcomeKind.CREATED, OutcomeKind.UPDATED, OutcomeKind.FAILED

USER = 1_900_233_268_488
"""A user id as recorded."""


def record(position: int, external_id: str | None = "", email: str | None = "") -> Record:
    """A record with keys made as the audience room makes them; "" stands for the ordinary one, None for none."""
    external_id = f"c-{position}" if external_id == "" else external_id
    email = f"c{position}@example.com" if email == "" else email
    keys = [] if external_id is None else ["x:" + external_id.lower()]
    keys += [] if email is None else ["e:" + email.strip().lower()]
    return Record(position, b"{}", tuple(keys), b"{}")


def accepted(position: int, status: str = "Created", **more: Any) -> dict[str, Any]:
    """An item as the live test saw it."""
    external_id, email = f"c-{position}", f"c{position}@example.com"
    return {"id": USER + position, "status": status, "email": email, "external_id": external_id, **more}


def refused(index: int, **more: Any) -> dict[str, Any]:
    """A failed item as the community thread shows it."""
    details = "Name: Email: error@example.com_ is not properly formatted"
    return {"id": index, "error": "UserUpdateError", "details": details, "status": "Failed", **more}


def job(results: Any, status: str = "completed", message: str | None = None) -> JobStatus:
    return JobStatus("V3-1", status, len(results or ()), message=message, results=results)


def matched(items: list[Any], records: list[Record] | None = None) -> Match:
    return match(records or [record(position) for position in range(len(items))], job(items))


def only(item: Any) -> tuple[OutcomeKind, int | None] | None:
    """The verdict on one item alone; None when its record is to be sent again."""
    found = matched([item])
    return (found.kinds[0], found.user_ids[0]) if found.kinds else None


# -- the real shapes ---------------------------------------------------------------------------------------------


def test_created_and_updated() -> None:
    """Each record gets the verdict and the user id of the result in its place."""
    records = [record(position) for position in range(3)]
    found = matched([accepted(0), accepted(1, "Updated"), accepted(2)], records)
    assert found == Match(records, [CREATED, UPDATED, CREATED], [USER, USER + 1, USER + 2], {}, [], "")


def test_the_recorded_mixed_job() -> None:
    """The one mixed job that is public: two accepted, one refused, whose id is its index and no user."""
    items = [
        {"id": 1900233268488, "status": "Created", "email": "success_created@example.com"},
        {"id": 902860577023, "status": "Updated", "email": "success_modified@example.com"},
        {
            "id": 2,
            "error": "UserUpdateError",
            "details": "Name: Email: error@example.com_ is not properly formatted",
            "status": "Failed",
        },
    ]
    found = matched(items)
    assert found.kinds == [CREATED, UPDATED, FAILED]
    assert found.user_ids == [1900233268488, 902860577023, None]
    assert found.failures == {2: ("UserUpdateError", "Name: Email: error@example.com_ is not properly formatted")}
    assert found.again == []


def test_users_without_external_id_or_email() -> None:
    """The keys of a result are absent, or null, when the user has none."""
    records = [record(0, None), record(1, None), record(2, email=None), record(3, None)]
    items = [
        {"id": USER, "status": "Created", "email": "c0@example.com"},
        accepted(1, external_id=None),
        {"id": USER + 2, "status": "Updated", "external_id": "c-2"},
        {"id": USER + 3, "status": "Updated"},
    ]
    found = matched(items, records)
    assert found.kinds == [CREATED, CREATED, UPDATED, UPDATED]
    assert found.user_ids == [USER, USER + 1, USER + 2, USER + 3]


def test_a_user_found_by_email_may_have_an_external_id() -> None:
    """A record sent without external id may meet a user who has one: that misplaces nothing."""
    assert matched([accepted(0), accepted(1)], [record(0, None), record(1, None)]).kinds == [CREATED, CREATED]


def test_zendesk_answers_with_the_primary_email() -> None:
    """Another e-mail than the one sent proves nothing (zendesk-api-facts 1.3), not even when another record sent it."""
    assert matched([accepted(0, email="c1@example.com"), accepted(1, email="old@example.com")]).again == []


def test_the_recorded_keys_may_differ_in_case() -> None:
    """External ids are compared as Zendesk does, ignoring case."""
    assert matched([accepted(0, external_id="C-0")]).kinds == [CREATED]


@pytest.mark.parametrize("count", [1, 2, 99, 100])
def test_batches_of_any_size(count: int) -> None:
    """Every record of a batch has its verdict, the last as well as the first."""
    found = matched([accepted(position) for position in range(count)])
    assert len(found.records) == len(found.kinds) == len(found.user_ids) == count


def test_an_empty_batch() -> None:
    """No records and no results are a match of nothing."""
    assert matched([], []) == Match([], [], [], {}, [], "")


# -- other shapes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "verdict"),
    [
        ({"id": USER, "index": 0}, (CREATED, USER)),
        ({"id": USER, "action": "update", "status": "Updated", "success": True}, (UPDATED, USER)),
        ({"id": USER, "action": "update", "success": True}, (UPDATED, USER)),
        ({"id": USER, "action": "create", "success": True}, (CREATED, USER)),
        ({"id": USER, "status": "created"}, (CREATED, USER)),
        ({"id": USER, "status": "UPDATED"}, (UPDATED, USER)),
        ({"id": USER}, (UPDATED, USER)),
        ({"success": True}, (UPDATED, None)),
        ({"id": USER, "status": "Created", "error": None}, (CREATED, USER)),
        ({"id": USER, "status": "Created", "success": None}, (CREATED, USER)),
        ({"id": "17", "status": "Created"}, (CREATED, None)),
        ({"id": True, "status": "Created"}, (CREATED, None)),
        ({"status": "Updated"}, (UPDATED, None)),
        ({"id": USER, "account_id": 5, "index": 0}, (CREATED, USER)),
    ],
)
def test_other_shapes_of_success(item: dict[str, Any], verdict: tuple[OutcomeKind, int | None]) -> None:
    """What the documentation says of results, and what is near it, is read as what it says; an id is a number."""
    assert only(item) == verdict


@pytest.mark.parametrize(
    "item",
    [
        {"id": 0, "status": "Failed"},
        {"id": 0, "status": "failed", "details": "Name: is too short"},
        {"id": USER, "action": "update", "error": "UserUpdateError", "success": False, "details": "no"},
        {"id": USER, "status": "Updated", "success": False},
        {"id": USER, "status": "Created", "error": "UserUpdateError"},
        {"index": 0, "error": "UserUpdateError", "id": USER, "details": "Name:  … has already been taken"},
        {"index": 0, "error": "UserCreateFailed", "details": "Name: cannot be blank"},
        {"success": False},
        accepted(0, status="Failed"),
        accepted(0, success=False),
        accepted(0, error="UserUpdateError"),
    ],
)
def test_any_sign_of_failure_is_failure(item: dict[str, Any]) -> None:
    """Status, ``error`` and ``success`` each suffice, and a failed item's id is never taken for a user's."""
    assert only(item) == (FAILED, None)


@pytest.mark.parametrize(
    "item", [{}, None, "Created", 17, [], ["id", 1], {"status": "Queued"}, {"status": ["Created"]}, {"id": None}]
)
def test_what_says_nothing_is_no_verdict(item: Any) -> None:
    """Silence is not success: a record of which nothing intelligible is said is sent again, and only that one."""
    found = matched([accepted(0), item, accepted(2)])
    assert [found.records[0].position, found.records[1].position] == [0, 2]
    assert [again.position for again in found.again] == [1]
    assert found.reason == "job V3-1 ended as completed without a word on some records"


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (refused(0), ("UserUpdateError", "Name: Email: error@example.com_ is not properly formatted")),
        ({"status": "Failed"}, ("Failed", "")),
        ({"error": "E", "details": None, "message": "m"}, ("E", "m")),
        ({"error": {"title": "E"}, "details": {"email": [{"description": "x"}]}}, ('{"title":"E"}', "[{")),
        ({"status": "Failed", "error": "", "details": ["a", "b"]}, ("Failed", '["a","b"]')),
    ],
)
def test_zendesks_words_are_kept(item: dict[str, Any], words: tuple[str, str]) -> None:
    """A refusal carries Zendesk's own words; what is not text stays readable as JSON."""
    error, details = matched([item]).failures[0]
    assert error == words[0]
    assert words[1] in details


def test_failures_are_found_by_the_index_of_their_record() -> None:
    """``failures`` goes with ``records``, also where records before were taken out to be sent again."""
    collided = refused(0, details="Database collision")
    found = matched([collided, refused(1, details="first"), accepted(2), {}, refused(4, details="second")])
    assert [found.records[index].position for index in found.failures] == [1, 4]
    assert [details for _, details in found.failures.values()] == ["first", "second"]
    assert [found.kinds[index] for index in found.failures] == [FAILED, FAILED]


# -- once more ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        {"details": "Database collision"},
        {"details": "database collision, try again"},
        {"error": "DatabaseConflict", "details": "x"},
        {"error": "DatabaseConflict", "details": None},
        {"details": {"base": ["Database collision"]}},
    ],
)
def test_a_collision_is_no_refusal(said: dict[str, Any]) -> None:
    """Two writes that met are Zendesk's bad luck: the record is sent again, the others have their verdict."""
    found = matched([accepted(0), refused(1, **said), refused(2)])
    assert [again.position for again in found.again] == [1]
    assert found.kinds == [CREATED, FAILED]
    assert found.reason == "job V3-1 met a database collision"


def test_a_refusal_that_quotes_a_user_is_no_collision() -> None:
    """A name in Zendesk's words does not send its record round for ever."""
    found = matched([refused(0, details="Email: collision@example.com is not properly formatted")])
    assert found.kinds == [FAILED]


@pytest.mark.parametrize("status", ["failed", "killed", "completed", "lost"])
def test_without_results_nothing_is_known(status: str) -> None:
    """However the job ended: records without results are all sent again, in their order, and the reason says so."""
    records = [record(position) for position in range(3)]
    found = match(records, job(None, status, "Failed at noon"))
    assert found == Match([], [], [], {}, records, f"job V3-1 ended as {status} with no results: Failed at noon")


@pytest.mark.parametrize("count", [0, 1, 2, 4, 100])
def test_too_few_or_too_many_results_are_none(count: int) -> None:
    """Without exactly one result for each record it cannot be told whose they are."""
    records = [record(position) for position in range(3)]
    found = match(records, job([accepted(position) for position in range(count)]))
    assert found.again == records
    assert found.records == []
    assert found.reason == f"job V3-1 ended as completed with {count} results that do not match 3 records"


@pytest.mark.parametrize("status", ["failed", "killed"])
def test_a_job_that_failed_may_have_results(status: str) -> None:
    """A job's own status says nothing of its records: each has the verdict that it was given."""
    found = match([record(0), record(1)], job([refused(0), accepted(1)], status))
    assert found.kinds == [FAILED, CREATED]


def test_a_completed_job_may_hold_nothing_but_failures() -> None:
    """Completed is not successful."""
    found = matched([refused(index) for index in range(100)])
    assert found.kinds == [FAILED] * 100
    assert found.user_ids == [None] * 100


# -- whose results -----------------------------------------------------------------------------------------------


def shifted(items: list[Any], by: int = 1) -> list[Any]:
    return items[by:] + items[:by]


@pytest.mark.parametrize("by", [1, 2, 50])
def test_misaligned_results_are_nobodys(by: int) -> None:
    """Results that name other records' external ids say nothing of those they stand beside."""
    items = shifted([accepted(position) for position in range(100)], by)
    found = matched(items)
    assert len(found.again) == 100
    assert "do not match" in found.reason


def test_two_results_in_each_others_place_are_noticed() -> None:
    """One pair that has changed places makes all others doubtful as well."""
    items = [accepted(position) for position in range(100)]
    items[3], items[97] = items[97], items[3]
    assert len(matched(items).again) == 100


def test_misaligned_failures_are_noticed() -> None:
    """A failed item that names its user is held against its record like any other."""
    items = [refused(0, external_id="c-1"), accepted(0)]
    assert len(matched(items).again) == 2


def test_an_index_says_whose_a_result_is() -> None:
    """A result that carries another index than its place belongs to another record."""
    assert len(matched([{"id": USER, "index": 1}, {"id": USER + 1, "index": 0}]).again) == 2
    assert matched([{"id": USER, "index": 0}, {"index": 1, "error": "E"}]).kinds == [CREATED, FAILED]
    assert matched([{"id": USER, "index": "first"}]).kinds == [CREATED]


def test_results_of_strangers_are_nobodys() -> None:
    """Where none of several external ids is known, these are the results of another batch."""
    for count in (2, 3, 5):
        assert len(matched([accepted(1_000 + position) for position in range(count)]).again) == count


def test_a_record_without_external_id_vouches_for_nobody() -> None:
    """Whether the ids are strange is told by the records that have one, whatever ids the others are answered with."""
    records = [record(0), record(1), record(2, None)]
    assert len(matched([accepted(1_000), accepted(1_001), accepted(2)], records).again) == 3


@pytest.mark.parametrize("told", ["  C-0 ", "c-0\n", "C-0"])
@pytest.mark.parametrize("others", [0, 1, 99])
def test_an_id_that_zendesk_tidied_up_is_the_same(told: str, others: int) -> None:
    """Blanks and case make no stranger of a user, alone or among others."""
    items = [accepted(0, external_id=told), *(accepted(position + 1) for position in range(others))]
    assert matched(items).kinds == [CREATED] * (others + 1)


def test_equal_code_points_are_the_same() -> None:
    """An external id whose letters Zendesk composes differently is still its own, for every record of the batch."""
    records = [record(position, f"kunde-mu\u0308ller-{position}") for position in range(5)]
    items = [accepted(position, external_id=f"Kunde-M\u00fcller-{position}") for position in range(5)]
    assert matched(items, records).kinds == [CREATED] * 5


@pytest.mark.parametrize("others", [0, 1, 99])
def test_one_strange_id_does_not_condemn_a_batch(others: int) -> None:
    """An id that Zendesk wrote in a way of its own, and that nobody else has, goes by its place."""
    items = [accepted(0, external_id="0"), *(accepted(position + 1) for position in range(others))]
    assert matched(items).again == []


def test_an_external_id_like_an_email_is_not_mistaken_for_one() -> None:
    """Ids are held against ids: that somebody else's e-mail reads the same misplaces nothing."""
    records = [record(0, "Old@Example.com"), record(1, None, "new@example.com"), record(2)]
    items = [accepted(0, external_id="new@example.com"), accepted(1, external_id=None), accepted(2)]
    assert matched(items, records).again == []


def test_records_without_keys_go_by_their_place() -> None:
    """A record whose keys were taken from it is matched like any other."""
    bare = record(0)._replace(keys=())
    assert matched([accepted(0), accepted(1)], [bare, record(1)]).kinds == [CREATED, CREATED]


# -- whatever Zendesk says ---------------------------------------------------------------------------------------

SCALARS = st.none() | st.booleans() | st.integers(-5, 10**13) | st.text(max_size=8)
VALUES = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(st.text(max_size=3), SCALARS, max_size=2)
KEYS = st.sampled_from(
    ["id", "status", "error", "success", "details", "message", "email", "external_id", "index", "action"]
)
WORDS = st.sampled_from(
    ["Created", "Updated", "Failed", "Database collision", "update", "c-0", "C-1", "c-2", 0, 1, 2, USER]
)
ODD = VALUES | st.dictionaries(KEYS, VALUES | WORDS, max_size=6)
PLAIN = st.builds(accepted, st.integers(0, 3), st.sampled_from(["Created", "Updated"]))
ITEMS = st.lists(ODD | PLAIN | st.builds(refused, st.integers(0, 3)), max_size=6)
RECORDS = st.lists(
    st.builds(
        record,
        st.integers(0, 10**6),
        st.sampled_from([None, "c-0", "c-1", "c-2", " C-2"]),
        st.sampled_from([None, "a@example.com"]),
    ),
    min_size=1,
    max_size=6,
)


@given(RECORDS, st.none() | ITEMS, st.sampled_from(["completed", "failed", "killed", "lost"]))
@example([record(0), record(1)], [accepted(0), None], "killed")
def test_every_record_ends_in_exactly_one_place(records: list[Record], items: list[Any] | None, status: str) -> None:
    """Whatever a job's results hold: each record has a verdict or is sent again, never both, and order is kept."""
    found = match(records, job(orjson.loads(orjson.dumps(items)), status))
    places = iter([*found.records, None])
    expected, verdicts = iter(found.again), next(places)
    for each in records:
        if verdicts is each:
            verdicts = next(places)
        else:
            assert next(expected) is each
    assert verdicts is None
    assert next(expected, None) is None
    assert len(found.kinds) == len(found.user_ids) == len(found.records)
    assert bool(found.reason) == bool(found.again)
    for index, (kind, user_id) in enumerate(zip(found.kinds, found.user_ids, strict=True)):
        assert kind in {CREATED, UPDATED, FAILED}
        assert (kind is FAILED) == (index in found.failures)
        assert user_id is None if kind is FAILED else user_id is None or type(user_id) is int
    assert all(type(word) is str for words in found.failures.values() for word in words)


@given(st.lists(PLAIN, min_size=1, max_size=5), st.booleans())
def test_one_odd_item_changes_nothing_for_the_others(items: list[dict[str, Any]], first: bool) -> None:
    """A plain batch takes a short way and any other a long one: both come to the same verdicts."""
    items = [{**item, "external_id": f"c-{position}"} for position, item in enumerate(items)]
    plain = matched(items)
    place = 0 if first else len(items)
    records = [record(position) for position in range(len(items))]
    mixed = matched([*items[:place], refused(place), *items[place:]], [*records[:place], record(50), *records[place:]])
    del mixed.kinds[place], mixed.user_ids[place]
    assert (mixed.kinds, mixed.user_ids) == (plain.kinds, plain.user_ids)


# -- however it was read -----------------------------------------------------------------------------------------


@given(st.data())
def test_the_verdicts_do_not_depend_on_how_the_answer_was_read(data: st.DataObject) -> None:
    """Results read in short, because all were accepted, are matched as the full objects are."""
    count = data.draw(st.integers(1, 4))
    with_id = data.draw(st.booleans())
    records = [record(position, "" if with_id else None) for position in range(count)]
    items = []
    for position in range(count):
        item = accepted(position, data.draw(st.sampled_from(["Created", "Updated"])))
        item["external_id"] = data.draw(st.sampled_from([item["external_id"], item["external_id"].upper(), "other"]))
        if data.draw(st.booleans()):
            del item["external_id"]
        items.append(item)
    told = {"id": "V3-1", "status": "completed", "total": count, "results": items}
    read = read_job(orjson.dumps({"job_status": told}))
    assert read is not None
    assert isinstance(read.results, JobResults)
    assert match(records, read) == match(records, job(items))


@pytest.mark.parametrize("external_id", ["", None])
def test_accepted_users_are_matched_without_their_objects(external_id: str | None) -> None:
    """A hundred of them, and nobody asked for the full objects: with external ids, and by e-mail alone."""
    records = [record(position, external_id) for position in range(100)]
    items = [accepted(position) for position in range(100)]
    if external_id is None:
        items = [{key: item[key] for key in ("id", "status", "email")} for item in items]
    read = read_job(orjson.dumps({"job_status": {"id": "V3-1", "status": "completed", "results": items}}))
    assert read is not None
    assert match(records, read).kinds == [CREATED] * 100
    assert isinstance(read.results, JobResults)
    assert read.results._items is None


def test_line_breaks_in_ids_confuse_nobody() -> None:
    """Ids are compared all at once: what only looks the same when it is put together is not the same."""
    records = [record(0, "a"), record(1, "b\nx:c")]
    items = [accepted(0, external_id="a\nx:b"), accepted(1, external_id="c")]
    read = read_job(orjson.dumps({"job_status": {"id": "1", "status": "completed", "results": items}}))
    assert read is not None
    assert match(records, read)[:5] == match(records, job(items))[:5]
    assert match(records, read).kinds == []
