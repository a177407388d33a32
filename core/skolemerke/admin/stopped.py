"""The addresses that get no mail: why, since when, and who lets them through again."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement

from skolemerke.admin.base import page
from skolemerke.admin.cells import Source
from skolemerke.admin.choices import of_words
from skolemerke.admin.lists import RecordView, Search
from skolemerke.admin.rights import ENTER
from skolemerke.database import coded
from skolemerke.mailing import operations
from skolemerke.mailing.models import Suppression
from skolemerke.mailing.rights import LIFT
from skolemerke.people.actors import Actor
from skolemerke.people.rights import may, within
from skolemerke.web import guard
from skolemerke.web.filling import said

CAUSES = {
    "refused": _("a mail server knows no such mailbox"),
    "asked": _("the person wants no invitations and reminders"),
    "staff": _("stopped by staff"),
}


def _cause_in_words(cause: str) -> str:
    return str(CAUSES.get(cause, cause))


class SuppressionView(RecordView):
    """Addresses that get no mail, and those that did not for a while."""

    rights: ClassVar = {**RecordView.rights, "stop": ENTER, "lift": ENTER}
    column_list = ("address", "cause", "detail", "at", "lifted_at")
    column_details_list = (*column_list, "lifted_by", "lift_reason")
    sources: ClassVar = {"cause": Source((Suppression.cause,), words=_cause_in_words, are_few=True)}
    orders: ClassVar = {"address": coded(Suppression.address)}
    searches = (Search("address", orders["address"]),)
    column_labels = {
        "address": _("Address"),
        "cause": _("Cause"),
        "detail": _("Reason"),
        "at": _("Since"),
        "lifted_at": _("Let through"),
        "lifted_by": _("By"),
        "lift_reason": _("Why it was let through"),
    }
    narrowings = (of_words("cause", _("Cause"), Suppression.cause, CAUSES),)
    list_template = "staff/stopped.html"
    details_template = "staff/stopped_address.html"

    def scope(self, actor: Actor) -> ColumnElement[bool]:
        """What was noted for mail of the actor's agencies."""
        return within(actor, Suppression.agency_id)

    def title_of(self, model: Suppression) -> str:
        """The address."""
        return model.address

    def details_of(self, model: Suppression) -> dict[str, Any]:
        """Whether it can be let through."""
        return {"may_lift": model.lifted_at is None and may(guard.actor(), LIFT, model.agency_id)}

    @page("/stop", "POST")
    def stop(self) -> ResponseReturnValue:
        """Stop mail to an address."""
        try:
            operations.suppress(guard.actor(), request.form.get("address", ""), request.form.get("reason", ""))
        except operations.MailRefusal as refusal:
            flash(said(refusal), "warning")
        else:
            flash(gettext("No more mail is sent to this address."), "success")
        return redirect(self.get_url(".index_view"))

    @page("/<int(max=2147483647):key>/lift", "POST")
    def lift(self, key: int) -> ResponseReturnValue:
        """Let an address through again."""
        if self.get_one(key) is None:
            abort(404)
        try:
            operations.lift(guard.actor(), key, request.form.get("reason", ""))
        except operations.MailRefusal as refusal:
            flash(said(refusal), "warning")
        else:
            flash(gettext("Mail is sent to this address again."), "success")
        return redirect(self.get_url(".details_view", id=key))
