"""Makes the message that leaves from a mail and what its room wrote."""

from __future__ import annotations

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from skolemerke import clock, database, links
from skolemerke.agencies.models import Agency
from skolemerke.config import current_config
from skolemerke.outbox import Letter, Mail
from skolemerke.speech import nearest, say, speaking

NOT_IN_HEADERS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def message_of(mail: Mail, letter: Letter) -> EmailMessage:
    """The message: plain text, the same as simple HTML, and headers in which nothing of a text can begin a line.

    Raises `ValueError` when the address can't be one.
    """
    settings = current_config().mail
    agency = database.read().get(Agency, mail.agency_id) if mail.agency_id else None
    with speaking(mail.language):
        sender_name = agency.name if agency else say("eTwinning School Label")
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(sender_name, settings.sender)
    message["To"] = _address(mail.name, mail.address)
    if agency and agency.contact_email:
        message["Reply-To"] = _address(agency.name, agency.contact_email)
    message["Subject"] = _line(letter.subject)
    # A rehearsal that writes files dates them by the round's clock; what really travels has the world's time.
    message["Date"] = format_datetime(clock.real() if settings.server else mail.created_at)
    message["Message-ID"] = f"<{mail.message_id}@{_host()}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(html_of(letter, nearest(mail.language)), subtype="html", cte="quoted-printable")
    # Set last: what is set before the second part would move into the first.
    message["Content-Language"] = nearest(mail.language)
    return message


def html_of(letter: Letter, language: str) -> str:
    """The text of a letter as a page; an address of ours that stands alone on its line can be pressed."""
    paragraphs = letter.text.replace("\r\n", "\n").strip().split("\n\n")
    body = Markup("\n").join(
        Markup("<p>{}</p>").format(Markup("<br>\n").join(_pressable(line) for line in paragraph.strip().split("\n")))
        for paragraph in paragraphs
        if paragraph.strip()
    )
    page = Markup('<!doctype html>\n<html lang="{}">\n<head><meta charset="utf-8"><title>{}</title></head>\n')
    return str(page.format(language, _line(letter.subject)) + Markup("<body>\n{}\n</body>\n</html>\n").format(body))


def _pressable(line: str) -> Markup:
    address = line.strip()
    if address.startswith(links.absolute("/")) and " " not in address:
        return Markup('<a href="{0}">{0}</a>').format(address)
    return escape(line)


def _address(name: str, address: str) -> Address:
    user, at, host = _line(address).rpartition("@")
    if not (user and at and host) or " " in user + host or not user.isascii():
        raise ValueError("this is no address that a mail can be sent to")
    return Address(display_name=_line(name), username=user, domain=host.encode("idna").decode("ascii"))


def _line(text: str) -> str:
    """A text in one line."""
    return NOT_IN_HEADERS.sub(" ", text).strip()


def _host() -> str:
    return urlsplit(links.absolute("/")).hostname or "localhost"
