"""The first page of the administration: where the round stands, and what wants attention."""

from __future__ import annotations

from typing import ClassVar

from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from skolemerke import database, outbox
from skolemerke.admin.base import PageView, page
from skolemerke.admin.figures import figures_of
from skolemerke.admin.rights import ENTER
from skolemerke.decisions import queries, statistics
from skolemerke.outbox import Mail
from skolemerke.people.actors import Actor
from skolemerke.people.rights import within
from skolemerke.rounds.composition import host
from skolemerke.rounds.queries import calendar_of, current_round, summary
from skolemerke.web import guard
from skolemerke.web.pauses import why_paused


class HomeView(PageView):
    """The round in figures."""

    rights: ClassVar = {"index": ENTER}

    @page("/")
    def index(self) -> ResponseReturnValue:
        """The current round as far as the actor may see."""
        actor, round_id = guard.actor(), current_round()
        rows = statistics.by_country(round_id, actor, with_checked=False) if round_id else []
        return self.draw(
            "staff/home.html",
            round=summary(round_id) if round_id else None,
            calendar=calendar_of(round_id) if round_id else None,
            why_paused=why_paused,
            figures=figures_of(rows),
            undecided=queries.undecided(round_id, actor) if round_id else 0,
            mails=_mails(actor),
            faults=[plugin for plugin in host().plugins if plugin.fault],
        )


def _mails(actor: Actor) -> dict[str, int]:
    """How many mails wait, and how many could not be sent."""
    counted = (
        select(Mail.state, func.count().label("mails"))
        .where(Mail.state.in_((outbox.QUEUED, outbox.FAILED)), within(actor, Mail.agency_id))
        .group_by(Mail.state)
    )
    return {row.state: row.mails for row in database.read().execute(counted)}
