"""`/mail/stop/<token>`: whoever got an invitation or a reminder says to want no more of them, without signing in.

The token in the address is the authority, so the pages need no token of a form: a mail program presses the button by
itself (RFC 8058), and holds no cookie. Looking at the page changes nothing, since programs that check mails follow
every link.
"""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from skolemerke.mailing import operations, queries, stopping
from skolemerke.mailing.models import ASKED
from skolemerke.outbox import Mail

blueprint = Blueprint("stopping", __name__, url_prefix=stopping.PATH.rstrip("/"))


@blueprint.get("/<token>")
def page(token: str) -> ResponseReturnValue:
    """What is sent to this address, and the button that ends it or takes that back."""
    mail = _mail(token)
    return render_template(
        "stopping.html",
        token=token,
        address=_half_hidden(mail.address),
        stopped=ASKED in queries.standing(mail.address),
    )


@blueprint.post("/<token>")
def stop(token: str) -> ResponseReturnValue:
    """End invitations and reminders to the address."""
    operations.stop(_mail(token))
    return redirect(url_for("stopping.page", token=token), 303)


@blueprint.post("/<token>/again")
def resume(token: str) -> ResponseReturnValue:
    """Send them again."""
    operations.resume(_mail(token))
    return redirect(url_for("stopping.page", token=token), 303)


def _mail(token: str) -> Mail:
    mail = stopping.mail_of(token)
    if mail is None:
        abort(404)
    return mail


def _half_hidden(address: str) -> str:
    """An address that its owner knows again and a stranger with the link does not learn."""
    user, _at, host = address.rpartition("@")
    return f"{user[:2]}…@{host}"
