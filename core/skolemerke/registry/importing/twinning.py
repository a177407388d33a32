"""Finds schools that stand in the register twice: of one country and place, with nearly the same name.

Names are compared word by word, without case, marks, punctuation, order and the name of the place. One word may be
spelt a little differently or be cut to its first letter. Numbers count whole, and so do single letters at the end:
the first and the second school of a town are two schools, whatever else they share.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations, product
from typing import Any, NamedTuple

from rapidfuzz import fuzz

SPELLING = 88.0
"""How alike two words are at least (0 to 100) that are one word, spelt in two ways."""
LONG = 6
"""Shorter words are spelt alike or are two words."""
MOST_OF_ONE_NAME = 30
"""More schools of a town under one name are no twins but a way of naming."""

WORD = re.compile(r"[^\W_]+")
ROMAN = re.compile(r"(?=[ivx])x{0,3}(ix|iv|v?i{0,3})")
APOSTROPHES = re.compile("['\u2019\u02bc`\u00b4\u02b9]")
MARKS = re.compile("[\u0300-\u036f\u064b-\u0652]")
UNMARKED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})


class Candidate(NamedTuple):
    """A school as it is compared."""

    number: int
    country: str
    city: str
    name: str


class Pair(NamedTuple):
    """Two schools, the one of the lower number first, and how alike their names are (up to 100)."""

    school: int
    twin: int
    score: int


class _Spelling(NamedTuple):
    words: tuple[str, ...]
    """Sorted, without numbers and the words of the place."""
    counts: tuple[str, ...]
    """The numbers in it and the letter at its end, sorted."""


class _Name(NamedTuple):
    number: int
    spelling: _Spelling


def pairs(schools: Iterable[Candidate]) -> Iterator[Pair]:
    """The schools that are probably one, each pair once."""
    towns: dict[tuple[str, str], list[_Name]] = defaultdict(list)
    for school in schools:
        place = _words(school.city)
        if place:
            towns[school.country, " ".join(place)].append(_name(school, place))
    for names in towns.values():
        if len(names) > 1:
            yield from _in_town(names)


def _in_town(names: Sequence[_Name]) -> Iterator[Pair]:
    alike: dict[_Spelling, list[int]] = defaultdict(list)
    for name in names:
        alike[name.spelling].append(name.number)
    for numbers in alike.values():
        if len(numbers) <= MOST_OF_ONE_NAME:
            yield from (_pair(one, other, 100) for one, other in combinations(numbers, 2))
    for one, other in _one_word_apart(alike):
        score = round(fuzz.ratio(" ".join(one.words), " ".join(other.words)))
        yield from (_pair(first, second, score) for first, second in product(alike[one], alike[other]))


def _one_word_apart(spellings: Iterable[_Spelling]) -> set[tuple[_Spelling, _Spelling]]:
    """Names that share all words but one, which is spelt a little differently or cut to its first letter."""
    sharing: dict[tuple[Any, ...], list[tuple[str, _Spelling]]] = defaultdict(list)
    for name in spellings:
        words, counts = name
        for at, word in enumerate(words):
            sharing[words[:at] + words[at + 1 :], counts].append((word, name))
    return {
        (min(one, other), max(one, other))
        for group in sharing.values()
        if len(group) > 1
        for one, other in _spelt_alike(group)
    }


def _spelt_alike(group: Sequence[tuple[str, _Spelling]]) -> Iterator[tuple[_Spelling, _Spelling]]:
    """Those whose one word is nearly the same or the first letter of the other's.

    Nobody is compared with everybody: a word that is spelt a little differently begins or ends alike.
    """
    near: dict[tuple[str, str], list[tuple[str, _Spelling]]] = defaultdict(list)
    letters: dict[str, list[_Spelling]] = defaultdict(list)
    for word, name in group:
        if len(word) >= LONG:
            near[word[:3], ""].append((word, name))
            near["", word[-3:]].append((word, name))
        elif len(word) == 1:
            letters[word].append(name)
    for alike in near.values():
        if 1 < len(alike) <= MOST_OF_ONE_NAME:
            for (word, one), (twin, other) in combinations(alike, 2):
                if one != other and fuzz.ratio(word, twin) >= SPELLING:
                    yield one, other
    for word, name in group if letters else ():
        if len(word) > 1:
            yield from ((name, other) for other in letters.get(word[0], ()))


def _pair(one: int, other: int, score: int) -> Pair:
    return Pair(min(one, other), max(one, other), score)


def _name(school: Candidate, place: Sequence[str]) -> _Name:
    words = _words(school.name)
    counts = [word for word in words if _counts(word)]
    if words and len(words[-1]) == 1 and words[-1] not in counts:
        counts.append(words[-1])
    rest = [word for word in words if word not in counts] if counts else words
    # Where nothing but the place is left, the place is the name.
    named = [word for word in rest if word not in place] or rest
    return _Name(school.number, _Spelling(tuple(sorted(named)), tuple(sorted(counts))))


@lru_cache(maxsize=20_000)
def _counts(word: str) -> bool:
    """Whether a word is a number."""
    return any(map(str.isdigit, word)) or ROMAN.fullmatch(word) is not None


@lru_cache(maxsize=10_000)
def _words(text: str) -> tuple[str, ...]:
    """The words of a text in plain small letters; letters that stand alone side by side are one word: I.C. is IC."""
    plain = text.casefold()
    if plain.isascii():
        plain = plain.replace("'", "").replace("`", "")
    else:
        plain = MARKS.sub("", unicodedata.normalize("NFKD", APOSTROPHES.sub("", plain))).translate(UNMARKED)
    found = WORD.findall(plain)
    if min(map(len, found), default=0) > 1:
        return tuple(found)
    words: list[str] = []
    initials = ""
    for word in found:
        if len(word) == 1 and word.isalpha():
            initials += word
            continue
        if initials:
            words.append(initials)
            initials = ""
        words.append(word)
    return (*words, initials) if initials else tuple(words)
