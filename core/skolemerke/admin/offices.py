"""Agencies: what they are called, where they are reached, for whom they answer."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, func, select

from skolemerke.admin.base import page
from skolemerke.admin.cells import Source, of_language
from skolemerke.admin.lists import RecordView
from skolemerke.admin.rights import ENTER
from skolemerke.agencies.models import Agency, AgencyCountry
from skolemerke.agencies.operations import AgencyRefusal
from skolemerke.people import offices
from skolemerke.people.actors import Actor
from skolemerke.people.rights import Refused, may, within
from skolemerke.people.verbs import CHANGE_AGENCY
from skolemerke.web import guard
from skolemerke.web.filling import said

FIELDS = ("name", "language", "timezone", "contact_email", "contact_url")


COUNTRIES = (
    select(func.aggregate_strings(AgencyCountry.country, ","))
    .where(AgencyCountry.agency_id == Agency.id)
    .correlate(Agency)
    .scalar_subquery()
)


def _in_a_row(countries: str | None) -> str:
    return ", ".join(sorted((countries or "").split(",")))


class AgencyView(RecordView):
    """Agencies of the installation."""

    rights: ClassVar = {**RecordView.rights, "change": ENTER}
    column_list = ("code", "name", "countries", "language", "contact_email")
    column_details_list = (*column_list, "contact_url", "timezone")
    sources: ClassVar = {
        "countries": Source((COUNTRIES,), words=_in_a_row),
        "language": of_language(Agency.language),
    }
    orders: ClassVar = {"code": Agency.code}
    default_order = ("code", False)
    column_labels = {
        "code": _("Code"),
        "name": _("Name"),
        "countries": _("Countries"),
        "language": _("Language"),
        "timezone": _("Time zone"),
        "contact_email": _("Address"),
        "contact_url": _("Website"),
    }
    details_template = "staff/agency.html"

    def scope(self, actor: Actor) -> ColumnElement[bool]:
        """The actor's own agencies."""
        return within(actor, Agency.id)

    def title_of(self, model: Agency) -> str:
        """The agency's name."""
        return model.name

    def details_of(self, model: Agency) -> dict[str, Any]:
        """What an administrator may change."""
        fields = [(name, self.column_labels[name], getattr(model, name)) for name in FIELDS]
        return {"fields": fields, "may_change": may(guard.actor(), CHANGE_AGENCY, model.id)}

    @page("/<int(max=2147483647):key>/change", "POST")
    def change(self, key: int) -> ResponseReturnValue:
        """Change an agency's name, language, time zone or address."""
        if self.get_one(key) is None:
            abort(404)
        facts = {name: request.form.get(name, "") for name in FIELDS}
        try:
            offices.change(guard.actor(), key, **facts)
        except Refused:
            abort(404)
        except AgencyRefusal as refusal:
            flash(said(refusal), "warning")
        else:
            flash(gettext("The agency is changed."), "success")
        return redirect(self.get_url(".details_view", id=key))
