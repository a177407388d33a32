"""The rounds from 2023-2024 on: their form, what follows from what in it, their dates and their public pages."""

from datetime import date
from itertools import pairwise

import pytest
from skolemerke.rounds.composition import compose, host
from skolemerke.rounds.examples import typed
from skolemerke_forms.answers import AnswerSet, lacks
from skolemerke_forms.questions import File
from support.applied import examples
from support.installation import SECOND, SHIPPED, install, running
from support.public_site import visitor

ROUNDS = [name.removeprefix("etwinning-") for name in SECOND]
PRINCIPLES = ["shared_leadership", "teamwork", "pupils", "model_school", "inclusive_innovation"]
LANGUAGES = {
    "en": ("eTwinning School Label", "Shared leadership", "eSafety policy"),
    "nb": ("eTwinning-skole-merket", "Delt ledelse", "Retningslinjer for nettvett"),
    "nn": ("eTwinning-skole-merket", "Delt leiing", "Retningslinjer for nettvett"),
}


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    home = install(tmp_path_factory.mktemp("home"), *SHIPPED, *SECOND)
    with running(home, now="2022-11-01T09:00:00+01:00") as app:
        yield app


@pytest.fixture(scope="module")
def form(app):
    return compose("2023-2024", [], None).content.form


def answered(form, **changed):
    """The answers of the good example, some of them changed; what is changed to none is not there."""
    stated = examples("etwinning-2023-2024")["all_there"]
    answers = {**typed(form, stated["answers"]), **changed}
    evidence = {name: int(count) for name, count in stated["evidence"].items()}
    return AnswerSet.of(answers, evidence)


def found(form, answers):
    return [(lack.question, lack.problem.code) for lack in lacks(form, answers)]


def shown_of(form, section, answers):
    reading = answers.under(form)
    return [question.id for question in form.section(section).questions if question.asks and reading.shows(question)]


def test_every_principle_has_statements_an_explanation_with_evidence_and_a_plan(form):
    assert [section.id for section in form.sections] == ["esafety", *PRINCIPLES]
    for section in form.sections[1:]:
        types = [question.type for question in section.questions]
        explained = [question for question in section.questions if question.id.endswith("_practice")]
        planned = [q for q in section.questions if q.id.endswith("_plan") or q.type == "group"]
        assert (types.count("matrix"), len(explained), len(planned)) == (1, 1, 1), section.id
        assert explained[0].evidence == "several"


def test_every_question_that_asks_is_compulsory(form):
    optional = [question.id for question in form.questions() if question.asks and not question.required]
    assert optional == []


def test_every_compulsory_question_on_a_principle_documents_its_requirement(form):
    loose = [question.id for question in form.questions() if question.asks and not question.requirement]
    assert loose == ["has_policy", "pictures_agreed", "shows_online"]


def test_what_is_asked_about_the_policy_depends_on_whether_there_is_one(form):
    entry, last = "has_policy", "pictures_agreed"
    assert shown_of(form, "esafety", AnswerSet.of({})) == [entry, last]
    assert shown_of(form, "esafety", answered(form, has_policy="yes")) == [
        entry, "policy_document", "policy_reviewed", "policy_practice", last,
    ]  # fmt: skip
    assert shown_of(form, "esafety", answered(form, has_policy="no")) == [
        entry, "safety_without_policy", "policy_to_come", "policy_due", last,
    ]  # fmt: skip


def test_a_page_is_asked_for_only_of_a_school_that_has_one(form):
    assert found(form, answered(form, public_address="")) == [("public_address", "unanswered")]
    assert found(form, answered(form, public_address="", shows_online="no")) == []


def test_a_team_needs_three_teachers_and_a_plan_two_actions(form):
    assert found(form, answered(form)) == []
    assert found(form, answered(form, **{"team.others": ["o1", "o2"]})) == [("team", "too_few_rows")]
    assert found(form, answered(form, planned_actions=["a1"])) == [("planned_actions", "too_few_rows")]


@pytest.mark.parametrize(
    ("changed", "question"),
    [
        ({"pupils_taking_part": "321"}, "pupils_taking_part"),
        ({"planned_actions.a1.action_by": "2022-12-31"}, "planned_actions"),
        ({"planned_actions.a2.action_by": "2025-01-01"}, "planned_actions"),
    ],
)
def test_a_rule_over_several_answers_points_at_the_first_of_its_questions(form, changed, question):
    assert found(form, answered(form, **changed)) == [(question, "rule")]


@pytest.mark.parametrize("changed", [{"pupils_taking_part": "320"}, {"planned_actions.a1.action_by": "2023-01-01"}])
def test_the_limits_themselves_keep_the_rules(form, changed):
    assert found(form, answered(form, **changed)) == []


def test_the_share_of_the_pupils_is_a_whole_number_of_per_cent(form):
    share = form.question("pupils_share")

    def of(part, whole):
        return answered(form, pupils_taking_part=part, pupils_in_all=whole).cleaned(share, form).value

    assert (of("96", "320"), of("1", "3"), of("2", "3"), of("", "3"), of("1", "0")) == ("30", "33", "67", None, None)


