"""What the installation has changed: the chain of changes."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import g
from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement

from skolemerke import audit, database
from skolemerke.admin.audit_words import account_of, actor_in_words, subject_in_words, verb_in_words
from skolemerke.admin.cells import Source
from skolemerke.admin.lists import RecordView, Search
from skolemerke.applications.queries import names_of
from skolemerke.audit import AuditDetails, AuditLine
from skolemerke.database import coded
from skolemerke.people.actors import Actor
from skolemerke.people.rights import within


def _who(actor: str) -> str:
    """By whom; each name is asked for once a request."""
    names: dict[int, str] = g.setdefault("audit_names", {})
    number = account_of(actor)
    if number is not None and number not in names:
        names[number] = names_of([number]).get(number, "")
    return actor_in_words(actor, names)


class AuditView(RecordView):
    """The chain of changes."""

    column_list = ("number", "at", "actor", "verb", "subject")
    column_details_list = (*column_list, "commitment", "previous", "hash")
    sources: ClassVar = {
        "actor": Source((AuditLine.actor,), words=_who),
        "verb": Source((AuditLine.verb,), words=verb_in_words),
        "subject": Source((AuditLine.subject,), words=subject_in_words),
    }
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
    list_template = "staff/audit.html"
    details_template = "staff/audit_line.html"

    def scope(self, actor: Actor) -> ColumnElement[bool]:
        """Lines of the actor's agencies."""
        return within(actor, AuditLine.agency_id)

    def title_of(self, model: AuditLine) -> str:
        """Number and what was done."""
        return f"{model.number}: {verb_in_words(model.verb)}"

    def details_of(self, model: AuditLine) -> dict[str, Any]:
        """The details, unless they were erased."""
        kept = database.read().get(AuditDetails, model.number)
        return {"details": sorted(kept.details.items()) if kept else None}

    def first_break(self) -> audit.Break | None:
        """Where the chain does not hold; none when it is whole."""
        return next(audit.breaks(database.read()), None)
