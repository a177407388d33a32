"""A form under the check: what was found wrong in shape and in names, and what can still be said of the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from skolemerke_forms.definition import Form
from skolemerke_forms.whole import Flaw


@dataclass
class Case:
    """What every check looks at.

    `lost` holds the words of what could not be read: of a part that they name nothing is said, since a fault there
    may only follow from the other. `doubtful` are the parts with a fault of their own, on whose conditions nothing
    is built. `reserved` are ids that no section may have.
    """

    form: Form
    data: Any
    lost: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)
    reserved: frozenset[str] = frozenset()

    def worth_saying(self, flaws: Iterable[Flaw]) -> list[Flaw]:
        """Those flaws that follow from no other fault; their parts become doubtful."""
        kept = [flaw for flaw in flaws if not {flaw.part, *flaw.names} & self.lost]
        self.doubtful |= {flaw.part for flaw in kept}
        return kept

    def trusts(self, *names: str) -> bool:
        """Whether nothing is wrong with any of these parts."""
        return not set(names) & (self.lost | self.doubtful)
