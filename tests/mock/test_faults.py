"""What goes wrong, by chance or on demand."""

from __future__ import annotations

import pytest

from zendesk_async.mock.answers import fault_answer
from zendesk_async.mock.faults import FAULT_KINDS, FaultPlan, Faults


def test_without_faults_nothing_goes_wrong() -> None:
    """An account as it comes has no accidents."""
    plan = FaultPlan(Faults())
    assert not any(plan.on_request("post", number) or plan.on_job(number) for number in range(100))
    assert plan.counts == {}


def test_the_same_seed_the_same_accidents() -> None:
    """What goes wrong depends on the seed and on the count of requests, on nothing else."""

    def fates(seed: int) -> list[str | None]:
        plan = FaultPlan(Faults(error_rate=0.3, lost_answer_rate=0.3, seed=seed))
        return [plan.on_request("post", number) for number in range(100)]

    assert fates(1) == fates(1)
    assert fates(1) != fates(2)


def test_a_rate_is_a_rate() -> None:
    """A rate of a fifth strikes about a fifth of the requests, with every kind that it stands for."""
    plan = FaultPlan(Faults(error_rate=0.2))
    struck = [kind for number in range(5000) if (kind := plan.on_request("poll", number))]
    assert 900 < len(struck) < 1100
    assert set(struck) == {"500", "500-text", "502", "503-bare", "504"}
    assert sum(plan.counts.values()) == len(struck)


def test_one_accident_leaves_the_others_alone() -> None:
    """Raising one rate does not move the strokes of another."""
    alone = FaultPlan(Faults(lost_answer_rate=0.1))
    together = FaultPlan(Faults(lost_answer_rate=0.1, stall_rate=0.1))
    for number in range(1000):
        if alone.on_request("post", number):
            assert together.on_request("post", number) == "lost-answer"


def test_accidents_are_independent() -> None:
    """Two kinds at the same rate do not strike the same requests: the second has its share of what the first left."""
    plan = FaultPlan(Faults(error_rate=0.3, conflict_rate=0.3))
    struck = [plan.on_request("post", number) for number in range(5000)]
    assert 900 < struck.count("409") < 1200


def test_what_was_asked_for_comes_first_and_as_often_as_asked() -> None:
    """Two wishes are granted in turn, to requests of their kind only."""
    plan = FaultPlan(Faults(error_rate=1.0))
    plan.ask("503", times=2)
    plan.ask("409", on="poll")
    said = [plan.on_request(kind, 1) for kind in ("poll", "post", "post", "poll", "post")]
    assert said[:3] == ["409", "503", "503"]
    assert said[3] == said[4] != "503"


def test_a_wish_for_any_request_takes_the_next() -> None:
    """``any`` means whatever comes."""
    plan = FaultPlan(Faults())
    plan.ask("500", on="any")
    assert plan.on_request("other", 1) == "500"
    assert plan.on_request("other", 2) is None


def test_wishes_for_jobs_wait_for_a_job() -> None:
    """A fault of jobs does not strike a request that makes none."""
    plan = FaultPlan(Faults())
    plan.ask("job-stuck")
    assert plan.on_request("post", 1) is None
    assert plan.on_job(1) == "job-stuck"
    assert plan.on_job(2) is None


@pytest.mark.parametrize(("kind", "times", "on"), [("777", 1, "post"), ("503", 1, "put"), ("503", 0, "post")])
def test_senseless_wishes_are_refused(kind: str, times: int, on: str) -> None:
    """A wish that can never come true is an error, not a silence."""
    with pytest.raises(ValueError, match="fault"):
        FaultPlan(Faults()).ask(kind, times, on)


def test_every_fault_has_its_effect() -> None:
    """A kind answers, cuts, stalls, or befalls a job: none is a word without a meaning."""
    silent = {kind for kind in FAULT_KINDS if fault_answer(kind, 0.0, 1.0) is None}
    assert silent == {
        "lost-request",
        "lost-answer",
        "stall",
        *(kind for kind in FAULT_KINDS if kind.startswith("job-")),
    }


def test_a_rate_is_a_probability() -> None:
    """A percentage given as a number is a mistake that must be heard of."""
    with pytest.raises(ValueError, match="error_rate is a probability"):
        Faults(error_rate=5)
