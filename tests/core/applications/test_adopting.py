"""A changed round reaches drafts as it should: the easier by itself, the harder by an explicit step."""

import shutil
from contextlib import contextmanager

import pytest
from skolemerke import database, outbox
from skolemerke.applications import adopting, mails, operations, queries
from skolemerke.applications.models import EditionChange, Submission
from skolemerke.audit import AuditLine
from skolemerke.rounds import operations as rounds
from skolemerke.rounds import queries as round_queries
from sqlalchemy import select
from support import applied
from support.applied import ROUND
from support.applying import again, begin, invite, known, mails_of, teacher, together
from support.installation import SHIPPED, WAIVER, install, running, write_plugin

HARDER = """
overlay: harder
round: "2021-2022"
language: en
reason: The agency asks for more teachers.
form:
  sections:
    - id: teaching
      questions:
        - {id: team_size, minimum: 5}
"""


@pytest.fixture
def home(tmp_path):
    return install(tmp_path, *SHIPPED)


@contextmanager
def restarted(home, url=""):
    """The installation after a restart, with whatever plugins lie there now."""
    with running(home, url) as app:
        mails.register(app)
        yield app


def _rows(model):
    database.read().rollback()
    columns = list(model.__table__.columns)
    return [tuple(map(repr, row)) for row in database.read().execute(select(*columns).order_by(columns[0]))]


def _verbs(application):
    subject = f"application:{application.id}"
    return list(
        database.read().scalars(select(AuditLine.verb).where(AuditLine.subject == subject).order_by(AuditLine.number))
    )


def _overlays(*applications):
    contents = [queries.content_of(again(application.id)) for application in applications]
    return [[overlay.overlay for overlay in content.overlays] for content in contents]


def test_a_waiver_that_comes_later_reaches_every_draft_once_and_no_submission(home, database_url):
    with running(home, database_url) as app:
        world = begin(app)
        sent = known(world.complete())
        world.submit(sent)
        operations.save_answers(world.ola, sent.id, {"team_work": "later"}, {"team_work": 1})
        draft = known(operations.start(world.foreign, ROUND, world.other_school))
        before = _rows(Submission)
        assert _overlays(sent, draft) == [[], []]
    install(home, WAIVER)
    with restarted(home, database_url):
        assert operations.adopt_editions() == operations.Adopted(moved=2)
        assert _overlays(sent, draft) == [[WAIVER], [WAIVER]]
        assert _rows(Submission) == before
        assert [len(mails_of("edition_changed", application)) for application in (sent, draft)] == [2, 1]
        assert _verbs(draft)[-1] == "application.edition_changed"
        assert operations.adopt_editions() == operations.Adopted()
    with restarted(home, database_url):
        assert operations.adopt_editions() == operations.Adopted()
        assert len(_rows(EditionChange)) == 2
        assert [len(mails_of("edition_changed", application)) for application in (sent, draft)] == [2, 1]
        assert _rows(Submission) == before


def test_what_changed_and_why_is_shown_until_it_was_seen_and_written_in_the_mail(home):
    with running(home) as app:
        world = begin(app)
        application = known(world.start())
    install(home, WAIVER)
    with restarted(home):
        operations.adopt_editions()
        [change] = queries.status(again(application.id), "en").changes
        assert change.sentences == (
            "The requirement “Promotion of eTwinning” is now fixed: it need not be documented and everybody gets "
            "its points.",
        )
        assert change.reasons[0].startswith("Because of the pandemic")
        [in_norwegian] = queries.status(again(application.id), "nb").changes
        assert in_norwegian.reasons[0].startswith("På grunn av pandemien")
        [mail] = mails_of("edition_changed", application)
        letter = outbox.render(mail)
        assert f"- {change.sentences[0]}" in letter.text
        assert "Because of the pandemic" in letter.text
        operations.mark_changes_seen(world.ola, application.id)
        assert queries.status(again(application.id)).changes == ()


def test_two_sweeps_at_once_move_each_draft_once(home, database_url):
    with running(home, database_url) as app:
        world = begin(app)
        application = known(world.start())
    install(home, WAIVER)
    with restarted(home, database_url):
        results = together(4, lambda _: operations.adopt_editions().moved)
        assert sum(results) == 1
        assert len(_rows(EditionChange)) == 1
        assert len(mails_of("edition_changed", application)) == 1


def test_many_drafts_move_in_several_transactions(home, monkeypatch):
    monkeypatch.setattr(adopting, "AT_ONCE", 2)
    with running(home) as app:
        world = begin(app)
        schools = [applied.school(f"More{at}", "NO", world.agency_id) for at in range(5)]
        invite(*schools)
        begun = [known(operations.start(teacher(f"t@more{s}.example", s), ROUND, s)) for s in schools]
    install(home, WAIVER)
    with restarted(home):
        assert operations.adopt_editions().moved == 5
        assert _overlays(*begun) == [[WAIVER]] * 5


