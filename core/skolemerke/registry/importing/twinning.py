"""Finds schools that stand in the register twice: of one country and place, with nearly the same name.

Names are compared word by word, without case, marks, punctuation, order and the name of the place. One word may be
spelt a little differently or be cut to its first letter. Numbers count whole, and so do single letters at the end:
the first and the second school of a town are two schools, whatever else they share.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from rapidfuzz import fuzz

SPELLING = 88.0
"""How alike two words are at least (0 to 100) that are one word, spelt in two ways."""
LONG = 6
"""Shorter words are spelt alike or are two words."""
MOST_OF_ONE_WORD = 60
"""So many schools of a town that share their rarest words are no twins but a pattern of naming."""

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


class _Name(NamedTuple):
    number: int
    words: tuple[str, ...]
    """Sorted, without numbers and the words of the place."""
    counts: tuple[str, ...]
    """The numbers in it and the letter at its end, sorted."""


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
    """Compare the names that share a rare word: of two that differ in one word, the rarest common word is among
    the two rarest of either."""
    frequency = Counter(word for name in names for word in name.words)
    sharing: dict[tuple[str, tuple[str, ...]], list[_Name]] = defaultdict(list)
    for name in names:
        rarest = sorted((word for word in name.words if len(word) > 1), key=lambda word: (frequency[word], word))[:2]
        # A name of one word shares none with a name of another spelling: it is found by its beginning.
        posts = {*rarest, *(word[:4] + "…" for word in rarest if len(name.words) == 1)}
        for word in posts or {""}:
            sharing[word, name.counts].append(name)
    found: set[tuple[int, int]] = set()
    for alike in sharing.values():
        if len(alike) > MOST_OF_ONE_WORD:
            continue
        for one, other in combinations(alike, 2):
            both = (min(one.number, other.number), max(one.number, other.number))
            if both not in found and _is_one(one.words, other.words):
                found.add(both)
                yield Pair(*both, round(fuzz.ratio(" ".join(one.words), " ".join(other.words))))


def _is_one(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if one == other:
        return True
    only_one, only_other = Counter(one) - Counter(other), Counter(other) - Counter(one)
    if only_one.total() != 1 or only_other.total() != 1:
        return False
    (word,), (twin,) = only_one, only_other
    if min(len(word), len(twin)) == 1:
        return word[0] == twin[0]
    return min(len(word), len(twin)) >= LONG and fuzz.ratio(word, twin) >= SPELLING


def _name(school: Candidate, place: Sequence[str]) -> _Name:
    words = _words(school.name)
    counts = [word for word in words if any(map(str.isdigit, word)) or ROMAN.fullmatch(word)]
    if words and len(words[-1]) == 1 and words[-1] not in counts:
        counts.append(words[-1])
    rest = [word for word in words if word not in counts]
    # Where nothing but the place is left, the place is the name.
    named = [word for word in rest if word not in place] or rest
    return _Name(school.number, tuple(sorted(named)), tuple(sorted(counts)))


@lru_cache(maxsize=10_000)
def _words(text: str) -> tuple[str, ...]:
    """The words of a text in plain small letters; letters that stand alone side by side are one word: I.C. is IC."""
    plain = APOSTROPHES.sub("", text.casefold())
    if not plain.isascii():
        plain = MARKS.sub("", unicodedata.normalize("NFKD", plain)).translate(UNMARKED)
    words: list[str] = []
    initials = ""
    for word in WORD.findall(plain):
        if len(word) == 1 and word.isalpha():
            initials += word
            continue
        if initials:
            words.append(initials)
            initials = ""
        words.append(word)
    return (*words, initials) if initials else tuple(words)
