"""The results of a round: what was decided, and the one button that releases it."""

from __future__ import annotations

from typing import ClassVar

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skolemerke.admin.base import PageView, page
from skolemerke.admin.rights import ENTER
from skolemerke.decisions import operations, queries
from skolemerke.people.rights import Refused, may
from skolemerke.plugin_host.host import RoundPaused
from skolemerke.rounds.queries import UnknownRound, current_round, known_rounds
from skolemerke.web import guard
from skolemerke.web.filling import said
from skolemerke.web.pauses import why_paused
from skolemerke.web.sheet_words import in_short


class ResultsView(PageView):
    """Decisions of a round in a list."""

    rights: ClassVar = {"index": ENTER, "publish": ENTER}

    @page("/")
    def index(self) -> ResponseReturnValue:
        """Every submission that the actor may see, with what was decided of it."""
        round_id = request.args.get("round") or current_round()
        if round_id is not None and round_id not in known_rounds():
            abort(404)
        actor = guard.actor()
        return self.draw(
            "staff/results.html",
            round_id=round_id,
            rounds=[(name, name) for name in known_rounds()],
            lines=queries.decisions_list(round_id, actor) if round_id else [],
            publications=queries.publications(round_id) if round_id and actor.sees_all_agencies else [],
            may_publish=may(actor, "round.publish", round_id),
            in_short=in_short,
        )

    @page("/publish", "POST")
    def publish(self) -> ResponseReturnValue:
        """Release what was decided and not yet released."""
        round_id = request.form.get("round", "")
        try:
            done = operations.publish(guard.actor(), round_id)
        except (Refused, UnknownRound):
            abort(404)
        except operations.DecisionRefusal as refusal:
            flash(said(refusal), "warning")
        except RoundPaused as pause:
            flash(why_paused(pause), "warning")
        else:
            flash(
                _(
                    "%(released)s results are released: %(labels)s labels were made and %(mails)s mails queued.",
                    released=done.released,
                    labels=done.labels,
                    mails=done.mails,
                ),
                "success",
            )
        return redirect(self.get_url(".index", round=round_id))