def test_a_harder_round_waits_for_the_applicant_who_sees_what_changes(home, database_url):
    with running(home, database_url) as app:
        world = begin(app)
        application = known(world.complete())
        submission = known(world.submit(application))
        assert queries.pending_changes(again(application.id), "en") is None
    write_plugin(home, "harder", overlay__yaml=HARDER)
    with restarted(home, database_url):
        assert operations.adopt_editions() == operations.Adopted(waiting=1)
        assert _overlays(application) == [[]]
        pending = queries.status(again(application.id)).pending
        assert pending.sentences == (
            "“How many teachers at the school work together in eTwinning?” is at least 5; it was 3.",
        )
        assert pending.reasons == ("The agency asks for more teachers.",)
        assert mails_of("edition_changed", application) == []
        assert world.submit(again(application.id), "k2").id == submission.id
        operations.take_over_edition(world.ola, application.id)
        assert _overlays(application) == [["harder"]]
        after = queries.status(again(application.id))
        assert (after.pending, after.changes, after.changed_since) == (None, (), True)
        assert [lack.question for section in after.sections for lack in section.lacks] == ["team_size"]
        assert queries.latest_submission(application.id).edition_id == submission.edition_id
        assert operations.take_over_edition(world.ola, application.id) is None
        assert _verbs(application)[-1] == "application.edition_taken_over"
        newcomer = operations.start(world.foreign, ROUND, world.other_school)
        assert _overlays(newcomer) == [["harder"]]


def test_a_new_version_of_a_plugin_that_changes_no_word_moves_drafts_silently_and_keeps_signatures(home):
    with running(home) as app:
        world = begin(app)
        application = known(world.complete())
        operations.sign(operations.ask_signature(world.kari, application.id, "Head", world.head), "Head", "principal")
        before = queries.content_hash(again(application.id))
    project = home / "plugins" / SHIPPED[-1] / "pyproject.toml"
    stated = project.read_text()
    project.write_text(stated.replace('version = "', 'version = "9', 1))
    assert project.read_text() != stated
    with restarted(home):
        edition_before = again(application.id).edition_id
        assert operations.adopt_editions() == operations.Adopted(silently=1)
        assert again(application.id).edition_id != edition_before
        assert queries.content_hash(again(application.id)) == before
        assert queries.status(again(application.id)).declaration.state == "signed"
        assert mails_of("edition_changed", application) == []
        assert _rows(EditionChange) == []


def test_a_waiver_takes_nothing_from_what_was_submitted_and_signed(home):
    with running(home) as app:
        world = begin(app)
        application = known(world.complete())
        token = operations.ask_signature(world.kari, application.id, "Head", world.head)
        submission = known(world.submit(application))
    install(home, WAIVER)
    with restarted(home):
        operations.adopt_editions()
        assert queries.status(again(application.id)).changed_since is False
        assert world.submit(again(application.id), "k2").id == submission.id
        signed = operations.sign(token, "Head", "principal")
        assert queries.declaration_of(queries.latest_submission(application.id)).id == signed.id
        assert queries.status(again(application.id)).declaration.state == "signed"
        assert queries.printed(again(application.id)).signature.id == signed.id


def test_while_an_overlay_is_at_fault_nothing_moves_and_drafts_are_saved_and_submitted(home):
    install(home, WAIVER)
    with running(home) as app:
        world = begin(app)
        application = known(world.complete())
    (home / "plugins" / WAIVER / "overlay.yaml").write_text("overlay: [")
    with restarted(home):
        assert operations.adopt_editions() == operations.Adopted()
        assert _overlays(application) == [[WAIVER]]
        assert queries.status(again(application.id)).pending is None
        operations.save_answers(world.kari, application.id, {"team_work": "saved"}, {"team_work": 1})
        assert world.submit(again(application.id)).raw["team_work"] == "saved"


def test_without_the_plugin_of_the_round_drafts_are_read_and_saved_but_not_submitted(home):
    with running(home) as app:
        world = begin(app)
        application = known(world.complete())
        token = operations.ask_signature(world.kari, application.id, "Head", world.head)
    shutil.rmtree(home / "plugins" / SHIPPED[-1])
    with restarted(home):
        assert operations.adopt_editions() == operations.Adopted()
        found = queries.status(again(application.id), "nb")
        assert (found.is_open, found.is_paused, found.can_submit, found.deadline) == (True, True, False, None)
        operations.save_answers(world.kari, application.id, {"team_work": "saved"}, {"team_work": 1})
        with pytest.raises(operations.Closed, match="paused because of a fault"):
            world.submit(again(application.id))
        assert queries.signing_page(token).due is None
        assert queries.of_actor(world.kari)[0].rounds[0].application.id == application.id
        assert outbox.render(mails_of("signature_request", application)[0]).text.count("/declarations/") == 1


def test_a_draft_begun_before_an_early_end_still_says_so_without_its_plugin(home):
    with running(home) as app:
        world = begin(app)
        application = known(world.start())
        rounds.close_round(ROUND)
    shutil.rmtree(home / "plugins" / SHIPPED[-1])
    with restarted(home):
        with pytest.raises(operations.Closed):
            operations.save_answers(world.kari, application.id, {"team_work": "late"}, {})
        assert round_queries.summary(ROUND).state == "missing"
