"""Chance that repeats: the same seed and the same numbers always fall the same way.

There is no state, so one roll more or less somewhere does not shift all the others.
"""

from __future__ import annotations

from zlib import crc32

__all__ = ["hex_id", "roll", "salt"]

_MASK = (1 << 64) - 1


def roll(seed: int, *numbers: int) -> float:
    """A number in [0, 1) that depends on the seed and the numbers only."""
    return (_mixed(seed, numbers) >> 11) / (1 << 53)


def hex_id(seed: int, *numbers: int) -> str:
    """32 hexadecimal digits that depend on the seed and the numbers only."""
    return f"{_mixed(seed, numbers):016x}{_mixed(seed + 1, numbers):016x}"


def salt(text: str) -> int:
    """A number for a word, the same in every process (``hash`` of a string is not)."""
    return crc32(text.encode())


def _mixed(seed: int, numbers: tuple[int, ...]) -> int:
    """Scramble with the finaliser of splitmix64 (Steele, Lea and Flood, OOPSLA 2014)."""
    state = _finalised(seed & _MASK)
    for number in numbers:
        state = _finalised(state ^ (number & _MASK))
    return state


def _finalised(state: int) -> int:
    state = (state + 0x9E3779B97F4A7C15) & _MASK
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
    return state ^ (state >> 31)
