"""The secrets of sign-in: long ones for links, sessions and browsers, short ones that are typed.

Only hashes are stored. A long secret can't be guessed, so its plain hash is enough; a code could be tried out by
whoever holds a copy of the database, so its hash also takes the secret key of the installation.
"""

from __future__ import annotations

import hmac
import secrets

from skolemerke_forms.values import sha256_of

from skolemerke.config import current_config

ALPHABET = "CDFGHJKMNPQRTVWXY34679"
"""No vowels, so that no code is a word; and nothing that looks like something else in it, such as 0 and O."""

CODE_LENGTH = 8


def new_token() -> str:
    """256 random bits, fit for an address or a cookie."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """A code that is easy to type, such as `CDFG-3467`."""
    typed = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    return f"{typed[:4]}-{typed[4:]}"


def hash_of(token: str) -> str:
    """What is stored of a long secret."""
    return sha256_of(token)


def hash_of_code(code: str, token_hash: str) -> str:
    """What is stored of a code; the same code of another mail has another hash."""
    key = current_config().secret_key.encode()
    return hmac.new(key, f"sign-in:{token_hash}:{_typed(code)}".encode(), "sha256").hexdigest()


def hash_of_source(source: str) -> str:
    """What is stored of a network address: enough to count it, not enough to know it."""
    return hmac.new(current_config().secret_key.encode(), f"source:{source}".encode(), "sha256").hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two hashes are the same, told in the same time whether they are or not."""
    return hmac.compare_digest(one.encode(), other.encode())


def _typed(code: str) -> str:
    """A code without what people put between its characters, in capital letters."""
    return "".join(character for character in code.upper() if character in ALPHABET)
