"""`skolemerke invitations send-mail`: sends what lies in the outbox."""

from __future__ import annotations

import time
from dataclasses import asdict

import click

from skolemerke.cli import frame
from skolemerke.mailing import operations, queries
from skolemerke.people.actors import SYSTEM
from skolemerke.worker.sending import SendReport, send_due

PAUSE = 5
"""Seconds between two looks at the outbox."""


group = click.Group()
"""Holds the command; the group `invitations` takes it in."""


@frame.command(group, "send-mail")
@click.option("--once", is_flag=True, help="Send what is due now and end, instead of waiting for more.")
@click.option("--unknown-again", is_flag=True, help="First queue the mail again of which nobody knows whether it left.")
def send_mail(once: bool, unknown_again: bool) -> frame.Report:
    """Send the mail that is due, of every kind, until interrupted. A permanent failure makes the answer "no"."""
    if unknown_again:
        operations.send_unknown_again(SYSTEM)
    report = send_due()
    try:
        while not once:
            time.sleep(PAUSE)
            report = _sum(report, send_due())
    except KeyboardInterrupt:
        frame.progress("stopping")
    left = queries.unknown()
    data = {**asdict(report), "unknown": len(left)}
    text = f"{report.sent} sent, {report.failed} failed, {report.retried} to be tried again"
    if report.withheld:
        text += f", {report.withheld} withheld because their address gets no mail"
    text += "".join(f"\nmail {mail.id} ({mail.kind}): whether it left is not known: {mail.error}" for mail in left)
    return frame.Report(data, text, answer=report.failed == 0)


def _sum(one: SendReport, other: SendReport) -> SendReport:
    first, second = asdict(one), asdict(other)
    return SendReport(**{name: first[name] + second[name] for name in first})
