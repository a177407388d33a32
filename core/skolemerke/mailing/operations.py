"""What is done with mail beside sending it: an address is stopped or let through again, a mail is sent again."""

from __future__ import annotations

from sqlalchemy import select, update

from skolemerke import audit, clock, database, outbox, speech
from skolemerke.agencies.models import Agency
from skolemerke.mailing.addresses import BadAddress, address_of, one_line
from skolemerke.mailing.models import ASKED, REFUSED, STAFF, Suppression
from skolemerke.mailing.rights import LIFT, SEND_AGAIN, SUPPRESS, WORD
from skolemerke.outbox import FAILED, QUEUED, UNKNOWN, Mail
from skolemerke.people.actors import Actor
from skolemerke.people.rights import Refused, require, within
from skolemerke.speech import marked as _

LONGEST_NAME = 200
RECIPIENT = "recipient"
"""How the audit chain names whoever followed the link in a mail: nobody who is signed in."""


class MailRefusal(speech.Refusal):
    """This can't be done with a mail or an address; the text says why and what helps."""


def note_refused(mail: Mail, words: str) -> None:
    """Remember that a mail server knows no such mailbox, so that nothing more is sent there."""
    with database.write() as session:
        if _stop(session, mail.address, REFUSED, agency_id=mail.agency_id, mail_id=mail.id, detail=words):
            _record(session, "mail.address_refused", mail.address, audit.SYSTEM, mail.agency_id, detail=words)


def note_accepted(mail: Mail) -> None:
    """Let an address through again: a mail server took a mail for it that somebody waited for."""
    with database.write() as session:
        lifted = _lift(session, mail.address, REFUSED, audit.SYSTEM, "a mail server took a mail for this address")
        if lifted:
            _record(session, "mail.address_lifted", mail.address, audit.SYSTEM, mail.agency_id, cause=REFUSED)


def stop(mail: Mail) -> None:
    """Send the person who got `mail` no more mail of bulk kinds, as the person asks. Safe to repeat."""
    with database.write() as session:
        if _stop(session, mail.address, ASKED, agency_id=mail.agency_id, mail_id=mail.id):
            _record(session, "mail.stopped", mail.address, RECIPIENT, mail.agency_id)


def resume(mail: Mail) -> None:
    """Take `stop` back, as the person asks. Safe to repeat."""
    with database.write() as session:
        if _lift(session, mail.address, ASKED, RECIPIENT, ""):
            _record(session, "mail.resumed", mail.address, RECIPIENT, mail.agency_id)


def suppress(actor: Actor, address: str, reason: str) -> None:
    """Stop mail to an address, with a reason. Raises `Refused`, `MailRefusal`."""
    require(actor, SUPPRESS)
    address, reason = address.strip().lower(), reason.strip()
    try:
        address_of(address)
    except BadAddress as error:
        raise MailRefusal(_("'%(address)s' is no address that a mail can be sent to"), address=address) from error
    _require_reason(reason)
    agency_id = min(actor.agencies, default=None)
    with database.write() as session:
        if not _stop(session, address, STAFF, agency_id=agency_id, detail=reason):
            raise MailRefusal(_("%(address)s was stopped before"), address=address)
        _record(session, "mail.address_stopped", address, actor.ref, agency_id, detail=reason)


def lift(actor: Actor, suppression_id: int, reason: str) -> None:
    """Let an address through again, with a reason. Raises `Refused`, also where there is none, `MailRefusal`."""
    reason = reason.strip()
    with database.write() as session:
        found = session.get(Suppression, suppression_id, with_for_update=True)
        if found is None:
            raise Refused(f"{actor.ref} may not {LIFT}")
        require(actor, LIFT, found.agency_id)
        _require_reason(reason)
        if found.lifted_at is not None:
            raise MailRefusal(_("%(address)s was let through before"), address=found.address)
        found.lifted_at, found.lifted_by, found.lift_reason = clock.now(), actor.ref, reason
        details = {"cause": found.cause, "why": reason}
        _record(session, "mail.address_lifted", found.address, actor.ref, found.agency_id, **details)


