"""What applications hold about a person. Answers, submissions and signatures are the school's and are kept; the
address of a principal who has answered is not needed any more."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skolemerke.applications.models import AnswerChange, Application, Declaration, Evidence, Submission
from skolemerke.database import WriteSession
from skolemerke.people import personal
from skolemerke.people.personal import Subject, rows_of


def _gather(session: Session, subject: Subject) -> dict[str, Any]:
    mine = subject.accounts
    return {
        "begun": rows_of(
            session,
            select(Application.public_id, Application.round_id, Application.created_at).where(
                Application.created_by.in_(mine)
            ),
        ),
        "answers": rows_of(
            session,
            select(Application.public_id, AnswerChange.question_id, AnswerChange.version)
            .add_columns(AnswerChange.raw, AnswerChange.at)
            .join(Application, Application.id == AnswerChange.application_id)
            .where(AnswerChange.account_id.in_(mine))
            .order_by(AnswerChange.id),
        ),
        "evidence": rows_of(
            session,
            select(Application.public_id, Evidence.question_id, Evidence.name, Evidence.link)
            .join(Application, Application.id == Evidence.application_id)
            .where(Evidence.added_by.in_(mine))
            .order_by(Evidence.id),
        ),
        "submissions": rows_of(
            session, select(Submission.receipt, Submission.arrived_at).where(Submission.account_id.in_(mine))
        ),
        "signatures": rows_of(
            session,
            select(Declaration.state, Declaration.head_name, Declaration.asked_at, Declaration.answered_at)
            .add_columns(Declaration.signer_name, Declaration.signer_role, Declaration.note)
            .where(func.lower(Declaration.head_email) == subject.address),
        ),
    }


def _erase(session: WriteSession, subject: Subject) -> tuple[dict[str, int], dict[str, int]]:
    found = session.scalars(select(Declaration).where(func.lower(Declaration.head_email) == subject.address)).all()
    answered = [row for row in found if row.answered_at is not None]
    for row in answered:
        row.head_email = ""
    kept = {
        name: session.scalar(select(func.count()).select_from(table).where(column.in_(subject.accounts))) or 0
        for name, table, column in (
            ("answers", AnswerChange, AnswerChange.account_id),
            ("evidence", Evidence, Evidence.added_by),
            ("submissions", Submission, Submission.account_id),
        )
    }
    return {"addresses_of_signatures": len(answered)}, {**kept, "signatures": len(found)}


personal.declare("applications", _gather, _erase)
