"""Numbers, positions, kinds and user ids as few bytes, and back. Pure.

Rules of this file:

- What packs is called once for a batch and must cost microseconds; the common case (positions in a row, one kind for
  all) never reaches a Python loop.
- What unpacks trusts nothing: bytes that cannot have come from here raise ValueError, and nothing is expanded before
  its size has been checked.
- Decoding needs the count of records, which stands beside the bytes.

The formats:

    numbers     zigzag LEB128: -1 is 1, 1 is 2; seven bits to a byte, the lowest first
    runs        for each stretch of consecutive positions: its distance from the end of the one before, its length - 1
    kinds       one hexadecimal digit per record, two to a byte; a single byte of one digit when all are the same
    user ids    8 bytes of base, then the low bytes of (id - base) of every record, then the next bytes...; 0 is "none"
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from zendesk_async.models import OutcomeKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "KINDS",
    "Runs",
    "pack_ids",
    "pack_kinds",
    "pack_numbers",
    "pack_runs",
    "runs_of",
    "tally",
    "unpack_ids",
    "unpack_kinds",
    "unpack_numbers",
    "unpack_runs",
]

Runs = list[tuple[int, int]]
"""Stretches of consecutive positions, in the order in which they came: start, and the position after the end."""

MOST = 1 << 24  # records in one row, far above what a batch or a chunk holds
KINDS: list[OutcomeKind] = [kind for kind in OutcomeKind if kind is not OutcomeKind.PENDING]
_DIGIT: dict[OutcomeKind, str] = {kind: format(code, "x") for code, kind in enumerate(KINDS, 1)}
_KIND = {digit: kind for kind, digit in _DIGIT.items()}


def pack_numbers(numbers: Iterable[int]) -> bytes:
    """Write whole numbers, small ones in one byte."""
    packed = bytearray()
    for number in numbers:
        rest = number << 1 if number >= 0 else ~number << 1 | 1
        while rest > 127:
            packed.append(rest & 127 | 128)
            rest >>= 7
        packed.append(rest)
    return bytes(packed)


def unpack_numbers(packed: bytes) -> list[int]:
    """Read what ``pack_numbers`` wrote."""
    numbers = []
    value = shift = 0
    for byte in packed:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
        elif shift > 63:
            raise ValueError("a number of more than 64 bits")
    if shift:
        raise ValueError("a number without an end")
    return numbers


def runs_of(positions: Sequence[int]) -> Runs:
    """Find the stretches of consecutive positions."""
    first, count = positions[0], len(positions)
    if positions[-1] - first == count - 1 and list(positions) == list(range(first, first + count)):
        return [(first, first + count)]
    runs = []
    start = stop = first
    for position in positions:
        if position != stop:
            runs.append((start, stop))
            start = position
        stop = position + 1
    runs.append((start, stop))
    return runs


def pack_runs(runs: Runs) -> tuple[int, bytes | None]:
    """Write runs: the smallest position, and the rest, which is None when the positions stand in a row."""
    if len(runs) == 1:
        return runs[0][0], None
    lowest = end = min(start for start, _ in runs)
    numbers: list[int] = []
    for start, stop in runs:
        numbers += (start - end, stop - start - 1)
        end = stop
    return lowest, pack_numbers(numbers)


def unpack_runs(first: int, count: int, packed: bytes | None) -> Runs:
    """Read what ``pack_runs`` wrote, for ``count`` positions."""
    if not 0 <= first < 1 << 62 or not 0 < count <= MOST:
        raise ValueError("no such positions")
    if packed is None:
        return [(first, first + count)]
    numbers = unpack_numbers(packed)
    runs = []
    end = first
    for distance, more in zip(numbers[::2], numbers[1::2], strict=True):
        start = end + distance
        end = start + more + 1
        runs.append((start, end))
    if min(start for start, _ in runs) != first or any(start >= stop for start, stop in runs):
        raise ValueError("positions that do not follow from their first")
    if sum(stop - start for start, stop in runs) != count:
        raise ValueError("more or fewer positions than were counted")
    return runs


def pack_kinds(kinds: Sequence[OutcomeKind]) -> bytes:
    """Write the kind of each outcome."""
    if kinds.count(kinds[0]) == len(kinds):
        return bytes.fromhex("0" + _DIGIT[kinds[0]])
    digits = "".join(map(_DIGIT.__getitem__, kinds))
    return bytes.fromhex(digits if len(digits) % 2 == 0 else digits + "0")


def unpack_kinds(packed: bytes, count: int) -> list[OutcomeKind]:
    """Read what ``pack_kinds`` wrote, for ``count`` records."""
    digits = packed.hex()
    if len(packed) == 1 and digits[0] == "0":
        digits = digits[1] * count
    elif len(packed) != (count + 1) // 2:
        raise ValueError("more or fewer kinds than records")
    try:
        return [_KIND[digit] for digit in digits[:count]]
    except KeyError:
        raise ValueError("a kind that there is not") from None


def tally(kinds: Sequence[OutcomeKind]) -> list[int]:
    """How many outcomes are of each kind, in the order of ``KINDS``."""
    if kinds.count(kinds[0]) == len(kinds):
        return [len(kinds) if kind is kinds[0] else 0 for kind in KINDS]
    return [kinds.count(kind) for kind in KINDS]


def pack_ids(ids: Sequence[int | None]) -> bytes | None:
    """Write user ids; None when there is none. An id that is no positive 63-bit number is written as none."""
    known = [number for number in ids if number]
    if not known:
        return None
    try:
        base, top = min(known) - 1, max(known)
        head = struct.pack("<Qq", base, top)[:8]
        width = ((top - base).bit_length() + 7) // 8
        packed = struct.pack(f"<{len(ids)}Q", *[number - base if number else 0 for number in ids])
        return head + b"".join([packed[byte::8] for byte in range(width)])
    except (struct.error, TypeError, AttributeError):
        sound = [number if isinstance(number, int) and 0 < number < 1 << 63 else None for number in ids]
        return pack_ids(sound)


def unpack_ids(packed: bytes | None, count: int) -> list[int | None]:
    """Read what ``pack_ids`` wrote, for ``count`` records."""
    if packed is None:
        return [None] * count
    width, rest = divmod(len(packed) - 8, count)
    if rest or not 0 < width <= 8:
        raise ValueError("more or fewer user ids than records")
    base = int.from_bytes(packed[:8], "little")
    offsets = bytearray(8 * count)
    for byte in range(width):
        offsets[byte::8] = packed[8 + byte * count : 8 + (byte + 1) * count]
    return [base + offset if offset else None for offset in struct.unpack(f"<{count}Q", offsets)]
