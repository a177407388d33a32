"""Telling whoever saves, as soon as they have saved, that a signature does not hold for what they wrote."""

from __future__ import annotations

from flask import flash, session
from flask_babel import gettext as _

from skolemerke.applications import queries
from skolemerke.applications.models import Declaration
from skolemerke.applications.queries import DraftFacts, DraftLike

TOLD = "told_outdated"
"""Which declaration this browser was told of last: once is enough, until it holds again or another is asked for."""


def tell(draft: DraftLike) -> None:
    """Say on the page that follows that what was just changed is not what was signed or is asked to be signed.

    `draft` may be as it was read before the change; where nothing was signed or asked then, nothing is read.
    """
    if isinstance(draft, DraftFacts) and not draft.is_declared:
        return
    found = queries.outdated_declaration(draft.id)
    if found is None:
        session.pop(TOLD, None)
    elif session.get(TOLD) != found.id:
        session[TOLD] = found.id
        flash(_words(found), "warning")


def _words(declaration: Declaration) -> str:
    known: dict[str, str] = {
        "asked": _(
            "The link that was sent to %(name)s is for what the application said before this change, and can't be "
            "signed any more. Send a new link when the form is finished.",
            name=declaration.head_name,
        ),
        "paper": _(
            "The signed page that was added is for what the application said before this change. "
            "Have a new one signed when the form is finished."
        ),
        "signed": _(
            "What %(name)s signed is what the application said before this change. "
            "Ask for a new signature when the form is finished.",
            name=declaration.signer_name or declaration.head_name or _("the principal"),
        ),
    }
    return known[declaration.state]
