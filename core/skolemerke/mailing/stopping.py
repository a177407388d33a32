"""The link by which whoever gets a mail says to want no more of its sort (RFC 8058).

The link names the mail, signed by the installation: nobody can make one for another person, and it signs nobody in.
"""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeSerializer

from skolemerke import database, links
from skolemerke.config import current_config
from skolemerke.outbox import Mail

PATH = "/mail/stop/"


def link(mail_id: int) -> str:
    """The full address of the page for the person who got a mail."""
    return links.absolute(PATH + _signer().dumps(mail_id))


def mail_of(token: str) -> Mail | None:
    """The mail whose link holds this token; none when we never made it."""
    try:
        mail_id = _signer().loads(token)
    except BadSignature:
        return None
    return database.read().get(Mail, mail_id) if isinstance(mail_id, int) else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_config().secret_key, salt="skolemerke.mail.stop")
