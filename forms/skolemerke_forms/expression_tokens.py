"""The words and signs of an expression in CEL, as far as simple ones have them, one after the other."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>\"[^\"\\]*\"|'[^'\\]*')|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<sign>&&|\|\||[=!<>]=|[!<>()\[\].,-]))"
)


class NotSimpleError(Exception):
    """There are no words for this expression."""


class Tokens:
    """Walks over the tokens of an expression, each a kind (`number`, `text`, `name`, `sign`) and a word. Raises
    `NotSimpleError` where something else stands."""

    def __init__(self, source: str) -> None:
        self._tokens = list(_tokens(source))
        self._at = 0

    def _token(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise NotSimpleError
        return self._tokens[self._at]

    def _take(self, kind: str, word: str) -> bool:
        found = self._at < len(self._tokens) and self._tokens[self._at] == (kind, word)
        self._at += found
        return found

    def _takes(self, sign: str) -> bool:
        return self._take("sign", sign)

    def _takes_name(self, name: str) -> bool:
        return self._take("name", name)

    def _calls(self, name: str) -> bool:
        """Take a function with its bracket; a question may be called as a function is."""
        found = self._tokens[self._at : self._at + 2] == [("name", name), ("sign", "(")]
        self._at += 2 * found
        return found

    def _require(self, sign: str) -> None:
        if not self._takes(sign):
            raise NotSimpleError

    def _number(self) -> str:
        kind, word = self._token()
        if kind != "number":
            raise NotSimpleError
        self._at += 1
        return word

    def _require_end(self) -> None:
        if self._at < len(self._tokens):
            raise NotSimpleError


def _tokens(source: str) -> list[tuple[str, str]]:
    found, at, source = [], 0, source.rstrip()
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None or match.lastgroup is None:
            raise NotSimpleError
        word = match.group(match.lastgroup)
        found.append((match.lastgroup, word[1:-1] if match.lastgroup == "text" else word))
        at = match.end()
    return found
