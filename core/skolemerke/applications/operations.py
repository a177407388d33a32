"""What is done with applications. Every operation checks, changes, notes and tells in one transaction."""

from __future__ import annotations

from skolemerke.applications.adopting import Adopted, adopt_editions, mark_changes_seen, take_over_edition
from skolemerke.applications.declarations import ask_signature, decline, sign
from skolemerke.applications.evidence import add_again, add_file, add_link, remove_evidence
from skolemerke.applications.leftovers import clear_leftovers
from skolemerke.applications.refusals import (
    ApplicationRefusal,
    Clash,
    Closed,
    Conflict,
    EvidenceRefused,
    Missing,
    NoRoom,
    NotInvited,
    NotReady,
    NotTaken,
    Outdated,
    Saved,
    SignatureRefused,
    TooLong,
    TooMuchAtOnce,
    Unsaved,
)
from skolemerke.applications.rows import RowsRefused, add_row, put_back_row, remove_row
from skolemerke.applications.saving import save_answers
from skolemerke.applications.signed_pages import confirm_paper, return_paper, upload_paper
from skolemerke.applications.starting import set_consent, start
from skolemerke.applications.submitting import submit

__all__ = [
    "Adopted",
    "ApplicationRefusal",
    "Clash",
    "Closed",
    "Conflict",
    "EvidenceRefused",
    "Missing",
    "NoRoom",
    "NotInvited",
    "NotReady",
    "NotTaken",
    "Outdated",
    "RowsRefused",
    "Saved",
    "SignatureRefused",
    "TooLong",
    "TooMuchAtOnce",
    "Unsaved",
    "add_again",
    "add_file",
    "add_link",
    "add_row",
    "adopt_editions",
    "ask_signature",
    "clear_leftovers",
    "confirm_paper",
    "decline",
    "mark_changes_seen",
    "put_back_row",
    "remove_evidence",
    "remove_row",
    "return_paper",
    "save_answers",
    "set_consent",
    "sign",
    "start",
    "submit",
    "take_over_edition",
    "upload_paper",
]
