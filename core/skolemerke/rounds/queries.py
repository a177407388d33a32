"""What is asked about rounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, joinedload

from skolemerke import clock, database
from skolemerke.agencies.models import Agency
from skolemerke.contract.rounds import Calendar
from skolemerke.kept import kept_here
from skolemerke.plugin_host.host import RoundPaused
from skolemerke.rounds import stored
from skolemerke.rounds.composition import Composed, Content, compose, host
from skolemerke.rounds.models import Edition

State = Literal["installed", "scheduled", "open", "closed", "published", "paused", "missing"]


class UnknownRound(LookupError):
    """No round of that name is installed or was ever run here."""


@dataclass(frozen=True)
class RoundSummary:
    """A round in a list. `pause` says why it is paused, where it is; `reason` the same in English."""

    id: str
    title: str
    state: State
    plugin: str
    overlays: tuple[str, ...]
    pause: RoundPaused | None = None

    @property
    def reason(self) -> str:
        """Why the round is paused, in English; empty when it is not."""
        return str(self.pause) if self.pause else ""


def known_rounds() -> list[str]:
    """The names of all rounds that are installed or were run here, oldest first."""
    return sorted({*host().rounds, *stored.records(database.read())})


def is_known(round_id: str) -> bool:
    """Whether a round is installed or was run here."""
    return round_id in host().rounds or stored.record_of(database.read(), round_id) is not None


def require_round(round_id: str) -> None:
    """Raise `UnknownRound` when there is no such round."""
    if not is_known(round_id):
        raise UnknownRound(round_id)


def summary(round_id: str) -> RoundSummary:
    """A round in short, also when its plugin is missing or at fault. Raises `UnknownRound`."""
    require_round(round_id)
    record = stored.record_of(database.read(), round_id)
    stated = host().rounds.get(round_id)
    overlays = tuple(overlay_order(database.read(), round_id))
    pause = None
    try:
        compose(round_id, overlays, None)
        state = state_of(round_id)
    except RoundPaused as error:
        state, pause = ("paused" if stated else "missing"), error
    title = stated.title if stated else record.title if record else round_id
    plugin = host().owner_of_round(round_id) or (record.plugin if record else "")
    return RoundSummary(round_id, title, state, plugin, overlays, pause)


def state_of(round_id: str, agency_id: int | None = None) -> State:
    """Where a round stands, by its operations and the round's clock."""
    record = stored.record_of(database.read(), round_id)
    if record is None or record.opened_at is None:
        return "installed"
    if record.published_at is not None:
        return "published"
    dates = calendar_of(round_id, agency_id)
    now = clock.now()
    if record.closed_at is not None or now > dates.closes:
        return "closed"
    return "open" if now >= dates.opens else "scheduled"


def accepts(round_id: str, agency_id: int | None, at: datetime, *, session: Session | None = None) -> bool:
    """Whether an arrival at `at` is in time: the round was opened, not closed early, and its dates hold.

    An operation asks through its own session.
    """
    session = session or database.read()
    record = stored.record_of(session, round_id)
    if record is None or record.opened_at is None or (record.closed_at is not None and at >= record.closed_at):
        return False
    moved = stored.moved_of(session, round_id, agency_id)
    return accepts_with(round_id, record.opened_at, record.closed_at, moved, at)


def accepts_with(
    round_id: str, opened_at: datetime | None, closed_at: datetime | None, moved: dict[str, Any] | None, at: datetime
) -> bool:
    """The same for a caller who has read when the round was opened and closed, and the dates that its agency moved."""
    if opened_at is None or (closed_at is not None and at >= closed_at):
        return False
    return calendar_with(round_id, moved).is_open(at)


def calendar_of(round_id: str, agency_id: int | None = None, *, session: Session | None = None) -> Calendar:
    """The dates of a round, with those that the agency moved. Raises `UnknownRound` without its plugin.

    An operation asks through its own session.
    """
    if round_id not in host().rounds:
        raise UnknownRound(round_id)
    return calendar_with(round_id, stored.moved_of(session or database.read(), round_id, agency_id))


