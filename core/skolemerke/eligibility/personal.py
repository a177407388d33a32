"""What step one holds about a member of staff: that they set verdicts aside. It is kept, with its reasons."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from skolemerke.eligibility.models import Override
from skolemerke.people import personal
from skolemerke.people.personal import Subject, rows_of


def _gather(session: Session, subject: Subject) -> dict[str, Any]:
    return {
        "overrides": rows_of(
            session,
            select(Override.round_id, Override.school_id, Override.reason, Override.made_at)
            .where(Override.account_id.in_(subject.accounts))
            .order_by(Override.id),
        )
    }


personal.declare("eligibility", _gather)
