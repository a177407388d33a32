"""How a changed round reaches drafts: what makes it easier for everybody by itself, anything else when the
applicant takes it over. Submissions keep the edition under which they were made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from skolemerke import audit, clock, database, speech
from skolemerke.applications.authors import authors, tell
from skolemerke.applications.drafts import held, require_open
from skolemerke.applications.looking import kept, looks_for
from skolemerke.applications.models import Application, EditionChange
from skolemerke.config import LANGUAGES
from skolemerke.people.actors import Actor
from skolemerke.people.rights import Refused, require
from skolemerke.plugin_host.host import RoundPaused
from skolemerke.rounds import operations as rounds
from skolemerke.rounds.changes import Change, differences, in_words, reaches_drafts
from skolemerke.rounds.composition import Content
from skolemerke.rounds.models import Edition
from skolemerke.rounds.queries import UnknownRound, composed, content

AT_ONCE = 50
"""So many drafts move in one transaction, so that saves go on in between."""


@dataclass(frozen=True)
class Adopted:
    """What came of the drafts: `moved` with a word to their writers, `silently` because nothing that a school can
    notice changed, `waiting` for their applicants to take the new edition over."""

    moved: int = 0
    silently: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class Shown:
    """Changes in words, and the reasons that the overlays behind them give."""

    sentences: tuple[str, ...]
    reasons: tuple[str, ...]


def adopt_editions() -> Adopted:
    """Carry drafts to the editions that their rounds have now; run at each start, and harmless at any time.

    A round that is paused is left alone.
    """
    rounds.store_overlays()
    moved = silently = waiting = 0
    for round_id, agency_id in _rounds_in_use():
        try:
            composed(round_id, agency_id)
            current = rounds.freeze(round_id, agency_id)
        except (RoundPaused, UnknownRound):
            continue
        new = content(current)
        for old in _editions_left(round_id, agency_id, current):
            changes = differences(content(old), new)
            if not reaches_drafts(changes):
                waiting += _count_under(old, agency_id)
                continue
            move = _Move(content(old), new, old.id, current.id, agency_id, described(content(old), new, changes))
            count = _move_all(move)
            moved, silently = (moved + count, silently) if move.told else (moved, silently + count)
    return Adopted(moved, silently, waiting)


def take_over_edition(actor: Actor, application_id: int) -> EditionChange | None:
    """Take over the edition that the round has now; none when the draft has it already.

    Answers stay as they are; what should be looked at again is kept with the change. Raises `Refused`, `Closed`.
    """
    read = database.read()
    application = read.get(Application, application_id)
    if application is None:
        raise Refused(f"{actor.ref} may not application.edit")
    require(actor, "application.edit", application)
    current = rounds.freeze(application.round_id, application.agency_id)
    current_id, current_hash, new = current.id, current.hash, content(current)
    with database.write() as session:
        application = held(session, actor, "application.edit", application_id)
        require_open(session, application, clock.now())
        if application.edition_id == current_id:
            return None
        old = content(application.edition)
        looks = kept(looks_for(session, application, old, new))
        # What changed was read before it was taken over; what to look at again is still to be done.
        told = [{**one, "read": True} for one in described(old, new, differences(old, new))]
        change = _moved(application, current_id, [*told, *looks])
        change.seen_at = None if looks else clock.now()
        session.add(change)
        audit.record(
            session,
            "application.edition_taken_over",
            f"application:{application.id}",
            actor=actor.ref,
            agency_id=application.agency_id,
            edition=current_hash,
        )
    return change


def mark_changes_seen(actor: Actor, application_id: int) -> None:
    """Note that the applicants have seen what changed in their form. Raises `Refused`."""
    with database.write() as session:
        held(session, actor, "application.edit", application_id)
        unseen = select(EditionChange).where(
            EditionChange.application_id == application_id, EditionChange.seen_at.is_(None)
        )
        for change in session.scalars(unseen):
            change.seen_at = clock.now()


def described(old: Content, new: Content, changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Changes as they are kept with a draft: in sentences of every language, with the reasons of the overlays."""
    return [
        {
            "part": change.part,
            "id": change.id,
            "kind": change.kind,
            "sentences": {language: in_words(change, old, new, language) for language in LANGUAGES},
            "reasons": _reasons(new, change),
        }
        for change in changes
    ]


