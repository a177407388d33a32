"""Broken plugin folders, each with what the check must say of it: `file code line`."""

from dataclasses import dataclass

from skolemerke_forms.translations import mark_of

ROUND = """\
round: "9000"
title: A round
calendar:
  opens: 2021-11-09T09:00:00+01:00
  closes: 2022-02-08T23:59:59+01:00
  signatures_due: 2022-02-22T23:59:59+01:00
  results: 2022-03-25T12:00:00+01:00
  valid_from: 2022
  valid_to: 2023
scoring: {kind: points, parameters: {pass_mark: 0}}
"""
FORM = """\
form: small
title: A small form
sections:
  - id: work
    title: Work
    questions:
      - id: done
        type: choice
        label: What did {school} do?
        options: [{value: little, label: Little}, {value: much, label: Much}]
declaration: {text: I sign.}
consent: {text: We agree.}
"""
NB = """\
language: nb
texts:
  round: {title: En runde}
  form: {title: Et lite skjema}
  work: {title: Arbeid}
  done: {label: "Hva gjorde {school}?", options: {little: Lite, much: Mye}}
  declaration: {text: Jeg skriver under.}
  consent: {text: Vi er enige.}
"""
NN = NB.replace("language: nb", "language: nn")
MARKED = f"""\
translates:
  round: {{title: {mark_of("A round")}}}
  form: {{title: {mark_of("A small form")}}}
  work: {{title: {mark_of("Work")}}}
  done: {{label: {mark_of("What did {school} do?")}, options: {{little: {mark_of("Little")}, much: {mark_of("Much")}}}}}
  declaration: {{text: {mark_of("I sign.")}}}
  consent: {{text: {mark_of("We agree.")}}}
"""


@dataclass(frozen=True)
class Folder:
    """A folder by its files; `expected` is what is said of it, `file code line` each."""

    name: str
    files: dict[str, str | bytes]
    expected: tuple[str, ...]


def _round(name: str, expected: str, **changed: str | bytes | None) -> Folder:
    files: dict[str, str | bytes] = {"round.yaml": ROUND, "form.yaml": FORM, "texts/nb.yaml": NB, "texts/nn.yaml": NN}
    for key, text in changed.items():
        path = key.replace("___", "/").replace("__", ".")
        if text is None:
            del files[path]
        else:
            files[path] = text
    return Folder(name, files, tuple(expected.split(", ")) if expected else ())


def _overlay(name: str, expected: str, text: str) -> Folder:
    words = {f"texts/{language}.yaml": f"texts:\n  adjusts: {{reason: {word}}}\n" for language, word in WHY.items()}
    return Folder(name, {"overlay.yaml": text, **words}, tuple(expected.split(", ")))


WHY = {"nb": "Hvorfor", "nn": "Kvifor"}
OVERLAY = 'overlay: adjusts\nround: "2021-2022"\nreason: Why\n'

