"""`skolemerke invitations`: mail to the teachers of schools that may apply."""

from __future__ import annotations

import click

from skolemerke.cli import frame, mail
from skolemerke.invitations import operations


@click.group("invitations")
def group() -> None:
    """Invitations to teachers of schools that may apply."""


@frame.command(group, "queue")
@click.argument("round_id", metavar="ROUND")
def queue(round_id: str) -> frame.Report:
    """Put an invitation for each teacher into the outbox; nobody is invited twice."""
    try:
        report = operations.queue(round_id)
    except operations.InvitationRefusal as error:
        raise frame.BadInput(str(error)) from error
    text = (
        f"{report.queued} invitations queued for teachers of {report.schools} schools; {report.already} had been "
        "invited before."
    )
    return frame.Report(report.as_json(), text)


group.add_command(mail.send_mail)
