"""However teachers, tabs, buttons and scripts interleave: no text ever vanishes from the answers and their history.

The usual run has 25 examples of 25 steps. For a thousand of them:

    INTERLEAVINGS=1000 pytest tests/core/applications/test_interleavings.py
"""

import os
from dataclasses import dataclass, field
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from skolemerke import clock, database
from skolemerke.applications import operations, saving
from skolemerke.applications.history import restore, versions_of
from skolemerke.applications.models import AnswerChange, Application, Submission
from skolemerke.rounds.composition import host
from skolemerke.rounds.models import OverlayPlace
from sqlalchemy import delete, select
from support.applying import again, newcomers, open_up, teacher, together
from support.installation import SHIPPED, WAIVER, install, running, write_plugin

OVERLAY = """
    overlay: more-questions
    round: "2021-2022"
    reason: Norway asks more.
    form:
      sections:
        - id: teaching
          questions:
            - id: plans
              type: group
              label: "What is planned?"
              columns:
                - {id: plan_what, type: short_text, label: What}
                - {id: plan_why, type: long_text, label: Why}
"""
TEXTS = ("team_work", "team_members", "public_page")
COLUMNS = ("plan_what", "plan_why")
KEPT_VERSIONS = 50

QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck)}


def sizes():
    """How much is tried: as the environment says, else little enough for every run of the tests."""
    return settings(max_examples=int(os.environ.get("INTERLEAVINGS", "25")), stateful_step_count=25, **QUIET)


@dataclass
class Tab:
    """An open page of a section: who reads it, the versions that stand on it, and what it has not yet settled."""

    who: object
    name: str
    seen: dict[str, int] = field(default_factory=dict)
    clashes: tuple = ()


@pytest.fixture(scope="module")
def round_under_way(tmp_path_factory):
    home = install(tmp_path_factory.mktemp("home"), *SHIPPED, WAIVER)
    write_plugin(home, "more-questions", overlay__yaml=OVERLAY)
    with running(home) as app:
        yield app, open_up(app)


