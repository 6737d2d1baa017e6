"""The users that the account holds."""

from __future__ import annotations

import orjson

from zendesk_async.mock.users import Users, clean_email, packed


def filled(count: int) -> Users:
    users = Users()
    for number in range(count):
        users.add({"external_id": f"C-{number}", "email": f"p{number}@example.com", "name": "x"}, float(number))
    return users


def test_emails_are_compared_low_and_trimmed() -> None:
    """The way that Zendesk cleans them."""
    assert clean_email("  Ann@Example.COM ") == "ann@example.com"


def test_a_user_is_found_by_everything_that_names_it() -> None:
    """External id in any case, e-mail, id."""
    users = filled(3)
    assert users.by_external("c-1") == users.by_external("C-1") == 1
    assert users.by_email("p2@example.com") == 2
    assert users.by_id(users.id_at(2)) == 2


def test_strangers_are_not_found() -> None:
    """Ids between, before and after those given belong to nobody."""
    users = filled(2)
    assert users.by_external("c-9") is None
    assert users.by_email("nobody@example.com") is None
    assert [users.by_id(number) for number in (0, users.id_at(1) + 1, users.id_at(2), users.id_at(0) - 128)] == [
        None
    ] * 4


def test_what_is_read_is_a_copy() -> None:
    """Changing what was read changes nothing that is stored."""
    users = filled(1)
    users.at(0)["name"] = "changed"
    assert users.at(0)["name"] == "x"


def test_another_external_id_replaces_the_old() -> None:
    """The old one is free again, the new one leads to the user; a new case leads to it still."""
    users = filled(1)
    users.replace(0, {"external_id": "New"}, "C-0", 5.0)
    assert (users.by_external("c-0"), users.by_external("NEW")) == (None, 0)
    users.replace(0, {"external_id": "NEW"}, "New", 5.0)
    assert users.by_external("new") == 0
    users.replace(0, {"external_id": None}, "NEW", 6.0)
    assert users.by_external("new") is None
    assert users.times(0) == (0.0, 6.0)


def test_secondary_emails_lead_to_their_user() -> None:
    """They stand beside the primary one, in the order in which they came."""
    users = filled(1)
    users.add_email(0, "b@example.com")
    users.add_email(0, "a@example.com")
    assert users.emails(0) == ["b@example.com", "a@example.com"]
    assert users.by_email("a@example.com") == 0


def test_all_users_come_as_lines() -> None:
    """NDJSON in pieces: every user once, with id and secondary e-mails."""
    users = filled(600)
    users.add_email(599, "second@example.com")
    pieces = list(users.lines())
    lines = [orjson.loads(line) for piece in pieces for line in piece.splitlines()]
    assert len(pieces) > 1
    assert [line["id"] for line in lines] == [users.id_at(place) for place in range(600)]
    assert lines[599]["secondary_emails"] == ["second@example.com"]
    assert "secondary_emails" not in lines[0]


def test_a_user_without_attributes_is_a_line_too() -> None:
    """Nothing stored is still valid JSON."""
    users = Users()
    users.add({}, 0.0)
    assert [orjson.loads(piece) for piece in users.lines()] == [{"id": users.id_at(0)}]


def test_what_is_kept_is_no_larger_than_it_must_be() -> None:
    """The bytes that are stored are JSON and nothing more."""
    assert packed({"a": 1}) == b'{"a":1}'
    assert len(filled(5)) == 5
