from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from tests.cli.accounts import ACTION, DONE, REASON, report
from zendesk_async.cli.page import LONGEST, page
from zendesk_async.cli.reasons import Example, Reason
from zendesk_async.models import Counts, RunStatus

VOID = {"meta"}
NASTY = "</pre><script src=//evil></script><img src=x onerror=alert(1)>\"'&"


class Reader(HTMLParser):
    """Reads a page: which elements with which attributes, and whether they nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_needs_nothing_but_itself() -> None:
    """No script, no link, no image, no font: it opens from an e-mail, on a train, in ten years."""
    text = page(report(status=RunStatus.NEEDS_ACTION, action=ACTION), [REASON])
    reader = Reader(text)
    assert not {tag for tag, _ in reader.elements} & {"script", "link", "img", "iframe", "object", "a", "form"}
    assert not [attrs for _, attrs in reader.elements if {"src", "href", "srcset"} & set(attrs)]
    assert not re.search(r"url\(|@import|https?:", text)
    assert "default-src 'none'" in text


def test_the_page_is_well_formed() -> None:
    """Every element that opens closes, in order."""
    assert Reader(page(DONE, [REASON])).open == []


def test_the_page_tells_the_account() -> None:
    """Counts, rates, reasons with their examples."""
    reader = Reader(page(report(records=Counts(read=12_345, updated=11_865, failed=480)), [REASON]))
    for words in ("12,345 records", "11,865", "99.3", "UserUpdateError", "record 41", '"email": "x"', "2 min 3 s"):
        assert words in reader.text


def test_the_page_tells_what_to_do() -> None:
    """The steps of an action and the command that resumes are on it."""
    reader = Reader(page(report(status=RunStatus.NEEDS_ACTION, action=ACTION), []))
    assert "Ask the account's owner" in reader.text
    assert "zendesk-async resume" in reader.text


@given(st.text() | st.just(NASTY))
def test_nothing_from_outside_becomes_markup(words: str) -> None:
    """Names of files, words of Zendesk's and records of customers are text, whatever they hold."""
    plain = [tag for tag, _ in Reader(page(report(input="a", message="b"), [_reason("c")])).elements]
    reader = Reader(page(report(input=words, message=words, destination=words), [_reason(words)]))
    assert [tag for tag, _ in reader.elements] == plain


def _reason(words: str) -> Reason:
    return Reason(1, "failed", words, words, [Example(0, words, {"name": words}), Example(1, words, words)])


def test_a_long_record_is_cut() -> None:
    """One record of a megabyte does not make the page one."""
    reason = REASON._replace(examples=[Example(0, "too long", {"notes": "x" * 1_000_000})])
    assert len(page(DONE, [reason])) < len(page(DONE, [])) + 2 * LONGEST
