from __future__ import annotations

import pytest

from zendesk_async.upload.progress import Progress


def test_time_left_follows_the_pace() -> None:
    """A quarter done in ten seconds leaves thirty."""
    assert Progress(fraction=0.25, elapsed=10).seconds_left == pytest.approx(30)


@pytest.mark.parametrize(
    "progress", [Progress(), Progress(fraction=None, elapsed=5), Progress(fraction=0.0, elapsed=5)]
)
def test_time_left_is_not_made_up(progress: Progress) -> None:
    """Where nothing is known of the size, or nothing has been read yet, no time is told."""
    assert progress.seconds_left is None
