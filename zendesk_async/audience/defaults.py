"""What is sent where a record does not say: put in before the last brace of a user's JSON. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from zendesk_async.audience.column import ABSENT

__all__ = ["Defaults"]


class Defaults:
    """Values of ``verified`` and ``skip_verify_email`` for those who have none; None sends nothing."""

    def __init__(self, *, verified: bool | None, skip_verify_email: bool | None) -> None:
        first, second = _member("verified", verified), _member("skip_verify_email", skip_verify_email)
        self._ends = ((first + second + b"}", first + b"}"), (second + b"}", b"}"))

    def __repr__(self) -> str:
        return f"<Defaults {self._ends[0][0].decode()}>"

    def put(self, body: bytes, user: dict[str, Any]) -> bytes:
        """Give a user's JSON with what he does not say."""
        return body[:-1] + self._ends["verified" in user]["skip_verify_email" in user]

    def put_all(self, bodies: Sequence[bytes], verified: Sequence[Any], skips: Sequence[Any]) -> list[bytes]:
        """The same for many: with the columns of what they say, ``ABSENT`` where they do not."""
        if verified.count(ABSENT) == skips.count(ABSENT) == len(bodies):
            end = self._ends[False][False]
            return [body[:-1] + end for body in bodies]
        ends = self._ends
        return [
            body[:-1] + ends[one is not ABSENT][other is not ABSENT]
            for body, one, other in zip(bodies, verified, skips, strict=True)
        ]


def _member(name: str, value: bool | None) -> bytes:  # noqa: FBT001 - True and False are what it writes
    return b"" if value is None else b',"%b":%b' % (name.encode(), orjson.dumps(value))
