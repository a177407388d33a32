"""The mails of the installation: which are there, in which state, each as it is read, and those to be sent again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from flask import Response, abort, flash, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, func, select

from skolemerke import database, outbox
from skolemerke.admin.base import page
from skolemerke.admin.cells import Source, of_language
from skolemerke.admin.choices import MAIL_STATES, of_round
from skolemerke.admin.lists import Asked, RecordView
from skolemerke.admin.rights import ENTER
from skolemerke.agencies.models import Agency
from skolemerke.invitations.kinds import KINDS
from skolemerke.mailing import operations
from skolemerke.mailing.rights import SEND_AGAIN
from skolemerke.outbox import FAILED, UNKNOWN, Letter, Mail
from skolemerke.people.actors import Actor
from skolemerke.people.rights import may, within
from skolemerke.speech import nearest
from skolemerke.web import guard
from skolemerke.web.filling import said
from skolemerke.worker import letters

AT_ONCE = 50
OTHER_KINDS = {
    "sign_in": _("Sign-in"),
    "signature_request": _("Request to sign"),
    "receipt": _("Receipt"),
    "edition_changed": _("Adjusted form"),
    "signed": _("Signed declaration"),
    "declined": _("Declined declaration"),
    "paper_returned": _("Signed paper given back"),
    "decision": _("Result"),
}


def kind_in_words(kind: str) -> str:
    """What a kind of mail is called."""
    if kind in KINDS:
        return str(gettext(KINDS[kind].title))
    return str(OTHER_KINDS.get(kind, kind))


def _kinds() -> list[tuple[str, str]]:
    return sorted(((kind, kind_in_words(kind)) for kind in outbox.of().renderers), key=lambda offer: offer[1])


def _state_in_words(state: str) -> str:
    return str(MAIL_STATES.get(state, state))


class MailView(RecordView):
    """Mail that was queued or sent, newest first. What lets somebody in or sign is never shown.

    A page of the list begins after the last row of the page before, so that the last one costs what the first does.
    """

    rights = {
        **RecordView.rights,
        "preview": ENTER,
        "send_again": ENTER,
        "send_unknown_again": ENTER,
    }
    column_list = ("created_at", "kind", "address", "state", "attempts", "sent_at", "error")
    column_details_list = ("kind", "address", "name", "language", "round_id", *column_list[3:], "created_at")
    sources: ClassVar = {
        "state": Source((Mail.state,), words=_state_in_words, are_few=True),
        "language": of_language(Mail.language),
        "kind": Source((Mail.kind,), words=kind_in_words, are_few=True),
    }
    column_labels = {
        "created_at": _("Queued"),
        "kind": _("Kind"),
        "address": _("Address"),
        "name": _("Name"),
        "language": _("Language"),
        "round_id": _("Round"),
        "state": _("State"),
        "attempts": _("Attempts"),
        "sent_at": _("Sent"),
        "error": _("Fault"),
    }
    list_template = "staff/mails.html"
    details_template = "staff/mail.html"

    def scope(self, actor: Actor) -> ColumnElement[bool]:
        """Mail of the actor's agencies; that of no agency is the central service's to see."""
        return within(actor, Mail.agency_id)

    def title_of(self, model: Mail) -> str:
        """Kind and address."""
        return f"{kind_in_words(model.kind)}: {model.address}"

    @page("/")
    def index_view(self) -> ResponseReturnValue:
        """The newest mails of what was chosen, and from there to older ones."""
        chosen = self._chosen()
        before = request.args.get("before", type=int)
        rows = database.read().scalars(self._rows(chosen, before)).all()
        older = rows[AT_ONCE - 1].id if len(rows) > AT_ONCE else None
        return self.draw(
            self.list_template,
            mails=rows[:AT_ONCE],
            kind_in_words=kind_in_words,
            states=MAIL_STATES,
            kinds=_kinds(),
            rounds=of_round(Mail.round_id).offers(),
            chosen=chosen,
            counts=self._counts(chosen),
            is_first=before is None,
            older=self._address(chosen, older) if older else "",
            newest=self._address(chosen, None),
        )

    def _chosen(self) -> dict[str, str]:
        names = ("state", "kind", "round", "search")
        asked = {name: request.args.get(name, "").replace("\0", "").strip() for name in names}
        return {name: value for name, value in asked.items() if value}

    def conditions(self, asked: Asked) -> list[ColumnElement[bool]]:
        """What was chosen, for the file as for the list."""
        return self._conditions(self._chosen())

    def _address(self, chosen: dict[str, str], before: int | None) -> str:
        asked = {**chosen, **({"before": str(before)} if before else {})}
        return f"{self.get_url('.index_view')}?{urlencode(asked)}"

    def _rows(self, chosen: dict[str, str], before: int | None) -> Select[Mail]:
        rows = select(Mail).where(*self._conditions(chosen)).order_by(Mail.id.desc()).limit(AT_ONCE + 1)
        return rows.where(Mail.id < before) if before is not None else rows

    def _conditions(self, chosen: dict[str, str]) -> list[ColumnElement[bool]]:
        columns = {"state": Mail.state, "kind": Mail.kind, "round": Mail.round_id}
        found = [self.scope(guard.actor())]
        found += [column == chosen[name] for name, column in columns.items() if name in chosen]
        if "search" in chosen:
            found.append(Mail.address.icontains(chosen["search"], autoescape=True))
        return found

    def _counts(self, chosen: dict[str, str]) -> Sequence[tuple[str, int]]:
        """How many mails of what was chosen are in each state."""
        others = {name: value for name, value in chosen.items() if name != "state"}
        counted = select(Mail.state, func.count()).where(*self._conditions(others)).group_by(Mail.state)
        known = {row[0]: row[1] for row in database.read().execute(counted)}
        return [(state, known[state]) for state in outbox.STATES if state in known]

    def details_of(self, model: Mail) -> dict[str, Any]:
        """The mail as it is read, unless it holds a secret or nobody knows how to write it."""
        letter, fault = _letter(model)
        again = model.state in (FAILED, UNKNOWN) and model.kind not in outbox.of().secret_kinds
        may_again = again and may(guard.actor(), SEND_AGAIN, model.agency_id)
        return {"letter": letter, "fault": fault, "headers": _headers(model, letter), "may_send_again": may_again}

    @page("/details/")
    def details_view(self) -> ResponseReturnValue:
        """The page of one mail, with the mail inside it as a page of its own in which nothing runs."""
        response: Response = make_response(super().details_view())
        response.headers["Content-Security-Policy"] = guard.policy(frames="'self'")
        return response

    @page("/<int(max=2147483647):key>/preview")
    def preview(self, key: int) -> ResponseReturnValue:
        """A mail as a mail program shows it."""
        mail = self.get_one(key)
        letter = _letter(mail)[0] if mail else None
        if mail is None or letter is None:
            abort(404)
        return framed(letter, letter.language or nearest(mail.language), _sender(mail, letter))

    @page("/<int(max=2147483647):key>/again", "POST")
    def send_again(self, key: int) -> ResponseReturnValue:
        """Queue a mail again that failed, or of which nobody knows whether it left."""
        if self.get_one(key) is None:
            abort(404)
        try:
            operations.send_again(guard.actor(), key)
        except operations.MailRefusal as refusal:
            flash(said(refusal), "warning")
        else:
            flash(gettext("The mail is queued again."), "success")
        return redirect(self.get_url(".details_view", id=key))

    @page("/unknown-again", "POST")
    def send_unknown_again(self) -> ResponseReturnValue:
        """Queue all mails again of which nobody knows whether they left."""
        count = operations.send_unknown_again(guard.actor())
        flash(ngettext("%(num)s mail is queued again.", "%(num)s mails are queued again.", count), "success")
        return redirect(self.get_url(".index_view"))


def framed(letter: Letter, language: str, sender: str) -> ResponseReturnValue:
    """A letter as a page that only our own pages may show, in which nothing runs, loads or is sent."""
    response = make_response(letters.html_of(letter, language, sender))
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src '{letters.style_hash()}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox"
    )
    return response


def _letter(mail: Mail) -> tuple[Letter | None, str]:
    """A mail as it is read, or why it can't be written; neither for one that holds a secret."""
    known = outbox.of()
    if mail.kind not in known.renderers or mail.kind in known.secret_kinds:
        return None, ""
    try:
        return outbox.render(mail), ""
    except Exception as error:  # noqa: BLE001 - what a mail can't be written for is what its page has to say
        return None, f"{type(error).__name__}: {error}"


def _headers(mail: Mail, letter: Letter | None) -> list[tuple[str, str]]:
    if letter is None:
        return []
    try:
        message = letters.message_of(mail, letter)
    except ValueError:
        return []
    names = ("From", "Reply-To", "To", "Subject", "Message-ID", "List-Unsubscribe")
    return [(name, str(message[name])) for name in names if message[name]]


def _sender(mail: Mail, letter: Letter) -> str:
    agency = database.read().get(Agency, mail.agency_id) if mail.agency_id else None
    return letters.sender_of(agency, letter.language or nearest(mail.language))
