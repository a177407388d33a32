"""What the installation has changed: the chain of changes."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Integer, case, cast, func

from skolemerke import audit, database
from skolemerke.admin.audit_details import details_in_words
from skolemerke.admin.audit_words import actor_in_words, subject_in_words, verb_in_words
from skolemerke.admin.cells import Source
from skolemerke.admin.lists import RecordView, Search
from skolemerke.audit import AuditDetails, AuditLine
from skolemerke.database import coded
from skolemerke.people.actors import Actor
from skolemerke.people.models import Account
from skolemerke.people.rights import within

ACCOUNT = case(
    (AuditLine.actor.startswith("account:"), cast(func.substr(AuditLine.actor, len("account:") + 1), Integer))
)
"""The number of the account that acted; none where it was none."""


class AuditView(RecordView):
    """The chain of changes."""

    column_list = ("number", "at", "actor", "verb", "subject")
    column_details_list = column_list
    proof_list = ("commitment", "previous", "hash")
    orders: ClassVar = {"number": None}
    default_order = ("number", True)
    searches = tuple(Search(name, coded(getattr(AuditLine, name))) for name in ("verb", "subject", "actor"))
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
    sources: ClassVar = {
        "actor": Source(
            (AuditLine.actor, Account.name, Account.email), via=(Account, Account.id == ACCOUNT), words=actor_in_words
        ),
        "verb": Source((AuditLine.verb,), words=verb_in_words, are_few=True),
        "subject": Source((AuditLine.subject,), words=subject_in_words),
    }
    list_template = "staff/audit.html"
    details_template = "staff/audit_line.html"

    def scope(self, actor: Actor) -> ColumnElement[bool]:
        """Lines of the actor's agencies."""
        return within(actor, AuditLine.agency_id)

    def title_of(self, model: AuditLine) -> str:
        """Number and what was done."""
        return f"{model.number}: {verb_in_words(model.verb)}"

    def details_of(self, model: AuditLine) -> dict[str, Any]:
        """The details, unless they were erased, and what chains the line."""
        kept = database.read().get(AuditDetails, model.number)
        proof = [(self.column_labels[name], getattr(model, name)) for name in self.proof_list]
        return {"details": details_in_words(kept.details) if kept else None, "proof": proof}

    def first_break(self) -> audit.Break | None:
        """Where the chain does not hold; none when it is whole."""
        return next(audit.breaks(database.read()), None)
