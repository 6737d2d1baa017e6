"""What the tests of the command line have in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.shell import Mock, Shell, mock_account


@pytest.fixture(scope="session")
def account() -> Iterator[Mock]:
    """One mock account for all tests that do not mind each other's users."""
    with mock_account() as mock:
        yield mock


@pytest.fixture
def shell(tmp_path: Path, account: Mock) -> Iterator[Shell]:
    """A directory to run commands in, configured for the mock account."""
    with closing(Shell(tmp_path, account)) as shell:
        yield shell


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Shell]:
    """A directory to run commands in, with nothing configured."""
    with closing(Shell(tmp_path)) as shell:
        yield shell
