"""Sheets are made once, stand beside one another, and can be worked out again byte by byte."""

import hashlib
import os
import shutil
import subprocess
import sys
import threading

import pytest
from skolemerke import database
from skolemerke.rounds import operations as rounds
from skolemerke.rounds.queries import UnknownRound, current_edition
from skolemerke.scoring import operations, queries, replaying
from skolemerke.scoring.models import ScoringRun, StoredSheet
from skolemerke.scoring.scorer import CannotScore, Scorer
from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.exc import IntegrityError
from support.applied import ROUND, agency, applied, examples, school, submitted
from support.applying import together
from support.installation import SHIPPED, WAIVER, install, running

EXAMPLES = examples("etwinning-2021-2022")


def _sent(example, name, country="NO", agency_id=None):
    stated = EXAMPLES[example]
    return submitted(applied(school(name, country, agency_id), agency_id), stated["answers"], stated.get("evidence"))


def _sheets():
    statement = select(StoredSheet.submission_id, StoredSheet.outcome, StoredSheet.points).order_by(StoredSheet.id)
    return [tuple(row) for row in database.read().execute(statement)]


@pytest.fixture
def bare(tmp_path):
    """A home with the rounds and without the waiver."""
    return install(tmp_path, *SHIPPED)


def test_a_run_scores_the_latest_submissions_and_counts_them(bare, database_url):
    with running(bare, database_url):
        at_mark = _sent("at_the_pass_mark", "Berg")
        below = _sent("below_the_pass_mark", "Dal")
        report = operations.run(ROUND)
        assert (report.run, report.applications, report.made) == (1, 2, 2)
        assert report.outcomes == {"passed": 1, "not_passed": 1}
        assert _sheets() == [(at_mark, "passed", "24"), (below, "not_passed", "23")]


def test_two_who_score_the_same_submission_at_once_make_one_sheet(bare, database_url):
    with running(bare, database_url):
        submission = _sent("at_the_pass_mark", "Berg")
        assert together(8, lambda _: operations.score_submission(submission).id) == [1] * 8
        assert _sheets() == [(submission, "passed", "24")]


SCORERS = {
    "colleagues": operations.score_submission,
    "the worker": lambda _submission: operations.missing_sheets(),
    "a run": lambda _submission: operations.run(ROUND),
}


@pytest.mark.parametrize("other", SCORERS)
def test_whoever_is_second_to_store_a_sheet_waits_and_stores_none(bare, postgres_url, at_once, other):
    with running(bare, postgres_url):
        submission = _sent("at_the_pass_mark", "Berg")
        assert faults_of(submission, "colleagues", other) == []
        assert _sheets() == [(submission, "passed", "24")]


def test_the_twin_where_a_conflict_is_a_fault_the_second_one_fails(bare, postgres_url, at_once, monkeypatch):
    monkeypatch.setattr(Insert, "on_conflict_do_nothing", lambda self, **_: self)
    with running(bare, postgres_url):
        assert faults_of(_sent("at_the_pass_mark", "Berg"), "colleagues", "the worker") == [IntegrityError]


@pytest.fixture
def at_once(monkeypatch):
    """Two who score wait for each other before they store, and take their time before they commit."""
    store, gate = operations._store, threading.Barrier(2, timeout=60)

    def stored(session, slices, run):
        gate.wait()
        made = store(session, slices, run)
        session.execute(text("SELECT pg_sleep(0.3)"))
        return made

    monkeypatch.setattr(operations, "_store", stored)


def faults_of(submission, *scorers):
    """What is raised when these score a submission at once."""
    told = together(len(scorers), lambda at: SCORERS[scorers[at]](submission))
    return [type(one) for one in told if isinstance(one, Exception)]


def test_a_second_run_makes_nothing_new_and_still_counts_everything(bare, database_url):
    with running(bare, database_url):
        _sent("at_the_pass_mark", "Berg")
        operations.run(ROUND)
        again = operations.run(ROUND)
        assert (again.run, again.applications, again.made, again.outcomes) == (2, 1, 0, {"passed": 1, "not_passed": 0})
        assert database.read().scalar(select(func.count()).select_from(ScoringRun)) == 2


def test_only_the_latest_submission_of_an_application_is_scored(bare):
    with running(bare):
        application = applied(school("Berg", "NO", None), None)
        submitted(application, EXAMPLES["below_the_pass_mark"]["answers"])
        stated = EXAMPLES["all_good"]
        newer = submitted(application, stated["answers"], stated["evidence"], number=2)
        report = operations.run(ROUND)
        assert (report.applications, _sheets()) == (1, [(newer, "passed", "42")])