def test_evidence_is_asked_for_where_something_is_explained_or_claimed(form):
    asked = [question.id for question in form.questions() if question.evidence != "none"]
    assert asked == [
        "policy_document",
        *(f"{name}_practice" for name in ("leadership", "teamwork", "pupils", "model", "inclusion")),
    ]
    assert [question.id for question in form.questions() if isinstance(question, File)] == ["policy_document"]


def test_all_rounds_of_the_second_kind_ask_the_same_but_for_the_years_of_the_label(app, form):
    rules = {name: rule for name in ROUNDS for rule in compose(name, [], None).content.form.rules}
    assert list(rules) == ROUNDS
    for name in ROUNDS:
        content = compose(name, [], None).content
        assert [question.id for question in content.form.questions()] == [q.id for q in form.questions()]
        first, last = name.split("-")
        rule = next(rule for rule in content.form.rules if rule.id == "actions_within_label")
        assert f'"{first}-01-01"' in rule.must.cel
        assert f'"{last}-12-31"' in rule.must.cel
        assert content.policy.kind == "judged"


def test_the_agency_decides_alone(app):
    assert {name: host().own(name).round.decision for name in ROUNDS} == dict.fromkeys(ROUNDS, ("agency",))


def test_the_conditions_have_the_dates_that_the_sources_state(app):
    stated = {}
    for name in ROUNDS:
        criteria = {criterion.id: criterion.parameters for criterion in compose(name, [], None).content.criteria}
        teachers, label = criteria["active_teachers"], criteria["quality_label"]
        assert teachers["at_least"] == 3
        stated[name] = (criteria["registered"]["before"], teachers["from"], label["from"])
    assert stated["2023-2024"] == ("2020-09-01", "2020-09-01", "2020-07-01")
    assert stated["2024-2025"] == ("2022-01-01", "2022-01-01", "2021-11-01")
    assert stated["2025-2026"] == ("2023-01-09", "2023-01-09", "2022-11-09")
    assert stated["2026-2027"] == ("2024-02-12", "2024-02-12", "2023-09-01")


def test_what_was_published_of_the_calendars_stands_in_them(app):
    def days(name):
        calendar = host().own(name).round.calendar
        return calendar.opens.date(), calendar.closes.date()

    assert days("2024-2025") == (date(2024, 2, 6), date(2024, 3, 15))
    assert days("2025-2026")[0] == date(2025, 1, 20)
    assert days("2026-2027") == (date(2026, 2, 12), date(2026, 3, 10))
    assert host().own("2026-2027").round.calendar.closes.isoformat() == "2026-03-10T23:59:59+01:00"


def test_a_label_is_valid_for_the_two_years_of_its_name(app):
    calendars = [host().own(name).round.calendar for name in ROUNDS]
    assert [f"{calendar.valid_from}-{calendar.valid_to}" for calendar in calendars] == ROUNDS


def test_rounds_follow_each_other_with_none_in_2022(app):
    calendars = [host().own(name).round.calendar for name in ("2021-2022", *ROUNDS)]
    assert all(earlier.results < later.opens for earlier, later in pairwise(calendars))
    assert "2022-2023" not in host().rounds


@pytest.mark.parametrize("name", ROUNDS)
def test_every_date_and_every_part_of_the_form_says_how_sure_it_is(app, name):
    own = host().own(name)
    about = {source.about for source in own.round.sources}
    dates = {"screenings", "opens", "closes", "signatures_due", "results", "results_words", "valid_from", "valid_to"}
    assert {f"calendar.{key}" for key in dates} <= about
    assert {requirement.id for requirement in own.form.requirements} <= about
    for criterion in own.criteria:
        days = {f"{criterion.id}.{key}" for key in ("before", "from", "to") if key in criterion.parameters}
        assert {criterion.id, *days} <= about
    assert own.round.source_of("form").certainty == "assumption"
    assert all(source.source for source in own.round.sources if source.certainty == "official")
    assert all(source.note for source in own.round.sources if source.certainty == "assumption")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ROUNDS)
def test_the_page_of_a_round_stands_in_three_languages(app, name, language):
    page = visitor(app).get(f"/rounds/{name}?language={language}").get_data(as_text=True)
    title, principle, policy = LANGUAGES[language]
    assert f"{title} {name}" in page
    assert principle in page
    assert policy in page
    assert f'lang="{language}"' in page
    others = set(LANGUAGES) - {language}
    assert [other for other in others if f'<p lang="{other}"' in page.partition('class="more"')[0]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_round_page_speaks_of_points(app, language):
    page = visitor(app).get(f"/rounds/2023-2024?language={language}").get_data(as_text=True)
    assert "None" not in page
    assert not any(words in page for words in ("Gives 0", "Gir 0", "Pass mark", "Poenggrense"))


def test_what_the_label_page_says_is_taken_over_and_changed_where_a_round_says_so(app):
    blocks = {name: {block.id: block for block in host().own(name).round.page} for name in ROUNDS}
    assert [list(found) for found in blocks.values()] == [list(blocks["2023-2024"])] * len(ROUNDS)
    assert "May 2024" in blocks["2024-2025"]["results"].text
    renewal = blocks["2026-2027"]["what_it_is"]
    assert "renews its commitment" in renewal.text
    assert {language for language in ("nb", "nn") if "2025-2026" in renewal.texts[language]["text"]} == {"nb", "nn"}
