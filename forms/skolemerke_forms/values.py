"""The base of all plain values: frozen, strict about unknown keys, and with one canonical form as JSON."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, StringConstraints

ID_PATTERN = re.compile(r"[a-z][a-z0-9_]*")

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)]
"""The name of a part of a round: small letters, digits and underscores; never reused for another meaning."""


class Value(BaseModel):
    """A frozen value; two with the same contents are equal."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other fields; what was worked out and kept for the old ones does not come along."""
        copied = super().model_copy(update=update, deep=deep)
        for name in set(copied.__dict__) - set(type(self).model_fields):
            del copied.__dict__[name]
        return copied


def canonical_json(data: object) -> str:
    """The one way in which we write JSON that is hashed: sorted keys, no spaces, no escaped letters."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def content_of(value: BaseModel) -> dict[str, Any]:
    """The value as plain JSON data, without what is left at its default."""
    return value.model_dump(mode="json", exclude_defaults=True)


def sha256_of(text: str) -> str:
    """The SHA-256 of a text in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