class Writers(RuleBasedStateMachine):
    """Three teachers, one of them with two tabs, write in one application; `acknowledged` is all that they were told
    is saved, by address."""

    app, agencies = None, (0, 0)

    def __init__(self):
        super().__init__()
        self.texts, self.tabs_made = count(1), count(1)
        self.acknowledged: dict[str, set[str]] = {}
        self.stands: dict[str, tuple[str, int, str, object]] = {}
        self.rows: list[str] = []
        self.submitted: dict[int, dict] = {}

    @initialize()
    def begin(self):
        self.world = newcomers(self.app, self.agencies)
        _without_waiver()
        self.number = self.world.complete().id
        liv = teacher(f"liv@{self.world.kari.email.partition('@')[2]}", self.world.school)
        self.tabs = [
            Tab(who, f"t{next(self.tabs_made)}") for who in (self.world.kari, self.world.kari, self.world.ola, liv)
        ]
        for address, kept in self.answers().items():
            self.stands[address] = (kept["raw"], kept["version"], "", kept["by"])
        for tab in self.tabs:
            self.load(tab)

    def teardown(self):
        if hasattr(self, "number"):
            self.all_is_there()
        _without_waiver()

    # What is there

    def answers(self):
        return again(self.number).answers

    def history(self):
        rows = select(AnswerChange.question_id, AnswerChange.version, AnswerChange.raw).where(
            AnswerChange.application_id == self.number
        )
        return [tuple(row) for row in database.read().execute(rows.order_by(AnswerChange.id))]

    def load(self, tab):
        """Open the page anew: it gets a name of its own, and shows what stands now."""
        tab.name, tab.clashes = f"t{next(self.tabs_made)}", ()
        tab.seen = {address: kept["version"] for address, kept in self.answers().items()}

    def save(self, tab, texts, versions, page):
        """Save as a page does, and hold every promise of the answer against what stands afterwards."""
        before = self.answers()
        try:
            saved, clashes = operations.save_answers(tab.who, self.number, texts, versions, page), ()
        except operations.Conflict as conflict:
            saved, clashes = conflict.saved, conflict.clashes
        after, refused = self.answers(), {clash.question_id: clash for clash in clashes}
        for address, text in texts.items():
            if address in refused:
                clash = refused[address]
                assert (clash.yours, clash.theirs) == (text, before[address]["raw"])
                assert after[address] == before[address]
                continue
            assert after[address]["raw"] == text
            assert saved.versions[address] == after[address]["version"]
            if address in before and before[address]["raw"] != text:
                was = self.stands[address]
                is_own = page and was[2] == page and was[3] == tab.who.account_id
                # What nobody of this page has seen is never replaced.
                assert is_own or versions.get(address, 0) == was[1], (address, versions, was)
        for address in before.keys() - texts.keys():
            changed = after[address]["version"] - before[address]["version"]
            # What was not on the page stays as it is; but each row in which somebody writes stands in its list.
            rows = {place.split(".")[1] for place in texts if place.startswith("plans.")}
            assert after[address] == before[address] or (address == "plans" and 0 < changed <= len(rows)), address
        self.note(before, after, page, tab.who)
        return saved, clashes

    def note(self, before, after, page, who):
        """Remember what was acknowledged; a version rises by one or stays."""
        for address, kept in after.items():
            was = before.get(address, {"version": 0})
            assert address == "plans" or kept["version"] - was["version"] in {0, 1}, address
            assert kept["version"] >= was["version"]
            if kept["version"] != was["version"]:
                self.stands[address] = (kept["raw"], kept["version"], page, who.account_id)
                if isinstance(kept["raw"], str):
                    self.acknowledged.setdefault(address, set()).add(kept["raw"])

    # What people do

    def places(self):
        return [*TEXTS, *(f"plans.{row}.{column}" for row in self.rows for column in COLUMNS)]

    @rule(at=st.integers(0, 3))
    def open_a_page(self, at):
        self.load(self.tabs[at])

    @rule(at=st.integers(0, 3), data=st.data(), by_button=st.booleans())
    def write_and_save(self, at, data, by_button):
        tab = self.tabs[at]
        chosen = data.draw(st.lists(st.sampled_from(self.places()), min_size=1, max_size=3, unique=True))
        texts = {address: f"text {next(self.texts)}" for address in chosen}
        versions = {address: tab.seen.get(address, 0) for address in chosen}
        saved, clashes = self.save(tab, texts, versions, "" if by_button else tab.name)
        if by_button and not clashes:
            self.load(tab)
        else:
            tab.seen |= saved.versions
            tab.clashes = clashes

    @rule(at=st.integers(0, 3), data=st.data())
    def blank_an_answer(self, at, data):
        tab, address = self.tabs[at], data.draw(st.sampled_from(self.places()))
        saved, clashes = (
            self.save(tab, {address: ""}, {address: tab.seen.get(address, 0)}, tab.name)
            if address in self.answers()
            else (None, ())
        )
        tab.clashes = clashes
        if saved:
            tab.seen |= saved.versions

    @precondition(lambda self: any(tab.clashes for tab in self.tabs))
    @rule(use=st.sampled_from(["mine", "theirs", "both"]))
    def settle(self, use):
        tab = next(tab for tab in self.tabs if tab.clashes)
        chosen = {
            "mine": {clash.question_id: clash.yours for clash in tab.clashes},
            "both": {clash.question_id: f"{clash.theirs}\n\n{clash.yours}" for clash in tab.clashes},
            "theirs": {},
        }[use]
        seen = {clash.question_id: clash.theirs_version for clash in tab.clashes}
        tab.clashes = ()
        if chosen:
            _saved, tab.clashes = self.save(tab, chosen, {name: seen[name] for name in chosen}, "")
        if not tab.clashes:
            self.load(tab)

    @rule(at=st.integers(0, 3), data=st.data())
    def put_an_earlier_text_back(self, at, data):
        tab, before = self.tabs[at], self.answers()
        address = data.draw(st.sampled_from([name for name in self.places() if name in before]))
        number = data.draw(st.integers(1, before[address]["version"]))
        seen = data.draw(st.sampled_from([before[address]["version"], tab.seen.get(address, 0)]))
        wanted = next(raw for name, version, raw in self.history() if (name, version) == (address, number))
        try:
            restore(tab.who, self.number, address, number, seen)
        except operations.Conflict:
            assert seen != before[address]["version"]
            assert self.answers() == before
            return
        after = self.answers()
        assert after[address]["raw"] == wanted
        self.note(before, after, "", tab.who)

    @precondition(lambda self: len(self.rows) < 4)
    @rule(at=st.integers(0, 3))
    def add_a_row(self, at):
        before = self.answers()
        self.rows.append(operations.add_row(self.tabs[at].who, self.number, "plans"))
        self.note(before, self.answers(), "", self.tabs[at].who)

    @precondition(lambda self: self.rows)
    @rule(at=st.integers(0, 3), data=st.data())
    def remove_a_row_or_put_it_back(self, at, data):
        before, row, who = self.answers(), data.draw(st.sampled_from(self.rows)), self.tabs[at].who
        if row in before["plans"]["raw"]:
            operations.remove_row(who, self.number, "plans", row)
        else:
            operations.put_back_row(who, self.number, "plans", row, 0)
        after = self.answers()
        assert (row in after["plans"]["raw"]) is (row not in before["plans"]["raw"])
        assert {name: kept for name, kept in after.items() if name != "plans"} == {
            name: kept for name, kept in before.items() if name != "plans"
        }
        self.note(before, after, "", who)

    @rule(at=st.integers(0, 3))
    def submit(self, at):
        tab, before = self.tabs[at], self.answers()
        try:
            sent = operations.submit(
                tab.who, self.number, key=f"k{next(self.texts)}", arrived_at=clock.now(), language="en"
            )
        except operations.NotReady:
            assert self.answers() == before
            return
        assert self.answers() == before
        assert {name: sent.raw[name] for name in TEXTS if name in sent.raw} == {
            name: before[name]["raw"] for name in TEXTS if before[name]["raw"]
        }
        self.submitted.setdefault(sent.id, dict(sent.raw))

    @precondition(lambda _machine: WAIVER not in host().overlays)
    @rule()
    def the_round_is_made_easier(self):
        before = self.answers()
        host().overlays[WAIVER] = WAIVED[0]
        operations.adopt_editions()
        assert self.answers() == before
        assert again(self.number).edition.content.count(WAIVER) > 0

    # What always holds

    @invariant()
    def what_was_submitted_is_as_it_was(self):
        for number, raw in self.submitted.items():
            assert database.read().get_one(Submission, number).raw == raw

    def all_is_there(self):
        """Every text that was acknowledged stands in the history, and what stands now is its last version."""
        history, answers = self.history(), self.answers()
        kept = {(address, raw) for address, _version, raw in history if isinstance(raw, str)}
        lost = [(a, text) for a, texts in self.acknowledged.items() for text in texts if (a, text) not in kept]
        assert lost == []
        for address, answer in answers.items():
            versions = [version for name, version, _raw in history if name == address]
            assert versions == list(range(1, answer["version"] + 1)), address
            assert answer["raw"] == next(raw for name, v, raw in reversed(history) if name == address)
        most = max(answers, key=lambda address: answers[address]["version"])
        shown = [version.number for version in versions_of(again(self.number), most)]
        assert shown[:KEPT_VERSIONS] == list(range(answers[most]["version"], 0, -1))[:KEPT_VERSIONS]


