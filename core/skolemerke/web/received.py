"""What a request brings: fields and words of an address without the one character that no database keeps.

PostgreSQL refuses a text with NUL in it, SQLite takes it; no person types it. It is taken out where requests come in,
so that no operation has to think of it.
"""

from __future__ import annotations

from typing import Any

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict

NUL = "\0"


class Fields(ImmutableMultiDict[str, Any]):
    """Named values as they were sent, but for NUL in texts."""

    def __init__(self, sent: Any = None) -> None:
        super().__init__([(_kept(name), _kept(value)) for name, value in sent or ()])


class Received(Request):
    """A request whose fields hold nothing that can't be kept."""

    parameter_storage_class = Fields


def _kept(value: Any) -> Any:
    return value.replace(NUL, "") if isinstance(value, str) and NUL in value else value
