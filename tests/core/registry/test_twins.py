"""Schools that stand in the register twice are found; schools that only sound alike are not."""

from pathlib import Path

import pytest
from flask import Flask
from skolemerke.agencies.operations import create
from skolemerke.registry import queries
from skolemerke.registry.importing import twinning
from skolemerke.registry.importing.twinning import Candidate, pairs
from skolemerke.registry.operations import import_directory
from support.registry_files import write


def are_twins(one: str, other: str, city: str = "Zagreb", other_city: str = "Zagreb") -> bool:
    return bool(list(pairs([Candidate(1, "HR", city, one), Candidate(2, "HR", other_city, other)])))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ås skole", "ÅS SKOLE"),
        ("Osnovna škola Ivana Gundulića", "Osnovna skola Ivana Gundulica"),
        ("I.C. Pascoli", "IC Pascoli"),
        ("Scuola Primaria G. Garibaldi", "Scuola Primaria Giuseppe Garibaldi"),
        ("Liceo Galileo Galilei, Zagreb", "Liceo Galileo Galilei"),
        ("Goethe-Gymnasium", "Gymnasium Goethe"),
        ("Istituto Comprensivo Montesori", "Istituto Comprensivo Montessori"),
        ("Ekskolan", "Ekskolan"),
        ("Bjørkelangen", "Bjørkelangan"),
        ("2. osnovna škola", "2 osnovna škola"),
        ("Zagreb", "Zagreb"),
    ],
)
def test_a_school_under_nearly_the_same_name_is_a_twin(one: str, other: str) -> None:
    assert are_twins(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1. osnovna škola Zagreb", "2. osnovna škola Zagreb"),
        ("Osnovna škola br. 12", "Osnovna škola br. 21"),
        ("Gymnasium II", "Gymnasium III"),
        ("Grundschule A", "Grundschule B"),
        ("Grundschule Mozart", "Gymnasium Mozart"),
        ("Osnovna škola Ivana Gundulića", "Osnovna škola Ivana Mažuranića"),
        ("Scuola Primaria Dante", "Scuola Secondaria Dante"),
        ("Østre skole", "Vestre skole"),
        ("Škola Marija", "Škola Mario"),
        ("St Mary School", "St Mary School for Boys"),
    ],
)
def test_another_school_of_the_town_is_no_twin(one: str, other: str) -> None:
    assert not are_twins(one, other)


def test_another_place_or_none_makes_no_twins() -> None:
    assert not are_twins("Ås skole", "Ås skole", "Zagreb", "Split")
    assert not are_twins("Ås skole", "Ås skole", "", "")
    assert are_twins("Ås skole", "Ås skole", "Zagreb", "ZAGREB ")


def test_twins_are_found_wherever_they_lie_in_a_long_list(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("Liceo Galilei", "Liceo Dante", "Ekskolan", "liceo galilei", "Scuola G. Verdi", "Scuola Giuseppe Verdi")
    schools = [Candidate(number, "IT", "Roma", name) for number, name in enumerate(names, 1)]
    found = sorted(pairs(schools))
    assert [(pair.school, pair.twin) for pair in found] == [(1, 4), (5, 6)]
    monkeypatch.setattr(twinning, "AT_ONCE", 1)
    assert sorted(pairs(schools)) == found


def test_twins_are_found_by_each_import_and_listed_for_the_agency(app: Flask, tmp_path: Path) -> None:
    norway, sweden = create("no", "Norge", ["NO"]), create("se", "Sverige", ["SE"])
    lines = ["A,Ås skole,NO,Ås,2015-01-01", "B,Ås Skole,NO,ÅS,2019-01-01", "C,Bø skole,NO,Ås,2015-01-01"]
    write(tmp_path, "schools", *lines)
    import_directory(tmp_path)
    found = [(one.school_id, other.school_id, score) for one, other, score in queries.twins()]
    assert found == [("A", "B", 100)]
    assert len(queries.twins(norway.id)) == 1
    assert queries.twins(sweden.id) == []
    one = queries.school_by_id("B")
    assert one is not None
    assert [twin.school_id for twin in queries.twins_of(one.id)] == ["A"]
    import_directory(tmp_path)
    assert len(queries.twins()) == 1
    write(tmp_path, "schools", lines[0], "B,Østre skole,NO,Ås,2019-01-01", lines[2])
    import_directory(tmp_path)
    assert queries.twins() == []
    write(tmp_path, "schools", *lines)
    import_directory(tmp_path, dry_run=True)
    assert queries.twins() == []
    import_directory(tmp_path)
    write(tmp_path, "schools", *lines[1:])
    import_directory(tmp_path, allow_shrink=True)
    assert queries.twins() == [], "a school that is gone is nobody's twin"
