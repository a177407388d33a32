import pytest
from flask import Flask
from skolemerke import audit, database
from skolemerke.agencies import queries
from skolemerke.agencies.operations import AgencyRefusal, create
from sqlalchemy import select

pytestmark = pytest.mark.usefixtures("app")


def test_an_agency_is_found_by_code_in_any_case_and_by_country(app: Flask) -> None:
    create("no", "Norge", ["no", "SJ"], "nb", contact_email="Post@Agency.Example", timezone="Europe/Oslo")
    create("be-fr", "Belgique francophone")
    found = queries.by_code("NO")
    assert found is not None
    assert (found.code, found.contact_email, found.timezone) == ("no", "post@agency.example", "Europe/Oslo")
    assert sorted(place.country for place in found.countries) == ["NO", "SJ"]
    assert queries.of_country("sj") is found
    assert queries.of_country("BE") is None
    assert [agency.code for agency in queries.all_agencies()] == ["be-fr", "no"]
    assert queries.only_agency() is None


def test_creating_an_agency_leaves_an_audit_line(app: Flask) -> None:
    made = create("no", "Norge", ["NO"])
    line = database.read().scalars(select(audit.AuditLine)).one()
    assert (line.verb, line.subject, line.agency_id) == ("agency.created", f"agency:{made.id}", made.id)
    assert list(audit.breaks(database.read())) == []


@pytest.mark.parametrize(
    ("code", "facts", "part"),
    [
        ("NO", {}, "there is an agency 'NO' already"),
        ("se", {"countries": ["NO"]}, "agency no answers for NO already"),
        ("se", {"countries": ["SWE"]}, "there is no country 'SWE'"),
        ("s e", {}, "the code 's e' can't be used"),
        ("se", {"name": " "}, "1 to 200 characters"),
        ("se", {"language": "Swedish!"}, "is no language"),
        ("se", {"timezone": "Europe/Nowhere"}, "there is no time zone"),
    ],
)
def test_an_agency_that_can_not_be_is_refused_and_nothing_changes(
    app: Flask, code: str, facts: dict[str, object], part: str
) -> None:
    create("no", "Norge", ["NO"])
    with pytest.raises(AgencyRefusal, match=part):
        create(code, **{"name": "Sverige", **facts})  # type: ignore[arg-type] # the cases are given by name
    assert [agency.code for agency in queries.all_agencies()] == ["no"]
    assert queries.only_agency().code == "no"
