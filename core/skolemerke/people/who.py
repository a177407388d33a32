"""An account with its roles and the schools where it teaches now, in one statement: every page asks it first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import Date, and_, bindparam, or_, select

from skolemerke.people.actors import Actor
from skolemerke.people.models import Account, Role
from skolemerke.registry.models import Person, School, Teacher
from skolemerke.registry.queries import serving

# The day is a parameter of the statement, which is made once.
_serving = serving(cast("date", bindparam("day", type_=Date)))

# Where several people share an address, only the teacher who is meant.
_meant = or_(Account.teacher_id == "", Teacher.person.has(Person.teacher_id == Account.teacher_id))

WHO = (
    select(Account.id, Account.email, Account.name, Account.language)
    .add_columns(Role.role, Role.agency_id, School.id.label("school"))
    .outerjoin(Role, Role.account_id == Account.id)
    .outerjoin(Teacher, and_(Teacher.email == Account.email, _serving, _meant))
    .outerjoin(School, and_(School.id == Teacher.school_id, School.gone.is_(False)))
)
"""A row for each role with each school; the parameter `day` is that of the round's clock."""


def actor_in(rows: Sequence[Any]) -> Actor:
    """The actor that the rows of one account make; at least one row."""
    roles = {(row.role, row.agency_id) for row in rows}
    names = {role for role, _agency in roles}
    return Actor(
        account_id=rows[0].id,
        email=rows[0].email,
        name=rows[0].name,
        language=rows[0].language,
        schools=frozenset(row.school for row in rows if row.school is not None),
        agencies=frozenset(agency for role, agency in roles if role == "officer" and agency is not None),
        is_central="central" in names,
        is_administrator="administrator" in names,
    )