WAIVED = []


def _without_waiver():
    """The round as it was before it was made easier."""
    if WAIVER in host().overlays:
        WAIVED[:] = [host().overlays.pop(WAIVER)]
    with database.write() as session:
        session.execute(delete(OverlayPlace).where(OverlayPlace.overlay_id == WAIVER))


def writers(round_under_way):
    """The machine, for an installation."""
    app, agencies = round_under_way
    return type("Writers", (Writers,), {"app": app, "agencies": agencies})


def test_no_text_vanishes_however_three_teachers_save_restore_remove_submit_and_adopt(round_under_way):
    run_state_machine_as_test(writers(round_under_way), settings=sizes())


def blind(round_under_way):
    """Whether the machine finds nothing, in a few examples that are not made smaller."""
    few = settings(
        max_examples=60, stateful_step_count=25, phases=[Phase.generate], derandomize=True, database=None, **QUIET
    )
    try:
        run_state_machine_as_test(writers(round_under_way), settings=few)
    except AssertionError:
        return False
    return True


def test_the_twin_without_the_guard_of_versions_a_text_is_replaced_that_nobody_saw(round_under_way, monkeypatch):
    monkeypatch.setattr(saving.Save, "_is_own", lambda *_: True)
    assert not blind(round_under_way)


def test_the_twin_without_the_history_a_text_vanishes(round_under_way, monkeypatch):
    kept = saving.Save.change

    def forgetful(self, address, raw):
        kept(self, address, raw)
        if self.answers[address]["version"] > 1:
            for one in [new for new in self._session.new if isinstance(new, AnswerChange)]:
                self._session.expunge(one)

    monkeypatch.setattr(saving.Save, "change", forgetful)
    assert not blind(round_under_way)


