"""Addresses in mails: made from the configured base address, never from what a request claims."""

from __future__ import annotations

from skolemerke.config import current_config

LOCAL = "http://127.0.0.1:5000"


def absolute(path: str) -> str:
    """The full address of a path of this installation."""
    return (current_config().base_url or LOCAL).rstrip("/") + path
