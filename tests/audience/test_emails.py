from __future__ import annotations

import subprocess
import sys

import pytest
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from hypothesis import assume, example, given
from hypothesis import strategies as st

from zendesk_async.audience.emails import LONGEST_ORDINARY, ORDINARY, ORDINARY_LINES, why_not

LOCALS = st.lists(st.text("aZ09_+-", min_size=1, max_size=5), min_size=1, max_size=4).map(".".join)
LABELS = st.lists(st.text("aZ09", min_size=1, max_size=5), min_size=1, max_size=4)
DOMAINS = st.builds(str.join, st.sampled_from([".", "-"]), LABELS).map("{}.com".format)
LIKELY = st.builds("{}@{}".format, LOCALS, DOMAINS)
UNLIKELY = st.builds("{}@{}.c".format, st.text("a.-_+@ ü\"'", max_size=5), st.text("a.-_1@ü", max_size=5))
BROKEN = st.sampled_from(["", "a@b.co\n", "\na@b.co", "a@b.co\nc@d.co", "a@b.co\r", "a@b.co\u2028", "a@b.co "])


@given(LIKELY)
@example("a@b.co")
@example("first.last+tag_x-y@sub-domain.example.com")
def test_what_the_quick_look_accepts_is_an_address(email: str) -> None:
    """The expression is only there to be quick: email-validator would have said the same."""
    assume(len(email) <= LONGEST_ORDINARY and ORDINARY(email))
    assume(email.rpartition(".")[2].lower() not in SPECIAL_USE_DOMAIN_NAMES)
    assert validate_email(email, check_deliverability=False, strict=True).normalized


@given(st.lists(LIKELY, max_size=4) | st.lists(LIKELY | UNLIKELY | BROKEN, max_size=4))
@example(["a@b.co\nc@d.co"])
@example(["a@b.co", "", "c@d.co"])
@example(["a@b.co\n", "c@d.co"])
def test_many_are_judged_as_each(emails: list[str]) -> None:
    """Asked once about all, the answer is that about each, where there are as many lines as addresses."""
    lines = "".join(map("{}\n".format, emails))
    well = ORDINARY_LINES(lines) is not None and lines.count("\n") == len(emails)
    assert well is all(ORDINARY(email) for email in emails)


@given(LIKELY | UNLIKELY | st.text(max_size=12))
def test_the_verdict_is_email_validators(email: str) -> None:
    """Whatever way an address is judged, it is judged the same."""
    try:
        validate_email(email, check_deliverability=False, strict=True, test_environment=True)
    except EmailNotValidError:
        assert why_not(email)
    else:
        assert why_not(email) is None


@pytest.mark.parametrize(
    "email",
    [
        "heather.callahan@espinoza-francis.net",
        "o'brien@example.org",
        "jürgen@example.de",
        "post@münchen.example",
        "someone@corp.local",
        "someone@shop.test",
        "a" * 60 + "@example.com",
    ],
)
def test_addresses_that_people_have_are_accepted(email: str) -> None:
    """Umlauts, apostrophes and company domains are not for us to refuse."""
    assert why_not(email) is None


@pytest.mark.parametrize(
    "email",
    [
        "",
        "plain",
        "a@b",
        "@example.com",
        "a@",
        "a b@example.com",
        "a@exam ple.com",
        "a..b@example.com",
        ".a@example.com",
        "a.@example.com",
        "a@example..com",
        "a@-example.com",
        "a@example-.com",
        "a@b@example.com",
        "a@example.com\n",
        "a@example.com,b@example.com",
        "Heather <a@example.com>",
        "a" * 65 + "@example.com",
        "a@" + "b" * 64 + ".com",
        "a@" + "b." * 130 + "com",
    ],
)
def test_what_is_no_address_is_told(email: str) -> None:
    """Zendesk would fail the record; here it costs nothing and has a reason."""
    assert why_not(email)


def test_ordinary_addresses_need_no_library() -> None:
    """email-validator takes longer to import than all the rest, and most audiences never need it."""
    code = (
        "import sys; from zendesk_async.audience.emails import why_not;"
        "assert why_not('a.b@example.com') is None; print('email_validator' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
