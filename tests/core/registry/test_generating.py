import csv
import hashlib
import os
import re
import subprocess
import sys
import tomllib
import unicodedata
from collections import Counter, defaultdict
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import pytest
from skolemerke.registry.generating import Counts, generate
from skolemerke.registry.importing import twinning

HEADERS = {
    "schools": "school_id,name,country,city,registered_on,agency,region,level,pupils,language,address,"
    "head_name,head_email,site",
    "teachers": "teacher_id,school_id,name,email,language,role,registered_on,left_on",
    "activities": "activity_id,teacher_id,school_id,kind,happened_on",
    "projects": "project_id,title,european,started_on",
    "memberships": "project_id,teacher_id,school_id,joined_on",
    "quality_labels": "label_id,project_id,teacher_id,school_id,kind,granted_on",
    "school_labels": "label_id,round,school_id,school_name,country,region,awarded_on",
}
KEYS = {
    "schools": ("school_id",),
    "teachers": ("teacher_id", "school_id"),
    "activities": ("activity_id",),
    "projects": ("project_id",),
    "memberships": ("project_id", "teacher_id", "school_id"),
    "quality_labels": ("label_id",),
    "school_labels": ("label_id",),
}
COUNTRIES = (
    "AL AM AT AZ BA BE BG CY CZ DE DK EE ES FI FR GE GR HR HU IE IS IT JO LB LI LT LU LV MD MK MT NL NO PL PT RO RS "
    "SE SI SK TN TR UA"
)
SCREENING = "2020-11-09"

Row = dict[str, str]


class Registry(NamedTuple):
    directory: Path
    counts: Counts
    rows: dict[str, list[Row]]


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@pytest.fixture(scope="module")
def registry(tmp_path_factory) -> Registry:
    directory = tmp_path_factory.mktemp("registry")
    counts = generate(directory, schools=4000, seed=7)
    return Registry(directory, counts, {name: read(directory / f"{name}.csv") for name in HEADERS})


def failing(rows: dict[str, list[Row]], at: str = SCREENING) -> dict[str, set[str]]:
    """Say of each school which criteria of 2021-2022 it does not meet, by nothing but loops over the rows."""
    active_until, granted_until = min(at, "2020-12-31"), min(at, "2020-11-09")
    services = defaultdict(list)
    for row in rows["teachers"]:
        services[row["teacher_id"]].append(row)
    active = set()
    for row in rows["activities"]:
        day = row["happened_on"]
        if "2019-01-01" <= day <= active_until:
            active |= {
                (row["teacher_id"], service["school_id"])
                for service in services[row["teacher_id"]]
                if row["school_id"] == service["school_id"] or (not row["school_id"] and serves(service, day))
            }
    actives = defaultdict(int)
    for row in rows["teachers"]:
        if (row["teacher_id"], row["school_id"]) in active and not (row["left_on"] and row["left_on"] <= at):
            actives[row["school_id"]] += 1
    european = {row["project_id"] for row in rows["projects"] if row["european"] == "yes"}
    labelled = {
        row["school_id"]
        for row in rows["quality_labels"]
        if row["kind"] == "national"
        and row["project_id"] in european
        and "2018-11-09" <= row["granted_on"] <= granted_until
    }
    return {
        row["school_id"]: {
            criterion
            for criterion, met in (
                ("registered", row["registered_on"] < "2018-11-09"),
                ("active_teachers", actives[row["school_id"]] >= 2),
                ("quality_label", row["school_id"] in labelled),
            )
            if not met
        }
        for row in rows["schools"]
    }


def serves(service: Row, day: str) -> bool:
    return service["registered_on"] <= day and not (service["left_on"] and service["left_on"] <= day)


def digest(directory: Path) -> str:
    whole = hashlib.sha256()
    for name in HEADERS:
        whole.update((directory / f"{name}.csv").read_bytes())
    return whole.hexdigest()


def test_same_seed_gives_same_bytes_in_another_process_with_another_hash_seed(tmp_path):
    generate(tmp_path / "here", schools=300, seed=3)
    program = (
        "import sys; from pathlib import Path; from skolemerke.registry.generating import generate;"
        "generate(Path(sys.argv[1]), schools=300, seed=3)"
    )
    environment = os.environ | {"PYTHONHASHSEED": "12345", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "there")], check=True, env=environment)
    assert digest(tmp_path / "here") == digest(tmp_path / "there")


def test_other_seed_gives_other_bytes(tmp_path):
    generate(tmp_path / "three", schools=100, seed=3)
    generate(tmp_path / "four", schools=100, seed=4)
    assert digest(tmp_path / "three") != digest(tmp_path / "four")


