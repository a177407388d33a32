"""Who wrote in an application, and mail to them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from skolemerke import outbox
from skolemerke.applications.models import AnswerChange, Application, Evidence
from skolemerke.config import current_config
from skolemerke.database import WriteSession
from skolemerke.people.models import Account


def authors(session: Session, application_id: int) -> list[Account]:
    """Everybody who began the application, changed an answer of it or added evidence."""
    wrote = union(
        select(Application.created_by).where(Application.id == application_id),
        select(AnswerChange.account_id).where(AnswerChange.application_id == application_id),
        select(Evidence.added_by).where(Evidence.application_id == application_id),
    ).subquery()
    return list(session.scalars(select(Account).where(Account.id.in_(select(wrote))).order_by(Account.id)))


def tell(
    session: WriteSession,
    application: Application,
    account: Account,
    kind: str,
    dedupe_key: str,
    *,
    language: str = "",
    **payload: Any,
) -> bool:
    """Queue a mail about an application to one person, in the language of the account where none is given."""
    return outbox.queue(
        session,
        kind,
        dedupe_key,
        address=account.email,
        name=account.name,
        language=language or account.language or current_config().default_language,
        **about(application),
        **payload,
    )


def about(application: Application) -> dict[str, Any]:
    """What a mail says of the application that it is about."""
    return {
        "agency_id": application.agency_id,
        "round_id": application.round_id,
        "school_id": application.school_id,
        "application_id": application.id,
        "school": application.school.name,
        "application": application.public_id,
    }
