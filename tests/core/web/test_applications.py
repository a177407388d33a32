"""The applicant's own pages: schools, the task list, adjustments, print."""

from datetime import datetime

import pytest
from skolemerke import clock, database
from skolemerke.applications import operations, queries
from skolemerke.applications.models import Application, Submission
from skolemerke.rounds import operations as rounds
from sqlalchemy import func, select
from support.applicants import OTHER_ROUND, ROUND, scene, send, text_of
from support.installation import SHIPPED, WAIVER, write_plugin


def test_a_school_that_may_apply_has_a_button_and_one_that_may_not_is_told_whom_to_write_to(here):
    mine = text_of(here.client(here.kari).get("/applications"))
    theirs = text_of(here.client(here.per).get("/applications"))
    assert "Solbakken skole" in mine
    assert "Open until Monday, 8 February 2021, 23:59 (CET). Begin the application" in mine
    assert "Fjellheim skole" in theirs
    assert "Begin the application" not in theirs
    assert "write to Agency no: etwinning@agency.example" in theirs


def test_beginning_leads_to_the_task_list_and_a_colleague_gets_the_same_one(here):
    fields = {"round": ROUND, "school": str(here.school_id)}
    first = send(here.client(here.kari), "/applications", fields)
    mine = text_of(here.client(here.ola).get("/applications"))
    assert first.status_code == 302
    assert first.location.startswith("/applications/")
    assert "Begin the application" not in mine
    assert send(here.client(here.ola), "/applications", fields).location == first.location
    assert database.read().scalar(select(func.count()).select_from(Application)) == 1


@pytest.mark.parametrize("school", ["2", "999", "", "x"])
def test_nobody_begins_for_a_school_of_others(here, school):
    answer = send(here.client(here.kari), "/applications", {"round": ROUND, "school": school})
    assert answer.status_code in {403, 404}
    assert database.read().scalar(select(func.count()).select_from(Application)) == 0


def test_a_school_that_was_not_invited_is_told_so(here):
    client = here.client(here.per)
    answer = send(client, "/applications", {"round": ROUND, "school": str(here.other_school_id)})
    assert answer.location == "/applications"
    assert "The school may not apply in this round: it was not invited to it." in text_of(client.get("/applications"))


def test_the_task_list_says_what_is_done_what_is_missing_and_who_saved(here):
    application = here.begun()
    operations.save_answers(here.actor(here.ola), application.id, {"internet_rules": "some"}, {})
    text = text_of(here.client(here.kari).get(f"/applications/{application.public_id}"))
    assert "Submit the application by Monday, 8 February 2021, 23:59 (CET). 69 days left." in text
    assert "Last saved by Ola: 09:0" in text
    assert "Started 1 of 7 answered, something missing at 5 questions" in text
    assert "Not started 0 of 9 answered" in text
    assert "A Responsible internet use Not documented yet" in text
    assert "F Promotion of eTwinning Why this was adjusted" in text
    assert "Given to every school" in text
    assert "Consent to be named in the list of schools Not answered" in text
    assert "Submit the application Not yet" in text


@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2021-02-07T12:00:00+01:00", "One day left."),
        ("2021-02-08T12:00:00+01:00", "11 hours left."),
        ("2021-02-08T22:30:00+01:00", "One hour left."),
        ("2021-02-08T23:30:00+01:00", "Less than one hour left."),
    ],
)
def test_the_time_left_is_said_in_words(here, now, left):
    application = here.begun()
    clock.current().move_to(datetime.fromisoformat(now))
    assert left in text_of(here.client(here.kari).get(f"/applications/{application.public_id}"))


def test_after_closing_the_task_list_says_so(here):
    application = here.begun()
    clock.current().move_to(datetime.fromisoformat("2021-02-09T09:00:00+01:00"))
    text = text_of(here.client(here.kari).get(f"/applications/{application.public_id}"))
    assert "The round closed on 8 February 2021, 23:59 (CET)." in text
    assert "left." not in text


WAIVES = """
overlay: waives-events
round: "2021-2022"
language: en
reason: No event could be held.
form:
  requirements:
    - {id: training_events, state: waived}
"""
ASKS_MORE = """
overlay: asks-more
round: "2021-2022"
language: en
reason: The agency needs to know the year groups.
form:
  sections:
    - id: esafety
      questions:
        - {id: year_groups, type: short_text, label: "Which year groups took part?", required: yes}
"""


