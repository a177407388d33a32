"""A round with two agencies, each with a school that has applied, and a client for each kind of person."""

import re
from datetime import date

from skolemerke import audit, clock, database, outbox
from skolemerke.mailing.models import Suppression
from skolemerke.people import operations as people
from skolemerke.registry.models import SchoolLabel
from skolemerke.rounds import operations as rounds
from skolemerke.scoring import operations as scoring
from sqlalchemy import select

from support.applied import (
    AFTER_CLOSING,
    ROUND,
    account,
    agency,
    applied,
    declared,
    examples,
    school,
    submitted,
    teacher,
)
from support.public_site import visitor

TODAY = date(2015, 1, 1)
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
ROLES = ("anonymous", "teacher", "officer_no", "officer_fi", "central", "administrator")


class Office:
    """The installation, what lies in it by agency, and who can sign in."""

    def __init__(self, app):
        self.app = app
        self.agencies = {"no": agency("NO", "NO"), "fi": agency("FI", "FI")}
        rounds.open_round(ROUND)
        self.rows = {side: self._rows(side) for side in ("no", "fi")}
        scoring.run(ROUND)
        clock.current().move_to(AFTER_CLOSING)
        self.accounts = {
            "teacher": account("kari.no@example.org"),
            "officer_no": account("officer.no@example.org", role="officer", agency_id=self.agencies["no"]),
            "officer_fi": account("officer.fi@example.org", role="officer", agency_id=self.agencies["fi"]),
            "central": account("central@example.org", role="central"),
            "administrator": account("admin@example.org", role="administrator"),
        }

    def _rows(self, side):
        agency_id, country = self.agencies[side], side.upper()
        name = f"School {side} {HOSTILE}"
        school_id = school(name, country, agency_id, city="=1+1")
        teacher_id = teacher(school_id, f"kari.{side}@example.org", f"Kari {HOSTILE}")
        application_id = applied(school_id, agency_id)
        example = examples("etwinning-2021-2022")["all_good"]
        answers = {**example["answers"], "safety_activities": HOSTILE}
        submission_id = submitted(application_id, answers, example["evidence"])
        declared(submission_id)
        with database.write() as session:
            facts = {"agency_id": agency_id, "language": "en", "round_id": ROUND}
            payload = {"outcome": "granted", "feedback": HOSTILE, "school": name, "application": "a"}
            certificate = f"{ROUND}-{country}-AAAAAA"
            payload |= {"certificate": certificate, "valid_from": 2021, "valid_to": 2022}
            outbox.queue(session, "decision", f"d{side}", address=f"kari.{side}@example.org", **facts, **payload)
            label = SchoolLabel(
                certificate=certificate, round_id="2019-2020", school_id=school_id, school_name=name,
                country=country, awarded_on=clock.now().date(), valid_from=2020, valid_to=2021, origin="import",
            )  # fmt: skip
            stopped = Suppression(
                address=f"gone.{side}@example.org", cause="refused", detail=HOSTILE, agency_id=self.agencies[side],
                at=clock.now(),
            )  # fmt: skip
            session.add_all([label, stopped])
            session.flush()
            label_id, stopped_id = label.id, stopped.id
        with database.write() as session:
            audit.record(session, "test.noted", f"application:{application_id}", agency_id=agency_id, words=HOSTILE)
            session.flush()
        read = database.read()
        newest = read.scalar(select(audit.AuditLine.number).order_by(audit.AuditLine.number.desc()).limit(1))
        mail_id = read.scalar(select(outbox.Mail.id).where(outbox.Mail.dedupe_key == f"d{side}"))
        return {
            "admin-applications": application_id,
            "admin-schools": school_id,
            "admin-teachers": teacher_id,
            "admin-labels": label_id,
            "admin-mails": mail_id,
            "admin-stopped": stopped_id,
            "admin-agencies": agency_id,
            "admin-changes": newest,
            "submission": submission_id,
        }

    def client(self, role):
        """A browser in which somebody of that role is signed in."""
        client = visitor(self.app)
        if role != "anonymous":
            token = people.open_session(self.accounts[role])
            with client.session_transaction() as session:
                session["token"] = token
        return client


def csrf_of(page):
    """The token that a page's forms hold."""
    return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
