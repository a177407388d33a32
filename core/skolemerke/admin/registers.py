"""The register as staff see it: schools with their way through step one, teachers, labels."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from skolemerke_forms.saying import kind_words
from sqlalchemy import ColumnElement, or_, select, true

from skolemerke import database
from skolemerke.admin import cells
from skolemerke.admin.cells import Source
from skolemerke.admin.choices import of_agency, of_country, of_round
from skolemerke.admin.lists import RecordView, Search
from skolemerke.agencies.models import Agency, AgencyCountry
from skolemerke.applications.models import Application
from skolemerke.database import coded, folded
from skolemerke.eligibility import queries as eligibility
from skolemerke.eligibility.explaining import Explanation
from skolemerke.people.actors import Actor
from skolemerke.people.rights import within
from skolemerke.registry import queries as registry
from skolemerke.registry.models import School, SchoolLabel, Teacher, arrived
from skolemerke.rounds.queries import current_round
from skolemerke.web.languages import current_language


def own_schools(actor: Actor) -> Any:
    """A statement for the schools of the actor's agencies."""
    return select(School.id).where(within(actor, School.agency_id))


def _explanation(round_id: str | None, school: School) -> Explanation | None:
    """Why a school may apply in a round or not; none while it was not checked."""
    try:
        return eligibility.explain(round_id, school, current_language()) if round_id else None
    except eligibility.NotScreened:
        return None


class SchoolView(RecordView):
    """Schools of the register; one of an import that is still on its way is not there yet."""

    column_list = ("name", "school_id", "country", "city", "agency", "registered_on", "gone")
    column_details_list = (
        "school_id", "name", "country", "city", "region", "address", "agency", "registered_on", "level", "pupils",
        "language", "head_name", "head_email", "site", "gone",
    )  # fmt: skip
    sources: ClassVar = {
        "agency": Source((Agency.name,), via=School.agency),
        "country": cells.of_country(School.country),
        "language": cells.of_language(School.language),
    }
    orders: ClassVar = {name: folded(getattr(School, name)) for name in ("name", "school_id", "city")}
    default_order = ("name", False)
    searches = tuple(Search(name, by) for name, by in orders.items())
    column_labels = {
        "school_id": _("Id"),
        "name": _("School"),
        "country": _("Country"),
        "city": _("City"),
        "region": _("Region"),
        "address": _("Address"),
        "agency": _("Agency"),
        "registered_on": _("Registered"),
        "level": _("Level"),
        "pupils": _("Pupils"),
        "language": _("Language"),
        "head_name": _("Head of the school"),
        "head_email": _("The head's address"),
        "site": _("Website"),
        "gone": _("No longer in the register"),
    }
    narrowings = (of_country(School.country), of_agency(School.agency_id))
    details_template = "staff/school.html"

    def scope(self, actor: Actor) -> ColumnElement[bool]:
        """Schools of the actor's agencies."""
        return within(actor, School.agency_id) & arrived(School)

    def title_of(self, model: School) -> str:
        """The school's name."""
        return model.name

    def details_of(self, model: School) -> dict[str, Any]:
        """Why the school may apply or not, its teachers, applications and labels, and whether it is listed twice."""
        round_id, read = current_round(), database.read()
        explanation = _explanation(round_id, model)
        applications = select(Application).where(Application.school_id == model.id).order_by(Application.round_id)
        labels = select(SchoolLabel).where(SchoolLabel.school_id == model.id).order_by(SchoolLabel.round_id)
        return {
            "round_id": round_id,
            "explanation": explanation,
            "teachers": registry.teachers_of(model.id),
            "applications": read.scalars(applications).all(),
            "labels": read.scalars(labels).all(),
            "twins": (explanation.twins if explanation else ()) or registry.twins_of(model.id),
        }


class TeacherView(RecordView):
    """Teachers, once for each school where they serve."""

    column_list = ("name", "email", "role", "school", "language", "registered_on", "left_on")
    column_details_list = (*column_list, "gone")
    sources: ClassVar = {
        "school": Source((School.name,), via=Teacher.school),
        "language": cells.of_language(Teacher.language),
        "role": Source((Teacher.role,), words=lambda role: kind_words(role, gettext), are_few=True),
    }
    orders: ClassVar = {"name": folded(Teacher.name), "email": coded(Teacher.email)}
    default_order = ("name", False)
    searches = tuple(Search(name, by) for name, by in orders.items())
    column_labels = {
        "name": _("Name"),
        "email": _("Address"),
        "role": _("Role"),
        "school": _("School"),
        "language": _("Language"),
        "registered_on": _("Registered"),
        "left_on": _("Left"),
        "gone": _("No longer in the register"),
    }

    def scope(self, actor: Actor) -> ColumnElement[bool]:
        """Teachers at schools of the actor's agencies."""
        own = true() if actor.sees_all_agencies else Teacher.school_id.in_(own_schools(actor))
        return own & arrived(Teacher)

    def title_of(self, model: Teacher) -> str:
        """The teacher's name."""
        return model.name


class LabelView(RecordView):
    """School labels, also those that stand in no public list."""

    column_list = ("certificate", "round_id", "school_name", "city", "country", "awarded_on", "valid_to", "public")
    column_details_list = (*column_list, "valid_from", "region", "origin", "withdrawn_at", "gone")
    sources: ClassVar = {"country": cells.of_country(SchoolLabel.country)}
    orders: ClassVar = {"certificate": folded(SchoolLabel.certificate), "school_name": folded(SchoolLabel.school_name)}
    searches = tuple(Search(name, by) for name, by in orders.items())
    column_labels = {
        "certificate": _("Certificate"),
        "round_id": _("Round"),
        "school_name": _("School"),
        "city": _("City"),
        "country": _("Country"),
        "awarded_on": _("Awarded"),
        "valid_from": _("Valid from"),
        "valid_to": _("Valid to the end of"),
        "public": _("In the public list"),
        "region": _("Region"),
        "origin": _("Origin"),
        "withdrawn_at": _("Withdrawn"),
        "gone": _("No longer in the imported list"),
    }
    narrowings = (of_round(SchoolLabel.round_id), of_country(SchoolLabel.country))

    def scope(self, actor: Actor) -> ColumnElement[bool]:
        """Labels of the agencies' schools; a label without a school belongs to the agency of its country."""
        if actor.sees_all_agencies:
            return arrived(SchoolLabel)
        countries = select(AgencyCountry.country).where(within(actor, AgencyCountry.agency_id))
        own = or_(
            SchoolLabel.school_id.in_(own_schools(actor)),
            SchoolLabel.school_id.is_(None) & SchoolLabel.country.in_(countries),
        )
        return own & arrived(SchoolLabel)

    def title_of(self, model: SchoolLabel) -> str:
        """The certificate and the school."""
        return f"{model.certificate}: {model.school_name}"