FOLDERS = (
    _round("clean", ""),
    _round("form_in_latin_1", "form.yaml not_utf8 1", form__yaml=FORM.replace("Much", "Mång").encode("latin-1")),
    _round("form_of_two_megabytes", "form.yaml file_too_large 1", form__yaml=FORM + "# " + "x" * 2_000_000),
    _round("examples_no_list", "examples.yaml not_list 1", examples__yaml="id: all_good\n"),
    _round(
        "round_with_a_misspelt_key",
        "round.yaml unknown_key 2",
        round__yaml=ROUND.replace("title:", "titel:", 1) + "title: A round\n",
    ),
    _round(
        "faults_in_three_files",
        "form.yaml wrong_type 7, round.yaml unknown_key 11, texts/nn.yaml wrong_language 1",
        form__yaml=FORM.replace(
            "      - id: done", "      - {id: more, type: long_text, label: More, max_words: many}\n      - id: done"
        ),
        round__yaml=ROUND + "colour: red\n",
        texts___nn__yaml=NB,
    ),
    _round(
        "unreadable_texts_hide_nothing",
        "form.yaml unknown_type 8, round.yaml unknown_key 11, texts/nb.yaml repeated_key 9, texts/nn.yaml not_yaml 2",
        form__yaml=FORM.replace("type: choice", "type: choose"),
        round__yaml=ROUND + "colour: red\n",
        texts___nb__yaml=NB + "  consent: {text: Vi er enige.}\n",
        texts___nn__yaml="language: nn\n  texts: {}\n",
    ),
    _round(
        "round_that_is_no_yaml",
        "form.yaml unknown_type 8, round.yaml not_yaml 2",
        form__yaml=FORM.replace("type: choice", "type: choose"),
        round__yaml=ROUND.replace("A round", "A: round"),
    ),
    _overlay("overlay_that_is_no_yaml", "overlay.yaml not_yaml 3", OVERLAY.replace("Why", "Why: that")),
    _round(
        "pass_mark_too_high",
        "round.yaml pass_mark_out_of_reach 10",
        round__yaml=ROUND.replace("pass_mark: 0", "pass_mark: 3"),
    ),
    _round(
        "form_of_its_own_in_a_child",
        "form.yaml another_form 1",
        round__yaml=ROUND + 'extends: "2021-2022"\n',
        form__yaml="form: mine\n",
        texts___nb__yaml="language: nb\ntexts:\n  round: {title: En runde}\n",
        texts___nn__yaml="language: nn\ntexts:\n  round: {title: Ein runde}\n",
    ),
    _overlay(
        "slip_in_an_id",
        "overlay.yaml unknown_id 6",
        OVERLAY + "form:\n  requirements:\n    - {id: promotoin, state: waived}\n",
    ),
    _round(
        "judged_part_unknown",
        "round.yaml unknown_part 10",
        round__yaml=ROUND.replace("kind: points", "kind: judged").replace("pass_mark: 0", "parts: [nowhere]"),
    ),
    _round("kind_unknown", "round.yaml unknown_kind 10", round__yaml=ROUND.replace("kind: points", "kind: weights")),
    _round("parameter_wrong", "round.yaml wrong_parameter 10", round__yaml=ROUND.replace("pass_mark: 0", "pass: 0")),
    _round(
        "form_missing",
        "form.yaml missing_file 1",
        form__yaml=None,
        texts___nb__yaml="texts:\n  round: {title: En}\n",
        texts___nn__yaml="texts:\n  round: {title: Ein}\n",
    ),
    _round("extends_nobody", "round.yaml unknown_round 11", round__yaml=ROUND + 'extends: "1900"\n'),
    _round("extends_itself", "round.yaml cycle 11", round__yaml=ROUND + 'extends: "9000"\n'),
    _round("extends_a_broken_round", "round.yaml paused 11", round__yaml=ROUND + 'extends: "broken"\n'),
    _round("round_and_overlay", "overlay.yaml round_and_overlay 1", overlay__yaml=OVERLAY),
    Folder("nothing_but_texts", {"texts/nb.yaml": "texts: {}\n"}, ("pyproject.toml empty_plugin 1",)),
    Folder("python_that_is_none", {"plugin.py": "\ndef rounds(:\n"}, ("plugin.py plugin_fault 2",)),
    _round("text_of_nobody", "texts/nb.yaml unknown_text_id 9", texts___nb__yaml=NB + "  nobody: {label: Ingen}\n"),
    _round("text_of_no_field", "texts/nb.yaml unknown_text 9", texts___nb__yaml=NB + "  scoring: {label: Poeng}\n"),
    _round(
        "text_of_no_option",
        "texts/nb.yaml unknown_text 6",
        texts___nb__yaml=NB.replace("much: Mye}", "much: Mye, all: Alt}"),
    ),
    _round("placeholder_lost", "texts/nb.yaml lost_placeholder 6", texts___nb__yaml=NB.replace("{school}", "skolen")),
    _round(
        "options_alike_in_one_language", "texts/nn.yaml options_alike 6", texts___nn__yaml=NN.replace("Mye", "lite")
    ),
    _round(
        "text_missing", "texts/nn.yaml missing_text 1", texts___nn__yaml=NN.replace("  work: {title: Arbeid}\n", "")
    ),
    _round("option_missing", "texts/nn.yaml missing_text 1", texts___nn__yaml=NN.replace(", much: Mye", "")),
    _round("language_of_another_file", "texts/nn.yaml wrong_language 1", texts___nn__yaml=NB),
    _round("translations_with_a_strange_key", "texts/nn.yaml unknown_key 1", texts___nn__yaml="by: Kari\n" + NN),
    _round("texts_that_are_marked", "", texts___nb__yaml=NB + MARKED),
    _round(
        "text_that_was_changed",
        "texts/nb.yaml stale_text 6",
        texts___nb__yaml=NB + MARKED,
        form__yaml=FORM.replace("label: Much", "label: Very much"),
    ),
    _round(
        "text_without_a_mark",
        "texts/nb.yaml unmarked_text 3",
        texts___nb__yaml=NB + MARKED.replace(f"  round: {{title: {mark_of('A round')}}}\n", ""),
    ),
    _overlay(
        "overlay_after_nobody",
        "overlay.yaml unknown_id 6",
        OVERLAY + "form:\n  requirements:\n    - {id: promotion, state: fixed, after: nobody}\n",
    ),
    _overlay(
        "overlay_removes_nobody",
        "overlay.yaml unknown_id 6",
        OVERLAY + "form:\n  sections:\n    - {id: esafety, remove: [nobody]}\n",
    ),
    _overlay(
        "overlay_takes_a_question_that_a_requirement_needs",
        "overlay.yaml requirement_without_question 5",
        OVERLAY
        + "form:\n  sections:\n    - {id: strategic_development, remove: [promotion_done, promotion_activity]}\n",
    ),
    _overlay(
        "overlay_raises_the_pass_mark",
        "overlay.yaml pass_mark_out_of_reach 4",
        OVERLAY + "scoring: {parameters: {pass_mark: 60}}\n",
    ),
    _overlay("overlay_of_no_round", "overlay.yaml unknown_round 2", OVERLAY.replace("2021-2022", "1900")),
    _overlay(
        "overlay_words_a_text_anew",
        "overlay.yaml stale_text 6, overlay.yaml stale_text 6",
        OVERLAY + "form:\n  requirements:\n    - {id: promotion, label: Telling others}\n",
    ),
    Folder(
        "weights_of_a_kind",
        {
            "round.yaml": ROUND.replace(
                "kind: points, parameters: {pass_mark: 0}", "kind: weighted, parameters: {weights: {a: 0.5, b: 0.4}}"
            ),
            "form.yaml": FORM,
            "texts/nb.yaml": NB,
            "texts/nn.yaml": NN,
            "plugin.py": """
from decimal import Decimal

from skolemerke.toolkit import ScoreSheet, ScoringKind, Value, flaw_of_weights, hookimpl


class Weighted(ScoringKind):
    id = "weighted"

    class Parameters(Value):
        weights: dict[str, Decimal]

    def score(self, parameters, form, answers, judgements):
        return ScoreSheet()

    def check(self, parameters, form):
        flaw = flaw_of_weights("weights", parameters.weights)
        return [flaw] if flaw else []


@hookimpl
def scoring_kinds():
    return [Weighted]
""",
        },
        ("round.yaml weights_do_not_sum 10",),
    ),
)
