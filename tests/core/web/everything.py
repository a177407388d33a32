"""A site with something of everything, so that no page is empty: each of its words is overwritten by an attack."""

from skolemerke import clock, database, outbox
from skolemerke.agencies.models import Agency
from skolemerke.applications import operations as applications
from skolemerke.applications.models import Application, Declaration, EditionChange, Submission
from skolemerke.contract.criteria import Verdict
from skolemerke.decisions.models import Decision
from skolemerke.eligibility.models import Override
from skolemerke.invitations.models import MailWording
from skolemerke.registry.models import Membership, Project, School, Teacher
from skolemerke.rounds.models import AgencyCalendar
from skolemerke.scoring.models import Judgement
from sqlalchemy import select
from support import applied
from support.hostile import LINK, TEXT

ROUND = applied.ROUND


def everything(world):
    """What the table of routes does not need, so that no page is empty. Each word is overwritten afterwards."""
    ids, now = world.ids["own"], clock.now()
    school_id, agency_id, application_id = ids["school"], ids["agency"], ids["application"]
    with database.write() as session:
        agency = session.get_one(Agency, agency_id)
        agency.sender_name, agency.contact_url, agency.contact_email = "x", "https://agency.example/", "x"
        own = dict.fromkeys(("privacy", "accessibility", "help", "contact"), f"## x\n\n{TEXT}\n\n- {TEXT}")
        agency.texts = {"en": own, "nb": own}
        school = session.get_one(School, school_id)
        for name in ("city", "region", "level", "address", "head_name", "head_email", "site"):
            setattr(school, name, "x")
        school.facts = {"x": "Some words"}
        teacher = session.scalars(select(Teacher).where(Teacher.school_id == school_id)).first()
        teacher.role = "x"
        project = Project(project_id="p1", title="x", european=True, started_on=now.date())
        session.add(project)
        session.flush()
        session.add(Membership(project_id=project.id, person_id=teacher.person_id, school_id=school_id))
        session.add_all(_judged(session, ids, now))
        for declaration in session.scalars(select(Declaration)):
            declaration.signer_name = declaration.note = "x y"
        piece = {"id": "e", "question_id": ids["address"], "link": LINK, "name": "x y"}
        submission = session.get_one(Submission, ids["submission_id"])
        submission.evidence = [{**piece, "media_type": "", "size": 1, "sha256": ""}]
        said = {"signer": "x y", "note": "x y", "school": "x y", "submission": submission.id}
        facts = {"agency_id": agency_id, "round_id": ROUND, "school_id": school_id, "application_id": application_id}
        for kind in MAILS:
            address = {"address": "kari@school.example", "name": "x", "language": "nb"}
            outbox.queue(session, kind, f"hostile {kind}", **address, **facts, **said, application=ids["public_id"])


MAILS = (
    "receipt", "signed", "declined", "paper_returned", "invitation", "invitation_head", "reminder_start",
    "reminder_submit", "reminder_changed",
)  # fmt: skip


def _judged(session, ids, now):
    """What staff writes about a school."""
    school_id, agency_id, application_id = ids["school"], ids["agency"], ids["application"]
    edition = session.get_one(Application, application_id).edition_id
    said = dict.fromkeys(("en", "nb", "nn"), "x y")
    return [
        EditionChange(
            application_id=application_id, from_edition=edition, to_edition=edition, at=now,
            changes=[{"sentences": said, "reasons": said}],
        ),
        Override(
            round_id=ROUND, school_id=school_id, criterion_id="registered", verdict=Verdict.MET, reason="x",
            evidence="x", made_at=now,
        ),
        AgencyCalendar(round_id=ROUND, agency_id=agency_id, dates={}, reason="x", changed_at=now),
        MailWording(
            agency_id=agency_id, kind="invitation", language="nb", subject="x", body="x", changed_at=now,
            changed_by="x",
        ),
        Decision(
            submission_id=ids["submission_id"], level="agency", outcome="refused", reasons="x", feedback="x",
            made_at=now, released_at=now,
        ),
        Judgement(
            submission_id=ids["submission_id"], part=ids["address"], finding="fulfilled", feedback="x", note="x",
            made_at=now,
        ),
    ]  # fmt: skip


def answer_all(actor, number):
    """Hostile answers of every type, some of them twice."""
    visit, colleague = (applications.add_row(actor, number, question) for question in ("visits", "staff"))
    places = [
        "contact", "summary", "pupils", "since", "site", "how_many", "kind", "many", "rules", "promise",
        "statements.pupils_learn", "statements.parents_know", f"visits.{visit}.place", f"visits.{visit}.day",
        f"visits.{visit}.way", f"visits.{visit}.told", f"staff.{colleague}.name", f"staff.{colleague}.remark",
    ]  # fmt: skip
    answers = {**dict.fromkeys(places, TEXT), "partners": "yes", "themes": [TEXT], "staff": [TEXT]}
    applications.save_answers(actor, number, answers, {})
    again = dict.fromkeys(("contact", f"visits.{visit}.place"), f"Again {TEXT}")
    applications.save_answers(actor, number, again, dict.fromkeys(again, 1))
    return visit
