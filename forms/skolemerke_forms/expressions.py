"""Expressions in CEL, for what structured conditions can't say; bounded, so that none can burn time.

An expression sees the clean answers by question id: a number as double, a day and a choice as text, several
choices as a list, a matrix as a map, a repeating group as a list of maps, and null where nothing was answered. It
sees no clock, no file and no network. Numbers are written as doubles: `2.0`, not `2`.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.machinery import PathFinder
from typing import Any

MAX_LENGTH = 1000
"""The most characters of an expression."""

MAX_DEPTH = 20
"""The deepest nesting of brackets."""

MAX_MACROS = 2
"""The most macros over a list: with at most 100 rows each, an expression takes milliseconds at worst."""

FUNCTIONS = {"size", "contains", "startsWith", "endsWith", "matches", "double", "int", "string", "bool", "type", "has"}
"""The functions that an expression may call; operators and the macros over lists stand beside them."""

_MACRO = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(\s*([A-Za-z_]\w*)\s*,")
_TEXT = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'")
_PLACE = re.compile(r"<input>:1:(\d+): (?:Syntax error: )?(.*)")
_OPERATOR = re.compile(r"\W|_")


class ExpressionFault(ValueError):
    """An expression can't be used; `column` counts characters from 1, 0 where no place is known."""

    def __init__(self, code: str, message: str, column: int = 0) -> None:
        super().__init__(message)
        self.code, self.column = code, column


class Expression:
    """An expression that has been read and found within its bounds."""

    def __init__(self, source: str, program: Any) -> None:
        self.source, self._program = source, program
        bound = set(_MACRO.findall(_TEXT.sub("''", source)))
        self.walks_lists = bool(bound)
        self.names: frozenset[str] = frozenset(program.variables()) - bound

    def value(self, answers: Mapping[str, object]) -> object:
        """What the expression gives for clean answers; none where an answer that it needs is not there.

        An expression that fails on what was answered gives none too: it is not determined.
        """
        seen = {name: answers.get(name) for name in self.names}
        try:
            return self._program.execute(seen)
        # The library raises several kinds of errors for values that an operation does not take.
        except (TypeError, ValueError, RuntimeError, ArithmeticError, LookupError):
            return None

    def tried(self, answers: Mapping[str, object]) -> object:
        """What the expression gives for sample answers; none where it fails for another reason than its types.

        Raises `ExpressionFault` when it can't be used on values of these types.
        """
        try:
            return self._program.execute({name: answers.get(name) for name in self.names})
        except KeyError as error:
            raise ExpressionFault("unknown_name", f"names {error}, which its rows do not have") from None
        except TypeError as error:
            raise ExpressionFault("wrong_expression_type", str(error)) from None
        except RuntimeError as error:
            # A function that is there, but not for values of this type, is called undefined.
            if "Undefined" in str(error):
                raise ExpressionFault("wrong_expression_type", str(error)) from None
            return None
        except (ValueError, ArithmeticError, LookupError):
            return None


@lru_cache(maxsize=2048)
def expression(source: str) -> Expression:
    """Read an expression. Raises `ExpressionFault`."""
    flat = " ".join(source.split())
    _require_bounds(flat)
    try:
        made = Expression(flat, _cel().compile(flat))
        called = set(made._program.functions())  # noqa: SLF001 - the class and this function are one thing
    except ValueError as error:
        raise _syntax(error) from None
    strange = sorted(name for name in called if not _OPERATOR.search(name) and name not in FUNCTIONS)
    if strange:
        raise ExpressionFault("unknown_function", f"there is no function '{strange[0]}' in expressions")
    return made


@cache
def _cel() -> Any:
    """The library's own module, without its package: that would load a command line with editor and colours, which
    takes longer than all that a form asks of it."""
    package = importlib.util.find_spec("cel")
    folders = package.submodule_search_locations if package else None
    spec = PathFinder.find_spec("cel.cel", folders)
    if "cel.cel" in sys.modules or spec is None or spec.loader is None:
        return importlib.import_module("cel")
    module = importlib.util.module_from_spec(spec)
    # Known by its name, so that whoever imports the package gets this one and no second.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _require_bounds(source: str) -> None:
    if len(source) > MAX_LENGTH:
        raise ExpressionFault("expression_too_large", f"an expression has at most {MAX_LENGTH} characters")
    bare = _TEXT.sub("''", source)
    if len(_MACRO.findall(bare)) > MAX_MACROS:
        raise ExpressionFault("expression_too_large", f"an expression has at most {MAX_MACROS} macros over lists")
    depth = deepest = 0
    for character in bare:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH or bare.count("!") + bare.count("-") > MAX_LENGTH // 4:
        raise ExpressionFault("expression_too_large", f"brackets stand at most {MAX_DEPTH} deep in an expression")


def _syntax(error: ValueError) -> ExpressionFault:
    found = _PLACE.search(str(error))
    if found is None:
        return ExpressionFault("not_an_expression", "this is no expression in CEL")
    said = found.group(2).split(" expecting ", maxsplit=1)[0][:120]
    return ExpressionFault("not_an_expression", f"this is no expression in CEL: {said}", int(found.group(1)))
