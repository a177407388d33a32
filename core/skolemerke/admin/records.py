"""What the installation has sent and changed: mails, and the chain of changes."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement

from skolemerke import audit, database, outbox
from skolemerke.admin.base import RecordView
from skolemerke.admin.choices import MAIL_STATES, of_round, of_words
from skolemerke.audit import AuditDetails, AuditLine
from skolemerke.outbox import Mail
from skolemerke.people.actors import Actor
from skolemerke.people.rights import within


def _state_in_words(_view: Any, _context: Any, model: Mail, _name: str) -> str:
    return str(MAIL_STATES.get(model.state, model.state))


class MailView(RecordView):
    """Mail that was queued or sent. What lets somebody in or sign is never shown."""

    column_list = ("created_at", "kind", "address", "state", "attempts", "sent_at", "error")
    column_details_list = ("kind", "address", "name", "language", "round_id", *column_list[3:], "created_at")
    column_sortable_list = ("created_at", "kind", "address", "state", "sent_at")
    column_searchable_list = ("address",)
    column_default_sort = ("created_at", True)
    column_labels = {
        "created_at": _("Queued"),
        "kind": _("Kind"),
        "address": _("Address"),
        "name": _("Name"),
        "language": _("Language"),
        "round_id": _("Round"),
        "state": _("State"),
        "attempts": _("Attempts"),
        "sent_at": _("Sent"),
        "error": _("Fault"),
    }
    column_formatters = {"state": _state_in_words}
    narrowings = (of_words("state", _("State"), Mail.state, MAIL_STATES), of_round(Mail.round_id))
    details_template = "staff/mail.html"

    def scope(self, actor: Actor) -> ColumnElement[bool]:
        """Mail of the actor's agencies; that of no agency is the central service's to see."""
        return within(actor, Mail.agency_id)

    def title_of(self, model: Mail) -> str:
        """Kind and address."""
        return f"{model.kind}: {model.address}"

    def details_of(self, model: Mail) -> dict[str, Any]:
        """The mail as it is read, unless it holds a secret or nobody knows how to write it."""
        known = outbox.of()
        can_be_shown = model.kind in known.renderers and model.kind not in known.secret_kinds
        return {"letter": outbox.render(model) if can_be_shown else None}


class AuditView(RecordView):
    """The chain of changes."""

    column_list = ("number", "at", "actor", "verb", "subject")
    column_details_list = (*column_list, "commitment", "previous", "hash")
    column_sortable_list = ("number", "at", "actor", "verb", "subject")
    column_searchable_list = ("verb", "subject", "actor")
    column_default_sort = ("number", True)
    column_labels = {
        "number": _("Line"),
        "at": _("When"),
        "actor": _("Who"),
        "verb": _("What"),
        "subject": _("Of what"),
        "commitment": _("Commitment to the details"),
        "previous": _("Hash of the line before"),
        "hash": _("Hash"),
    }
    list_template = "staff/audit.html"
    details_template = "staff/audit_line.html"

    def scope(self, actor: Actor) -> ColumnElement[bool]:
        """Lines of the actor's agencies."""
        return within(actor, AuditLine.agency_id)

    def title_of(self, model: AuditLine) -> str:
        """Number and what was done."""
        return f"{model.number}: {model.verb}"

    def details_of(self, model: AuditLine) -> dict[str, Any]:
        """The details, unless they were erased."""
        kept = database.read().get(AuditDetails, model.number)
        return {"details": sorted(kept.details.items()) if kept else None}

    def first_break(self) -> audit.Break | None:
        """Where the chain does not hold; none when it is whole."""
        return next(audit.breaks(database.read()), None)
