"""The administration: records for staff, every view behind one secured base."""

from __future__ import annotations

from flask import Blueprint, Flask
from flask_admin.theme import Bootstrap4Theme
from flask_babel import lazy_gettext as _

from skolemerke import database
from skolemerke.admin.applications import ApplicationView
from skolemerke.admin.base import Reading, Secured, SecuredAdmin
from skolemerke.admin.home import HomeView
from skolemerke.admin.mails import MailView
from skolemerke.admin.offices import AgencyView
from skolemerke.admin.records import AuditView
from skolemerke.admin.registers import LabelView, SchoolView, TeacherView
from skolemerke.admin.results import ResultsView
from skolemerke.admin.running import PluginsView, RoundsView
from skolemerke.admin.step_one import StepOneView
from skolemerke.admin.stopped import SuppressionView
from skolemerke.admin.wordings import WordingsView
from skolemerke.agencies.models import Agency
from skolemerke.applications.models import Application
from skolemerke.audit import AuditLine
from skolemerke.mailing.models import Suppression
from skolemerke.outbox import Mail
from skolemerke.registry.models import School, SchoolLabel, Teacher
from skolemerke.web import guard

EXTENSION = "skolemerke.admin"


def register(app: Flask) -> None:
    """Put the administration into an application, under /admin."""
    app.register_blueprint(Blueprint("staff", __name__, template_folder="templates"))
    admin = SecuredAdmin(
        app,
        name=_("Administration"),
        index_view=HomeView(name=_("Overview"), endpoint="admin", url="/admin"),
        theme=Bootstrap4Theme(base_template="staff/base.html"),
        csp_nonce_generator=guard.nonce,
    )
    reads = Reading(app.extensions[database.EXTENSION].reads)
    for view in _views(reads):
        admin.add_view(view)
    app.extensions[EXTENSION] = admin


def _views(reads: Reading) -> list[Secured]:
    return [
        ApplicationView(Application, reads, name=_("Applications"), endpoint="admin-applications", url="applications"),
        StepOneView(name=_("Who may apply"), endpoint="admin-step-one", url="step-one"),
        ResultsView(name=_("Results"), endpoint="admin-results", url="results"),
        SchoolView(School, reads, name=_("Schools"), endpoint="admin-schools", url="schools"),
        TeacherView(Teacher, reads, name=_("Teachers"), endpoint="admin-teachers", url="teachers"),
        LabelView(SchoolLabel, reads, name=_("Labels"), endpoint="admin-labels", url="labels"),
        MailView(Mail, reads, name=_("Mails"), endpoint="admin-mails", url="mails"),
        SuppressionView(Suppression, reads, name=_("Stopped addresses"), endpoint="admin-stopped", url="stopped"),
        WordingsView(name=_("Wording of mails"), endpoint="admin-wordings", url="wordings"),
        AgencyView(Agency, reads, name=_("Agencies"), endpoint="admin-agencies", url="agencies"),
        RoundsView(name=_("Rounds"), endpoint="admin-rounds", url="rounds"),
        PluginsView(name=_("Plugins"), endpoint="admin-plugins", url="plugins"),
        AuditView(AuditLine, reads, name=_("Changes"), endpoint="admin-changes", url="changes"),
    ]
