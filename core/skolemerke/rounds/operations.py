"""What is done with rounds. Every operation checks, changes, and appends its audit line in one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skolemerke import audit, clock, database, speech
from skolemerke.agencies.models import Agency
from skolemerke.contract.rounds import Calendar
from skolemerke.people.actors import SYSTEM, Actor
from skolemerke.people.rights import require
from skolemerke.plugin_host.host import RoundPaused
from skolemerke.rounds import queries, stored
from skolemerke.rounds.composition import Content, host
from skolemerke.rounds.models import AgencyCalendar, Edition, OverlayPlace, RoundRecord
from skolemerke.rounds.rights import MOVE_DATES, RUN
from skolemerke.speech import marked as _


class RoundRefusal(speech.Refusal):
    """Something can't be done with a round now; the text says why and what helps."""


def store_overlays() -> list[str]:
    """Give every newly installed overlay its place, last in its round. Returns those that were new."""
    if not _unplaced(database.read()):
        return []
    with database.write() as session:
        database.alone(session, "overlays")
        new = _unplaced(session)
        for round_id, name in new:
            last = session.scalar(select(func.max(OverlayPlace.position)).where(OverlayPlace.round_id == round_id))
            session.add(
                OverlayPlace(round_id=round_id, overlay_id=name, position=(last or 0) + 1, added_at=clock.now())
            )
            reason = host().overlays[name].reason
            audit.record(session, "overlay.placed", f"round:{round_id}", overlay=name, reason=reason)
    return [name for _, name in new]


def _unplaced(session: Session) -> list[tuple[str, str]]:
    """The installed overlays that have no place yet, with their rounds."""
    new = []
    for round_id in sorted({overlay.round for overlay in host().overlays.values()}):
        stored = set(session.scalars(select(OverlayPlace.overlay_id).where(OverlayPlace.round_id == round_id)))
        new += [(round_id, name) for name in queries.overlay_order(session, round_id) if name not in stored]
    return new


def freeze(round_id: str, agency_id: int | None) -> Edition:
    """The edition of a round for an agency (none: the base), frozen now when the round has changed since.

    While the round is paused, the newest edition that was frozen stays in use. Raises `RoundPaused` when there
    is none, `UnknownRound`.
    """
    try:
        content = queries.composed(round_id, agency_id).content
    except RoundPaused:
        kept = queries.current_edition(database.read(), round_id, agency_id)
        if kept is None:
            raise
        return kept
    hash_ = content.hash()
    found = (
        database.read()
        .scalars(
            select(Edition).where(
                Edition.round_id == round_id, Edition.agency_key == (agency_id or 0), Edition.hash == hash_
            )
        )
        .first()
    )
    return found or _insert_edition(round_id, agency_id, content, hash_)


def _insert_edition(round_id: str, agency_id: int | None, content: Content, hash_: str) -> Edition:
    with database.write() as session:
        database.alone(session, "editions")
        same = (Edition.round_id == round_id, Edition.agency_key == (agency_id or 0), Edition.hash == hash_)
        edition = session.scalars(select(Edition).where(*same)).first()
        if edition is None:
            edition = Edition(
                round_id=round_id,
                agency_id=agency_id,
                agency_key=agency_id or 0,
                hash=hash_,
                content=content.canonical(),
                frozen_at=clock.now(),
            )
            session.add(edition)
            session.flush()
            plugins = [plugin.id for plugin in content.plugins]
            audit.record(
                session, "edition.frozen", f"edition:{edition.id}", agency_id=agency_id, hash=hash_, plugins=plugins
            )
        edition_id = edition.id
    return database.read().get_one(Edition, edition_id)


def freeze_all(round_id: str) -> list[Edition]:
    """The editions of a round for the base and for every agency."""
    agencies = database.read().scalars(select(Agency.id).order_by(Agency.id)).all()
    return [freeze(round_id, agency_id) for agency_id in (None, *agencies)]


def open_round(round_id: str, *, actor: Actor = SYSTEM) -> None:
    """Let a round begin: freezes its editions; within its calendar it then takes applications.

    Raises `Refused`, `RoundRefusal` when it was opened already, `RoundPaused` when its plugin is at fault.
    """
    require(actor, RUN)
    store_overlays()
    queries.composed(round_id)
    freeze_all(round_id)
    with database.write() as session:
        record = session.get(RoundRecord, round_id, with_for_update=True)
        if record is not None and record.opened_at is not None:
            on = record.opened_at.date()
            raise RoundRefusal(_("round %(round)s was opened on %(on)s already"), round=round_id, on=on)
        if record is None:
            stated = host().rounds[round_id]
            plugin = host().owner_of_round(round_id) or ""
            record = RoundRecord(round_id=round_id, title=stated.title, plugin=plugin)
            session.add(record)
        record.opened_at = clock.now()
        audit.record(session, "round.opened", f"round:{round_id}", actor=actor.ref)


def close_round(round_id: str, *, actor: Actor = SYSTEM) -> None:
    """End a round now, before the date of its calendar. Raises `Refused`, `RoundRefusal`."""
    require(actor, RUN)
    queries.require_round(round_id)
    with database.write() as session:
        record = session.get(RoundRecord, round_id, with_for_update=True)
        if record is None or record.opened_at is None:
            raise RoundRefusal(_("round %(round)s was never opened"), round=round_id)
        if record.closed_at is not None:
            on = record.closed_at.date()
            raise RoundRefusal(_("round %(round)s was closed on %(on)s already"), round=round_id, on=on)
        record.closed_at = clock.now()
        audit.record(session, "round.closed", f"round:{round_id}", actor=actor.ref)


def note_published(session: database.WriteSession, round_id: str, at: datetime) -> None:
    """Note, within the operation that releases decisions, that the round's results are out."""
    record = session.get_one(RoundRecord, round_id, with_for_update=True)
    record.published_at = record.published_at or at


def move_dates(round_id: str, agency_id: int, dates: dict[str, Any], reason: str, *, actor: Actor = SYSTEM) -> None:
    """Move dates of a round for one agency. What it moved before and is not named again stays moved; a date that is
    given as none goes back to the round's. Raises `Refused`, `UnknownRound`, and `RoundRefusal` when they do not make
    a calendar."""
    require(actor, MOVE_DATES, agency_id)
    stated = queries.calendar_of(round_id)
    if not reason.strip():
        raise RoundRefusal(_("say why the dates are moved"))
    with database.write() as session:
        database.alone(session, f"calendar {round_id}")
        moved = _moved_together(stored.moved_of(session, round_id, agency_id) or {}, dates)
        try:
            Calendar.model_validate({**stated.model_dump(mode="json"), **moved})
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]["msg"]
            raise RoundRefusal(_("these dates can't be used: %(fault)s"), fault=fault) from error
        session.add(
            AgencyCalendar(
                round_id=round_id, agency_id=agency_id, dates=moved, reason=reason.strip(), changed_at=clock.now()
            )
        )
        audit.record(
            session,
            "calendar.moved",
            f"round:{round_id}",
            actor=actor.ref,
            agency_id=agency_id,
            dates=dates,
            reason=reason,
        )


def _moved_together(before: dict[str, Any], dates: dict[str, Any]) -> dict[str, Any]:
    for name, instant in dates.items():
        if instant is None and name not in before:
            raise RoundRefusal(_("%(date)s was not moved: there is nothing to take back"), date=name)
    return {name: instant for name, instant in {**before, **dates}.items() if instant is not None}
