"""The lists of the rounds before 2021-2022: who held which school label."""

from datetime import date

from . import days
from .levels import Level
from .schools import School
from .state import State
from .tables import cell

_ROUNDS = {
    # round: the day by which its list is dated here, and the part of the strong schools that win its label
    "2018-2019": (days.number(date(2018, 4, 16)), 0.16),
    "2019-2020": (days.number(date(2019, 3, 25)), 0.14),
    "2020-2021": (days.number(date(2020, 3, 30)), 0.27),
}
_TWO_YEARS = 731
_UNLINKED_EVERY = 11


class Awards:
    """Writes the lists; now and then a school stands in them by its name alone."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._rows = state.tables.school_labels

    def draw(self, school: School, level: Level) -> None:
        """Draw which earlier labels a school held; never two years running."""
        held_before = False
        for round_, (awarded, strong) in _ROUNDS.items():
            wins = self._state.random.random() < strong * level.rewarded
            held_before = wins and not held_before and school.registered + _TWO_YEARS < awarded
            if held_before:
                self.hold(school, round_)

    def hold(self, school: School, round_: str) -> None:
        """Write that a school held the label of a round."""
        serial = self._rows.count + 1
        linked = "" if serial % _UNLINKED_EVERY == 0 else school.id
        awarded, _ = _ROUNDS[round_]
        self._rows.rows.append(
            f"L{serial:06d},{round_},{linked},{cell(school.name)},{school.country},{school.place.region},"
            f"{days.ISO[awarded]}\n"
        )
