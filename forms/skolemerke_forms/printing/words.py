"""The words of a printed form that are not its own, in English, marked for translation."""

from __future__ import annotations


def _(message: str) -> str:
    """Mark a message for translation; it is translated where it is shown."""
    return message


PAGE = _("Page %(page)s of %(pages)s")
ONLY_IF = _("Only if %(condition)s.")
MUST = _("Must be answered.")
NOT_ANSWERED = _("Not answered")
EVIDENCE = _("Evidence")
ONE_PIECE = _("Add one file or link as evidence.")
SEVERAL_PIECES = _("Add files or links as evidence.")
PIECES = _("Files or links, one on each line")
AT_MOST_WORDS = _("At most %(most)s words.")
FROM_TO_WORDS = _("From %(least)s to %(most)s words.")
CHOOSE_ONE = _("Choose one.")
CHOOSE_SEVERAL = _("Choose as many as apply.")
CHOOSE_IN_ROWS = _("Choose one in each row.")
A_DAY = _("Day, month and year")
A_LINK = _("A web address that begins with https:// or http://")
A_NUMBER = _("A number")
NUMBER_AT_LEAST = _("A number, at least %(least)s")
NUMBER_AT_MOST = _("A number, at most %(most)s")
NUMBER_BETWEEN = _("A number from %(least)s to %(most)s")
FROM_REGISTRY = _("Taken from the registry.")
WORKED_OUT = _("Worked out from the answers before it.")
LISTED = _("The registry has a list of these. Write those that count, one on each line.")
ROWS_AT_LEAST = _("At least %(least)s.")
ROW = _("No. %(number)s")
CONFIRM = _("I confirm this")
REQUIREMENT = _("Requirement: %(label)s (%(state)s)")
LETTERED = _("Requirement %(letter)s: %(label)s (%(state)s)")
STATES = {
    "compulsory": _("compulsory"),
    "optional": _("optional"),
    "waived": _("not asked for"),
    "fixed": _("given to every school"),
}
EXAMPLE = _("Example: %(example)s")
LIST_OF_SCHOOLS = _("List of schools")
CONSENTS = {"yes": _("Yes, the school may be named"), "no": _("No, leave the school out of the list")}
DECLARATION = _("Declaration of the principal")
SIGNATURE = (_("Name"), _("Principal or deputy principal"), _("Place and date"), _("Signature and stamp of the school"))
UNDRAWN = _(
    "The fonts of this server lack some characters of this document. Each stands as its number in Unicode, in square "
    "brackets."
)
