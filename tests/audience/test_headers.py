from __future__ import annotations

import pytest

from zendesk_async.audience.headers import Headers
from zendesk_async.audience.invalid import UnknownKey
from zendesk_async.models import Rows

HEADER = ("external_id", "verified", "user_fields.plan")


def test_a_header_names_what_its_cells_become() -> None:
    """One row alone, and a chunk of rows, are read by the same template."""
    headers = Headers(ignore_unknown=False)
    row = {"external_id": " 1 ", "verified": "no", "user_fields.plan": ""}
    template, columnwise = headers.template(HEADER), headers.columnwise(HEADER)
    assert template.targets == HEADER
    assert template.apply(row, tabular=True) == {"external_id": "1", "verified": False}
    assert columnwise is not None
    assert columnwise.make(1, columnwise.picker.of_mappings([row]).columns).bodies == [
        b'{"external_id":"1","verified":false}'
    ]


def test_a_header_is_read_once() -> None:
    """Nearly every row of an input has the same one; in another order it is another."""
    headers = Headers(ignore_unknown=False)
    assert headers.template(HEADER) is headers.template(HEADER)
    assert headers.columnwise(HEADER) is headers.columnwise(HEADER)
    assert len(headers) == 1
    headers.template(HEADER[::-1])
    assert len(headers) == 2
    assert repr(headers) == "<Headers 2>"


@pytest.mark.parametrize("column", ["emial", "user_fields.a b", "Email", ""])
def test_an_unknown_column_is_told_or_let_go(column: str) -> None:
    """In both forms alike, each time it is asked for; the known columns keep their order."""
    strict, lenient = Headers(ignore_unknown=False), Headers(ignore_unknown=True)
    for _ in range(2):
        with pytest.raises(UnknownKey):
            strict.template((column, *HEADER))
        with pytest.raises(UnknownKey):
            strict.columnwise((*HEADER, column))
    assert len(strict) == 0
    assert lenient.template((column, *HEADER)).targets == HEADER
    columnwise = lenient.columnwise((column, "email"))
    assert columnwise is not None
    picked = columnwise.picker.of_rows(Rows((column, "email"), [["x", "a@b.co"]]))
    assert columnwise.make(1, picked.columns).bodies == [b'{"email":"a@b.co"}']


@pytest.mark.parametrize("header", [(), ("emial",), ("role",), ("email", "user_fields"), ("user_fields", *HEADER)])
def test_some_headers_are_only_for_one_row_at_a_time(header: tuple[str, ...]) -> None:
    """Where no column is of use, or one holds what others hold too, a chunk has nothing to gain."""
    headers = Headers(ignore_unknown=True)
    for _ in range(2):
        assert headers.columnwise(header) is None
    assert headers.template(header).targets == tuple(name for name in header if name not in {"emial", "role"})


def test_a_role_is_in_no_template_of_a_header() -> None:
    """A table of customers must not make one of an agent: only a template of one's own sends roles."""
    headers = Headers(ignore_unknown=False)
    row = {"email": "a@b.co", "role": "agent"}
    columnwise = headers.columnwise(tuple(row))
    assert headers.template(tuple(row)).apply(row, tabular=True) == {"email": "a@b.co"}
    assert columnwise is not None
    assert columnwise.make(1, columnwise.picker.of_mappings([row]).columns).bodies == [b'{"email":"a@b.co"}']


def test_headers_that_are_remembered_are_bounded() -> None:
    """An input with other columns in every row must not fill the memory, and is still read."""
    headers = Headers(ignore_unknown=False)
    for number in range(500):
        column = f"user_fields.k{number}"
        assert headers.template(("email", column)).targets == ("email", column)
        assert len(headers) <= 100
