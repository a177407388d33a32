"""Each hook is documented, and used by a plugin that works."""

import inspect

import pytest
from skolemerke.contract.hooks import HOOK_GROUPS
from support.house import ROOT
from support.installation import install, running, write_plugin

HOOKS = [name for group in HOOK_GROUPS for name, member in vars(group).items() if hasattr(member, "skolemerke_spec")]

A_ROUND = """
    from datetime import date
    from skolemerke.toolkit import (
        Calendar, Choice, Criterion, CriterionKind, Form, Level, Option, Question, Requirement, Round, Scale,
        ScaleQuestion, ScoreSheet, ScoringKind, ScoringPolicy, Section, Statement, Cleaned, Value, YesNo, Overlay,
        hookimpl, Verdict, Unnamed,
    )
    from sqlalchemy import literal, select

    CALENDAR = Calendar(
        opens="2020-11-09T09:00:00+01:00", closes="2021-02-08T23:59:59+01:00",
        signatures_due="2021-02-22T23:59:59+01:00", results="2021-03-26T12:00:00+01:00",
        valid_from=2021, valid_to=2022,
    )

    class InCountry(CriterionKind):
        id = "in_country"
        class Parameters(Value):
            country: str
        def statement(self, parameters, tables, at):
            schools = tables.schools.c
            return select(schools.school_id, literal("").label("found"), literal(1).label("verdict")).where(
                schools.country == parameters.country
            )
        def sentence(self, parameters, found, verdict, say, day):
            return "in the country"

    class Stars(YesNo):
        type: __import__("typing").Literal["stars"]

    class Nothing(ScoringKind):
        id = "nothing"
        class Parameters(Value):
            pass
        def score(self, parameters, form, answers, judgements):
            return ScoreSheet(outcome="passed")

    @hookimpl
    def rounds():
        return [Round(round="own", title="Our own round", calendar=CALENDAR)]

    @hookimpl
    def eligibility_criteria(round):
        return [Criterion(id="here", kind="in_country", parameters={"country": "NO"})]

    @hookimpl
    def self_assessment_form(round):
        question = Stars(id="shines", type="stars", label="Does it shine?", required=True)
        return Form(
            form="own", title="Our own form", sections=(Section(id="one", title="One", questions=(question,)),),
            declaration=Statement(text="I sign."), consent=Statement(text="Publish?"),
        )

    @hookimpl
    def scoring_policy(round):
        return ScoringPolicy(kind="nothing")

    @hookimpl
    def criterion_kinds():
        return [InCountry]

    @hookimpl
    def question_types():
        return [Stars]

    @hookimpl
    def scoring_kinds():
        return [Nothing]

    @hookimpl
    def overlays():
        return [Overlay(overlay="own-overlay", round="own", reason="To try it.")]

    @hookimpl
    def adjust_eligibility_criteria(overlay, criteria):
        return [c.model_copy(update={"parameters": {"country": "SE"}}) for c in criteria]

    @hookimpl
    def adjust_self_assessment_form(overlay, form):
        return form.model_copy(update={"title": "Adjusted"})

    @hookimpl
    def adjust_scoring_policy(overlay, policy):
        return policy.model_copy(update={"note": "adjusted"})
"""


def test_every_hook_of_the_specification_is_answered_by_a_plugin_written_in_python(tmp_path):
    from skolemerke.rounds import queries
    from skolemerke.rounds.composition import compose, host

    write_plugin(tmp_path, "own-round", plugin__py=A_ROUND)
    with running(tmp_path):
        plain = compose("own", [], None).content
        adjusted = queries.composed("own").content
        plugin = host().plugins[0]

    assert (plugin.state, plugin.fault) == ("active", None)
    assert [c.parameters for c in plain.criteria] == [{"country": "NO"}]
    assert [c.parameters for c in adjusted.criteria] == [{"country": "SE"}]
    assert (plain.form.title, adjusted.form.title) == ("Our own form", "Adjusted")
    assert (plain.policy.kind, adjusted.policy.note) == ("nothing", "adjusted")
    assert [q.type for q in plain.form.questions()] == ["stars"]
    answered = [name for name in HOOKS if f"def {name}(" in A_ROUND]
    assert answered == HOOKS


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_a_docstring_and_a_place_in_the_documentation(hook):
    specification = next(vars(group)[hook] for group in HOOK_GROUPS if hook in vars(group))
    arguments = [name for name in inspect.signature(specification).parameters if name != "self"]
    page = (ROOT / "docs" / "plugin-authors.md").read_text(encoding="utf-8")

    assert len(inspect.getdoc(specification).split()) > 8
    assert f"`{hook}({', '.join(arguments)})`" in page


def test_the_shipped_plugins_import_nothing_but_the_toolkit(tmp_path):
    imports = [
        line.strip()
        for path in (ROOT / "plugins").rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip().startswith(("import skolemerke", "from skolemerke"))
    ]
    assert [line for line in imports if not line.startswith("from skolemerke.toolkit import")] == []


def test_all_shipped_plugins_are_active_and_clean_under_the_check(tmp_path):
    from skolemerke.rounds import checking
    from skolemerke.rounds.composition import host

    install(tmp_path, *sorted(path.name for path in (ROOT / "plugins").iterdir() if path.is_dir()))
    with running(tmp_path):
        host().examine()
        states = {plugin.id: plugin.state for plugin in host().plugins}
        findings = {plugin.id: checking.check(plugin.folder) for plugin in host().plugins}

    assert set(states.values()) == {"active"}
    assert {name: found for name, found in findings.items() if found} == {}
