"""Numbers and durations as people read them. Pure."""

from __future__ import annotations

__all__ = ["count", "counted", "duration", "per_second", "share"]

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def count(number: int) -> str:
    """``1,234,567``."""
    return f"{number:,}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """``1 record``, ``2,000 records``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def duration(seconds: float) -> str:
    """``0.4 s``, ``42 s``, ``3 min 7 s``, ``2 h 5 min``, ``1 d 3 h``: two units at most."""
    if seconds < 10:
        return f"{max(0.0, seconds):.1f} s"
    left = round(seconds)
    at = next(index for index, (size, _) in enumerate(_UNITS) if left >= size)
    (size, unit), smaller = _UNITS[at], _UNITS[at + 1 : at + 2]
    words = [f"{left // size} {unit}"]
    words += [f"{left % size // part} {name}" for part, name in smaller if left % size // part]
    return " ".join(words)


def per_second(rate: float) -> str:
    """``99.4``, ``101,300``; three or four figures say enough."""
    return f"{rate:,.0f}" if rate >= 1_000 or rate == round(rate) else f"{rate:.1f}"


def share(part: int, whole: int) -> str:
    """``12 %``, ``0.03 %``; nothing that is not nothing looks like it, nor what is not all like all."""
    if not whole:
        return "0 %"
    percent = 100 * part / whole
    if percent in {0.0, 100.0} or 1 <= percent < 99:
        return f"{percent:.0f} %"
    return f"{min(percent, 99.99):.2f} %" if percent > 1 else f"{max(percent, 0.01):.2f} %"