def test_the_twin_that_takes_what_is_absent_for_blank_is_found(round_under_way, monkeypatch):
    kept = saving.Save.store

    def blanking(self):
        for name in TEXTS:
            if name not in self._versions and self.answers.get(name, {}).get("raw"):
                self.change(name, "")
        kept(self)

    monkeypatch.setattr(saving.Save, "store", blanking)
    assert not blind(round_under_way)


# The same answer at the same instant, on both databases.


def of_two(world, application, number):
    """Two teachers save one answer at once; what became of it: how many were acknowledged, and how many texts stand in
    the answer and its history."""
    name = f"{TEXTS[0]}"
    people = (world.kari, world.ola)
    # Asked for here: the row is of this thread's session, and may have to be read again.
    wanted = application.id
    results = together(
        2, lambda at: operations.save_answers(people[at], wanted, {name: f"{number} of {at}"}, {name: number})
    )
    acknowledged = {f"{number} of {at}" for at, one in enumerate(results) if isinstance(one, operations.Saved)}
    history = database.read().scalars(
        select(AnswerChange.raw).where(AnswerChange.application_id == application.id, AnswerChange.question_id == name)
    )
    return acknowledged, again(application.id).answers[name], set(history), results


def test_of_two_teachers_at_once_one_is_acknowledged_and_the_other_reads_both_texts(world):
    application = world.start()
    operations.save_answers(world.kari, application.id, {TEXTS[0]: "first"}, {})
    for number in range(1, 13):
        acknowledged, answer, history, results = of_two(world, application, number)
        assert [type(one) for one in results].count(operations.Conflict) == 1
        assert acknowledged == {answer["raw"]}
        assert answer["version"] == number + 1
        assert acknowledged <= history


def test_the_twin_without_the_lock_two_are_acknowledged_and_one_text_does_not_stand_or_nobody_can_save(
    world, monkeypatch
):
    """On PostgreSQL the row is read without its lock; on SQLite a transaction begins without that of the writer."""
    application = world.start()
    operations.save_answers(world.kari, application.id, {TEXTS[0]: "first"}, {})
    monkeypatch.setattr("skolemerke.applications.drafts.locked", unlocked)
    engine = database.current()
    monkeypatch.setattr(
        engine,
        "_writes",
        engine._reads.session_factory.__class__(engine.engine, class_=database.WriteSession, expire_on_commit=False),
    )
    wrong = 0
    for _ in range(20):
        number = again(application.id).answers[TEXTS[0]]["version"]
        acknowledged, _answer, _history, results = of_two(world, application, number)
        failed = [one for one in results if isinstance(one, Exception) and not isinstance(one, operations.Conflict)]
        wrong += len(acknowledged) == 2 or bool(failed)
        if wrong:
            break
    assert wrong > 0


def unlocked(session, application_id):
    """As `locked` reads, but for the lock."""
    return session.scalars(
        select(Application).where(Application.id == application_id).execution_options(populate_existing=True)
    ).one_or_none()
