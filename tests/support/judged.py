"""A round that people judge, with two agencies and a submission of each; closed unless it is said to be open."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from skolemerke import clock
from skolemerke.decisions.reviewing import Judging
from skolemerke.people.actors import Actor
from skolemerke.rounds import operations as rounds
from skolemerke.rounds.composition import compose
from skolemerke.rounds.examples import typed
from skolemerke.scoring import operations as scoring

from support import applied

ROUND = "2023-2024"
IN_IT = "2022-11-01T09:00:00+01:00"
AFTER_IT = datetime(2022, 12, 20, 9, tzinfo=UTC)
PARTS = ("esafety", "shared_leadership", "teamwork", "pupils", "model_school", "inclusive_innovation")
ALL_FULFILLED = {part: Judging("fulfilled") for part in PARTS}


class JudgedRound:
    """Two agencies, `no` and `fi`, each with an officer and a school that has sent everything and signed it."""

    def __init__(self, *, is_open: bool = False) -> None:
        self.norway, self.finland = applied.agency("no", "NO"), applied.agency("fi", "FI")
        self.kari = applied.account("kari@berg.example")
        self.officer_account = applied.account("officer@no.example", role="officer", agency_id=self.norway)
        self.officer = applied.officer(self.officer_account, self.norway)
        self.foreigner = applied.officer(applied.account("officer@fi.example"), self.finland)
        rounds.open_round(ROUND)
        self.school = applied.school("Berg", "NO", self.norway)
        applied.teacher(self.school, "kari@berg.example")
        self.application = applied.applied(self.school, self.norway, by=self.kari, round_id=ROUND)
        self.sent = self.submit()
        self.sent_fi = self.submit(
            applied.applied(applied.school("Aho", "FI", self.finland), self.finland, round_id=ROUND)
        )
        if not is_open:
            self.close()

    def close(self) -> None:
        """Let the deadline pass."""
        clock.current().move_to(AFTER_IT)

    @property
    def teacher(self) -> Actor:
        """Who wrote the application."""
        return Actor(account_id=self.kari, email="kari@berg.example", language="en", schools=frozenset({self.school}))

    def submit(self, application: int | None = None, *, number: int = 1, **changed: Any) -> int:
        """Freeze what the example of the round says, with some answers changed, and score it."""
        stated = applied.examples("etwinning-2023-2024")["all_there"]
        answers = typed(compose(ROUND, [], None).content.form, {**stated["answers"], **changed})
        submission = applied.submitted(
            application or self.application, answers, stated["evidence"], number=number, account_id=self.kari
        )
        applied.declared(submission)
        scoring.score_submission(submission)
        return submission
