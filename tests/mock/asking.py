"""An account asked without a socket, on a clock that the test moves by hand."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qsl, unquote

import orjson

from zendesk_async.mock import Account, Answer, Options

UPSERT = "/api/v2/users/create_or_update_many"


def basic(name: str = "admin@example.com/token", password: str = "mock-token") -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def bearer(token: str = "mock-oauth-token") -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


class Said:
    """An answer, easy to look into."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.status = answer.status
        self.headers = answer.headers
        self.text = answer.body.decode()

    @property
    def json(self) -> Any:
        return orjson.loads(self.text)


class Asking:
    """Somebody who knows an account's credentials and has a clock."""

    def __init__(self, **options: Any) -> None:
        self.account = Account(Options.of(**{"job_seconds": 0, **options}))
        self.now = 0.0

    def ask(self, method: str, target: str, body: Any = None, headers: dict[str, str] | None = None) -> Said:
        path, _, query = target.partition("?")
        content = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
        signed = basic() if headers is None else headers
        pairs = dict(parse_qsl(query, keep_blank_values=True))
        return Said(self.account.handle(method, unquote(path), pairs, signed, content, self.now))

    def get(self, target: str, headers: dict[str, str] | None = None) -> Said:
        return self.ask("GET", target, headers=headers)

    def post(self, *users: dict[str, Any]) -> Said:
        return self.ask("POST", UPSERT, {"users": list(users)})

    def job(self, *users: dict[str, Any]) -> str:
        """Upsert users; the id of the job."""
        said = self.post(*users)
        assert said.status == 200, said.text
        job_id: str = said.json["job_status"]["id"]
        return job_id

    def look(self, job_id: str) -> Any:
        """What a job says of itself now."""
        return self.get(f"/api/v2/job_statuses/{job_id}").json["job_status"]

    def results(self, *users: dict[str, Any]) -> list[dict[str, Any]]:
        """Upsert users and wait for the results."""
        job_id = self.job(*users)
        self.now += self.account.options.job_seconds * 2
        results: list[dict[str, Any]] = self.look(job_id)["results"]
        return results

    def users(self) -> list[dict[str, Any]]:
        return self.account.users(self.now)

    def stats(self) -> dict[str, Any]:
        return self.account.stats(self.now)


def person(number: int = 0, **attributes: Any) -> dict[str, Any]:
    """An ordinary user, who is there in full."""
    return {"external_id": f"C-{number}", "name": f"Person {number}", "email": f"p{number}@example.com", **attributes}