def test_a_waiver_installed_later_adds_a_second_sheet_beside_the_first(bare, database_url):
    with running(bare, database_url):
        submission = _sent("promotion_not_documented", "Berg")
        operations.run(ROUND)
        before = database.read().scalars(select(StoredSheet)).one().hash
    install(bare, WAIVER)
    with running(bare, database_url):
        report = operations.run(ROUND)
        assert (report.made, report.outcomes) == (1, {"passed": 1, "not_passed": 0})
        assert _sheets() == [(submission, "not_passed", "41"), (submission, "passed", "42")]
        newest, first = queries.sheets_of(submission)
        assert first.hash == before
        assert queries.sheets_of(submission)[0].id == newest.id
        assert replaying.replay(ROUND).same == 2


def test_missing_sheets_are_made_without_a_run(bare):
    with running(bare):
        submission = _sent("promotion_not_documented", "Berg")
        operations.score_submission(submission)
        assert operations.missing_sheets() == 0
    install(bare, WAIVER)
    with running(bare):
        assert (operations.missing_sheets(), operations.missing_sheets()) == (1, 0)
        assert _sheets() == [(submission, "not_passed", "41"), (submission, "passed", "42")]


def test_a_narrowing_change_adds_no_sheet_to_what_was_submitted(bare):
    install(bare, WAIVER)
    with running(bare):
        submission = _sent("promotion_not_documented", "Berg")
        operations.run(ROUND)
        old = current_edition(database.read(), ROUND, None).id
    overlay = bare / "plugins" / WAIVER / "overlay.yaml"
    overlay.write_text(overlay.read_text(encoding="utf-8").replace("state: fixed", "state: optional"), encoding="utf-8")
    with running(bare):
        report = operations.run(ROUND)
        assert current_edition(database.read(), ROUND, None).id != old
        assert (report.made, _sheets()) == (0, [(submission, "passed", "42")])


def test_each_agency_is_scored_under_its_own_edition(bare):
    with running(bare):
        norway = agency("NO", "NO")
        own = _sent("at_the_pass_mark", "Berg", agency_id=norway)
        base = _sent("at_the_pass_mark", "Aho", country="FI")
        operations.run(ROUND)
        used = {sheet.submission_id: sheet.edition_id for sheet in database.read().scalars(select(StoredSheet))}
        expected = {own: rounds.freeze(ROUND, norway).id, base: rounds.freeze(ROUND, None).id}
        assert used == expected
        assert expected[own] != expected[base]


def test_a_submission_has_one_sheet_under_its_edition_however_often_it_is_scored(bare, database_url):
    with running(bare, database_url):
        submission = _sent("all_good", "Berg")
        first = operations.score_submission(submission)
        again = operations.score_submission(submission)
        assert (first.id, first.outcome, first.points) == (again.id, "passed", "42")


def test_replay_finds_an_altered_sheet(bare, database_url):
    with running(bare, database_url):
        _sent("all_good", "Berg")
        submission = _sent("at_the_pass_mark", "Dal")
        operations.run(ROUND)
        found = replaying.replay(ROUND)
        assert (found.sheets, found.same, found.different, found.cannot_replay) == (2, 2, 0, 0)
        with database.write() as session:
            altered = StoredSheet.sheet + " "
            session.execute(update(StoredSheet).where(StoredSheet.submission_id == submission).values(sheet=altered))
        found = replaying.replay(ROUND)
        assert (found.sheets, found.same, found.different, found.cannot_replay) == (2, 1, 1, 0)


def test_replay_says_so_where_the_code_that_scored_is_another(bare):
    with running(bare):
        _sent("all_good", "Berg")
        operations.run(ROUND)
        with database.write() as session:
            code = {**session.scalars(select(StoredSheet.code)).one(), "version": 7}
            session.execute(update(StoredSheet).values(code=code))
        found = replaying.replay(ROUND)
        assert (found.same, found.cannot_replay) == (0, 1)
        assert "'version': 7" in found.reasons[0]


def test_a_round_whose_plugin_is_missing_is_still_replayed_from_its_edition(bare):
    with running(bare):
        _sent("all_good", "Berg")
        operations.run(ROUND)
    shutil.rmtree(bare / "plugins" / "etwinning-2021-2022")
    shutil.rmtree(bare / "plugins" / "etwinning-2020-2021")
    with running(bare):
        with database.write() as session:
            session.add(_record())
        found = replaying.replay(ROUND)
        assert (found.sheets, found.same) == (1, 1)


def _record():
    from skolemerke.rounds.models import RoundRecord

    return RoundRecord(round_id=ROUND, title="A round", plugin="etwinning-2021-2022")


def test_an_unknown_round_is_refused(bare):
    with running(bare), pytest.raises(UnknownRound):
        operations.run("1999-2000")


