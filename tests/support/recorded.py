"""What the code writes into the chain of changes, as it can be read in its text."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache

from skolemerke import audit

from support.house import ROOT

CODE = ROOT / "core" / "skolemerke"
NO_DETAILS = {"session", "verb", "subject", "actor", "agency_id"}


@cache
def nodes() -> tuple[ast.AST, ...]:
    """Every node of every file."""
    files = sorted(CODE.rglob("*.py"))
    return tuple(node for path in files for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def name_of(call: ast.Call) -> str:
    """How what is called is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def calls() -> list[ast.Call]:
    """Every call."""
    return [node for node in nodes() if isinstance(node, ast.Call)]


class Unresolved(AssertionError):
    """Details of which the text does not say what they are called."""


def details_of_the_code(known: Mapping[str, set[str]]) -> set[str]:
    """What details of lines are called, also within one another. `known` says it of expressions that are no plain
    dictionary in the same function. Raises `Unresolved` for any other."""
    found: set[str] = set()
    for function in (node for node in nodes() if isinstance(node, ast.FunctionDef)):
        for call in _recordings(function):
            for keyword in call.keywords:
                if keyword.arg not in NO_DETAILS:
                    found |= {keyword.arg} - {None} | _within(keyword.value, function, known, spread=not keyword.arg)
    return found


def _recordings(function: ast.FunctionDef) -> Iterator[ast.Call]:
    """The calls in a function of what writes a line with the details that it is given."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and name_of(node) in _takers():
            yield node


@cache
def _takers() -> frozenset[str]:
    """The functions that take a verb and details."""
    functions = (node for node in nodes() if isinstance(node, ast.FunctionDef))
    takers = {
        one.name
        for one in functions
        if one.args.kwarg and "verb" in [each.arg for each in (*one.args.args, *one.args.kwonlyargs)]
    }
    assert audit.record.__name__ in takers
    return frozenset(takers)


def _within(value: ast.expr, function: ast.FunctionDef, known: Mapping[str, set[str]], *, spread: bool) -> set[str]:
    """The keys of the dictionaries in a value; of one that is spread out they must be told."""
    text = ast.unparse(value)
    if text in known:
        return known[text]
    if function.args.kwarg and text == function.args.kwarg.arg:
        return set()  # what its callers give
    dictionaries = [node for node in ast.walk(value) if isinstance(node, ast.Dict)]
    dictionaries += [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict) and ast.unparse(node.targets[0]) == text
    ]
    if spread and not dictionaries:
        raise Unresolved(f"{function.name}: **{text}")
    return {str(key.value) for one in dictionaries for key in one.keys if isinstance(key, ast.Constant)}
