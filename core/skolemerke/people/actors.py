"""Who acts: an account with its roles and the schools where the register says that it teaches."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

RoleName = Literal["officer", "central", "administrator"]


@dataclass(frozen=True)
class Actor:
    """Somebody who is signed in, or nobody (`ANONYMOUS`).

    `schools` are the whole numbers of the schools where this address belongs to a registered teacher who has
    not left; `agencies` those of which the account is an officer.
    """

    account_id: int | None = None
    email: str = ""
    name: str = ""
    language: str = ""
    schools: frozenset[int] = field(default_factory=frozenset)
    agencies: frozenset[int] = field(default_factory=frozenset)
    is_central: bool = False
    is_administrator: bool = False

    @property
    def is_known(self) -> bool:
        """Whether somebody is signed in."""
        return self.account_id is not None

    @property
    def is_staff(self) -> bool:
        """Whether the account has any role of staff."""
        return self.is_central or self.is_administrator or bool(self.agencies)

    @property
    def sees_all_agencies(self) -> bool:
        """Whether no agency is hidden from the account."""
        return self.is_central or self.is_administrator

    @property
    def ref(self) -> str:
        """How the audit chain names the account, or whoever runs a command on the machine (`SYSTEM`)."""
        if self == SYSTEM:
            return "system"
        return f"account:{self.account_id}" if self.is_known else "anonymous"


ANONYMOUS = Actor()
SYSTEM = Actor(account_id=None, name="system", is_central=True, is_administrator=True)
"""Whoever runs a command on the machine itself."""