OWN_KIND = """
    from skolemerke.toolkit import ScoreSheet, ScoringKind, Value, hookimpl

    class Counting(ScoringKind):
        id = "counting"
        calls = 0

        class Parameters(Value):
            pass

        def __init__(self):
            type(self).made = self
            self.prepared = 0

        def score(self, parameters, form, answers, judgements):
            {body}

    @hookimpl
    def scoring_kinds():
        return [Counting]
"""


def _with_own_kind(home, body):
    from support.installation import write_plugin

    write_plugin(home, "counting", plugin__py=OWN_KIND.format(body=body))
    path = home / "plugins" / "etwinning-2018-2019" / "round.yaml"
    text = path.read_text(encoding="utf-8")
    start = text.index("scoring:")
    path.write_text(text[:start] + "scoring:\n  kind: counting\n" + _after_block(text[start:]), encoding="utf-8")


def _after_block(text):
    lines = text.splitlines(keepends=True)[1:]
    while lines and lines[0].startswith((" ", "#")):
        lines.pop(0)
    return "".join(lines)


def _sent_2018(name):
    return submitted(applied(school(name, "NO", None), None, round_id="2018-2019"), {"team_size": "4"})


def test_a_policy_may_know_no_points_at_all(bare):
    _with_own_kind(bare, "return ScoreSheet(outcome=None)")
    with running(bare):
        _sent_2018("Berg")
        report = operations.run("2018-2019")
        assert (report.outcomes, _sheets()[0][1:]) == ({"passed": 0, "not_passed": 0, "none": 1}, (None, None))


def test_a_kind_that_raises_is_named_with_file_and_line_and_stops_nothing_else(bare):
    _with_own_kind(bare, "return 1 / len(answers.raw['nothing'])")
    with running(bare):
        _sent_2018("Berg")
        report = operations.run("2018-2019")
        assert (report.applications, report.made, report.cannot_score) == (1, 0, 1)
        assert report.reasons[0].startswith("plugin counting in scoring_kinds (plugin.py:16): KeyError")
        _sent("all_good", "Dal")
        assert operations.run(ROUND).cannot_score == 1, "the child inherits the kind that raises"


def test_a_kind_that_gives_the_wrong_type_is_refused(bare):
    _with_own_kind(bare, "return 42")
    with running(bare):
        submission = _sent_2018("Berg")
        with pytest.raises(CannotScore, match="kind counting gave a int instead of a ScoreSheet"):
            operations.score_submission(submission)


def test_hook_calls_do_not_grow_with_the_number_of_applications(bare, monkeypatch):
    made = []
    original = Scorer.__init__

    def counted(self, content, plugins):
        made.append(content.round)
        original(self, content, plugins)

    monkeypatch.setattr(Scorer, "__init__", counted)
    with running(bare):
        for number in range(30):
            _sent("all_good", f"School {number}")
        assert operations.run(ROUND).made == 30
    assert made == [ROUND]


def test_every_hash_seed_gives_the_same_bytes(bare):
    with running(bare):
        for name in EXAMPLES:
            _sent(name, name.replace("_", " "))
        operations.run(ROUND)
        statement = select(StoredSheet.sheet).order_by(StoredSheet.id)
        here = hashlib.sha256("\n".join(database.read().scalars(statement)).encode()).hexdigest()
    assert [_digest(bare, seed) for seed in ("0", "1", "4711")] == [here] * 3


SCRIPT = """
import hashlib, sys
from pathlib import Path
from skolemerke.rounds.composition import EXTENSION, compose_with
from skolemerke.plugin_host.host import PluginHost
from skolemerke.eligibility import kinds
from skolemerke.scoring import kinds as scoring
from skolemerke.scoring.scorer import Scorer, answers_of
from support.applied import examples
host = PluginHost(Path(sys.argv[1]), builtins={"core-criteria": kinds, "core-scoring": scoring}, distributions=False)
scorer = Scorer(compose_with(host, "2021-2022", [], None).content, host)
sheets = []
for stated in examples("etwinning-2021-2022").values():
    pieces = [{"question_id": q} for q, n in stated.get("evidence", {}).items() for _ in range(int(n))]
    sheets.append(scorer.sheet_of(answers_of(stated["answers"], pieces, {})).canonical())
print(hashlib.sha256("\\n".join(sheets).encode()).hexdigest())
"""


def _digest(home, seed):
    from support.house import ROOT

    environ = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "tests"), "TZ": "Pacific/Apia"}
    command = [sys.executable, "-c", SCRIPT, str(home / "plugins")]
    return subprocess.run(command, env=environ, check=True, capture_output=True, text=True).stdout.strip()
