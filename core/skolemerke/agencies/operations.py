"""What is done with agencies on the machine itself; what people change of them is in `people.offices`, where rights are
asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import func, select

from skolemerke import audit, database, speech
from skolemerke.agencies.countries import COUNTRIES
from skolemerke.agencies.models import Agency, AgencyCountry
from skolemerke.speech import marked as _

CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,19}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[0-9A-Za-z]{2,8})*")
ZONE = "Europe/Brussels"
MAX_LANGUAGE = 20


class AgencyRefusal(speech.Refusal):
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
    refuse_unusable(code, name, countries, language, timezone)
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


def refuse_unusable(code: str, name: str, countries: Sequence[str], language: str, timezone: str) -> None:
    """Raise `AgencyRefusal` when an agency can't have such a name, code or language."""
    if not CODE.fullmatch(code):
        raise AgencyRefusal(
            _("the code '%(code)s' can't be used: take up to 20 letters, digits, dots or dashes"), code=code
        )
    if not name or len(name) > 200:
        raise AgencyRefusal(_("the name of an agency has 1 to 200 characters"))
    unknown = [country for country in countries if country not in COUNTRIES]
    if unknown:
        raise AgencyRefusal(
            _("there is no country '%(country)s': name it by the two letters of ISO 3166-1, such as NO"),
            country=unknown[0],
        )
    if not LANGUAGE.fullmatch(language) or len(language) > MAX_LANGUAGE:
        raise AgencyRefusal(_("'%(language)s' is no language: name it as in BCP 47, such as nb"), language=language)
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise AgencyRefusal(
            _("there is no time zone '%(timezone)s': name it as in Europe/Oslo"), timezone=timezone
        ) from error


def _refuse_taken(session: database.WriteSession, code: str, countries: Sequence[str]) -> None:
    if session.scalar(select(Agency.id).where(func.lower(Agency.code) == code.lower())) is not None:
        raise AgencyRefusal(_("there is an agency '%(code)s' already"), code=code)
    taken = session.execute(
        select(AgencyCountry.country, Agency.code).join(Agency).where(AgencyCountry.country.in_(countries))
    ).first()
    if taken is not None:
        raise AgencyRefusal(
            _("agency %(agency)s answers for %(country)s already"), agency=taken.code, country=taken.country
        )
