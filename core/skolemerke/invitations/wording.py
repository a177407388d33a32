"""An agency's own words for the mails that go to many: kept with their history, found by language, taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from skolemerke import audit, clock, database
from skolemerke.agencies.models import Agency
from skolemerke.agencies.operations import LANGUAGE
from skolemerke.invitations.kinds import IN_SUBJECT, KINDS, NEEDED, PLACEHOLDERS
from skolemerke.invitations.models import MailWording
from skolemerke.invitations.templates import WordingFault, check
from skolemerke.mailing.rights import WORD
from skolemerke.people.actors import Actor
from skolemerke.people.rights import Refused, require
from skolemerke.speech import ALIASES, say, speaking
from skolemerke.speech import marked as _

LONGEST_SUBJECT, LONGEST_BODY = 200, 10_000
ENGLISH = "en"
NEAR = {"nn": ("nb",), "no": ("nb",)}
"""Languages whose readers read another before any third one."""


@dataclass(frozen=True)
class Wording:
    """Subject and text with placeholders, in a language (BCP 47); `own` when an agency wrote them."""

    language: str
    subject: str
    body: str
    own: bool


def wording_for(kind: str, agency: Agency | None, language: str) -> Wording:
    """The words for a reader. In the reader's language, or one near to it, the agency's before ours; then the same in
    the agency's language; then English."""
    own = _own(database.read(), kind, agency.id) if agency else {}
    for family in families(language, agency.language if agency else ""):
        for candidate in family:
            if candidate in own:
                return Wording(candidate, own[candidate].subject, own[candidate].body, own=True)
        for candidate in family:
            if candidate in ALIASES:
                return default(kind, ALIASES[candidate])
    return default(kind, ENGLISH)


def families(*languages: str) -> Iterator[tuple[str, ...]]:
    """For each language itself, without its region, and what its readers read as well; English last."""
    for language in (*languages, ENGLISH):
        name = language.strip().lower()
        base = name.split("-", maxsplit=1)[0]
        if base:
            yield tuple(dict.fromkeys([name, base, *NEAR.get(base, ())]))


@lru_cache(maxsize=64)
def default(kind: str, language: str) -> Wording:
    """Our own words for a kind, in a language of the interface."""
    with speaking(language):
        return Wording(language, KINDS[kind].default_subject(), KINDS[kind].default_body(), own=False)


def own_wording(agency_id: int, kind: str, language: str) -> Wording | None:
    """What an agency wrote for a kind in exactly this language; none when it has not, or took it back."""
    row = _own(database.read(), kind, agency_id).get(language)
    return Wording(language, row.subject, row.body, own=True) if row else None


def own_languages(agencies: Collection[int]) -> dict[tuple[int, str], list[str]]:
    """The languages in which agencies word kinds of mail themselves, by agency and kind; asked once for all."""
    rows = database.read().execute(
        select(MailWording.agency_id, MailWording.kind, MailWording.language, (MailWording.body != "").label("own"))
        .where(MailWording.agency_id.in_(agencies))
        .order_by(MailWording.id)
    )
    newest = {(row.agency_id, row.kind, row.language): row.own for row in rows}
    found: dict[tuple[int, str], list[str]] = {}
    for agency_id, kind, language in sorted(key for key, own in newest.items() if own):
        found.setdefault((agency_id, kind), []).append(language)
    return found


def history(agency_id: int, kind: str, language: str) -> Sequence[MailWording]:
    """Every wording that there was, newest first."""
    rows = (
        select(MailWording)
        .where(MailWording.agency_id == agency_id, MailWording.kind == kind, MailWording.language == language)
        .order_by(MailWording.id.desc())
    )
    return database.read().scalars(rows).all()


def checked(kind: str, language: str, subject: str, body: str) -> tuple[str, str]:
    """Subject and text as they can be kept. Raises `WordingFault` with the place of what can't be used."""
    if kind not in KINDS:
        raise WordingFault(_("there is no kind of mail '%(kind)s' that can be worded"), kind=kind)
    if not LANGUAGE.fullmatch(language):
        raise WordingFault(_("'%(language)s' is no language: name it as in BCP 47, such as nb"), language=language)
    subject, body = subject.strip(), body.replace("\r\n", "\n").strip()
    if not subject or not body:
        raise WordingFault(_("write a subject and a text"))
    if "\n" in subject or len(subject) > LONGEST_SUBJECT:
        raise WordingFault(_("the subject is one line of at most 200 characters"))
    if len(body) > LONGEST_BODY:
        raise WordingFault(_("the text has at most 10000 characters"))
    check(subject, IN_SUBJECT, say(_("subject")))
    held = check(body, PLACEHOLDERS, say(_("text")))
    for name in NEEDED:
        if name not in held:
            raise WordingFault(
                _("the text must hold {%(name)s}: whoever wants no more of such mail has to find the way"), name=name
            )
    return subject, body


def save(actor: Actor, agency_id: int, kind: str, language: str, *, subject: str, body: str) -> None:
    """Let an agency's mails of a kind be worded so from now on. Raises `Refused`, `WordingFault`."""
    require(actor, WORD, agency_id)
    language = language.strip()
    subject, body = checked(kind, language, subject, body)
    _put(actor, agency_id, kind, Wording(language, subject, body, own=True))


def reset(actor: Actor, agency_id: int, kind: str, language: str) -> None:
    """Take an agency's wording back, so that ours stands again; the history keeps it. Raises `Refused`."""
    require(actor, WORD, agency_id)
    _put(actor, agency_id, kind, Wording(language, "", "", own=False))


def _put(actor: Actor, agency_id: int, kind: str, wording: Wording) -> None:
    with database.write() as session:
        if session.get(Agency, agency_id, with_for_update=True) is None:
            raise Refused(f"{actor.ref} may not {WORD}")
        before = _own(session, kind, agency_id).get(wording.language)
        words = {"subject": wording.subject, "body": wording.body}
        if words == ({"subject": before.subject, "body": before.body} if before else {"subject": "", "body": ""}):
            return
        facts = {"agency_id": agency_id, "kind": kind, "language": wording.language}
        session.add(MailWording(**facts, **words, changed_at=clock.now(), changed_by=actor.ref))
        audit.record(
            session,
            "mail.worded" if wording.own else "mail.wording_reset",
            f"agency:{agency_id}",
            actor=actor.ref,
            agency_id=agency_id,
            kind=kind,
            language=wording.language,
            words=words,
        )


def _own(session: Session, kind: str, agency_id: int) -> dict[str, MailWording]:
    """The newest row of each language, as far as it holds a text."""
    rows = select(MailWording).where(MailWording.agency_id == agency_id, MailWording.kind == kind)
    newest = {row.language: row for row in session.scalars(rows.order_by(MailWording.id))}
    return {language: row for language, row in newest.items() if row.body}
