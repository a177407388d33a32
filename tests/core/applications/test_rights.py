"""What is foreign answers exactly as what is not there, in every verb and query."""

import io

import pytest
from skolemerke import clock
from skolemerke.applications import operations, queries
from skolemerke.people.actors import ANONYMOUS
from skolemerke.people.rights import Refused
from support.applying import LINK, PDF, again, mails_of

ABSENT = 10**9


def _changes(actor, application_id):
    return {
        "save_answers": lambda: operations.save_answers(actor, application_id, {"team_work": "x"}, {"team_work": 1}),
        "add_link": lambda: operations.add_link(actor, application_id, "group_projects", LINK),
        "add_file": lambda: operations.add_file(actor, application_id, "group_projects", io.BytesIO(PDF), "a.pdf"),
        "set_consent": lambda: operations.set_consent(actor, application_id, "yes"),
        "ask_signature": lambda: operations.ask_signature(actor, application_id, "Head", "head@school.example"),
        "upload_paper": lambda: operations.upload_paper(actor, application_id, io.BytesIO(PDF), "a.pdf"),
        "submit": lambda: operations.submit(actor, application_id, key="k", arrived_at=clock.now(), language="en"),
        "take_over_edition": lambda: operations.take_over_edition(actor, application_id),
        "mark_changes_seen": lambda: operations.mark_changes_seen(actor, application_id),
    }


VERBS = sorted(_changes(ANONYMOUS, ABSENT))


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_but_a_teacher_of_the_school_changes_an_application(world, verb):
    application = world.complete()
    before = (dict(application.answers), application.saved_at, queries.content_hash(application))
    for actor in (world.foreign, world.officer, world.foreign_officer, ANONYMOUS):
        for application_id in (application.id, ABSENT):
            with pytest.raises(Refused, match="may not"):
                _changes(actor, application_id)[verb]()
    after = again(application.id)
    assert (dict(after.answers), after.saved_at, queries.content_hash(after)) == before
    assert queries.submissions(application.id) == []
    assert mails_of("signature_request", application) == []


@pytest.mark.parametrize("verb", VERBS)
def test_the_same_calls_succeed_for_a_teacher_of_the_school(world, verb):
    # The twin: without it the test above would pass for calls that nobody may make.
    application = world.complete()
    if verb in {"add_link", "add_file"}:
        for piece in queries.evidence_of(application.id):
            operations.remove_evidence(world.ola, piece.public_id)
    _changes(world.ola, application.id)[verb]()


def test_teachers_and_the_officers_of_the_agency_see_an_application_and_nobody_else(world):
    application = world.start()
    seen = [
        queries.by_public_id(actor, application.public_id)
        for actor in (world.kari, world.ola, world.officer, world.foreign, world.foreign_officer, ANONYMOUS)
    ]
    assert seen == [application, application, application, None, None, None]
    assert queries.by_public_id(world.kari, "no-such-application") is None


def test_evidence_of_others_is_not_there(world):
    application = world.start()
    file = operations.add_file(world.kari, application.id, "group_projects", io.BytesIO(PDF), "a.pdf")
    for actor in (world.foreign, world.foreign_officer, ANONYMOUS):
        assert queries.open_evidence(actor, file.public_id) is None
        with pytest.raises(Refused):
            operations.remove_evidence(actor, file.public_id)
    for actor in (world.ola, world.officer):
        found = queries.open_evidence(actor, file.public_id)
        assert found is not None
        assert found[0].read_bytes() == PDF
    with pytest.raises(Refused):
        operations.remove_evidence(world.kari, "no-such-evidence")


def test_a_paper_is_confirmed_by_an_officer_of_the_agency_alone(world):
    application = world.complete()
    paper = operations.upload_paper(world.kari, application.id, io.BytesIO(PDF), "a.pdf")
    for actor in (world.kari, world.foreign, world.foreign_officer, ANONYMOUS):
        for declaration_id in (paper.id, ABSENT):
            with pytest.raises(Refused):
                operations.confirm_paper(actor, declaration_id)
    assert operations.confirm_paper(world.officer, paper.id).state == "signed"