def shown(told: Sequence[dict[str, Any]], language: str) -> Shown:
    """Kept changes in a language; a reason that several share is said once."""
    spoken = speech.nearest(language)
    said = [change for change in told if "sentences" in change]
    reasons = [change["reasons"][spoken] for change in said if change["reasons"]]
    return Shown(tuple(change["sentences"][spoken] for change in said), tuple(dict.fromkeys(reasons)))


def _reasons(new: Content, change: Change) -> dict[str, str]:
    overlay = new.adjusted_by(change.id)
    if overlay is None:
        return {}
    return {language: str(overlay.said(language, overlay.language).reason) for language in LANGUAGES}


def _rounds_in_use() -> list[tuple[str, int | None]]:
    used = select(Application.round_id, Application.agency_id).distinct()
    rows = database.read().execute(used)
    return sorted(((row.round_id, row.agency_id) for row in rows), key=lambda pair: (pair[0], pair[1] or 0))


def _editions_left(round_id: str, agency_id: int | None, current: Edition) -> Sequence[Edition]:
    used = select(Application.edition_id).where(
        Application.round_id == round_id, Application.agency_id.is_not_distinct_from(agency_id)
    )
    statement = select(Edition).where(Edition.id.in_(used), Edition.id != current.id).order_by(Edition.id)
    return database.read().scalars(statement).all()


def _count_under(edition: Edition, agency_id: int | None) -> int:
    under = select(func.count(Application.id)).where(
        Application.edition_id == edition.id, Application.agency_id.is_not_distinct_from(agency_id)
    )
    return database.read().scalar(under) or 0


@dataclass(frozen=True)
class _Move:
    """The drafts of an agency go from one edition to another; `told` is empty when nobody would notice."""

    old: Content
    new: Content
    old_id: int
    new_id: int
    agency_id: int | None
    told: list[dict[str, Any]]


def _move_all(move: _Move) -> int:
    moved = 0
    while count := _move_some(move):
        moved += count
    return moved


def _move_some(move: _Move) -> int:
    with database.write() as session:
        drafts = session.scalars(
            select(Application)
            .where(Application.edition_id == move.old_id, Application.agency_id.is_not_distinct_from(move.agency_id))
            .order_by(Application.id)
            .limit(AT_ONCE)
            .with_for_update()
        ).all()
        for application in drafts:
            if move.told:
                _move_openly(session, application, move)
            else:
                application.edition_id = move.new_id
        if drafts and not move.told:
            subject, count = f"edition:{move.new_id}", len(drafts)
            audit.record(session, "edition.adopted", subject, agency_id=move.agency_id, applications=count)
        return len(drafts)


def _move_openly(session: database.WriteSession, application: Application, move: _Move) -> None:
    looks = kept(looks_for(session, application, move.old, move.new))
    change = _moved(application, move.new_id, [*move.told, *looks])
    session.add(change)
    session.flush()
    audit.record(
        session,
        "application.edition_changed",
        f"application:{application.id}",
        agency_id=application.agency_id,
        from_edition=change.from_edition,
        to_edition=move.new_id,
    )
    for account in authors(session, application.id):
        key = f"edition_changed:{application.id}:{move.new_id}:{account.id}"
        tell(session, application, account, "edition_changed", key, change=change.id)


def _moved(application: Application, new_id: int, told: list[dict[str, Any]]) -> EditionChange:
    change = EditionChange(
        application_id=application.id,
        from_edition=application.edition_id,
        to_edition=new_id,
        changes=told,
        at=clock.now(),
    )
    application.edition_id = new_id
    return change
