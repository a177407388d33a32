"""A round that people judge, from the submission to the label: nowhere is there a word of points."""

import json
import re
import sys
from datetime import UTC, datetime

import pytest
from skolemerke import clock, database
from skolemerke.applications import operations as applications
from skolemerke.cli import main
from skolemerke.decisions import operations as decisions
from skolemerke.decisions.queries import decisions_list
from skolemerke.people import operations as people
from skolemerke.people.actors import SYSTEM, Actor
from skolemerke.registry.models import SchoolLabel
from skolemerke.rounds import operations as rounds
from skolemerke.rounds.composition import compose
from skolemerke.rounds.examples import typed
from skolemerke.scoring import operations as scoring
from skolemerke.scoring import replaying
from sqlalchemy import select
from support import applied
from support.applying import LINK, again
from support.installation import SECOND, install, running
from support.public_site import visitor

ROUND = "2023-2024"
IN_IT = "2022-11-01T09:00:00+01:00"
AFTER_IT = datetime(2022, 12, 20, 9, tzinfo=UTC)
POINTS = re.compile(r"None|Points|Pass mark|Poenggrense|\d+ (?:points?|poeng)\b")
"""Headings and figures that speak of points; the note that there are none may stand."""


@pytest.fixture
def home(tmp_path):
    return install(tmp_path, *SECOND)


@pytest.fixture
def app(home):
    with running(home, now=IN_IT) as app:
        yield app


def sent(agency_id):
    """A school that has written everything and sent it, with the declaration signed; its application and teacher."""
    rounds.open_round(ROUND)
    school = applied.school("Berg", "NO", agency_id)
    account = applied.account("kari@berg.example")
    applied.teacher(school, "kari@berg.example")
    teacher = Actor(account_id=account, email="kari@berg.example", language="en", schools=frozenset({school}))
    application = again(applied.applied(school, agency_id, by=account, round_id=ROUND))
    form = compose(ROUND, [], "no").content.form
    stated = applied.examples("etwinning-2023-2024")["all_there"]
    answers = {name: raw for name, raw in typed(form, stated["answers"]).items() if form.place_at(name)}
    applications.save_answers(teacher, application.id, answers, {})
    for question_id in stated["evidence"]:
        applications.add_link(teacher, application.id, question_id, LINK)
    applications.set_consent(teacher, application.id, "yes")
    submission = applications.submit(teacher, application.id, key="k", arrived_at=clock.now(), language="en")
    scoring.run(ROUND)
    applied.declared(submission.id)
    return again(application.id), submission.id, teacher


def words(html):
    """What a reader sees of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def client(app, account_id):
    found = visitor(app)
    with found.session_transaction() as session:
        session["token"] = people.open_session(account_id)
    return found


def test_a_school_of_such_a_round_goes_from_the_submission_to_the_label(app):
    agency_id = applied.agency("no", "NO")
    application, submission_id, _teacher = sent(agency_id)
    clock.current().move_to(AFTER_IT)
    officer = applied.officer(applied.account("officer@agency.example"), agency_id)
    decisions.decide(officer, submission_id, "agency", "granted", reasons="Five times yes.")
    (line,) = decisions_list(ROUND, officer)
    assert (line.sheet.outcome, line.sheet.points, line.result) == (None, None, "granted")

    published = decisions.publish(SYSTEM, ROUND)
    assert (published.granted, published.labels, published.undecided) == (1, 1, 0)
    label = database.read().scalars(select(SchoolLabel)).one()
    assert (label.school_id, label.valid_from, label.valid_to) == (application.school_id, 2023, 2024)
    assert replaying.replay(ROUND).same == 1


@pytest.mark.parametrize("language", ["en", "nb", "nn"])
def test_no_page_speaks_of_points(app, language):
    agency_id = applied.agency("no", "NO")
    application, _submission_id, teacher = sent(agency_id)
    officer = applied.account("officer@agency.example", role="officer", agency_id=agency_id)
    own, office = client(app, teacher.account_id), client(app, officer)
    pages = [
        own.get(f"/applications/{application.public_id}/check?language={language}"),
        own.get(f"/applications/{application.public_id}/receipt?language={language}"),
        office.get(f"/admin/results/?round={ROUND}&language={language}"),
        office.get(f"/admin/applications/?language={language}"),
        office.get(f"/admin/applications/details/?id={application.id}&language={language}"),
    ]
    assert [page.status_code for page in pages] == [200] * len(pages)
    spoken = [words(page.get_data(as_text=True)) for page in pages]
    found = {at: POINTS.findall(text) for at, text in enumerate(spoken)}
    assert {at: said for at, said in found.items() if said} == {}


def test_the_sheet_names_each_principle_and_what_is_to_be_judged(app):
    agency_id = applied.agency("no", "NO")
    application, _submission_id, teacher = sent(agency_id)
    page = words(
        client(app, teacher.account_id).get(f"/applications/{application.public_id}/receipt").get_data(as_text=True)
    )
    assert "What there is to judge" in page
    assert "1 Shared leadership Documented" in page
    assert "How this is judged In this round nothing is added up." in page


def test_lists_say_that_it_is_to_be_judged(app):
    agency_id = applied.agency("no", "NO")
    sent(agency_id)
    officer = applied.account("officer@agency.example", role="officer", agency_id=agency_id)
    for path in (f"/admin/results/?round={ROUND}", "/admin/applications/"):
        assert "to be judged" in words(client(app, officer).get(path).get_data(as_text=True))


def test_the_commands_know_no_points_either(home, monkeypatch, capsys, tmp_path):
    with running(home, now=IN_IT):
        sent(applied.agency("no", "NO"))
    monkeypatch.setenv("SKOLEMERKE_HOME", str(home))
    monkeypatch.setenv("SKOLEMERKE_CLOCK", IN_IT)

    def run(*given):
        monkeypatch.setattr(sys, "argv", ["skolemerke", *given])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 0
        return capsys.readouterr().out

    assert "1 applications, 0 new sheets; 1 to be judged." in run("scoring", "run", ROUND)
    assert json.loads(run("scoring", "replay", ROUND, "--json"))["same"] == 1
    (listed,) = json.loads(run("applications", "list", ROUND, "--json"))
    assert (listed["score"], listed["points"]) == (None, None)
    (decided,) = json.loads(run("decisions", "list", ROUND, "--json"))
    assert (decided["score"], decided["points"]) == (None, None)
    run("applications", "export", ROUND, str(tmp_path / "out.csv"))
    text = (tmp_path / "out.csv").read_text(encoding="utf-8")
    assert "in_plans=whole, leaders_back=usual" in text
    assert "action_by=2023-09-15; action_what=All of Year 7" in text
    assert "None" not in text
