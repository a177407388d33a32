"""Names that nobody can guess: of applications and evidence in addresses, of receipts, and tokens in mailed links."""

from __future__ import annotations

import secrets

from skolemerke_forms.values import sha256_of

PLAIN = "23479ACDEFGHJKMNPQRTVWXY"
"""Digits and capital letters that are not taken for one another when they are read aloud or copied by hand."""

PUBLIC_LENGTH, RECEIPT_LENGTH = 18, 6


def new_public_id() -> str:
    """A name for addresses, of more than 80 random bits."""
    return _random(PUBLIC_LENGTH).lower()


def new_receipt(round_id: str) -> str:
    """A number of a receipt, such as `SM-2021-2022-7K3M9Q`; the caller sees to it that it is new."""
    return f"SM-{round_id}-{_random(RECEIPT_LENGTH)}"


def new_token() -> str:
    """The secret of a mailed link: 256 random bits."""
    return secrets.token_urlsafe(32)


def hash_of_token(token: str) -> str:
    """What is kept of a token."""
    return sha256_of(token)


def _random(length: int) -> str:
    return "".join(secrets.choice(PLAIN) for _ in range(length))
