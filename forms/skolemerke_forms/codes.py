"""The codes of what is found in a definition: stable names that programs, tests and the documentation share.

Each is described in docs/checking.md with an example and a fix. A code keeps its meaning for good; one that is not
needed any more is never given to another fault.
"""

from __future__ import annotations

from typing import Literal

Severity = Literal["error", "warning"]

READING = (
    "not_utf8",
    "file_too_large",
    "not_yaml",
    "not_mapping",
    "not_list",
    "key_not_text",
    "repeated_key",
    "anchor",
    "tag",
    "nested_too_deep",
)
"""A file can't be read as restricted YAML."""

STRUCTURE = (
    "missing_key",
    "unknown_key",
    "wrong_type",
    "wrong_value",
    "wrong_id",
    "out_of_range",
    "too_few",
    "too_many",
    "empty_text",
    "unknown_type",
    "unknown_fact",
    "unknown_source",
    "read_only_without_prefill",
    "reserved_value",
    "wrong_column",
    "wrong_limits",
    "wrong_condition",
    "condition_too_large",
    "too_many_questions",
)
"""A part of a definition has not the shape that it must have."""

NAMES = (
    "repeated_id",
    "repeated_value",
    "reserved_id",
    "unknown_id",
    "unknown_question",
    "unknown_requirement",
    "unknown_scale",
    "unknown_level",
    "forward_reference",
    "cycle",
    "not_offered",
    "wrong_test",
)
"""A part names what is not there, or not yet."""

EXPRESSIONS = (
    "not_an_expression",
    "expression_too_large",
    "unknown_function",
    "unknown_name",
    "wrong_expression_type",
)
"""An expression can't be used."""

REACH = (
    "required_but_hidden",
    "unreachable_question",
    "unreachable_section",
    "required_without_answer",
    "evidence_never_asked",
    "requirement_without_question",
    "rule_never_seen",
    "rule_never_kept",
    "pass_mark_out_of_reach",
    "weights_do_not_sum",
)
"""Something can never be answered, shown, documented or reached."""

TEXTS = (
    "options_alike",
    "lost_placeholder",
    "unknown_text_id",
    "unknown_text",
)
"""A text misleads, or speaks of nothing."""

WARNINGS = (
    "unreachable_score",
    "requirement_may_be_hidden",
    "points_not_rising",
    "unused_scale",
    "empty_section",
    "labels_alike",
    "overlong_text",
    "missing_text",
    "stale_text",
    "unmarked_text",
    "wrong_language",
)
"""Something that works, and that its author will want to know."""

CODES = frozenset((*READING, *STRUCTURE, *NAMES, *EXPRESSIONS, *REACH, *TEXTS, *WARNINGS))


def severity_of(code: str) -> Severity:
    """How grave a fault of that code is; a code that a plugin brings is an error."""
    return "warning" if code in WARNINGS else "error"
