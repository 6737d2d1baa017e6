"""The parts of an account, and what a request to it looks like inside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from zendesk_async.mock.tally import Claims, Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from zendesk_async.mock.answers import Answer
    from zendesk_async.mock.auth import Auth
    from zendesk_async.mock.faults import FaultPlan
    from zendesk_async.mock.fields import UserFields
    from zendesk_async.mock.jobs import Jobs
    from zendesk_async.mock.limits import MinuteBudget
    from zendesk_async.mock.options import Options
    from zendesk_async.mock.schema import Batch
    from zendesk_async.mock.settings import RequestKind
    from zendesk_async.mock.users import Users

__all__ = ["Access", "Call", "Endpoint", "World"]


class Call(NamedTuple):
    """One request.

    ``argument`` is the variable word of its path, ``number`` counts requests from 1, ``fault`` is what befalls it
    although it is processed, ``batch`` is what an upsert's body holds.
    """

    method: str
    path: str
    argument: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    now: float
    number: int
    fault: str | None
    batch: Batch


@dataclass(slots=True)
class World:
    """Everything an account consists of. ``generation`` counts resets, so that ids never come twice."""

    options: Options
    jobs: Jobs
    users: Users
    fields: UserFields
    auth: Auth
    plan: FaultPlan
    budget: MinuteBudget
    generation: int
    base_url: str
    epoch: float
    tally: Tally = field(default_factory=Tally)
    claims: Claims = field(default_factory=Claims)

    def wall(self, now: float) -> float:
        """The Unix time of a moment of the given clock."""
        return self.epoch + now


Access = Literal["free", "visitor", "known"]
"""``free``: no credentials are looked at. ``visitor``: wrong ones are refused, none are fine. ``known``: good ones."""


class Endpoint(NamedTuple):
    """What answers a path, and for whom."""

    serve: Callable[[World, Call], Answer]
    kind: RequestKind = "other"
    access: Access = "known"
