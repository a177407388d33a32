"""What people change of an agency: how it is called and reached. It stands here, since rights are asked of people."""

from __future__ import annotations

from skolemerke_forms.questions import clean_link

from skolemerke import audit, database
from skolemerke.agencies.models import Agency
from skolemerke.agencies.operations import AgencyRefusal, refuse_unusable
from skolemerke.people.actors import Actor
from skolemerke.people.rights import require
from skolemerke.people.signing_in import ADDRESS
from skolemerke.people.verbs import CHANGE_AGENCY as CHANGE
from skolemerke.speech import marked as _


def change(
    actor: Actor,
    agency_id: int,
    *,
    name: str,
    language: str,
    timezone: str,
    contact_email: str = "",
    contact_url: str = "",
) -> Agency:
    """Change how an agency is called and reached; its code stays. Raises `Refused`, `AgencyRefusal`."""
    require(actor, CHANGE, agency_id)
    contact_url = contact_url.strip()
    if contact_url and clean_link(contact_url).problems:
        raise AgencyRefusal(_("the website needs a full address that begins with https:// or http://"))
    contact_email = contact_email.strip().lower()
    if contact_email and not ADDRESS.fullmatch(contact_email):
        raise AgencyRefusal(_("the e-mail address needs to be whole, such as post@agency.example"))
    with database.write() as session:
        agency = session.get_one(Agency, agency_id, with_for_update=True)
        refuse_unusable(agency.code, name.strip(), (), language.strip(), timezone.strip())
        agency.name, agency.language, agency.timezone = name.strip(), language.strip(), timezone.strip()
        agency.contact_email, agency.contact_url = contact_email, contact_url
        audit.record(
            session,
            "agency.changed",
            f"agency:{agency_id}",
            actor=actor.ref,
            agency_id=agency_id,
            name=agency.name,
            language=agency.language,
            timezone=agency.timezone,
            contact_email=agency.contact_email,
            contact_url=contact_url,
        )
    return agency
