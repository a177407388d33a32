"""Addresses and names as the headers of a mail take them.

A name may hold anything that a register holds. Nothing of it begins a header, and nothing of it turns the order of
what stands around it.
"""

from __future__ import annotations

import re
import unicodedata
from email.errors import HeaderParseError
from email.headerregistry import Address

NOT_IN_HEADERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069\ufeff]")
"""Marks that turn the order of the letters that follow, also beyond the name that holds them."""
ENCODED_WORD = re.compile(r"=(?=\?)")
"""The beginning of what Python's email reads as an encoded word (RFC 2047) and decodes, line breaks and all."""
LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
LONGEST_USER, LONGEST_HOST = 64, 253


class BadAddress(ValueError):
    """No mail can be sent to this; the text says why."""


def one_line(text: str, longest: int | None = None) -> str:
    """A text in one line, with nothing in it that turns what follows or that a header would decode; cut at a word after
    `longest` characters."""
    text = LONE_SURROGATE.sub("\ufffd", TURNING.sub("", NOT_IN_HEADERS.sub(" ", text)))
    text = ENCODED_WORD.sub("= ", " ".join(text.split()))
    if longest is None or len(text) <= longest:
        return text
    kept = text[: longest - 1]
    # A name without blanks is cut where it is, and not at nothing.
    return (kept.rsplit(" ", 1)[0] if " " in kept[longest // 2 :] else kept).rstrip() + "…"


def address_of(address: str, name: str = "") -> Address:
    """An address with a name, as a header takes it. Raises `BadAddress`.

    The part before the @ may be quoted (`"a b"@c.example`) and must be ASCII; the domain may have letters of any
    script and is written as domains are (IDNA 2008, so that ß is not ss).
    """
    address = address.strip()
    if NOT_IN_HEADERS.search(address) or TURNING.search(address):
        raise BadAddress("this is no address that a mail can be sent to: it holds a control character")
    user, at, host = address.rpartition("@")
    if not (user and at and host):
        raise BadAddress("this is no address that a mail can be sent to")
    if not user.isascii():
        raise BadAddress("this is no address that a mail can be sent to: only ASCII letters may stand before the @")
    if len(user) > LONGEST_USER:
        raise BadAddress("this is no address that a mail can be sent to: there is too much before the @")
    try:
        return Address(display_name=one_line(name), addr_spec=f"{user}@{_domain(host)}")
    except (HeaderParseError, ValueError, IndexError) as error:
        raise BadAddress("this is no address that a mail can be sent to") from error


def _domain(host: str) -> str:
    labels = [_label(label) for label in unicodedata.normalize("NFKC", host).lower().split(".")]
    domain = ".".join(labels)
    if len(domain) > LONGEST_HOST or not all(LABEL.fullmatch(label) for label in labels):
        raise BadAddress("there is no such domain")
    return domain


def _label(label: str) -> str:
    if label.isascii():
        return label
    # Whatever is no letter, digit or mark can't stand in the name of a domain.
    if any(unicodedata.category(character)[0] not in "LMN" and character != "-" for character in label):
        raise BadAddress("there is no such domain")
    return "xn--" + label.encode("punycode").decode("ascii")