def sent_earlier(here, edition_id, raw):
    """A submission of another round, before today's application was begun."""
    at = datetime.fromisoformat("2020-01-15T09:00:00+01:00")
    facts = {"school_id": here.school_id, "agency_id": here.agency_id, "edition_id": edition_id}
    return Submission(
        application=Application(public_id="earlier", round_id=OTHER_ROUND, answers={}, created_at=at, **facts),
        number=1,
        receipt="EARLIER-1",
        idempotency_key="k",
        arrived_at=at,
        edition_id=edition_id,
        language="en",
        raw=raw,
        clean=raw,
        evidence=[],
        known={},
        consent="yes",
        content_hash="0" * 64,
    )


def restarted(here, tmp_path, **files):
    """The same installation after one more plugin was put into its folder."""
    from support.installation import running

    public_id, kari = here.begun().public_id, here.kari
    for name, text in files.items():
        write_plugin(tmp_path, name.replace("_", "-"), overlay__yaml=text)
    return public_id, kari, running(tmp_path)


def test_an_adjustment_that_reached_the_draft_is_told_with_its_reason_until_it_was_read(tmp_path):
    with scene(tmp_path) as here:
        public_id, kari, again = restarted(here, tmp_path, waives_events=WAIVES)
    with again as app:
        here.app = app
        rounds.freeze_all(ROUND)
        operations.adopt_editions()
        client, address = here.client(kari), f"/applications/{public_id}"
        text = text_of(client.get(address))
        assert "The form was adjusted The requirement “eTwinning events” is now waived." in text
        assert "No event could be held." in text
        assert send(client, address, {}, f"{address}/seen").location == address
        assert "The form was adjusted" not in text_of(client.get(address))


def test_a_form_that_asks_for_more_waits_until_it_is_taken_over(tmp_path):
    with scene(tmp_path) as here:
        public_id, kari, again = restarted(here, tmp_path, asks_more=ASKS_MORE)
    with again as app:
        here.app = app
        rounds.freeze_all(ROUND)
        operations.adopt_editions()
        client, address = here.client(kari), f"/applications/{public_id}"
        assert "There is a new version of the form" in text_of(client.get(address))
        assert "Which year groups took part?" not in text_of(client.get(f"{address}/esafety"))
        changes = text_of(client.get(f"{address}/changes"))
        assert "The question “Which year groups took part?” is new." in changes
        assert "The agency needs to know the year groups." in changes
        assert "What you would look at again Which year groups took part? This has to be answered now." in changes
        assert send(client, f"{address}/changes", {}).location == f"{address}/changes"
        assert "Which year groups took part?" in text_of(client.get(f"{address}/esafety"))
        assert "There is a new version of the form" not in text_of(client.get(address))


CHANGES = """
overlay: changes-much
round: "2021-2022"
language: en
reason: The agency asks for something else.
form:
  sections:
    - id: teaching
      questions:
        - {id: team_size, minimum: 5}
        - {id: team_work, label: "Who did what in the team?", max_words: 3}
"""


def test_what_changed_since_it_was_written_stands_beside_the_old_answer_until_it_is_saved_again_or_read(tmp_path):
    with scene(tmp_path) as here:
        application = here.begun()
        written = {"team_size": "4", "team_work": "We share the work among us"}
        operations.save_answers(here.actor(here.kari), application.id, written, {})
        public_id, kari, again = restarted(here, tmp_path, changes_much=CHANGES)
    with again as app:
        here.app = app
        client, address = here.client(kari), f"/applications/{public_id}"
        before = text_of(client.get(f"{address}/changes"))
        assert "look at it again" not in before
        assert "Your answer does not fit what is asked for now." in before
        send(client, f"{address}/changes", {})
        assert "2 questions changed since you wrote" in text_of(client.get(address))
        assert "look at 2 questions again" in text_of(client.get(address))
        page = text_of(client.get(f"{address}/changes"))
        assert "Who did what in the team? Your answer does not fit what is asked for now." in page
        assert "Write at most 3 words; this has 6." in page
        assert "This answer does not yet document the requirement." in page
        assert "Your answer as it was We share the work among us" in page
        clock.current().move_to(datetime.fromisoformat("2020-12-05T09:00:00+01:00"))
        here_now = database.read().scalars(select(Application).where(Application.public_id == public_id)).one()
        operations.save_answers(here.actor(kari), here_now.id, {"team_work": "Kari leads"}, {"team_work": 1})
        assert "1 question changed since you wrote" in text_of(client.get(address))
        page = text_of(client.get(f"{address}/changes"))
        assert "Saved again since." in page
        assert "Your answer as it was We share the work among us" in page
        send(client, address, {}, f"{address}/seen")
        assert "changed since you wrote" not in text_of(client.get(address))
        assert "Your answer as it was" not in text_of(client.get(f"{address}/changes"))


