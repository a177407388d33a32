"""The mail with which one signs in."""

from __future__ import annotations

from datetime import datetime

from flask import Flask

from skolemerke import clock, links, outbox
from skolemerke.outbox import Letter, Mail
from skolemerke.speech import moment, say, speaking

SIGN_IN = "sign_in"


class TooLate(Exception):
    """A sign-in mail was not sent before what it carries ran out."""


def register(app: Flask) -> None:
    """Say how the mails of this room are written."""
    outbox.of(app).register(SIGN_IN, sign_in_letter, secret=True)


def sign_in_letter(mail: Mail) -> Letter:
    """The mail with the link and the code. Raises `TooLate` when they have run out."""
    until = datetime.fromisoformat(mail.payload["until"])
    if until <= clock.real():
        raise TooLate("the link and the code ran out before the mail could be sent")
    with speaking(mail.language):
        return Letter(
            say("Sign in to the eTwinning School Label"),
            say(
                """Somebody, most likely you, asked to sign in to the eTwinning School Label with this address.

Open this link and press the button on the page:

%(link)s

Or type this code into the page where you asked:

%(code)s

The link and the code work once, until %(until)s.

If it was not you, you need not do anything. Do not pass this mail or the code on: nobody of ours ever asks for them.
""",
                link=links.absolute(f"/sign-in/link/{mail.payload['token']}"),
                code=mail.payload["code"],
                until=moment(until),
            ),
        )
