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
