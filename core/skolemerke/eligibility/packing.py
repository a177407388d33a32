"""The verdicts of one school in one whole number: two bits each, the first criterion lowest.

The two bits can say four things: the three verdicts, and `TOGETHER`: not met by the school alone, but met by it
together with its twins in the register, and therefore unclear.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from skolemerke.contract.criteria import Verdict

MOST_CRITERIA = 15
"""So many fit into a whole number of 32 bits with a sign."""

SEPARATOR = "\x1f"

TOGETHER = 3


def unpacked(packed: int, count: int) -> list[Verdict]:
    """The verdicts of the criteria of an edition, in their order."""
    digits = ((packed >> (2 * at)) & 3 for at in range(count))
    return [Verdict.UNCLEAR if digit == TOGETHER else Verdict(digit) for digit in digits]


def met_together(packed: int, count: int) -> list[bool]:
    """Of each criterion whether it is met only together with the school's twins, in their order."""
    return [(packed >> (2 * at)) & 3 == TOGETHER for at in range(count)]


def packed(verdicts: Sequence[Verdict]) -> int:
    """The verdicts as one number."""
    return sum(int(verdict) << (2 * at) for at, verdict in enumerate(verdicts))


def whole(verdicts: Iterable[Verdict]) -> Verdict:
    """Any `not_met`: not eligible; else any `unclear`: unclear; else eligible."""
    found = set(verdicts)
    for verdict in (Verdict.NOT_MET, Verdict.UNCLEAR):
        if verdict in found:
            return verdict
    return Verdict.MET


def near_misses_of(count: int) -> list[int]:
    """The numbers in which exactly one of so many criteria is not met and all others are."""
    every = [Verdict.MET] * count
    return [packed([*every[:at], Verdict.NOT_MET, *every[at + 1 :]]) for at in range(count)]