def calendar_with(round_id: str, moved: dict[str, Any] | None) -> Calendar:
    """The dates of a round for a caller who has read those that its agency moved. Raises `UnknownRound`."""
    stated = host().rounds.get(round_id)
    if stated is None:
        raise UnknownRound(round_id)
    if moved is None:
        return stated.calendar
    return Calendar.model_validate({**stated.calendar.model_dump(mode="json"), **moved})


def current_round() -> str | None:
    """The round that the label's page speaks of: the one that is open, else the last one that opened, else the
    next one that is installed."""
    now = clock.now()
    done = stored.records(database.read())
    opened = {name for name, record in done.items() if record.opened_at is not None}
    stated = sorted(host().rounds.values(), key=lambda r: r.calendar.opens)
    for round_ in reversed(stated):
        if round_.round in opened and round_.calendar.opens <= now:
            return round_.round
    coming = [round_.round for round_ in stated if round_.round in opened or round_.calendar.closes >= now]
    return coming[0] if coming else (stated[-1].round if stated else None)


def overlay_order(session: Session, round_id: str) -> list[str]:
    """The overlays of a round in their stored order; those that were installed since stand last, by name."""
    placed = stored.overlays_of(session, round_id)
    installed = sorted(name for name, overlay in host().overlays.items() if overlay.round == round_id)
    return [*placed, *(name for name in installed if name not in placed)]


def composed(round_id: str, agency_id: int | None = None) -> Composed:
    """The round as it stands now for an agency, whether frozen or not. Raises `RoundPaused`, `UnknownRound`."""
    require_round(round_id)
    session = database.read()
    agency = session.get(Agency, agency_id) if agency_id else None
    return compose(round_id, overlay_order(session, round_id), agency.code if agency else None)


def current_edition(session: Session, round_id: str, agency_id: int | None) -> Edition | None:
    """The newest frozen edition of a round for an agency."""
    return session.scalars(
        select(Edition)
        .where(Edition.round_id == round_id, Edition.agency_key == (agency_id or 0))
        .order_by(Edition.id.desc())
        .limit(1)
    ).first()


def editions(round_id: str) -> Sequence[Edition]:
    """All frozen editions of a round, oldest first; read once for a request."""
    session = database.read()
    statement = select(Edition).where(Edition.round_id == round_id).order_by(Edition.id)
    return database.once(session, ("editions", round_id), lambda: session.scalars(statement).all())


def frozen() -> dict[str, list[Edition]]:
    """The frozen editions of all rounds by round, oldest first, with their agencies; what they froze is not read."""
    statement = select(Edition).options(defer(Edition.content), joinedload(Edition.agency)).order_by(Edition.id)
    found: dict[str, list[Edition]] = {}
    for edition in database.read().scalars(statement):
        found.setdefault(edition.round_id, []).append(edition)
    return found


CONTENTS = "skolemerke.contents"
MOST_CONTENTS = 64


class EditionLike(Protocol):
    """An edition; see `Edition`."""

    @property
    def id(self) -> int:
        """Its whole number."""

    @property
    def hash(self) -> str:
        """The SHA-256 of its text."""

    @property
    def content(self) -> str:
        """Its canonical text."""


def content(edition: EditionLike) -> Content:
    """What an edition froze; needs no plugin of the round.

    An edition never changes: whoever has its row without its text gets what was read of it before, by its hash.
    """
    found: Content = kept_here(CONTENTS, MOST_CONTENTS).get(edition.hash, lambda: parse_content(edition.content))
    return found


@lru_cache(maxsize=MOST_CONTENTS)
def parse_content(text: str) -> Content:
    """Read the canonical text of an edition. A question of a type that is not known here can still be read."""
    context: dict[str, Any] = {"frozen": True, "question_types": _question_types()}
    return Content.model_validate_json(text, context=context)


def _question_types() -> dict[str, Any]:
    return dict(host().blocks.question_types)
