"""What goes wrong, by chance or on demand.

A request draws at most one fault of the kinds that answer it or cut it (``on_request``), and, if it made a job,
at most one of the kinds that befall jobs (``on_job``). A fault asked for by name comes before any by chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, get_args

from zendesk_async.mock.dice import roll, salt
from zendesk_async.mock.settings import RequestKind, setting

__all__ = ["FAULT_KINDS", "FaultPlan", "Faults"]


def _rate(text: str) -> Any:
    return setting(0.0, f"{text} (probability)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """How often what goes wrong: probabilities from 0 to 1 unless another unit is named."""

    error_rate: float = _rate("requests answered by a 5xx, in JSON, text or HTML, without Retry-After")
    unavailable_rate: float = _rate("requests answered 503 with Retry-After: an integer, a decimal or an HTTP date")
    limited_rate: float = _rate("requests answered 429 though no limit was reached, in all three styles")
    conflict_rate: float = _rate("requests answered 409 Database collision")
    lost_answer_rate: float = _rate("requests processed and not answered: the connection is cut")
    lost_request_rate: float = _rate("requests neither processed nor answered: the connection is cut")
    stall_rate: float = _rate("requests processed and answered stall-seconds late")
    stall_seconds: float = setting(120.0, "how late a stalled answer is, in seconds")
    failed_job_rate: float = _rate("jobs that fail with a failed result for each record")
    bare_failed_job_rate: float = _rate("jobs that fail without results, having done nothing")
    killed_job_rate: float = _rate("jobs killed half-way: half of the records are in, there are no results")
    stuck_job_rate: float = _rate("jobs that stop half-way and hold their place until they expire")
    short_results_rate: float = _rate("jobs that complete with results for the first half of their records only")
    hidden_job_rate: float = _rate("jobs that reading by id does not find at first, though the list has them")
    hidden_job_looks: int = setting(2, "how many looks a hidden job stays hidden for")
    refused_record_rate: float = _rate("records refused; decided by identity, so the same record always is")
    latency: float = setting(0.0, "seconds before every answer")
    retry_after: float = setting(2.0, "seconds that a made-up 503 or 429 asks for")
    seed: int = setting(0, "the same seed, the same faults for the same sequence of requests")

    def __post_init__(self) -> None:
        """Refuse what is no probability."""
        for name in self.__dataclass_fields__:
            if name.endswith("_rate") and not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is a probability from 0 to 1, not {getattr(self, name)}")


class _Chance(NamedTuple):
    rate: str
    kinds: tuple[str, ...]


_Possible = tuple[tuple[float, int, tuple[str, ...]], ...]

_ON_REQUEST = (
    _Chance("lost_request_rate", ("lost-request",)),
    _Chance("error_rate", ("500", "500-text", "502", "503-bare", "504")),
    _Chance("unavailable_rate", ("503", "503-decimal", "503-date")),
    _Chance("limited_rate", ("429", "429-json", "429-edge")),
    _Chance("conflict_rate", ("409",)),
    _Chance("lost_answer_rate", ("lost-answer",)),
    _Chance("stall_rate", ("stall",)),
)
_ON_JOB = (
    _Chance("failed_job_rate", ("job-failed",)),
    _Chance("bare_failed_job_rate", ("job-failed-bare",)),
    _Chance("killed_job_rate", ("job-killed",)),
    _Chance("stuck_job_rate", ("job-stuck",)),
    _Chance("short_results_rate", ("job-short",)),
    _Chance("hidden_job_rate", ("job-hidden",)),
)
_SCRIPTED_ONLY = ("400", "401", "403", "403-imports", "too-many-jobs")

FAULT_KINDS: tuple[str, ...] = (
    *_SCRIPTED_ONLY,
    *(kind for chance in (*_ON_REQUEST, *_ON_JOB) for kind in chance.kinds),
)
"""Every fault that ``fault_next`` and ``POST /__mock__/fault`` can be asked for."""


@dataclass(slots=True)
class _Wish:
    kind: str
    times: int
    on: str


class FaultPlan:
    """Which fault is next. ``counts`` says how often each has struck."""

    def __init__(self, faults: Faults) -> None:
        self.counts: dict[str, int] = {}
        self._seed = faults.seed
        self._wishes: list[_Wish] = []
        self._on_request = _possible(faults, _ON_REQUEST)
        self._on_job = _possible(faults, _ON_JOB)

    def ask(self, kind: str, times: int = 1, on: str = "post") -> None:
        """Let ``kind`` strike the next ``times`` requests of the kind ``on`` (post, poll, other or any)."""
        if kind not in FAULT_KINDS:
            raise ValueError(f"no fault is called {kind!r}; there are: {', '.join(FAULT_KINDS)}")
        if on not in (*get_args(RequestKind), "any"):
            raise ValueError(f"a fault strikes on post, poll, other or any, not on {on!r}")
        if times < 1:
            raise ValueError(f"a fault strikes at least once, not {times} times")
        self._wishes.append(_Wish(kind, times, on))

    def on_request(self, request: RequestKind, number: int) -> str | None:
        """The fault that befalls this request, or None."""
        kind = self._wished(request, of_jobs=False) if self._wishes else None
        return self._counted(kind or self._fallen(number, self._on_request))

    def on_job(self, number: int) -> str | None:
        """The fault that befalls the job which this request made, or None."""
        kind = self._wished("post", of_jobs=True) if self._wishes else None
        return self._counted(kind or self._fallen(number, self._on_job))

    def _counted(self, kind: str | None) -> str | None:
        if kind is not None:
            self.counts[kind] = self.counts.get(kind, 0) + 1
        return kind

    def _wished(self, request: RequestKind, *, of_jobs: bool) -> str | None:
        for wish in self._wishes:
            if wish.kind.startswith("job-") == of_jobs and (of_jobs or wish.on in (request, "any")):
                wish.times -= 1
                if wish.times == 0:
                    self._wishes.remove(wish)
                return wish.kind
        return None

    def _fallen(self, number: int, possible: _Possible) -> str | None:
        for rate, mark, kinds in possible:
            if roll(self._seed, number, mark) < rate:
                return kinds[int(roll(self._seed, number, mark, 1) * len(kinds))]
        return None


def _possible(faults: Faults, chances: tuple[_Chance, ...]) -> _Possible:
    """Those that can happen at all: most accounts have none, and every request asks."""
    rates = ((getattr(faults, chance.rate), chance) for chance in chances)
    return tuple((rate, salt(chance.rate), chance.kinds) for rate, chance in rates if rate)
