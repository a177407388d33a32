"""What the installation has changed: the chain of changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import g
from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement

from skolemerke import audit, database
from skolemerke.admin.audit_words import accounts_of, actor_in_words, subject_in_words, verb_in_words
from skolemerke.admin.lists import RecordView, Search
from skolemerke.applications.queries import names_of
from skolemerke.audit import AuditDetails, AuditLine
from skolemerke.database import coded
from skolemerke.people.actors import Actor
from skolemerke.people.rights import within


def _who(_view: Any, _context: Any, model: AuditLine, _name: str) -> str:
    if "audit_names" not in g:
        g.audit_names = names_of(accounts_of([model.actor]))
    return actor_in_words(model.actor, g.audit_names)


def _what(_view: Any, _context: Any, model: AuditLine, _name: str) -> str:
    return verb_in_words(model.verb)


def _of_what(_view: Any, _context: Any, model: AuditLine, _name: str) -> str:
    return subject_in_words(model.subject)


class AuditView(RecordView):
    """The chain of changes."""

    column_list = ("number", "at", "actor", "verb", "subject")
    column_details_list = (*column_list, "commitment", "previous", "hash")
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
    column_formatters = {"actor": _who, "verb": _what, "subject": _of_what}
    list_template = "staff/audit.html"
    details_template = "staff/audit_line.html"

    def scope(self, actor: Actor) -> ColumnElement[bool]:
        """Lines of the actor's agencies."""
        return within(actor, AuditLine.agency_id)

    def title_of(self, model: AuditLine) -> str:
        """Number and what was done."""
        return f"{model.number}: {verb_in_words(model.verb)}"

    def prepare(self, rows: Sequence[AuditLine]) -> None:
        """Fetch the names of everybody who acted in the rows of the page at once."""
        g.audit_names = names_of(accounts_of(row.actor for row in rows))

    def details_of(self, model: AuditLine) -> dict[str, Any]:
        """The details, unless they were erased."""
        kept = database.read().get(AuditDetails, model.number)
        return {"details": sorted(kept.details.items()) if kept else None}

    def first_break(self) -> audit.Break | None:
        """Where the chain does not hold; none when it is whole."""
        return next(audit.breaks(database.read()), None)