def test_headers_are_those_of_the_design_and_counts_are_the_rows(registry):
    for name, header in HEADERS.items():
        text = (registry.directory / f"{name}.csv").read_bytes().decode("utf-8")
        assert text.startswith(header + "\n")
        assert text.endswith("\n")
        assert "\r" not in text
        assert getattr(registry.counts, name) == len(registry.rows[name])
    assert registry.counts.schools == 4000
    assert sorted(path.name for path in registry.directory.iterdir()) == sorted(f"{name}.csv" for name in HEADERS)


def test_every_cell_has_its_format(registry):
    rows = registry.rows
    for table in rows.values():
        for row in table:
            assert None not in row
            assert None not in row.values()
            for column, value in row.items():
                if column.endswith("_on") and (value or column != "left_on"):
                    assert date.fromisoformat(value).isoformat() == value
    assert {row["country"] for row in rows["schools"]} == set(COUNTRIES.split())
    assert all(row["name"] and row["city"] for row in rows["schools"])
    assert all(re.fullmatch(row["country"] + r"\d{6}", row["school_id"]) for row in rows["schools"])
    assert all(re.fullmatch(r"T\d{7}", row["teacher_id"]) for row in rows["teachers"])
    addresses = [row["email"] for row in rows["teachers"]] + [row["head_email"] for row in rows["schools"]]
    assert all(re.fullmatch(r"[a-z0-9.]+@skole\.example", address) for address in addresses if address)
    assert {row["kind"] for row in rows["activities"]} == {"project", "training", "event", "collaboration"}
    assert {row["european"] for row in rows["projects"]} == {"yes", "no"}
    assert {row["kind"] for row in rows["quality_labels"]} == {"national", "european"}
    assert {row["round"] for row in rows["school_labels"]} == {"2018-2019", "2019-2020", "2020-2021"}


def test_keys_are_unique_and_parents_exist_except_the_schools_known_by_name_alone(registry):
    rows = registry.rows
    for name, columns in KEYS.items():
        keys = [tuple(row[column] for column in columns) for row in rows[name]]
        assert len(set(keys)) == len(keys)
    schools = {row["school_id"] for row in rows["schools"]}
    projects = {row["project_id"]: row for row in rows["projects"]}
    services = {(row["teacher_id"], row["school_id"]) for row in rows["teachers"]}
    teachers = {teacher for teacher, _ in services}
    members = {(row["project_id"], row["teacher_id"], row["school_id"]) for row in rows["memberships"]}
    assert all(school in schools for _, school in services)
    for row in rows["activities"]:
        assert row["teacher_id"] in teachers
        assert not row["school_id"] or (row["teacher_id"], row["school_id"]) in services
    for row in rows["memberships"]:
        assert (row["teacher_id"], row["school_id"]) in services
        assert projects[row["project_id"]]["started_on"] <= row["joined_on"]
    assert all((row["project_id"], row["teacher_id"], row["school_id"]) in members for row in rows["quality_labels"])
    unlinked = [row for row in rows["school_labels"] if row["school_id"] not in schools]
    assert unlinked
    names = {row["name"] for row in rows["schools"]}
    assert all(not row["school_id"] and row["school_name"] in names for row in unlinked)


def test_one_teacher_has_one_name_and_address_in_all_schools(registry):
    known = {}
    for row in registry.rows["teachers"]:
        facts = (row["name"], row["email"])
        assert known.setdefault(row["teacher_id"], facts) == facts
    assert len(known) < len(registry.rows["teachers"])


def test_about_one_school_in_fifty_may_apply_and_most_of_the_near_misses_occur(registry):
    verdicts = failing(registry.rows)
    eligible = {school for school, fails in verdicts.items() if not fails}
    assert 0.017 <= len(eligible) / len(verdicts) <= 0.028
    serving = [row for row in registry.rows["teachers"] if not row["left_on"] or row["left_on"] > SCREENING]
    assert 6 <= sum(row["school_id"] in eligible for row in serving) / len(eligible) <= 9.5
    misses = [tuple(fails) for fails in verdicts.values() if len(fails) == 1]
    assert set(misses) == {("registered",), ("active_teachers",), ("quality_label",)}
    later = {school for school, fails in failing(registry.rows, "2021-01-31").items() if not fails}
    assert later - eligible


@pytest.mark.parametrize("seed", [1, 2])
def test_two_thousand_schools_are_enough_for_a_demonstration(tmp_path, seed):
    generate(tmp_path, schools=2000, seed=seed)
    rows = {name: read(tmp_path / f"{name}.csv") for name in HEADERS}
    eligible = [school for school, fails in failing(rows).items() if not fails]
    assert len(eligible) >= 35
    assert sum(school.startswith("NO") for school in eligible) >= 4
    assert sum(school.startswith("SE") for school in eligible) >= 3


