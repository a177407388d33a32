"""An agency's name and addresses: changed by who may, and by nobody else, also past the page."""

import pytest
from skolemerke import audit, database
from skolemerke.agencies.models import Agency
from skolemerke.agencies.operations import AgencyRefusal
from skolemerke.people import offices
from skolemerke.people.actors import ANONYMOUS, SYSTEM, Actor
from skolemerke.people.rights import Refused
from sqlalchemy import select
from support.applied import account, agency, central, officer
from support.installation import install, running

FACTS = {"name": "Agency of Norway", "language": "nn", "timezone": "Europe/Oslo", "contact_email": "Post@NO.example"}


@pytest.fixture
def norway(tmp_path):
    with running(install(tmp_path)):
        yield agency("no", "NO")


def _lines():
    return database.read().scalars(select(audit.AuditLine.verb).where(audit.AuditLine.verb == "agency.changed")).all()


def test_who_is_no_administrator_is_refused_by_the_operation_itself(norway):
    finland = agency("fi", "FI")
    someone = account("someone@example.org")
    for actor in (officer(someone, finland), officer(someone, norway), central(someone), Actor(someone), ANONYMOUS):
        with pytest.raises(Refused):
            offices.change(actor, norway, **FACTS)
    assert database.read().get_one(Agency, norway).name == "Agency no"
    assert _lines() == []


def test_an_administrator_changes_it_with_a_line_in_the_audit(norway):
    offices.change(Actor(account("a@example.org"), is_administrator=True), norway, **FACTS)
    made = database.read().get_one(Agency, norway)
    assert (made.code, made.name, made.language, made.contact_email) == (
        "no",
        "Agency of Norway",
        "nn",
        "post@no.example",
    )
    assert _lines() == ["agency.changed"]


def test_what_can_not_be_used_changes_nothing(norway):
    for wrong in ({"contact_url": "javascript:alert(1)"}, {"timezone": "Mars"}, {"language": "norsk!"}, {"name": " "}):
        with pytest.raises(AgencyRefusal):
            offices.change(SYSTEM, norway, **{**FACTS, **wrong})
    assert _lines() == []
