"""What the parts of the generator share while they write one registry."""

from dataclasses import dataclass
from random import Random

from .levels import Turns
from .projects import Projects
from .tables import Tables


@dataclass(frozen=True, slots=True)
class State:
    """The one source of chance, the tables, the projects and whose turn it is."""

    random: Random
    tables: Tables
    projects: Projects
    turns: Turns


def some(number: int, share: float) -> bool:
    """Say yes to a share of all numbers, always the same ones, without a draw that would change all that follow."""
    return (number * 2_654_435_761 & 0xFFFFFFFF) < share * 0x100000000
