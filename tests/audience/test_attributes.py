from __future__ import annotations

import re

import pytest

from zendesk_async.audience.attributes import ATTRIBUTES, MAX_BODY, MAX_TEXT, Kind, field_of, is_known, unknown

DOCUMENTED = [
    "active_brand_id",
    "agent_brand_ids",
    "alias",
    "custom_role_id",
    "default_group_id",
    "details",
    "email",
    "external_id",
    "group_id",
    "group_ids",
    "id",
    "identities",
    "language",
    "locale",
    "locale_id",
    "moderator",
    "name",
    "notes",
    "only_private_comments",
    "organization",
    "organization_id",
    "organization_ids",
    "organization_name",
    "password",
    "phone",
    "remote_photo_url",
    "role",
    "separation",
    "shared_phone_number",
    "signature",
    "skip_verify_email",
    "suspended",
    "tags",
    "ticket_restriction",
    "time_zone",
    "user_fields",
    "verified",
]


def test_every_attribute_that_zendesk_documents_is_there() -> None:
    """A record may use all of UserInput, and nothing that Zendesk would drop in silence."""
    assert sorted(ATTRIBUTES) == sorted(DOCUMENTED)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("external_id", Kind.TEXT),
        ("tags", Kind.TEXTS),
        ("organization_id", Kind.NUMBER),
        ("organization_ids", Kind.NUMBERS),
        ("verified", Kind.FLAG),
        ("user_fields", Kind.FIELDS),
        ("organization", Kind.OBJECT),
        ("identities", Kind.OBJECTS),
    ],
)
def test_attributes_have_their_json_types(name: str, kind: Kind) -> None:
    """One value of the wrong JSON type makes Zendesk refuse a hundred users."""
    assert ATTRIBUTES[name].kind is kind


def test_bounds_are_far_above_what_people_have() -> None:
    """No limit is documented, so ours must only keep nonsense out."""
    assert all(attribute.longest >= 255 for attribute in ATTRIBUTES.values())
    assert MAX_BODY > MAX_TEXT


def test_custom_fields_are_named_with_their_prefix() -> None:
    """``user_fields.plan`` is the custom field ``plan``; nothing else is one."""
    assert field_of("user_fields.plan") == "plan"
    assert field_of("user_fields") is None
    assert field_of("plan") is None


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("email", True),
        ("Email", False),
        ("user_fields.plan_2", True),
        ("user_fields.", False),
        ("user_fields.loyalty status", False),
        ("user_fields.ü", False),
        ("plan", False),
    ],
)
def test_names_are_known_or_not(name: str, known: bool) -> None:
    """Upper case, blanks and umlauts are what Zendesk would drop in silence."""
    assert is_known(name) is known


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("emial", 'Did you mean "email"?'),
        ("Email", 'Did you mean "email"?'),
        ("loyalty_xyz", 'call it "user_fields.loyalty_xyz"'),
        ("user_fields.a b", "letters, digits and underscores"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest_right_one(name: str, advice: str) -> None:
    """Whoever mistypes a name learns the right one, or how to name a custom field."""
    assert re.search(re.escape(advice), unknown(name))


def test_other_right_names_may_be_suggested() -> None:
    """The nearest name may be one of the input's own."""
    assert 'Did you mean "Customer Id"?' in unknown("Costumer Id", ["Customer Id"])
