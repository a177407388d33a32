"""What is done with agencies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from skolemerke_forms.questions import clean_link
from sqlalchemy import func, select

from skolemerke import audit, database
from skolemerke.agencies.countries import COUNTRIES
from skolemerke.agencies.models import Agency, AgencyCountry

CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,19}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[0-9A-Za-z]{2,8})*")
ZONE = "Europe/Brussels"


class AgencyRefusal(Exception):
    """An agency can't be made so; the text says why and what helps."""


def create(
    code: str,
    name: str,
    countries: Sequence[str] = (),
    language: str = "en",
    *,
    contact_email: str = "",
    contact_url: str = "",
    timezone: str = ZONE,
    actor: str = audit.SYSTEM,
) -> Agency:
    """Make an agency that answers for some countries, or for schools that name it. Raises `AgencyRefusal`.

    Schools that are in the registry already come under it with `registry.operations.settle_agencies`.
    """
    code, name = code.strip(), name.strip()
    countries = [country.strip().upper() for country in countries]
    _refuse_unusable(code, name, countries, language, timezone)
    with database.write() as session:
        _refuse_taken(session, code, countries)
        agency = Agency(
            code=code,
            name=name,
            language=language,
            contact_email=contact_email.strip().lower(),
            contact_url=contact_url.strip(),
            timezone=timezone,
            countries=[AgencyCountry(country=country) for country in dict.fromkeys(countries)],
        )
        session.add(agency)
        session.flush()
        audit.record(
            session,
            "agency.created",
            f"agency:{agency.id}",
            actor=actor,
            agency_id=agency.id,
            code=code,
            countries=list(countries),
        )
    return agency


def change(
    agency_id: int,
    *,
    name: str,
    language: str,
    timezone: str,
    contact_email: str = "",
    contact_url: str = "",
    actor: str = audit.SYSTEM,
) -> Agency:
    """Change how an agency is called and reached; its code stays. Raises `AgencyRefusal`."""
    contact_url = contact_url.strip()
    if contact_url and clean_link(contact_url).problems:
        raise AgencyRefusal("the website needs a full address that begins with https:// or http://")
    with database.write() as session:
        agency = session.get_one(Agency, agency_id, with_for_update=True)
        _refuse_unusable(agency.code, name.strip(), (), language.strip(), timezone.strip())
        agency.name, agency.language, agency.timezone = name.strip(), language.strip(), timezone.strip()
        agency.contact_email, agency.contact_url = contact_email.strip().lower(), contact_url
        audit.record(
            session,
            "agency.changed",
            f"agency:{agency_id}",
            actor=actor,
            agency_id=agency_id,
            name=agency.name,
            language=agency.language,
            timezone=agency.timezone,
            contact_email=agency.contact_email,
            contact_url=contact_url,
        )
    return agency


def _refuse_unusable(code: str, name: str, countries: Sequence[str], language: str, timezone: str) -> None:
    if not CODE.fullmatch(code):
        raise AgencyRefusal(f"the code '{code}' can't be used: take up to 20 letters, digits, dots or dashes")
    if not name or len(name) > 200:
        raise AgencyRefusal("the name of an agency has 1 to 200 characters")
    unknown = [country for country in countries if country not in COUNTRIES]
    if unknown:
        raise AgencyRefusal(f"there is no country '{unknown[0]}': name it by the two letters of ISO 3166-1, such as NO")
    if not LANGUAGE.fullmatch(language):
        raise AgencyRefusal(f"'{language}' is no language: name it as in BCP 47, such as nb")
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise AgencyRefusal(f"there is no time zone '{timezone}': name it as in Europe/Oslo") from error


def _refuse_taken(session: database.WriteSession, code: str, countries: Sequence[str]) -> None:
    if session.scalar(select(Agency.id).where(func.lower(Agency.code) == code.lower())) is not None:
        raise AgencyRefusal(f"there is an agency '{code}' already")
    taken = session.execute(
        select(AgencyCountry.country, Agency.code).join(Agency).where(AgencyCountry.country.in_(countries))
    ).first()
    if taken is not None:
        raise AgencyRefusal(f"agency {taken.code} answers for {taken.country} already")
