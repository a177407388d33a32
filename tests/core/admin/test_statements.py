"""How often a page of the administration asks the database: ten times at most, also where officers put results."""

import pytest
from skolemerke.contract.criteria import Verdict
from skolemerke.eligibility import operations as eligibility
from skolemerke.people.queries import actor_of_account
from support.applied import ROUND
from support.counting import asked
from support.installation import SHIPPED, WAIVER, install, running
from support.office import Office

PAGES = {
    "/admin/": 10,
    f"/admin/rounds/figures?round={ROUND}": 8,
    "/admin/applications/": 7,
    "/admin/results/": 8,
    "/admin/schools/": 7,
    "/admin/teachers/": 5,
    "/admin/labels/": 7,
    "/admin/mails/": 5,
    "/admin/stopped/": 5,
    "/admin/wordings/": 4,
    "/admin/agencies/": 5,
    "/admin/rounds/": 5,
    "/admin/step-one/": 10,
    "/admin/step-one/compare": 10,
    "/admin/step-one/what-if": 6,
    "/admin/plugins/": 2,
    "/admin/changes/": 5,
}
"""The most statements of each page, with an application of each of two agencies, two checks, and results that officers
put in both."""


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    with running(install(tmp_path_factory.mktemp("office"), *SHIPPED, WAIVER)) as app:
        made = Office(app)
        for _ in range(2):
            eligibility.check(ROUND)
        for side in ("no", "fi"):
            school, officer = made.rows[side]["admin-schools"], actor_of_account(made.accounts[f"officer_{side}"])
            eligibility.override(officer, ROUND, school, "registered", verdict=Verdict.UNCLEAR, reason="We ask.")
        yield made


@pytest.mark.parametrize("who", ["officer_no", "administrator"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_staff_asks_no_more_often_than_is_stated(office, path, who):
    found = asked(office.app, office.client(who), path)
    assert len(found) <= PAGES[path], "\n".join(found)


def test_no_page_of_staff_asks_more_than_ten_times():
    assert [path for path, most in PAGES.items() if most > 10] == []
