"""What is stored of rounds beside what their plugins state: what was done with them, the dates that agencies moved,
and the order of their overlays.

There are few rounds, and a page that lists them asks for each: so all are read at once, and once for a request. A page
of one application reads its round together with the application (`noted`). An operation reads anew each time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, select
from sqlalchemy.orm import Session

from skolemerke import database
from skolemerke.rounds.models import AgencyCalendar, OverlayPlace, RoundRecord


def records(session: Session) -> Mapping[str, RoundRecord]:
    """The rounds with which something was done, by name."""
    return database.once(session, "rounds", lambda: {one.round_id: one for one in session.scalars(select(RoundRecord))})


def record_of(session: Session, round_id: str) -> RoundRecord | None:
    """What has been done with a round; none when nothing was."""
    return database.once(session, _record(round_id), lambda: records(session).get(round_id))


def moved_by(session: Session, agency_id: int) -> Mapping[str, dict[str, Any]]:
    """The dates that an agency has moved, by round and name."""
    statement = select(AgencyCalendar.round_id, AgencyCalendar.dates).where(AgencyCalendar.agency_id == agency_id)
    rows = statement.order_by(AgencyCalendar.id)
    return database.once(
        session, ("moved by", agency_id), lambda: {row.round_id: row.dates for row in session.execute(rows)}
    )


def moved_of(session: Session, round_id: str, agency_id: int | None) -> dict[str, Any] | None:
    """The dates of a round that an agency has moved, by name; none when it moved none."""
    if agency_id is None:
        return None
    return database.once(session, _moved(round_id, agency_id), lambda: moved_by(session, agency_id).get(round_id))


def moved_column(round_id: Any, agency_id: Any) -> ColumnElement[dict[str, Any]]:
    """A column of a statement over something that belongs to a round and an agency: the dates that it moved."""
    return (
        select(AgencyCalendar.dates)
        .where(AgencyCalendar.round_id == round_id, AgencyCalendar.agency_id == agency_id)
        .order_by(AgencyCalendar.id.desc())
        .limit(1)
        .scalar_subquery()
        .label("moved")
    )


def overlays_of(session: Session, round_id: str) -> Sequence[str]:
    """The overlays of a round that have a place, in their order."""

    def read_all() -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        statement = select(OverlayPlace.round_id, OverlayPlace.overlay_id).order_by(OverlayPlace.position)
        for name, overlay in session.execute(statement):
            found.setdefault(name, []).append(overlay)
        return found

    return database.once(
        session, _overlays(round_id), lambda: database.once(session, "overlays", read_all).get(round_id, [])
    )


def columns(round_id: Any, agency_id: Any) -> list[ColumnElement[Any]]:
    """Columns of a statement over something that belongs to a round: what `noted` keeps, besides the record."""
    # Places are told apart by ":", which stands in no name of an overlay.
    place = cast(OverlayPlace.position, String) + ":" + OverlayPlace.overlay_id
    placed = select(func.aggregate_strings(place, ",")).where(OverlayPlace.round_id == round_id)
    return [moved_column(round_id, agency_id), placed.scalar_subquery().label("placed")]


def noted(session: database.ReadSession, round_id: str, agency_id: int | None, row: Any) -> None:
    """Keep for this request what a row says of a round: its `RoundRecord`, and the `columns`."""
    places = [one.split(":", maxsplit=1) for one in (row.placed or "").split(",") if one]
    overlays = [overlay for _place, overlay in sorted(places, key=lambda one: int(one[0]))]
    database.once(session, _record(round_id), lambda: row.RoundRecord)
    database.once(session, _moved(round_id, agency_id), lambda: row.moved)
    database.once(session, _overlays(round_id), lambda: overlays)


def _record(round_id: str) -> tuple[str, str]:
    return "round", round_id


def _moved(round_id: str, agency_id: int | None) -> tuple[str, str, int | None]:
    return "moved dates", round_id, agency_id


def _overlays(round_id: str) -> tuple[str, str]:
    return "overlays", round_id
