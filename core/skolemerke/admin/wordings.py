"""How an agency words the mails that go to many, and in whose name they come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from flask import abort, flash, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from skolemerke import database
from skolemerke.admin.base import PageView, page
from skolemerke.admin.mails import framed
from skolemerke.admin.rights import ENTER
from skolemerke.agencies.models import Agency
from skolemerke.agencies.operations import LANGUAGE
from skolemerke.agencies.queries import all_agencies
from skolemerke.config import LANGUAGES
from skolemerke.invitations import mails, wording
from skolemerke.invitations.kinds import KINDS, PLACEHOLDER_WORDS
from skolemerke.invitations.templates import WordingFault
from skolemerke.mailing import operations
from skolemerke.mailing.rights import WORD
from skolemerke.outbox import Letter
from skolemerke.people.rights import may
from skolemerke.rounds.queries import UnknownRound, current_round
from skolemerke.speech import speaking
from skolemerke.web import guard
from skolemerke.web.filling import said
from skolemerke.web.languages import current_language
from skolemerke.worker import letters


class WordingsView(PageView):
    """The wording of an agency's mails: what there is, a page to change each, and each as a reader gets it."""

    rights: ClassVar = dict.fromkeys(("index", "change_sender", "edit", "save", "reset", "preview"), ENTER)

    @page("/")
    def index(self) -> ResponseReturnValue:
        """The kinds of mail and the languages of each agency whose words the reader may change."""
        agencies = [agency for agency in all_agencies() if may(guard.actor(), WORD, agency.id)]
        own = wording.own_languages([agency.id for agency in agencies])
        return self.draw("staff/wordings.html", agencies=[_overview(agency, own) for agency in agencies])

    @page("/<int(max=2147483647):agency_id>/sender", "POST")
    def change_sender(self, agency_id: int) -> ResponseReturnValue:
        """Say in whose name an agency's mails come, and to whom they are answered."""
        self._agency(agency_id)
        facts = request.form.get("sender_name", ""), request.form.get("reply_to", "")
        try:
            operations.change_sender(guard.actor(), agency_id, *facts)
        except operations.MailRefusal as refusal:
            flash(said(refusal), "warning")
        else:
            flash(gettext("The sender is changed."), "success")
        return redirect(self.get_url(".index"))

    @page("/<int(max=2147483647):agency_id>/<kind>/<language>")
    def edit(self, agency_id: int, kind: str, language: str) -> ResponseReturnValue:
        """The words as they are now, and the history."""
        agency = self._agency(agency_id)
        self._require_known(kind, language)
        return self._drawn(agency, kind, language, self._now(agency, kind, language))

    @page("/<int(max=2147483647):agency_id>/<kind>/<language>/save", "POST")
    def save(self, agency_id: int, kind: str, language: str) -> ResponseReturnValue:
        """Keep the words, or only show how they would read (`preview`). What can't be used comes back as typed."""
        agency = self._agency(agency_id)
        self._require_known(kind, language)
        subject, body = request.form.get("subject", ""), request.form.get("body", "")
        typed = wording.Wording(language, subject, body, own=True)
        try:
            if "preview" in request.form:
                with speaking(current_language()):
                    subject, body = wording.checked(kind, language, subject, body)
                letter = _letter(agency, wording.Wording(language, subject, body, own=True))
                return self._drawn(agency, kind, language, typed, letter=letter)
            with speaking(current_language()):
                wording.save(guard.actor(), agency_id, kind, language, subject=subject, body=body)
        except WordingFault as fault:
            return self._drawn(agency, kind, language, typed, error=said(fault))
        flash(gettext("The wording is kept. It holds for every mail that is sent from now on."), "success")
        return redirect(self.get_url(".edit", agency_id=agency_id, kind=kind, language=language))

    @page("/<int(max=2147483647):agency_id>/<kind>/<language>/reset", "POST")
    def reset(self, agency_id: int, kind: str, language: str) -> ResponseReturnValue:
        """Take the agency's words back."""
        self._agency(agency_id)
        self._require_known(kind, language)
        wording.reset(guard.actor(), agency_id, kind, language)
        flash(gettext("The default wording stands again."), "success")
        return redirect(self.get_url(".edit", agency_id=agency_id, kind=kind, language=language))

    @page("/<int(max=2147483647):agency_id>/<kind>/<language>/preview")
    def preview(self, agency_id: int, kind: str, language: str) -> ResponseReturnValue:
        """The mail that stands now, as a mail program shows it."""
        agency = self._agency(agency_id)
        self._require_known(kind, language)
        letter = _letter(agency, self._now(agency, kind, language))
        if letter is None:
            abort(404)
        return framed(letter, letter.language, letters.sender_of(agency, letter.language))

    def _drawn(
        self,
        agency: Agency,
        kind: str,
        language: str,
        words: wording.Wording,
        *,
        letter: Letter | None = None,
        error: str = "",
    ) -> ResponseReturnValue:
        drawn = self.draw(
            "staff/wording.html",
            agency=agency,
            kind=kind,
            title=gettext(KINDS[kind].title),
            lang=language,
            words=words,
            own=wording.own_wording(agency.id, kind, language),
            history=wording.history(agency.id, kind, language),
            placeholders=[(name, gettext(words_)) for name, words_ in PLACEHOLDER_WORDS.items()],
            letter=letter,
            has_round=current_round() is not None,
            error=error,
        )
        response = make_response(drawn)
        response.headers["Content-Security-Policy"] = guard.policy(frames="'self'")
        response.status_code = 422 if error else 200
        return response

    def _now(self, agency: Agency, kind: str, language: str) -> wording.Wording:
        """The agency's own words in a language, else ours in the language nearest to it."""
        own = wording.own_wording(agency.id, kind, language)
        return own or wording.default(kind, language)

    def _agency(self, agency_id: int) -> Agency:
        agency = database.read().get(Agency, agency_id)
        if agency is None or not may(guard.actor(), WORD, agency_id):
            abort(404)
        return agency

    def _require_known(self, kind: str, language: str) -> None:
        if kind not in KINDS or not LANGUAGE.fullmatch(language):
            abort(404)


def _overview(agency: Agency, worded: Mapping[tuple[int, str], list[str]]) -> dict[str, Any]:
    """An agency with its kinds of mail, each with its languages and whether the agency words it itself in them."""
    kinds = []
    for kind in KINDS.values():
        own = worded.get((agency.id, kind.id), [])
        languages = [(language, language in own) for language in dict.fromkeys([agency.language, *LANGUAGES, *own])]
        kinds.append({"id": kind.id, "title": gettext(kind.title), "languages": languages})
    return {"agency": agency, "kinds": kinds}


def _letter(agency: Agency, words: wording.Wording) -> Letter | None:
    """How a reader gets the mail in the round that is spoken of; none while there is none."""
    round_id = current_round()
    if round_id is None:
        return None
    try:
        return mails.preview(agency, words, round_id)
    except UnknownRound:
        return None
