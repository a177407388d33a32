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
from itertools import chain, combinations, islice, product
from typing import Any, NamedTuple

from rapidfuzz import fuzz

SPELLING = 88.0
"""How alike two words are at least (0 to 100) that are one word, spelt in two ways."""
LONG = 6
"""Shorter words are spelt alike or are two words."""
MOST_OF_ONE_NAME = 30
"""More schools of a town under one name are no twins but a way of naming."""

AT_ONCE = 20_000
BETWEEN = "\0"
"""No name holds it: an import rejects such a row."""

WORD = re.compile(r"[^\W_]+")
ROMAN = re.compile(r"(?=[ivx])x{0,3}(ix|iv|v?i{0,3})")
APOSTROPHES = re.compile("['\u2019\u02bc`\u00b4\u02b9]")
MARKS = re.compile("[\u0300-\u036f\u064b-\u0652]")
UNMARKED = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}


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


Words = tuple[str, ...]
Spelling = tuple[Words, Words]
"""The words of a name, sorted, without numbers and the words of the place; and the numbers in it and the letter at
its end, sorted."""


def pairs(schools: Iterable[Sequence[Any]]) -> Iterator[Pair]:
    """The schools that are probably one, each pair once; each school has what a `Candidate` has, in that order."""
    towns: dict[tuple[str, str], list[tuple[int, Spelling]]] = defaultdict(list)
    reader, rows = _Reader(), iter(schools)
    while some := list(islice(rows, AT_ONCE)):
        numbers, countries, cities, names = zip(*some, strict=True)
        for number, country, city, words in zip(numbers, countries, cities, reader.words(names), strict=True):
            place = reader.place(city)
            if place:
                towns[country, " ".join(place)].append((number, reader.spelling(words, place)))
    for found in towns.values():
        if len(found) > 1:
            yield from _in_town(found)


def _in_town(names: Sequence[tuple[int, Spelling]]) -> Iterator[Pair]:
    alike: dict[Spelling, list[int]] = defaultdict(list)
    for number, spelling in names:
        alike[spelling].append(number)
    for numbers in alike.values():
        if 1 < len(numbers) <= MOST_OF_ONE_NAME:
            yield from (_pair(one, other, 100) for one, other in combinations(numbers, 2))
    for one, other in _one_word_apart(alike):
        score = round(fuzz.ratio(" ".join(one[0]), " ".join(other[0])))
        yield from (_pair(first, second, score) for first, second in product(alike[one], alike[other]))


def _one_word_apart(spellings: Iterable[Spelling]) -> set[tuple[Spelling, Spelling]]:
    """Names that share all words but one, which is spelt a little differently or cut to its first letter."""
    comparable: dict[tuple[int, Words], list[Spelling]] = defaultdict(list)
    for name in spellings:
        comparable[len(name[0]), name[1]].append(name)
    return {
        (min(one, other), max(one, other))
        for names in comparable.values()
        if len(names) > 1
        for group in _sharing_the_rest(names)
        for one, other in _spelt_alike(group)
    }


def _sharing_the_rest(names: Sequence[Spelling]) -> Iterator[list[tuple[str, Spelling]]]:
    """Groups of names with the one word that they do not share, as far as that word may stand for another."""
    sharing: dict[Words, list[tuple[str, Spelling]]] = defaultdict(list)
    has_letters = any(len(word) == 1 for words, _ in names for word in words)
    for name in names:
        words = name[0]
        for at, word in enumerate(words):
            if has_letters or len(word) >= LONG:
                sharing[words[:at] + words[at + 1 :]].append((word, name))
    return (group for group in sharing.values() if len(group) > 1)


def _spelt_alike(group: Sequence[tuple[str, Spelling]]) -> Iterator[tuple[Spelling, Spelling]]:
    """Those whose one word is nearly the same or the first letter of the other's.

    Nobody is compared with everybody: a word that is spelt a little differently begins or ends alike.
    """
    near: dict[tuple[str, str], list[tuple[str, Spelling]]] = defaultdict(list)
    letters: dict[str, list[Spelling]] = defaultdict(list)
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


class _Reader:
    """Reads names and places; what few words say again and again is found out once."""

    def __init__(self) -> None:
        self._places: dict[str, Words] = {}
        self._known: set[str] = set()
        self._counts: set[str] = set()

    def words(self, names: Sequence[str]) -> list[Words]:
        """The words of each name."""
        different = list(dict.fromkeys(names))
        found = dict(zip(different, map(_split, _plain(different)), strict=True))
        unknown = set(chain.from_iterable(found.values())) - self._known
        self._known |= unknown
        self._counts.update(filter(_counts, unknown))
        return list(map(found.__getitem__, names))

    def place(self, city: str) -> Words:
        """The words of a place."""
        if city not in self._places:
            self._places[city] = _split(_plain([city])[0])
        return self._places[city]

    def spelling(self, words: Words, place: Words) -> Spelling:
        """How a name is compared with others of its place."""
        is_counted = not self._counts.isdisjoint(words) or (bool(words) and len(words[-1]) == 1)
        rest, counts = self._counted(words) if is_counted else (words, ())
        named = [word for word in rest if word not in place]
        # Where nothing but the place is left, the place is the name.
        return tuple(sorted(named or rest)), counts

    def _counted(self, words: Words) -> tuple[Words, Words]:
        counts = [word for word in words if word in self._counts]
        if len(words[-1]) == 1 and words[-1] not in counts:
            counts.append(words[-1])
        return tuple(word for word in words if word not in counts), tuple(sorted(counts))


def _counts(word: str) -> bool:
    """Whether a word is a number."""
    return any(map(str.isdigit, word)) or ROMAN.fullmatch(word) is not None


def _plain(texts: Sequence[str]) -> list[str]:
    """Texts in small letters, without marks: all at once, since each step over one text takes longer than its work."""
    whole = BETWEEN.join(texts).casefold()
    whole = APOSTROPHES.sub("", whole)
    if not whole.isascii():
        whole = MARKS.sub("", unicodedata.normalize("NFKD", whole))
        for letter, plain in UNMARKED.items():
            whole = whole.replace(letter, plain)
    return whole.split(BETWEEN)


def _split(plain: str) -> Words:
    """The words of a plain text; letters that stand alone side by side are one word: I.C. is IC."""
    found = WORD.findall(plain)
    if 1 not in map(len, found):
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
