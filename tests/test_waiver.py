"""The pandemic exception, installed after the round has opened: it reaches everybody and rewrites nothing."""

import pytest
from skolemerke import audit, database, serving
from skolemerke.applications.models import AnswerChange, Application, Declaration, EditionChange, Evidence, Submission
from skolemerke.demo import installing
from skolemerke.outbox import Mail
from skolemerke.rounds import queries
from skolemerke.rounds.models import Edition
from skolemerke.scoring import replaying
from skolemerke.scoring.models import StoredSheet
from skolemerke_forms.values import canonical_json
from sqlalchemy import func, select
from support.installation import SHIPPED, WAIVER, install

ROUND = "2021-2022"
KEPT = (Submission, Declaration, Evidence, AnswerChange, Edition, StoredSheet)


def start(home):
    return installing.install(home, ROUND, schools=150, seed=1, port=5000, say=lambda _message: None)


def rows(model):
    columns = list(model.__table__.columns)
    found = database.read().execute(select(*columns).order_by(columns[0]))
    return {row[0]: canonical_json([str(value) for value in row]) for row in found}


def answers_now():
    return {a.id: a.answers for a in database.read().scalars(select(Application).order_by(Application.id))}


def mails(kind):
    return database.read().scalar(select(func.count()).select_from(Mail).where(Mail.kind == kind))


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """A round that was opened and applied in without the waiver, and what was there before it was installed."""
    home = install(tmp_path_factory.mktemp("waiver"), *SHIPPED)
    app = start(home)
    with app.app_context():
        before = {model: rows(model) for model in KEPT}
        answers = answers_now()
        shown = queries.composed(ROUND).content.form.requirement("promotion").state
        assert (shown, mails("edition_changed")) == ("compulsory", 0)
        app.extensions[database.EXTENSION].close()
    install(home, WAIVER)
    app = start(home)
    with app.app_context():
        serving.catch_up()
        yield before, answers
        app.extensions[database.EXTENSION].close()


def test_every_application_is_told_once_and_stands_on_the_adjusted_edition(story):
    applications = database.read().scalars(select(Application)).all()
    told = database.read().scalars(select(EditionChange.application_id)).all()
    states = {queries.content(a.edition).form.requirement("promotion").state for a in applications}
    assert sorted(told) == [a.id for a in applications]
    assert states == {"fixed"}
    assert len(applications) == 8
    assert mails("edition_changed") > 0


def test_each_submission_has_a_second_sheet_beside_the_first(story):
    for submission in database.read().scalars(select(Submission)):
        sheets = (
            database.read()
            .scalars(select(StoredSheet).where(StoredSheet.submission_id == submission.id).order_by(StoredSheet.id))
            .all()
        )
        rules = [sheet.sheet.split('"part":"promotion"')[1].split('"rule":"')[1].split('"')[0] for sheet in sheets]
        assert rules == ["documented", "fixed"]


def test_nothing_that_was_there_is_rewritten(story):
    before, answers = story
    for model in KEPT:
        after = rows(model)
        assert {key: after[key] for key in before[model]} == before[model], model.__name__
    assert answers_now() == answers
    assert list(audit.breaks(database.read())) == []


def test_catching_up_again_adds_nothing(story):
    counts = [len(rows(model)) for model in (*KEPT, EditionChange, Mail)]
    serving.catch_up()
    database.read().rollback()
    assert [len(rows(model)) for model in (*KEPT, EditionChange, Mail)] == counts


def test_every_sheet_can_be_replayed_byte_for_byte(story):
    report = replaying.replay(ROUND)
    sheets = len(rows(StoredSheet))
    assert (report.sheets, report.same, report.different, report.cannot_replay) == (sheets, sheets, 0, 0)
