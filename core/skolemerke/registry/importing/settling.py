"""Who answers for a school: the agency that it names, else that of its country."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, Integer, Table, func, insert, select, update

from skolemerke.agencies.models import Agency, AgencyCountry
from skolemerke.bulk.store import Store
from skolemerke.database import table_of
from skolemerke.registry.models import School


def wanted_agency() -> ColumnElement[Any]:
    """The agency that should answer for a school."""
    by_code = select(Agency.id).where(func.lower(Agency.code) == func.lower(School.agency_code)).scalar_subquery()
    by_country = (
        select(AgencyCountry.agency_id)
        .where(AgencyCountry.country == School.country, School.agency_code == "")
        .scalar_subquery()
    )
    return func.coalesce(by_code, by_country)


def prepare_moves(store: Store) -> Table:
    """The schools that stay as they are and yet come under another agency, since agencies have changed."""
    schools = table_of(School)
    moves = store.table(
        "moves", Column("id", Integer, primary_key=True, autoincrement=False), Column("agency_id", Integer)
    )
    wanted = wanted_agency()
    found = select(schools.c.id, wanted).where(School.agency_id.is_distinct_from(wanted))
    store.connection.execute(insert(moves).from_select(["id", "agency_id"], found))
    return moves


def move(store: Store, moves: Table, but: Table) -> None:
    """Let the schools come under their agencies; those in `but` have just got theirs."""
    schools = table_of(School)
    store.connection.execute(
        update(schools)
        .values(agency_id=moves.c.agency_id)
        .where(
            schools.c.id == moves.c.id,
            schools.c.id.in_(select(moves.c.id)),
            schools.c.id.not_in(select(but.c.id)),
        )
    )
