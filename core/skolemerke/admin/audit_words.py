"""The chain of changes in the reader's words: what was done, of what, and by whom."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _

VERBS = {
    "account.session_ended": _("A sign-in was ended"),
    "account.signed_in": _("Somebody signed in"),
    "account.signed_out": _("Somebody signed out"),
    "agency.changed": _("An agency was changed"),
    "agency.created": _("An agency was added"),
    "agency.sender_changed": _("The sender of an agency's mails was changed"),
    "application.change_refused": _("Something arrived too late and was not taken"),
    "application.consent_answered": _("The question about publication was answered"),
    "application.edition_changed": _("An application went on with an adjusted form"),
    "application.edition_taken_over": _("An applicant took over a new version of the form"),
    "application.started": _("An application was begun"),
    "application.submission_refused": _("A submission was refused"),
    "application.submitted": _("An application was submitted"),
    "calendar.moved": _("The dates of a round were moved"),
    "clock.moved": _("The clock of the rehearsal was moved"),
    "decision.made": _("A decision was made"),
    "declaration.asked": _("A signature was asked for"),
    "declaration.confirmed": _("A signed paper was confirmed"),
    "declaration.declined": _("A signature was declined"),
    "declaration.returned": _("A signed paper was given back"),
    "declaration.signed": _("A declaration was signed"),
    "declaration.uploaded": _("A signed paper was uploaded"),
    "edition.adopted": _("Drafts went on with an adjusted form"),
    "edition.frozen": _("An edition of a round was frozen"),
    "eligibility.checked": _("The schools were checked"),
    "evidence.removed": _("Evidence was removed"),
    "invitations.queued": _("Invitations were queued"),
    "invitations.reminded": _("Reminders were queued"),
    "judgement.confirmed": _("Earlier judgements were confirmed"),
    "judgement.made": _("Parts of an application were judged"),
    "mail.address_lifted": _("An address gets mail again"),
    "mail.address_refused": _("A mail server refused an address"),
    "mail.address_stopped": _("An address was stopped"),
    "mail.resumed": _("Somebody wants invitations again"),
    "mail.sent_again": _("A mail was queued again"),
    "mail.stopped": _("Somebody wants no more invitations"),
    "mail.unknown_sent_again": _("Mails of unknown fate were queued again"),
    "mail.worded": _("The wording of a mail was changed"),
    "mail.wording_reset": _("The wording of a mail was taken back"),
    "overlay.placed": _("An adjustment was placed in the order"),
    "person.erased": _("A person was erased"),
    "registry.imported": _("The register was imported"),
    "registry.settled": _("Schools were put under their agencies"),
    "result.released": _("A result was released"),
    "results.released": _("The results were released"),
    "role.granted": _("A role was given"),
    "role.revoked": _("A role was taken away"),
    "round.closed": _("A round was closed"),
    "round.opened": _("A round was opened"),
    "scores.completed": _("Missing score sheets were made"),
    "scores.made": _("The submissions were scored"),
    "second_factor.codes_renewed": _("New recovery codes were made"),
    "second_factor.recovery_code_used": _("A recovery code was used"),
    "second_factor.removed": _("The second factor was removed"),
    "second_factor.reset": _("The second factor was reset by somebody else"),
    "second_factor.set_up": _("A second factor was set up"),
    "verdict.overridden": _("A result of the check was replaced"),
}

SUBJECTS = {
    "account": _("account"),
    "agency": _("agency"),
    "application": _("application"),
    "clock": _("clock"),
    "declaration": _("declaration"),
    "edition": _("edition"),
    "import": _("import"),
    "mail": _("mail"),
    "registry": _("register"),
    "round": _("round"),
    "school": _("school"),
    "submission": _("submission"),
}
"""What a line can speak of, by the first word of its subject."""


OTHERS = {"system": _("the installation itself"), "anonymous": _("somebody not signed in")}
"""Who acts without an account."""


def verb_in_words(verb: str) -> str:
    """What was done; one that is not known here as it is."""
    return str(VERBS.get(verb, verb))


def subject_in_words(subject: str) -> str:
    """Of what: its kind, and its number or name where it has one."""
    kind, _colon, name = subject.partition(":")
    word = str(SUBJECTS.get(kind, kind))
    is_named = name[:1].isdigit()
    return f"{word} {name}" if is_named else word


def actor_in_words(actor: str, name: str | None, email: str | None) -> str:
    """By whom: what the account is called, where it was one that is still there."""
    kind, _colon, number = actor.partition(":")
    if kind == "account":
        return name or email or str(gettext("account %(number)s", number=number))
    return str(OTHERS.get(actor, actor))
