"""Teachers, tabs, buttons and scripts that write in one application, as a machine whose steps Hypothesis chooses.

Every answer that an operation gives is held against what stands afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from skolemerke import clock, database
from skolemerke.applications import operations
from skolemerke.applications.history import restore, versions_of
from skolemerke.applications.models import AnswerChange, Submission
from skolemerke.rounds.composition import host
from skolemerke.rounds.models import OverlayPlace
from sqlalchemy import delete, select

from support.applying import again, newcomers, teacher
from support.installation import WAIVER

TEXTS = ("team_work", "team_members", "public_page")
COLUMNS = ("plan_what", "plan_why")
KEPT_VERSIONS = 50


@dataclass
class Tab:
    """An open page of a section: who reads it, the versions that stand on it, and what it has not yet settled."""

    who: object
    name: str
    seen: dict[str, int] = field(default_factory=dict)
    clashes: tuple = ()


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
        without_waiver()
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
        without_waiver()

    # What is there

    def answers(self):
        return again(self.number).answers

    def history(self):
        rows = select(AnswerChange.question_id, AnswerChange.version, AnswerChange.raw).where(
            AnswerChange.application_id == self.number
        )
        return [tuple(row) for row in database.read().execute(rows.order_by(AnswerChange.id))]

    def shown(self, address, version):
        """What a page shows that has read a version of an answer."""
        return next((raw for name, number, raw in self.history() if (name, number) == (address, version)), "")

    def load(self, tab):
        """Open the page anew: it gets a name of its own, and shows what stands now."""
        tab.name, tab.clashes = f"t{next(self.tabs_made)}", ()
        tab.seen = {address: kept["version"] for address, kept in self.answers().items()}

    def save(self, tab, texts, versions, page):
        """Save as a page does, and hold every promise of the answer against what stands afterwards."""
        before = self.answers()
        left_alone = {
            address: versions.get(address, 0)
            for address, text in texts.items()
            if address in before and before[address]["raw"] != text == self.shown(address, versions.get(address, 0))
        }
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
            if after.get(address) == before.get(address) and address in left_alone:
                # Sent as its page had shown it, while somebody else wrote there; the page has not seen that.
                assert saved.versions[address] == left_alone[address]
                continue
            if address not in after:
                assert text == ""
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
        if by_button:
            # A button sends the whole page, with what its reader has left alone.
            texts = {address: self.shown(address, tab.seen.get(address, 0)) for address in self.places()} | texts
        versions = {address: tab.seen.get(address, 0) for address in texts}
        saved, clashes = self.save(tab, texts, versions, "" if by_button else tab.name)
        assert {clash.question_id for clash in clashes} <= set(chosen), "who left an answer alone has no clash there"
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
        # What is frozen has no blanks around it, as two texts that are put together may have when one is empty.
        assert {name: sent.raw[name] for name in TEXTS if name in sent.raw} == {
            name: before[name]["raw"].strip() for name in TEXTS if before[name]["raw"].strip()
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
        shown = [version.number for version in versions_of(again(self.number), most, every=True).shown]
        assert shown[:KEPT_VERSIONS] == list(range(answers[most]["version"], 0, -1))[:KEPT_VERSIONS]


WAIVED = []


def without_waiver():
    """The round as it was before it was made easier."""
    if WAIVER in host().overlays:
        WAIVED[:] = [host().overlays.pop(WAIVER)]
    with database.write() as session:
        session.execute(delete(OverlayPlace).where(OverlayPlace.overlay_id == WAIVER))
