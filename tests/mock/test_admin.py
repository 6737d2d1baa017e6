"""What stands under /__mock__."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tests.mock.asking import Asking, Said, basic, bearer, person


def admin(asking: Asking, method: str, name: str, wishes: Any = None) -> Said:
    """Ask without credentials."""
    return asking.ask(method, f"/__mock__/{name}", wishes, headers={})


def test_it_needs_no_credentials_and_is_not_counted() -> None:
    """Looking at the account does not change what it has seen."""
    asking = Asking(rpm=1, error_rate=1.0)
    said = [admin(asking, "GET", "stats") for _ in range(3)]
    assert [stats.status for stats in said] == [200] * 3
    assert said[-1].json == asking.stats()
    assert (said[-1].json["other"], said[-1].json["statuses"]) == (0, {})


def test_users_come_as_ndjson() -> None:
    """Piece by piece, so that any number can be sent."""
    asking = Asking()
    asking.results(person(1), person(2))
    answer = admin(asking, "GET", "users").answer
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.chunks is not None
    lines = b"".join(answer.chunks).splitlines()
    assert [orjson.loads(line)["external_id"] for line in lines] == ["C-1", "C-2"]


def test_a_fault_can_be_asked_for() -> None:
    """Kind, times and what it strikes on."""
    asking = Asking()
    assert admin(asking, "POST", "fault", {"kind": "502", "times": 2, "on": "poll"}).status == 200
    assert [asking.get("/api/v2/job_statuses").status for _ in range(3)] == [502, 502, 200]


def test_tokens_can_be_revoked() -> None:
    """Those issued, or everything."""
    asking = Asking(client_id="c", client_secret="s")
    grant = {"grant_type": "client_credentials", "client_id": "c", "client_secret": "s"}
    said = asking.ask("POST", "/oauth/tokens", grant, headers={"content-type": "application/json"})
    assert admin(asking, "POST", "revoke").json == {"revoked": 1}
    assert asking.get("/api/v2/users/me", headers=bearer(said.json["access_token"])).status == 401
    assert asking.get("/api/v2/users/me", headers=basic()).status == 200
    admin(asking, "POST", "revoke", {"everything": True})
    assert asking.get("/api/v2/users/me", headers=basic()).status == 401


def test_permission_can_be_taken_and_given() -> None:
    """A 403 in the middle of an upload, and its end."""
    asking = Asking()
    admin(asking, "POST", "forbid", {"what": "imports"})
    assert asking.post(person(1)).status == 403
    admin(asking, "POST", "forbid", {"what": "none"})
    assert asking.post(person(1)).status == 200


def test_an_account_can_be_reset() -> None:
    """Everything that happened is forgotten."""
    asking = Asking()
    asking.results(person(1))
    assert admin(asking, "POST", "reset").json == {"reset": True}
    assert asking.users() == []


@pytest.mark.parametrize(
    ("name", "wishes"),
    [
        ("fault", {"kind": "x"}),
        ("fault", {}),
        ("fault", b"{"),
        ("fault", [1]),
        ("fault", {"kind": "500", "times": "often"}),
        ("forbid", {"what": "some"}),
        ("forbid", None),
    ],
)
def test_a_senseless_wish_is_a_400_with_its_reason(name: str, wishes: Any) -> None:
    """It says what was wrong, and does nothing."""
    said = admin(Asking(), "POST", name, wishes)
    assert said.status == 400
    assert said.json["description"]


def test_an_unknown_place_is_a_404() -> None:
    """Also a known one with the wrong method."""
    asking = Asking()
    assert [admin(asking, "GET", name).status for name in ("nothing", "reset", "")] == [404] * 3