def send_again(actor: Actor, mail_id: int) -> None:
    """Queue a mail again that failed, or of which nobody knows whether it left; it keeps its Message-ID.

    Raises `Refused`, also where there is none, and `MailRefusal`.
    """
    with database.write() as session:
        mail = session.get(Mail, mail_id, with_for_update=True)
        if mail is None:
            raise Refused(f"{actor.ref} may not {SEND_AGAIN}")
        require(actor, SEND_AGAIN, mail.agency_id)
        if mail.state not in (FAILED, UNKNOWN):
            raise MailRefusal(_("only a mail that failed, or of which nobody knows whether it left, is sent again"))
        if mail.kind in outbox.of().secret_kinds:
            raise MailRefusal(_("what this mail carried was wiped: let the person ask for a new one"))
        mail.state, mail.attempts, mail.due_at, mail.error = QUEUED, 0, clock.real(), ""
        audit.record(session, "mail.sent_again", f"mail:{mail_id}", actor=actor.ref, agency_id=mail.agency_id)
        outbox.note_queued(session)


def send_unknown_again(actor: Actor) -> int:
    """Queue every mail again of which nobody knows whether it left, as far as the actor's agencies reach; gives how
    many. Each keeps its Message-ID, by which the reader's program recognises a second copy."""
    require(actor, SUPPRESS)
    again = (
        update(Mail)
        .where(Mail.state == UNKNOWN, within(actor, Mail.agency_id))
        .values(state=QUEUED, attempts=0, due_at=clock.real(), error="")
        .returning(Mail.id)
    )
    with database.write() as session:
        ids = session.scalars(again).all()
        if ids:
            audit.record(session, "mail.unknown_sent_again", "mail:unknown", actor=actor.ref, count=len(ids))
            outbox.note_queued(session)
    return len(ids)


def change_sender(actor: Actor, agency_id: int, sender_name: str, reply_to: str) -> None:
    """Say in whose name an agency's mails come, and to whom they are answered; empty is the agency's own name and
    contact. The address that they are sent from stays the installation's. Raises `Refused`, `MailRefusal`."""
    require(actor, WORD, agency_id)
    sender_name, reply_to = one_line(sender_name), reply_to.strip().lower()
    if len(sender_name) > LONGEST_NAME or "@" in sender_name:
        raise MailRefusal(_("the name of the sender has at most 200 characters and holds no address"))
    if reply_to:
        try:
            address_of(reply_to)
        except BadAddress as error:
            raise MailRefusal(_("'%(address)s' is no address that a mail can be sent to"), address=reply_to) from error
    with database.write() as session:
        agency = session.get(Agency, agency_id, with_for_update=True)
        if agency is None:
            raise Refused(f"{actor.ref} may not {WORD}")
        agency.sender_name, agency.reply_to = sender_name, reply_to
        audit.record(
            session,
            "agency.sender_changed",
            f"agency:{agency_id}",
            actor=actor.ref,
            agency_id=agency_id,
            sender_name=sender_name,
            reply_to=reply_to,
        )


def _require_reason(reason: str) -> None:
    if not reason:
        raise MailRefusal(_("write the reason"))


def _stop(
    session: database.WriteSession,
    address: str,
    cause: str,
    *,
    agency_id: int | None,
    mail_id: int | None = None,
    detail: str = "",
) -> bool:
    """Note an address; false when it was noted for this cause before."""
    facts = {"detail": detail, "agency_id": agency_id, "mail_id": mail_id, "at": clock.now()}
    made = database.insert(session, Suppression).values(
        address=address.lower(), cause=cause, lifted_by="", lift_reason="", **facts
    )
    return session.scalar(made.on_conflict_do_nothing().returning(Suppression.id)) is not None


def _lift(session: database.WriteSession, address: str, cause: str, by: str, reason: str) -> bool:
    found = session.scalars(
        select(Suppression)
        .where(Suppression.address == address.lower(), Suppression.cause == cause, Suppression.lifted_at.is_(None))
        .with_for_update()
    ).all()
    for suppression in found:
        suppression.lifted_at, suppression.lifted_by, suppression.lift_reason = clock.now(), by, reason
    return bool(found)


def _record(
    session: database.WriteSession, verb: str, address: str, actor: str, agency_id: int | None, **details: str
) -> None:
    audit.record(session, verb, "mail:address", actor=actor, agency_id=agency_id, address=address.lower(), **details)
