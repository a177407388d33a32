"""The door: everything that a plugin may import.

What stands here is kept: it changes only with the contract's version. The shipped rounds use nothing else,
so whatever they do, an agency can do.
"""

from skolemerke_forms.answers import AnswerSet, documented
from skolemerke_forms.cleaning import Cleaned, Problem, Raw, problem
from skolemerke_forms.definition import Form, Level, Requirement, Scale, Section, Statement
from skolemerke_forms.questions import (
    Choice,
    Choices,
    Date,
    Link,
    LongText,
    Note,
    Number,
    Option,
    Question,
    ScaleQuestion,
    ShortText,
    YesNo,
)
from skolemerke_forms.values import Value

from skolemerke.contract import CONTRACT_VERSION
from skolemerke.contract.criteria import CriterionKind, RegistryTables, Unnamed, Verdict
from skolemerke.contract.hooks import hookimpl
from skolemerke.contract.rounds import (
    Calendar,
    Criterion,
    Overlay,
    PageBlock,
    PageItem,
    Round,
    ScoringPolicy,
    Source,
)
from skolemerke.contract.scoring import Judgements, PolicyFlaw, ScoreLine, ScoreSheet, ScoringKind, flaw_of_weights

__all__ = [
    "CONTRACT_VERSION",
    "AnswerSet",
    "Calendar",
    "Choice",
    "Choices",
    "Cleaned",
    "Criterion",
    "CriterionKind",
    "Date",
    "Form",
    "Judgements",
    "Level",
    "Link",
    "LongText",
    "Note",
    "Number",
    "Option",
    "Overlay",
    "PageBlock",
    "PageItem",
    "PolicyFlaw",
    "Problem",
    "Question",
    "Raw",
    "RegistryTables",
    "Requirement",
    "Round",
    "Scale",
    "ScaleQuestion",
    "ScoreLine",
    "ScoreSheet",
    "ScoringKind",
    "ScoringPolicy",
    "Section",
    "ShortText",
    "Source",
    "Statement",
    "Unnamed",
    "Value",
    "Verdict",
    "YesNo",
    "documented",
    "flaw_of_weights",
    "hookimpl",
    "problem",
]
