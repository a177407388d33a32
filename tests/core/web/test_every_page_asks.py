"""How often every page of the table of routes asks the database, on a site on which none is empty."""

import pytest
from skolemerke import database
from support import every_type
from support.installation import SHIPPED, WAIVER, install, running

from bench.form_site import statements

from . import test_routes
from .everything import answer_all, everything
from .routes_table import TABLE, rows

MOST = 10
ASKERS = {"anybody": "anonymous", "signed in": "teacher_a", "its teachers": "teacher_a"}
"""Who asks for what everybody of a group may see; officers ask for the rest."""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    home = install(tmp_path_factory.mktemp("home"), *SHIPPED, WAIVER)
    every_type.plugin(home)
    with running(home) as app:
        world = test_routes.populated(app)
        everything(world)
        answer_all(world.actor("teacher_a"), world.ids["own"]["application"])
        yield world


def asked_for(world):
    """Every page and file of the table, with the answer and the statements that it took somebody who gets in."""
    clients = {role: world.client(role) for role in ("anonymous", "teacher_a", "officer_no")}
    for method, rule, who in rows(TABLE):
        if method == "GET" and who != "nobody":
            role = ASKERS.get(who) or ("teacher_a" if rule.startswith("/applications") else "officer_no")
            test_routes.ask(world, clients[role], "GET", rule, world.ids["own"])
            # The tests stand in one context: what a request has read must not help the next one.
            database.current().forget()
            with statements(world.app) as found:
                answer = test_routes.ask(world, clients[role], "GET", rule, world.ids["own"])
            yield rule, answer, list(found)


def test_no_page_asks_more_than_ten_times(world):
    counted = {rule: len(found) for rule, answer, found in asked_for(world) if answer.status_code == 200}
    assert {rule: number for rule, number in counted.items() if number > MOST} == {}
    assert len(counted) > 60
