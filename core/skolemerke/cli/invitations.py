"""`skolemerke invitations`: mail to the teachers and heads of schools that may apply."""

from __future__ import annotations

import click

from skolemerke.applications import reminding
from skolemerke.cli import frame, mail
from skolemerke.invitations import operations

group = click.Group("invitations")


@frame.command(group, "queue")
@click.argument("round_id", metavar="ROUND")
@click.option(
    "--to",
    type=click.Choice(["teachers", "heads", "everybody"]),
    default="teachers",
    show_default=True,
    help="Who is invited: the registered teachers, the heads of the schools, or both.",
)
def queue(round_id: str, to: operations.Audience) -> frame.Report:
    """Put an invitation for each teacher, or head, into the outbox; nobody is invited twice."""
    try:
        report = operations.queue(round_id, to=to)
    except operations.InvitationRefusal as error:
        raise frame.BadInput(str(error)) from error
    whom = {"teachers": "teachers", "heads": "heads", "everybody": "teachers and heads"}[to]
    text = (
        f"{report.queued} invitations queued for {whom} of {report.schools} schools; {report.already} had been "
        "invited before."
    )
    return frame.Report(report.as_json(), text)


@frame.command(group, "remind")
@click.argument("round_id", metavar="[ROUND]", required=False)
def remind(round_id: str | None) -> frame.Report:
    """Queue the reminders whose day has come by the round's clock; the worker does the same every minute."""
    done = reminding.remind(round_id)
    lines = [
        f"{report.round}, agency {report.agency or 'none'}, {report.occasion}: {report.not_started} mails to schools "
        f"that have not begun, {report.not_submitted} to schools that have not submitted, {report.not_sent_again} to "
        "schools that have changed what they submitted and not sent it again"
        for report in done
    ]
    return frame.Report([report.as_json() for report in done], "\n".join(lines) or "No reminder is due.")


group.add_command(mail.send_mail)
