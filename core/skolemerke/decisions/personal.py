"""What judgements and decisions hold about a member of staff: that they made them. They are kept."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from skolemerke.decisions.models import Decision, Publication
from skolemerke.people import personal
from skolemerke.people.personal import Subject, rows_of
from skolemerke.scoring.models import Judgement


def _gather(session: Session, subject: Subject) -> dict[str, Any]:
    return {
        "decisions": rows_of(
            session,
            select(Decision.submission_id, Decision.level, Decision.outcome, Decision.made_at)
            .where(Decision.account_id.in_(subject.accounts))
            .order_by(Decision.id),
        ),
        "judgements": rows_of(
            session,
            select(Judgement.submission_id, Judgement.part, Judgement.finding, Judgement.made_at)
            .where(Judgement.account_id.in_(subject.accounts))
            .order_by(Judgement.id),
        ),
        "publications": rows_of(
            session, select(Publication.round_id, Publication.at).where(Publication.account_id.in_(subject.accounts))
        ),
    }


personal.declare("decisions", _gather)
