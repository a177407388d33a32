"""What the installation has changed: the chain of changes."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement

from skolemerke import audit, database
from skolemerke.admin.lists import RecordView, Search
from skolemerke.audit import AuditDetails, AuditLine
from skolemerke.database import coded
from skolemerke.people.actors import Actor
from skolemerke.people.rights import within


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
