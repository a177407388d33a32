"""What is asked about agencies."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from skolemerke import database
from skolemerke.agencies.models import Agency, AgencyCountry


def by_code(code: str) -> Agency | None:
    """The agency of a code, whether written in small or capital letters."""
    return database.read().scalars(select(Agency).where(func.lower(Agency.code) == code.strip().lower())).first()


def of_country(country: str) -> Agency | None:
    """The agency that answers for a country."""
    return (
        database.read()
        .scalars(select(Agency).join(AgencyCountry).where(AgencyCountry.country == country.strip().upper()))
        .first()
    )


def only_agency() -> Agency | None:
    """The agency of an installation that has one alone."""
    found = database.read().scalars(select(Agency).limit(2)).all()
    return found[0] if len(found) == 1 else None


def all_agencies() -> Sequence[Agency]:
    """Every agency, by code."""
    return database.read().scalars(select(Agency).order_by(Agency.code)).all()
