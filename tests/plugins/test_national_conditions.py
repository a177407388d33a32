"""The overlays of single agencies: their own schools are held to more, every other school to what held before."""

import pytest
from skolemerke import database
from skolemerke.agencies.operations import create
from skolemerke.eligibility import queries
from skolemerke.eligibility.operations import check
from skolemerke.registry.models import School
from skolemerke.registry.operations import import_directory
from skolemerke.rounds import queries as rounds
from skolemerke.rounds.operations import freeze_all
from sqlalchemy import select
from support.installation import SECOND, SHIPPED, install, running
from support.public_site import visitor
from support.registry_files import write
from support.screened import school

TURKEY, ITALY = "turkey-national-conditions", "italy-label-at-school"
EUROPEAN = ["registered", "active_teachers", "quality_label"]
LOGO = "school_id,name,country,city,registered_on,etwinning_logo"
TURKISH = {"TR1": "yes", "TR2": "no", "TR3": "", "TR4": "yes", "TR5": "yes", "NO1": ""}
"""The schools of the first registry, with what the register notes of their websites."""


@pytest.fixture
def home(tmp_path):
    return install(tmp_path, *SHIPPED, *SECOND, TURKEY, ITALY)


def in_2020(folder):
    """Six schools that meet every European condition; they differ in what Turkey asks for besides.

    TR4 has no leader among its people, TR5 nobody who attended an event.
    """
    write(
        folder,
        "schools",
        *(f"{name},School {name},{name[:2]},X,2015-01-01,{TURKISH[name]}" for name in TURKISH),
        header=LOGO,
    )
    people, deeds, labels = [], [], []
    for name in TURKISH:
        role = "teacher" if name in {"TR4", "NO1"} else "deputy_head"
        kind = "project" if name in {"TR5", "NO1"} else "training"
        people += [f"{name}a,{name},A,a@{name}.example,en,{role},2015-01-01,"]
        people += [f"{name}b,{name},B,b@{name}.example,en,teacher,2015-01-01,"]
        deeds += [f"{name}1,{name}a,{name},{kind},2020-02-02", f"{name}2,{name}b,{name},project,2020-02-02"]
        labels += [f"Q{name},P1,{name}a,{name},national,2020-05-05"]
    write(folder, "teachers", *people)
    write(folder, "activities", *deeds)
    write(folder, "projects", "P1,Water,yes,2018-01-01")
    write(folder, "quality_labels", *labels)
    import_directory(folder)


def eligible(round_id):
    database.current().forget()
    found = set(database.read().scalars(queries.eligible_schools(round_id)))
    return {text_id: key in found for text_id, key in database.read().execute(select(School.school_id, School.id))}


def results(round_id, text_id):
    return {result.id: result.verdict.word for result in queries.explain(round_id, school(text_id), "en").criteria}


def test_turkish_schools_are_held_to_more_and_no_other_school_is(home, tmp_path):
    with running(home):
        create("tr", "Türkiye", ["TR"], "tr")
        create("no", "Norge", ["NO"], "nb")
        in_2020(tmp_path / "files")
        check("2021-2022")

        assert eligible("2021-2022") == {
            "TR1": True, "TR2": False, "TR3": False, "TR4": False, "TR5": False, "NO1": True,
        }  # fmt: skip
        assert list(results("2021-2022", "NO1")) == EUROPEAN
        own = {name: results("2021-2022", name) for name in ("TR1", "TR2", "TR3", "TR4", "TR5")}
    assert list(own["TR1"]) == [*EUROPEAN, "leader_registered", "event_attended", "logo_on_site"]
    failed = {name: {key: word for key, word in found.items() if word != "met"} for name, found in own.items()}
    assert failed == {
        "TR1": {},
        "TR2": {"logo_on_site": "not_met"},
        "TR3": {"logo_on_site": "unclear"},
        "TR4": {"leader_registered": "not_met"},
        "TR5": {"event_attended": "not_met"},
    }


def test_without_the_overlay_the_same_schools_may_all_apply(tmp_path):
    with running(install(tmp_path, *SHIPPED)):
        create("tr", "Türkiye", ["TR"], "tr")
        in_2020(tmp_path / "files")
        check("2021-2022")
        assert set(eligible("2021-2022").values()) == {True}


def test_turkish_schools_without_an_agency_of_their_own_are_checked_as_everywhere(home, tmp_path):
    with running(home):
        in_2020(tmp_path / "files")
        check("2021-2022")
        assert set(eligible("2021-2022").values()) == {True}