def test_what_the_school_sent_in_its_last_round_stands_beside_the_questions_of_today(here):
    edition_id = rounds.freeze(OTHER_ROUND, here.agency_id).id
    clock.current().move_to(datetime.fromisoformat("2021-01-05T09:00:00+01:00"))
    today = here.begun()
    client, address = here.client(here.kari), f"/applications/{today.public_id}"
    assert "What the school wrote last time" not in text_of(client.get(address))
    assert client.get(f"{address}/changes/earlier").status_code == 404
    database.read().rollback()
    with database.write() as session:
        session.add(sent_earlier(here, edition_id, {"team_work": "We began with two classes."}))
    assert "What the school wrote last time" in text_of(client.get(address))
    page = text_of(client.get(f"{address}/changes/earlier"))
    assert "We began with two classes." in page
    assert here.client(here.per).get(f"{address}/changes/earlier").status_code == 404


def test_without_its_plugin_a_round_can_still_be_read_and_written(tmp_path):
    with scene(tmp_path) as here:
        application = here.begun()
        public_id, application_id, kari = application.public_id, application.id, here.kari
    for name in (*SHIPPED, WAIVER):
        (tmp_path / "plugins" / name / "pyproject.toml").unlink()
    from support.installation import running

    with running(tmp_path) as app:
        here.app = app
        client, address = here.client(kari), f"/applications/{public_id}"
        assert "The round is paused because of a fault. What you save is kept." in text_of(client.get(address))
        answer = send(client, f"{address}/teaching", {"v_team_work": "0", "q_team_work": "Still here"})
        assert answer.status_code == 302
        found = queries.answers_of(database.read().get_one(Application, application_id))
        assert found["team_work"].raw == "Still here"


def test_the_print_holds_the_whole_form_with_every_answer_in_words(here):
    application = here.begun()
    here.fill(application)
    text = text_of(here.client(here.kari).get(f"/applications/{application.public_id}/print"))
    assert "How does the school work with its rules for using the internet? The whole school – Staff, pupils" in text
    assert "When did the latest of these activities take place? 14 October" in text
    assert "https://www.example.org/safety_activities/0" in text
    assert "Yes, the school may be named" in text
    assert "I am the principal or deputy principal of this school" in text


def test_the_declaration_prints_with_lines_for_signature_and_stamp_and_without_answers(here):
    application = here.begun()
    here.fill(application)
    text = text_of(here.client(here.kari).get(f"/applications/{application.public_id}/print?declaration"))
    assert "I am the principal or deputy principal of this school" in text
    assert "Signature and stamp of the school" in text
    assert queries.content_hash(application)[:16] in text
    assert "The whole school – Staff" not in text


def test_an_officer_reads_an_application_and_cannot_change_it(here):
    from support.applied import account

    application = here.begun()
    officer = here.client(account("officer@agency.example", role="officer", agency_id=here.agency_id))
    address = f"/applications/{application.public_id}"
    page = officer.get(f"{address}/esafety")
    assert "Only the teachers of the school can change it." in text_of(page)
    assert "<textarea" not in page.text
    token_page = officer.get("/help")
    from support.applicants import csrf

    fields = {"csrf_token": csrf(token_page), "v_internet_rules": "0", "q_internet_rules": "some"}
    assert officer.post(f"{address}/esafety", data=fields).status_code == 403


@pytest.mark.parametrize("path", ["/applications", "/applications/x", "/applications/x/esafety"])
def test_somebody_who_is_not_signed_in_is_sent_to_sign_in(here, path):
    answer = here.client().get(path)
    assert (answer.status_code, answer.location) == (303, "/sign-in")
