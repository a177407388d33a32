"""The page for what could not be saved: the text stands there, and can be sent again where that may help."""

from __future__ import annotations

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from skolemerke_forms.definition import Section
from skolemerke_forms.fields import ANSWER, VERSION

from skolemerke.web import guard, outages, sent_texts
from skolemerke.web.filling import WRITER, another_words, frame, go_on_words, is_anothers, why_closed, writer
from skolemerke.web.section_state import Draft

KEPT = ("then", "remove", "seen", "page", "again", sent_texts.MARK)


def stale() -> ResponseReturnValue:
    """The page belonged to a sign-in that has ended, or to another one."""
    if guard.actor().is_known and is_anothers():
        return anothers()
    if guard.actor().is_known:
        return _page(_("The page no longer belonged to your sign-in. Your text stands below; press “Save again”.")), 400
    return signed_out()


def anothers() -> ResponseReturnValue:
    """Somebody else has signed in since; who wrote the text decides nothing any more, who is signed in does."""
    return _page(another_words(), again=go_on_words()), 409


def signed_out() -> ResponseReturnValue:
    """Somebody wrote for so long that the sign-in ended."""
    why = _("Your sign-in has ended. Your text stands below. Sign in in a new tab, come back here and save again.")
    return _page(why), 401


def away() -> ResponseReturnValue:
    """The database could not be reached."""
    why = _("We can't reach our records just now. Your text stands below. Wait a minute, then press “Save again”.")
    return _page(why), 503, outages.LATER


def gone() -> ResponseReturnValue:
    """There is nothing here for the sender, or nothing any more: what was typed is shown as the request brought it.

    A foreign application answers exactly as one that is not there.
    """
    texts, files = sent_texts.texts_of(), sent_texts.files()
    if not texts and not files:
        abort(404)
    what = _("The address leads nowhere, or to something that is not meant for you.")
    why = _("What you wrote is not saved: copy what you need before you leave this page.")
    heading = _("This can't be saved here any more")
    page = render_template("applications/unsent.html", heading=heading, why=f"{what} {why}", texts=texts, files=files)
    return page, 404


def too_late(draft: Draft, section: Section) -> ResponseReturnValue:
    """The round closed while somebody wrote: the text is shown, so that it can be copied."""
    return (
        render_template(
            "applications/unsent.html",
            **frame(draft.application, section.title),
            heading=_("Too late to save"),
            why=why_closed(draft.application),
            texts=sent_texts.texts_of(sent_texts.place_of(draft, section)),
            files=sent_texts.files(),
            may_send=False,
        ),
        409,
    )


def _page(why: str, again: str = "") -> str:
    return render_template(
        "applications/unsent.html",
        heading=_("Your text is not saved yet"),
        why=why,
        hidden=[(name, value) for name, value in request.form.items(multi=True) if _is_kept(name)],
        texts=sent_texts.texts_of(),
        files=sent_texts.files(),
        may_send=True,
        again=again or _("Save again"),
        # Who can't be known now stays who it was; whoever is known takes over with the button.
        writer=writer() or request.form.get(WRITER, ""),
        sign_in="" if guard.actor().is_known else "/sign-in",
    )


def _is_kept(name: str) -> bool:
    return name.startswith((ANSWER, VERSION, "link_", "again_", "use_", "both_")) or name in KEPT
