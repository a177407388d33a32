"""How often the applicant's pages ask the database: ten times are wanted, four for a section's page."""

import pytest
from skolemerke import database
from skolemerke.applications import operations
from support.applicants import scene, send

from bench.form_site import statements

MOST, MOST_OF_A_SECTION = 10, 4
PAGES = {
    "/": 14,
    "/applications": 12,
    "/account": MOST,
    "{here}": 22,
    "{here}/changes": 12,
    "{here}/check": 21,
    "{here}/consent": 11,
    "{here}/declaration": 19,
    "{here}/history/team_work": 11,
    "{here}/print": 12,
    "{here}/receipt": 21,
    "{here}/submit": 21,
    "{here}/teaching": MOST_OF_A_SECTION,
    "{here}/esafety": MOST_OF_A_SECTION,
}
"""The most statements of each page. A figure above `MOST` is that of today, which must not grow, and is to fall."""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """An application with every answer, evidence, a change of an answer, and a submission."""
    with scene(tmp_path_factory.mktemp("home")) as here:
        application = here.begun()
        here.fill(application)
        operations.save_answers(here.actor(here.ola), application.id, {"team_work": "We changed it."}, {"team_work": 1})
        client = here.client(here.kari)
        address = f"/applications/{application.public_id}"
        assert send(client, f"{address}/submit", {"key": "k1"}).status_code == 302
        yield here, client, address


def asked(site, path):
    """The statements that a page sends, once what is made once is made."""
    here, client, address = site
    path = path.format(here=address)
    assert client.get(path).status_code == 200
    # The test stands in one context for all its requests: what a request has read must not help the next one.
    database.current().forget()
    with statements(here.app) as found:
        assert client.get(path).status_code == 200
    return found


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_the_applicant_asks_no_more_often_than_is_stated(site, path):
    found = asked(site, path)
    assert len(found) <= PAGES[path], "\n".join(found)
