"""Who may do what with mail.

An officer acts for the own agencies. What an agency says and who stands as its sender is for its own officers and for
administrators; the central service changes no agency's words.
"""

from __future__ import annotations

from typing import Any

from skolemerke.people import rights
from skolemerke.people.actors import Actor

SEND_AGAIN, SUPPRESS, LIFT, WORD = "mail.send_again", "mail.suppress", "mail.lift", "mail.word"


def _of_own_agency(actor: Actor, agency_id: int | None) -> bool:
    return actor.is_staff and rights.serves(actor, agency_id)


def _is_staff(actor: Actor, _subject: Any) -> bool:
    return actor.is_staff


def _words(actor: Actor, agency_id: int) -> bool:
    return actor.is_administrator or agency_id in actor.agencies


rights.declare(SEND_AGAIN, _of_own_agency)
rights.declare(SUPPRESS, _is_staff)
rights.declare(LIFT, _of_own_agency)
rights.declare(WORD, _words)
