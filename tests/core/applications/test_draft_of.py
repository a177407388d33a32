"""A draft is read in one statement, on both databases, and says the same as the statements that it stands for."""

from datetime import datetime

import pytest
from skolemerke import clock, database
from skolemerke.applications import operations, queries
from skolemerke.applications.drafts import takes_changes
from skolemerke.people.actors import Actor
from skolemerke.people.models import Account, Role
from skolemerke.registry.listed import listed
from skolemerke.rounds import stored
from skolemerke.rounds.models import AgencyCalendar
from support.applicants import ROUND, scene

from bench.form_site import statements


@pytest.fixture
def here(tmp_path, database_url):
    with scene(tmp_path, url=database_url) as found:
        yield found


def move_dates(here, closes):
    """Another agency's dates stand beside, and older ones of this agency before."""
    with database.write() as session:
        for when in ("2020-12-02T00:00:00+01:00", closes):
            dates = {"closes": when}
            session.add(
                AgencyCalendar(
                    round_id=ROUND, agency_id=here.agency_id, dates=dates, reason="x", changed_at=clock.real()
                )
            )
            session.flush()


def test_it_holds_its_school_agency_and_edition_and_whether_it_can_be_changed(here):
    application = here.begun()
    operations.save_answers(here.actor(here.kari), application.id, {"team_size": "3"}, {})
    found = queries.draft_of(here.actor(here.kari), application.public_id)
    assert found is not None
    draft, is_open, dates = found
    assert (draft.school.name, draft.agency.timezone, is_open) == ("Solbakken skole", "Europe/Oslo", True)
    assert dates.closes == datetime.fromisoformat("2021-02-08T23:59:59+01:00")
    assert draft.answers["team_size"]["raw"] == "3"
    assert queries.form_of(draft, "en").title == queries.content_of(draft).form.title


def test_it_names_whoever_saved_an_answer_as_it_stands_whatever_their_name_holds(here):
    application = here.begun()
    ola, kari = here.actor(here.ola), here.actor(here.kari)
    operations.save_answers(kari, application.id, {"team_size": "3", "team_work": "Ours."}, {})
    operations.save_answers(ola, application.id, {"team_work": "We."}, {"team_work": 1})
    forged = f"Ola\x1e{kari.account_id}\x1fSomebody \N{SNOWMAN}"
    with database.write() as session:
        session.get_one(Account, ola.account_id).name = forged
        session.get_one(Account, kari.account_id).name = ""
    draft = queries.draft_of(kari, application.public_id).application
    assert draft.names == {ola.account_id: forged.replace("\x1e", " "), kari.account_id: "kari@teacher.example"}


def test_it_names_nobody_who_has_no_answer_that_stands(here):
    application = here.begun()
    kari, ola = here.actor(here.kari), here.actor(here.ola)
    assert queries.draft_of(kari, application.public_id).application.names == {}
    operations.save_answers(ola, application.id, {"team_work": "We."}, {})
    operations.save_answers(kari, application.id, {"team_work": "Ours."}, {"team_work": 1})
    assert list(queries.draft_of(kari, application.public_id).application.names) == [kari.account_id]


@pytest.mark.parametrize("closes", ["2020-11-30T12:00:00+01:00", "2021-02-20T23:59:59+01:00"])
def test_the_newest_dates_of_its_agency_decide_whether_it_is_open(here, closes):
    application = here.begun()
    move_dates(here, closes)
    for now in ("2021-02-08T22:00:00+01:00", "2021-02-15T22:00:00+01:00", "2021-04-01T00:00:00+01:00"):
        clock.current().move_to(datetime.fromisoformat(now))
        found = queries.draft_of(here.actor(here.kari), application.public_id)
        assert found is not None
        assert found[1] is takes_changes(database.read(), application, clock.now())
        assert found.dates.closes == datetime.fromisoformat(closes)
        assert found[1] is (datetime.fromisoformat(now) < datetime.fromisoformat(closes))


def test_a_foreign_one_is_as_one_that_is_not_there(here):
    application = here.begun()
    assert queries.draft_of(here.actor(here.per), application.public_id) is None
    assert queries.draft_of(here.actor(here.kari), "nothing") is None


@pytest.mark.parametrize("beside", [False, True])
def test_what_is_read_with_an_application_is_what_would_be_asked_for(here, beside):
    application = here.begun()
    if beside:
        here.fill(application)
        move_dates(here, "2021-02-20T23:59:59+01:00")
    session = database.read()
    session.rollback()
    application = queries.by_public_id(here.actor(here.kari), application.public_id)
    known = dict(session.info.pop(database.ONCE))
    assert list(known["overlays", ROUND]) == list(stored.overlays_of(session, ROUND)) == ["covid-19-promotion"]
    assert known["moved dates", ROUND, here.agency_id] == stored.moved_of(session, ROUND, here.agency_id)
    assert known["round", ROUND].round_id == ROUND
    assert (("evidence", application.id) not in known) is beside is bool(queries.evidence_of(application.id))
    assert list(known["submissions", application.id]) == list(queries.submissions(application.id)) == []
    assert queries.has_earlier(application) is known["earlier", application.id] is False


@pytest.mark.parametrize("sources", [[], ["teachers"], ["events", "projects", "quality_labels", "teachers"]])
def test_the_lists_of_a_school_are_read_in_one_statement(here, sources):
    with statements(here.app) as sent:
        found = listed(database.read(), here.school_id, sources, clock.now())
    names = {source: [row.name for row in rows] for source, rows in found.items()}
    assert names == {source: ["Kari", "Ola"] if source == "teachers" else [] for source in sources}
    assert len(sent) == (1 if sources else 0)


def test_an_actor_has_all_roles_and_all_schools_of_its_account(here):
    with database.write() as session:
        session.add(Role(account_id=here.kari, role="officer", agency_id=here.agency_id))
        session.add(Role(account_id=here.kari, role="central"))
    found = here.actor(here.kari)
    assert found == Actor(
        account_id=here.kari,
        email="kari@teacher.example",
        name="Kari",
        language="en",
        schools=frozenset({here.school_id}),
        agencies=frozenset({here.agency_id}),
        is_central=True,
    )
