"""The words of a drawn section that stand within markup: here, since a catalogue can't find them there."""

from __future__ import annotations


def _(message: str) -> str:
    """Mark a message for translation; it is translated where it is drawn."""
    return message


ADD_AND_SAVE = _("Add, and save the answers")
ADDED_ALREADY = _("Or one that stands by another question already")
ADD_EVIDENCE = _("Add a file or a link")
A_FILE = _("A file from your machine")
A_LINK = _("Or the address of a page")
CHOOSE = _("Choose one")
ERROR = _("Error:")
EVIDENCE = _("Evidence")
EXAMPLE = _("An example")
FACES = _("Whoever can be recognised in a picture must have agreed; for a child, the parents.")
FILE_LIMITS = _("PDF, JPEG, PNG, DOCX or ODT, at most %(size)s MB.")
FULL = _("There can be at most %(most)s rows.")
GONE = _("This kind of question is not available now. The answer is kept and can be read.")
LINK = _("link")
MAY_BE_OPEN = _("(may be left open)")
NAME = _("Name")
NOT_RIGHT = _("Something is not right")
NO_ANSWER = _("No answer")
NO_ROWS = _("Nothing has been added yet.")
PRIVATE_WINDOW = _(
    "Open it in a private window of your browser first. If it asks you to sign in, add a copy of the page as a file."
)
PUT_BACK = _("Put it back")
REMARK = _("Remark")
REMOVE = _("Remove")
REMOVED = _("The row was removed.")
REMOVE_ROW = _("Remove this row")
SUGGESTED = _("Suggested by the registry. It counts when you have saved it.")
