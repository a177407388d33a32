"""`/account`: who one is here, and where one is signed in."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from skolemerke.config import current_config
from skolemerke.people import operations, second_factor, sessions
from skolemerke.people.models import SignInSession
from skolemerke.web import devices, guard, site

blueprint = Blueprint("account", __name__)


@dataclass(frozen=True)
class Place:
    """A place where somebody is signed in, in words."""

    session_id: int
    device: str
    since: str
    seen: str
    is_here: bool


@blueprint.get("/account")
@guard.signed_in
def overview() -> ResponseReturnValue:
    """Who is signed in, where, and for how long."""
    actor, held = guard.actor(), guard.standing()
    account_id = actor.account_id or 0
    here = held.session_id if held else 0
    places = [_place(row, here) for row in sessions.live_sessions(account_id)]
    return render_template(
        "account/overview.html",
        places=sorted(places, key=lambda place: not place.is_here),
        is_set_up=second_factor.is_set_up(account_id),
        days=current_config().session_days,
        idle=current_config().staff_idle_minutes,
        shared=guard.is_shared(),
        shared_idle=current_config().shared_idle_minutes,
    )


@blueprint.post("/account/shared")
@guard.signed_in
def share() -> ResponseReturnValue:
    """Take the word whether many use this computer."""
    is_shared = "shared" in request.form
    operations.set_shared(str(session.get(guard.TOKEN, "")), is_shared)
    guard.mark_shared(is_shared=is_shared)
    said = _("Nothing more is kept on this computer.") if is_shared else _("This computer counts as your own again.")
    flash(said, "success")
    return redirect(url_for("account.overview"), 303)


@blueprint.post("/account/sessions/<int(max=2147483647):session_id>/end")
@guard.signed_in
def end(session_id: int) -> ResponseReturnValue:
    """Sign out somewhere else."""
    if not operations.end_session(guard.actor().account_id or 0, session_id):
        abort(404)
    flash(_("Signed out there."), "success")
    return redirect(url_for("account.overview"), 303)


@blueprint.post("/account/sessions/end-others")
@guard.signed_in
def end_others() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    ended = operations.end_others(guard.actor().account_id or 0, str(session.get(guard.TOKEN, "")))
    flash(ngettext("Signed out in one other place.", "Signed out in %(num)s other places.", ended), "success")
    return redirect(url_for("account.overview"), 303)


def _place(row: SignInSession, here: int) -> Place:
    return Place(
        row.id,
        devices.in_words(row.device),
        site.moment(row.created_at),
        site.moment(row.seen_at),
        row.id == here,
    )