def test_planted_schools_meet_and_fail_exactly_what_their_file_states(registry):
    stated = tomllib.loads((files("skolemerke.registry.generating") / "data/planted.toml").read_text(encoding="utf-8"))[
        "school"
    ]
    verdicts = failing(registry.rows)
    for country in ("NO", "SE"):
        schools = [school for school in stated if school["country"] == country]
        for serial, school in enumerate(schools, 1):
            assert verdicts[f"{country}{serial:06d}"] == set(school.get("fails", [])), school["case"]


def test_a_later_instant_lets_the_school_in_that_was_active_after_the_screening(registry):
    assert failing(registry.rows)["NO000010"] == {"active_teachers"}
    assert failing(registry.rows, "2020-11-10")["NO000010"] == set()


def test_odd_cases_are_in_the_files(registry):
    rows = registry.rows
    schools = [row["name"] for row in rows["schools"]]
    teachers = [row["name"] for row in rows["teachers"]]
    for names in (schools, teachers):
        assert any(name.startswith("=") for name in names)
        assert any(name.startswith("+") for name in names)
        assert any("," in name for name in names)
        assert any("'" in name for name in names)
        assert any('"' in name for name in names)
    assert max(map(len, schools)) > 200
    assert any(unicodedata.normalize("NFC", name) != name for name in schools)
    scripts = {unicodedata.name(letter).split()[0] for name in schools for letter in name if letter.isalpha()}
    assert scripts >= {"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "GEORGIAN", "ARABIC"}
    assert "2018-11-09" in {row["registered_on"] for row in rows["schools"]}
    assert {"2018-11-09", "2020-11-09"} <= {row["granted_on"] for row in rows["quality_labels"]}
    assert SCREENING in {row["left_on"] for row in rows["teachers"]}
    assert any(not row["school_id"] for row in rows["activities"])
    assert any(not row["head_name"] for row in rows["schools"])
    assert max(row["happened_on"] for row in rows["activities"]) > "2021-01-31"


def test_a_few_schools_are_there_twice_and_no_others_look_alike(registry):
    rows = registry.rows["schools"]
    candidates = [twinning.Candidate(at, row["country"], row["city"], row["name"]) for at, row in enumerate(rows)]
    found = list(twinning.pairs(candidates))
    assert 5 <= len(found) <= 24
    assert {pair.twin - pair.school for pair in found} == {1}, "the twin comes right after its school"
    assert any(rows[pair.school]["name"] != rows[pair.twin]["name"] for pair in found)


def test_some_teachers_have_no_address_or_share_one(registry):
    teachers = {row["teacher_id"]: row["email"] for row in registry.rows["teachers"]}
    without = sum(not email for email in teachers.values())
    assert 0.008 <= without / len(teachers) <= 0.016
    owners = Counter(email for email in teachers.values() if email)
    assert max(owners.values()) >= 3
    assert all(email.startswith("post.") for email, count in owners.items() if count > 1)


def test_norway_writes_both_written_languages_and_keeps_some_codes_of_the_old_portal(registry):
    schools = {row["school_id"]: row for row in registry.rows["schools"]}
    norwegian = [row for row in schools.values() if row["country"] == "NO"]
    assert {row["language"] for row in norwegian} == {"nb", "nn"}
    assert any(row["language"] == "nn" and "skule" in row["name"] for row in norwegian)
    spoken = defaultdict(set)
    for row in registry.rows["teachers"]:
        spoken[schools[row["school_id"]]["country"]].add(row["language"])
    assert spoken["NO"] >= {"nb", "nn", "no"}
    assert spoken["CZ"] >= {"cs", "cz"}


@pytest.mark.parametrize("schools", [1, 20, 69, 138, 139])
def test_any_small_number_of_schools_is_kept_exactly(tmp_path, schools):
    heard = []
    counts = generate(tmp_path, schools=schools, seed=1, progress=heard.append)
    assert counts.schools == len(read(tmp_path / "schools.csv")) == schools
    assert len(heard) == len(COUNTRIES.split())


def test_no_school_is_refused_and_writes_nothing(tmp_path):
    with pytest.raises(ValueError, match="at least one school, not 0"):
        generate(tmp_path / "none", schools=0, seed=1)
    assert not (tmp_path / "none").exists()


def test_a_generation_that_fails_leaves_the_earlier_files_whole(tmp_path):
    generate(tmp_path, schools=50, seed=1)
    before = digest(tmp_path)

    def stop(_: str) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        generate(tmp_path, schools=50, seed=2, progress=stop)
    assert digest(tmp_path) == before
    assert not list(tmp_path.glob("*.part"))