@pytest.mark.parametrize("code", ["it", "IT"])
def test_a_label_that_came_with_the_teacher_counts_not_in_italy(home, tmp_path, code):
    folder = tmp_path / "files"
    schools = ("IT1", "IT2", "ES2")
    with running(home, now="2024-02-10T09:00:00+01:00"):
        create(code, "Italia", ["IT"], "it")
        write(folder, "schools", *(f"{name},School {name},{name[:2]},X,2015-01-01" for name in schools))
        came = {"IT1": "2015-01-01", "IT2": "2023-09-01", "ES2": "2023-09-01"}
        people = [
            f"{name}{who},{name},A,{who}@{name}.example,en,teacher,{came[name]}," for name in schools for who in "abc"
        ]
        write(folder, "teachers", *people)
        write(
            folder,
            "activities",
            *(f"{name}{who}1,{name}{who},{name},event,2023-10-10" for name in schools for who in "abc"),
        )
        write(folder, "projects", "P1,Water,yes,2018-01-01")
        write(folder, "quality_labels", *(f"Q{name},P1,{name}a,{name},national,2022-06-06" for name in schools))
        import_directory(folder)
        check("2024-2025")
        assert eligible("2024-2025") == {"IT1": True, "IT2": False, "ES2": True}
        assert results("2024-2025", "IT2")["quality_label"] == "not_met"


def test_holders_of_the_round_before_may_not_apply_and_earlier_ones_may(home, tmp_path):
    folder = tmp_path / "files"
    schools = ("NO1", "NO2", "NO3")
    with running(home, now="2026-02-15T09:00:00+01:00"):
        write(folder, "schools", *(f"{name},School {name},NO,X,2015-01-01" for name in schools))
        write(
            folder,
            "teachers",
            *(f"{name}{who},{name},A,{who}@{name}.example,en,teacher,2015-01-01," for name in schools for who in "abc"),
        )
        write(
            folder,
            "activities",
            *(f"{name}{who}1,{name}{who},{name},event,2025-10-10" for name in schools for who in "abc"),
        )
        write(folder, "projects", "P1,Water,yes,2018-01-01")
        write(folder, "quality_labels", *(f"Q{name},P1,{name}a,{name},national,2025-06-06" for name in schools))
        write(
            folder,
            "school_labels",
            "L1,2025-2026,NO1,School NO1,NO,,2025-04-01",
            "L2,2024-2025,NO2,School NO2,NO,,2024-05-06",
        )
        import_directory(folder)
        check("2026-2027")
        assert eligible("2026-2027") == {"NO1": False, "NO2": True, "NO3": True}
        assert results("2026-2027", "NO1")["no_recent_label"] == "not_met"


def test_an_agency_with_an_earlier_deadline_moves_its_own_and_nobody_elses(home):
    from skolemerke.rounds.operations import move_dates

    with running(home, now="2024-02-10T09:00:00+01:00"):
        poland, italy = (create(code, code, [code.upper()], "en").id for code in ("pl", "it"))
        dates = {"closes": "2024-02-28T23:59:59+01:00", "signatures_due": "2024-03-06T23:59:59+01:00"}
        move_dates("2024-2025", poland, dates, "The agency has announced 28 February.")
        closes = [rounds.calendar_of("2024-2025", agency).closes for agency in (None, poland, italy)]
    assert [instant.date().isoformat() for instant in closes] == ["2024-03-15", "2024-02-28", "2024-03-15"]


def test_an_overlay_for_one_agency_makes_one_other_edition(home):
    with running(home):
        turkey = create("tr", "Türkiye", ["TR"], "tr").id
        create("no", "Norge", ["NO"], "nb")
        editions = freeze_all("2021-2022")
        kept = {
            edition.agency_id: [overlay.overlay for overlay in rounds.content(edition).overlays] for edition in editions
        }
    assert {agency: found for agency, found in kept.items() if found} == {turkey: [TURKEY]}


@pytest.mark.parametrize(
    ("language", "words"), [("en", "our conclusion"), ("nb", "vår slutning"), ("nn", "vår slutning")]
)
def test_the_agencys_own_page_says_what_was_added_why_and_how_sure_that_is(home, language, words):
    with running(home) as app:
        create("tr", "Türkiye", ["TR"], "tr")
        page = visitor(app).get(f"/rounds/2021-2022?language={language}").get_data(as_text=True)
    assert page.count(words) == 2, "the two points that come from the guide"
