"""Makes the message that leaves from a mail and what its room wrote."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from skolemerke import clock, database, links, look, outbox
from skolemerke.agencies.models import Agency
from skolemerke.config import current_config
from skolemerke.mailing import stopping
from skolemerke.mailing.addresses import BadAddress, address_of, one_line
from skolemerke.outbox import Letter, Mail
from skolemerke.speech import nearest, say, speaking

LONGEST_SUBJECT = 200
STYLE = (
    "body{margin:0;background:#eef2f2;color:#16262b;font:17px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,"
    "'Noto Sans',sans-serif}"
    ".page{max-width:36em;margin:0 auto;background:#fff;border-top:6px solid ACCENT}"
    ".from{margin:0;padding:20px 24px 0;color:ACCENT;font-weight:700}"
    ".text{padding:4px 24px 20px;overflow-wrap:anywhere}"
    "p{margin:0 0 1em}a{color:ACCENT}"
    ".go{display:inline-block;margin:2px 0;padding:10px 18px;background:ACCENT;color:#fff;border-radius:6px;"
    "text-decoration:none;font-weight:600}"
)
"""The style of a letter, in which `ACCENT` stands for the installation's."""
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur", "yi"}


def message_of(mail: Mail, letter: Letter) -> EmailMessage:
    """The message: plain text, the same as simple HTML, and headers in which nothing of a text can begin a line.

    Raises `BadAddress` when the address can't be one.
    """
    settings = current_config().mail
    agency = database.read().get(Agency, mail.agency_id) if mail.agency_id else None
    language = letter.language or nearest(mail.language)
    message = EmailMessage(policy=SMTP)
    message["From"] = address_of(settings.sender, sender_of(agency, language))
    message["To"] = address_of(mail.address, one_line(mail.name, LONGEST_SUBJECT))
    reply_to = agency.reply_to or agency.contact_email if agency else ""
    if agency and reply_to:
        _set_reply_to(message, reply_to, agency)
    message["Subject"] = one_line(letter.subject, LONGEST_SUBJECT)
    # A rehearsal that writes files dates them by the round's clock; what really travels has the world's time.
    message["Date"] = format_datetime(clock.real() if settings.server else mail.created_at)
    message["Message-ID"] = f"<{mail.message_id}@{_host()}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.kind in outbox.of().bulk_kinds:
        _let_stop(message, mail)
    message.set_content(letter.text, cte="quoted-printable")
    page = html_of(letter, language, sender_of(agency, language))
    message.add_alternative(page, subtype="html", cte="quoted-printable")
    # Set last: what is set before the second part would move into the first.
    message["Content-Language"] = language
    return message


def sender_of(agency: Agency | None, language: str) -> str:
    """In whose name a mail comes."""
    if agency:
        return one_line(agency.sender_name or agency.name, LONGEST_SUBJECT)
    with speaking(language):
        return say("eTwinning School Label")


def html_of(letter: Letter, language: str, sender: str) -> str:
    """The text of a letter as a page. Nothing of a text is markup; addresses of ours can be pressed, no others."""
    paragraphs = letter.text.replace("\r\n", "\n").strip().split("\n\n")
    body = Markup("\n").join(
        Markup("<p>{}</p>").format(Markup("<br>\n").join(_pressable(line) for line in paragraph.strip().split("\n")))
        for paragraph in paragraphs
        if paragraph.strip()
    )
    turned = "rtl" if language.split("-", maxsplit=1)[0] in RIGHT_TO_LEFT else "ltr"
    return str(
        PAGE.format(
            language=language,
            turned=turned,
            subject=one_line(letter.subject, LONGEST_SUBJECT),
            style=Markup(style()),  # noqa: S704 - a constant of ours, and a colour
            sender=sender,
            body=body,
        )
    )


def style() -> str:
    """The style of the installation's letters."""
    return STYLE.replace("ACCENT", look.current().accent)


def style_hash() -> str:
    """What a policy of a page names, so that this style and no other is used."""
    return look.hash_of(style())


PAGE = Markup(
    """<!doctype html>
<html lang="{language}" dir="{turned}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{subject}</title>
<style>{style}</style></head>
<body>
<div class="page">
<p class="from">{sender}</p>
<div class="text">
{body}
</div>
</div>
</body>
</html>
"""
)


def _pressable(line: str) -> Markup:
    """A line in which the addresses of ours can be pressed; one that stands alone is a button."""
    ours = links.absolute("/")
    if line.strip().startswith(ours) and " " not in line.strip():
        return Markup('<a class="go" href="{0}">{0}</a>').format(line.strip())
    words = line.split(" ")
    return Markup(" ").join(
        Markup('<a href="{0}">{0}</a>').format(word) if word.startswith(ours) else escape(word) for word in words
    )


def _let_stop(message: EmailMessage, mail: Mail) -> None:
    """Say how to get no more of this sort; with one press where the link is safe to be pressed by a program."""
    link = stopping.link(mail.id)
    message["List-Unsubscribe"] = f"<{link}>"
    if link.startswith("https://"):
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _set_reply_to(message: EmailMessage, address: str, agency: Agency) -> None:
    # An agency's own slip must not keep its teachers from their mail.
    try:
        message["Reply-To"] = address_of(address, one_line(agency.sender_name or agency.name, LONGEST_SUBJECT))
    except BadAddress:
        return


def _host() -> str:
    return urlsplit(links.absolute("/")).hostname or "localhost"
