"""What changed between two editions is said in sentences and classed by whom it helps."""

import pytest
from skolemerke.rounds import changes
from skolemerke.rounds.composition import compose
from support.installation import SHIPPED, install, running


@pytest.fixture
def content(tmp_path):
    with running(install(tmp_path, *SHIPPED)):
        yield compose("2021-2022", [], None).content


def with_requirement(content, **changed):
    form = content.form
    requirements = tuple(
        requirement.model_copy(update=changed) if requirement.id == "promotion" else requirement
        for requirement in form.requirements
    )
    return content.model_copy(update={"form": form.model_copy(update={"requirements": requirements})})


@pytest.mark.parametrize(
    ("changed", "kind", "sentence"),
    [
        ({"state": "optional"}, "widening", "The requirement “X” is now optional."),
        ({"state": "waived"}, "widening", "The requirement “X” is now waived."),
        ({"points": 2}, "widening", "The requirement “X” gives 2 points instead of 1."),
        ({"points": 0}, "narrowing", "The requirement “X” gives 0 points instead of 1."),
        ({"label": "Other"}, "wording", "The wording of the requirement “X” changed."),
    ],
)
def test_a_changed_requirement_is_classed_and_said(content, changed, kind, sentence):
    (change,) = changes.differences(content, with_requirement(content, **changed))
    assert (change.kind, change.sentence("X")) == (kind, sentence)


def test_making_a_requirement_compulsory_narrows(content):
    (change,) = changes.differences(with_requirement(content, state="optional"), content)
    assert change.kind == "narrowing"
    assert not changes.reaches_drafts([change])


def test_a_lower_pass_mark_widens_and_a_higher_one_narrows(content):
    lower = content.model_copy(update={"policy": content.policy.model_copy(update={"parameters": {"pass_mark": "20"}})})
    assert [c.kind for c in changes.differences(content, lower)] == ["widening"]
    assert [c.kind for c in changes.differences(lower, content)] == ["narrowing"]


def test_a_new_question_that_must_be_answered_narrows_and_a_voluntary_one_without_points_does_not(content):
    section = content.form.sections[0]
    scored, plain = section.questions[1], next(q for q in content.form.questions() if q.type == "long_text")

    def added(question, required):
        new = question.model_copy(update={"id": "one_more", "required": required, "requirement": None})
        grown = section.model_copy(update={"questions": (*section.questions, new)})
        form = content.form.model_copy(update={"sections": (grown, *content.form.sections[1:])})
        return [c.kind for c in changes.differences(content, content.model_copy(update={"form": form}))]

    assert scored.most_points(content.form) > 0
    assert added(scored, True) == ["narrowing"]
    assert added(scored, False) == ["score_changing"]
    assert added(plain.model_copy(update={"evidence": "none"}), False) == ["widening"]


def test_the_same_content_has_no_changes(content):
    assert changes.differences(content, content) == []


def test_results_one_by_one_widen_and_results_together_narrow(tmp_path):
    with running(install(tmp_path, *SHIPPED)):
        found = compose("2021-2022", [], None)
    together, one_by_one = found.round, found.round.model_copy(update={"release": "one_by_one"})
    (widened,), (narrowed,) = changes.of_rounds(together, one_by_one), changes.of_rounds(one_by_one, together)
    assert (widened.part, widened.id, widened.kind, narrowed.kind) == ("round", "release", "widening", "narrowing")
    said = changes.in_words(widened, found.content, found.content, "en")
    assert said.startswith("Results are now released one by one, also while the round is open:")
    assert changes.of_rounds(together, together) == []
