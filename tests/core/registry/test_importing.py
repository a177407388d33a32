import csv
from pathlib import Path

import pytest
from flask import Flask
from skolemerke import audit, database
from skolemerke.agencies.operations import create
from skolemerke.registry.generating import generate
from skolemerke.registry.importing import records
from skolemerke.registry.importing.report import ImportRefused, ImportReport
from skolemerke.registry.models import Activity, Import, School, SchoolLabel, Teacher
from skolemerke.registry.operations import award_label, import_directory, settle_agencies
from skolemerke.registry.queries import school_by_id
from sqlalchemy import func, select
from support.registry_files import COLUMNS, SMALL, write, write_small

pytestmark = pytest.mark.usefixtures("app")


def counts(report: ImportReport) -> dict[str, tuple[int, int, int, int, int, int]]:
    return {c.file.removesuffix(".csv"): (c.rows, c.new, c.changed, c.same, c.gone, c.rejected) for c in report.files}


def rejected(folder: Path, name: str) -> list[tuple[str, str]]:
    with (folder / f"{name}.csv.rejected.csv").open(encoding="utf-8", newline="") as file:
        return [(row["line"], row["reason"]) for row in csv.DictReader(file)]


def school(text_id: str) -> School:
    database.current().forget()
    found = school_by_id(text_id)
    assert found is not None
    return found


def test_a_registry_is_imported_whole_and_a_second_time_changes_nothing(app: Flask, tmp_path: Path) -> None:
    files = write_small(tmp_path / "files")
    first = import_directory(files)
    assert first.number == 1
    assert counts(first) == {name: (len(rows), len(rows), 0, 0, 0, 0) for name, rows in SMALL.items()}
    second = import_directory(files)
    assert counts(second) == {name: (len(rows), 0, 0, len(rows), 0, 0) for name, rows in SMALL.items()}
    assert second.number == 2
    assert list(audit.breaks(database.read())) == []


def test_a_generated_registry_is_imported_without_a_rejection_and_again_unchanged(app: Flask, tmp_path: Path) -> None:
    made = generate(tmp_path / "files", schools=1500, seed=5)
    first, second = import_directory(tmp_path / "files"), import_directory(tmp_path / "files")
    assert {name: new for name, (_, new, *_) in counts(first).items()} == vars(made)
    assert {name: same for name, (_, _, _, same, _, _) in counts(second).items()} == vars(made)
    assert first.rejected == second.rejected == 0


def test_header_in_any_order_with_a_mark_and_unknown_columns_kept_as_facts(app: Flask, tmp_path: Path) -> None:
    text = "\ufeffowner,registered_on,city,country,name,school_id,language,pupils\r\n"
    text += "county,2015-01-01,Ås,no,=1+1,NO1,no,120\r\n"
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "schools.csv").write_bytes(text.encode())
    assert counts(import_directory(tmp_path / "files")) == {"schools": (1, 1, 0, 0, 0, 0)}
    found = school("NO1")
    assert (found.name, found.country, found.language, found.pupils) == ("=1+1", "NO", "nb", 120)
    assert found.facts == {"owner": "county"}


def test_an_empty_cell_of_a_date_a_number_or_a_parent_is_kept_as_none(app: Flask, tmp_path: Path) -> None:
    import_directory(write_small(tmp_path))
    read = database.read()
    query = select(Teacher.name).where(Teacher.left_on.is_(None), Teacher.school_id == school("NO1").id)
    assert sorted(read.scalars(query)) == ["Kari Nordmann", "Ola Nordmann", "Uten Post"]
    assert read.scalars(select(Activity.activity_id).where(Activity.school_id.is_(None))).all() == ["A1"]
    assert read.scalars(select(SchoolLabel.certificate).where(SchoolLabel.school_id.is_(None))).all() == ["L2"]
    assert school("NO1").pupils is None


def test_a_row_of_broken_csv_is_rejected_and_the_good_ones_before_and_after_it_are_taken(
    app: Flask, tmp_path: Path
) -> None:
    write(tmp_path, "schools", "A,A,NO,,2015-01-01", 'B,"B"b,NO,,2015-01-01', "C,C,NO,,2015-01-01")
    assert counts(import_directory(tmp_path)) == {"schools": (3, 2, 0, 0, 0, 1)}
    assert rejected(tmp_path, "schools") == [("3", "can't be read as CSV: ',' expected after '\"'")]


def test_languages_no_and_cz_are_read_as_nb_and_cs(app: Flask, tmp_path: Path) -> None:
    header = COLUMNS["schools"] + ",language"
    write(tmp_path, "schools", "A,A,NO,,2015-01-01,no", "B,B,CZ,,2015-01-01,cz", "C,C,NO,,2015-01-01,nn", header=header)
    import_directory(tmp_path)
    assert [school(text_id).language for text_id in "ABC"] == ["nb", "cs", "nn"]


def test_a_file_that_is_refused_changes_nothing_in_any_table(app: Flask, tmp_path: Path) -> None:
    import_directory(write_small(tmp_path / "files"))
    write_small(tmp_path / "files", schools=[], teachers=[])
    (tmp_path / "files" / "school_labels.csv").write_bytes(b"label_id")
    with pytest.raises(ImportRefused, match=r"school_labels\.csv: line 1 lacks round"):
        import_directory(tmp_path / "files", allow_shrink=True)
    assert database.read().scalar(select(func.count()).where(Teacher.gone.is_(False))) == len(SMALL["teachers"])
    assert database.read().scalar(select(func.max(Import.number))) == 1


def test_rows_that_can_not_be_taken_are_rejected_with_line_and_reason_and_the_rest_goes_on(
    app: Flask, tmp_path: Path
) -> None:
    write_small(
        tmp_path,
        schools=[
            *SMALL["schools"],
            "NO3,x,NO,x,2015-02-30",
            "NO1,again,NO,x,2015-01-01",
            ",x,NO,x,2015-01-01",
            "NO4,x,EL,x,2015-01-01",
            "NO5,x,NO,x",
            'NO6,"x"y,NO,x,2015-01-01',
            "NO7,,NO,x,2015-01-01",
            f"NO8,{'x' * 1_000_000},NO,x,2015-01-01",
            "NO9,a\0b,NO,x,2015-01-01",
            "SE9,last,SE,x,2015-01-01",
        ],
        teachers=[*SMALL["teachers"], "T9,XX,x,x@y.example,,,,", "T8,NO1,x,no address,,,,", "T7,NO1,x,,norsk,,,"],
        activities=[*SMALL["activities"], "A9,T9,,event,2020-01-01", "A8,T1,NO1,party,2020-01-01"],
    )
    report = import_directory(tmp_path)
    assert counts(report)["schools"] == (14, 5, 0, 0, 0, 9)
    assert counts(report)["teachers"] == (10, 7, 0, 0, 0, 3)
    assert rejected(tmp_path, "schools") == [
        ("6", "registered_on is '2015-02-30' and not a date like 2020-11-09"),
        ("7", "repeats the key NO1 of line 2"),
        ("8", "school_id is empty"),
        ("9", "country is 'EL' and not a country of ISO 3166-1 such as NO"),
        ("10", "has 4 cells where the header has 5"),
        ("11", "can't be read as CSV: ',' expected after '\"'"),
        ("12", "name is empty"),
        ("13", "name has 1000000 characters where at most 400 fit"),
        ("14", "contains a NUL character"),
    ]
    assert rejected(tmp_path, "teachers") == [
        ("9", "names the school_id XX, which the registry does not know"),
        ("10", "email is 'no address' and not an e-mail address"),
        ("11", "language is 'norsk' and not a language of BCP 47 such as nb"),
    ]
    assert rejected(tmp_path, "activities") == [
        ("8", "names the teacher_id T9, which the registry does not know"),
        ("9", "kind is 'party' and not one of project, training, event, collaboration"),
    ]
    assert school("NO1").name == "Ås skole"


@pytest.mark.parametrize("order", [(1, 2, 3, 2), (1, 3, 2, 3), (3, 2, 1, 2)])
def test_a_repeated_key_is_found_in_whatever_order_and_batches_the_rows_come(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: tuple[int, ...]
) -> None:
    monkeypatch.setattr(records, "AT_ONCE", 2)
    write(tmp_path, "schools", *(f"NO{number},School,NO,Place {at},2015-01-01" for at, number in enumerate(order)))
    assert counts(import_directory(tmp_path))["schools"] == (4, 3, 0, 0, 0, 1)
    first = order.index(order[3]) + 2
    assert rejected(tmp_path, "schools") == [("5", f"repeats the key NO{order[3]} of line {first}")]


def test_half_of_a_surrogate_pair_rejects_its_row_alone(app: Flask, tmp_path: Path) -> None:
    path = write(tmp_path, "schools", "NO1,Ås,NO,Ås,2015-01-01", "NO2,HALF,NO,Ås,2015-01-01")
    path.write_bytes(path.read_bytes().replace(b"HALF", "\ud800".encode("utf-8", "surrogatepass")))
    assert counts(import_directory(tmp_path)) == {"schools": (2, 1, 0, 0, 0, 1)}
    assert rejected(tmp_path, "schools") == [("3", "contains half of a surrogate pair")]


def test_a_rejected_cell_is_no_formula_and_rejected_files_do_not_outlive_their_import(
    app: Flask, tmp_path: Path
) -> None:
    files, elsewhere = tmp_path / "files", tmp_path / "elsewhere"
    write(files, "schools", "NO1,=HYPERLINK(1),NO,Ås,someday")
    import_directory(files, rejected_dir=elsewhere)
    assert not (files / "schools.csv.rejected.csv").exists()
    assert ",'=HYPERLINK(1)," in (elsewhere / "schools.csv.rejected.csv").read_text(encoding="utf-8")
    write(files, "schools", "NO1,x,NO,Ås,2015-01-01")
    import_directory(files, rejected_dir=elsewhere)
    assert list(elsewhere.iterdir()) == []


def test_rows_that_are_gone_are_marked_and_come_back_unmarked(app: Flask, tmp_path: Path) -> None:
    teachers = [f"T{number},NO1,Name,t{number}@skole.example,,,," for number in range(10)]
    write(tmp_path, "schools", SMALL["schools"][0])
    write(tmp_path, "teachers", *teachers)
    import_directory(tmp_path)
    (tmp_path / "schools.csv").unlink()
    write(tmp_path, "teachers", *teachers[:8])
    assert counts(import_directory(tmp_path)) == {"teachers": (8, 0, 0, 8, 2, 0)}
    assert counts(import_directory(tmp_path)) == {"teachers": (8, 0, 0, 8, 0, 0)}
    assert not school("NO1").gone, "an absent file is left alone"
    write(tmp_path, "teachers", *teachers)
    assert counts(import_directory(tmp_path)) == {"teachers": (10, 0, 2, 8, 0, 0)}
    assert database.read().scalar(select(func.count()).where(Teacher.gone.is_(False))) == 10


def test_more_than_a_fifth_gone_is_refused_unless_it_is_allowed(app: Flask, tmp_path: Path) -> None:
    teachers = [f"T{number},NO1,Name,t{number}@skole.example,,,," for number in range(10)]
    write(tmp_path, "schools", SMALL["schools"][0])
    write(tmp_path, "teachers", *teachers)
    import_directory(tmp_path)
    write(tmp_path, "schools", "NO1,Another name,NO,Ås,2015-01-01")
    write(tmp_path, "teachers", *teachers[:7])
    with pytest.raises(ImportRefused, match=r"teachers.csv: 3 of 10 rows would be gone.*--allow-shrink"):
        import_directory(tmp_path)
    assert school("NO1").name == "Ås skole", "a file before it was not stored either"
    assert counts(import_directory(tmp_path, allow_shrink=True))["teachers"] == (7, 0, 0, 7, 3, 0)


def test_a_row_that_became_unreadable_leaves_the_stored_one_as_it_is(app: Flask, tmp_path: Path) -> None:
    write(tmp_path, "schools", *SMALL["schools"])
    import_directory(tmp_path)
    write(tmp_path, "schools", *SMALL["schools"][:3], "SE2,Tallskolan,SE,Lund,sometime")
    assert counts(import_directory(tmp_path)) == {"schools": (4, 0, 0, 3, 0, 1)}
    assert not school("SE2").gone


def test_a_dry_run_counts_the_same_and_writes_nothing(app: Flask, tmp_path: Path) -> None:
    files = write_small(tmp_path / "files", teachers=[*SMALL["teachers"], "T9,XX,x,,,,,"])
    tried = import_directory(files, dry_run=True)
    assert tried.number is None
    assert database.read().scalar(select(func.count()).select_from(School)) == 0
    assert not (files / "teachers.csv.rejected.csv").exists()
    assert counts(tried) == counts(import_directory(files))


def test_the_extract_of_an_agency_is_the_full_set_of_its_schools_only(app: Flask, tmp_path: Path) -> None:
    create("no", "Norge", ["NO"])
    import_directory(write_small(tmp_path / "all"))
    lines = [line for line in SMALL["teachers"] if ",NO" in line]
    write(tmp_path / "part", "schools", *SMALL["schools"][:2])
    write(tmp_path / "part", "teachers", *lines[:-1])
    write(tmp_path / "part", "projects", SMALL["projects"][0])
    write(tmp_path / "part", "activities", *SMALL["activities"][1:4], SMALL["activities"][5])
    found = counts(import_directory(tmp_path / "part", agency_code="NO", allow_shrink=True))
    assert found == {
        "schools": (2, 0, 0, 2, 0, 0),
        "teachers": (5, 0, 0, 5, 1, 0),
        "projects": (1, 0, 0, 1, 0, 0),
        "activities": (4, 0, 0, 4, 1, 0),
    }
    gone = database.read().scalars(select(Activity.activity_id).where(Activity.gone.is_(True))).all()
    assert gone == ["A1"], "without a school, of a teacher who serves at schools of the agency alone"
    with pytest.raises(ImportRefused, match="there is no agency 'xx'"):
        import_directory(tmp_path / "part", agency_code="xx")


def test_a_school_comes_under_the_agency_that_it_names_else_that_of_its_country(app: Flask, tmp_path: Path) -> None:
    norway, walloons = create("no", "Norge", ["NO"]), create("be-fr", "Belgique")
    header = COLUMNS["schools"] + ",agency"
    lines = ["A,A,NO,,2015-01-01,", "B,B,BE,,2015-01-01,BE-FR", "C,C,SE,,2015-01-01,", "D,D,NO,,2015-01-01,other"]
    write(tmp_path, "schools", *lines, header=header)
    import_directory(tmp_path)
    assert [school(text_id).agency_id for text_id in "ABCD"] == [norway.id, walloons.id, None, None]
    sweden = create("se", "Sverige", ["SE"])
    assert settle_agencies() == 1
    assert school("C").agency_id == sweden.id
    assert settle_agencies() == 0
    assert counts(import_directory(tmp_path)) == {"schools": (4, 0, 0, 4, 0, 0)}


def test_labels_of_earlier_rounds_take_their_years_from_the_name_of_the_round_else_from_the_award(
    app: Flask, tmp_path: Path
) -> None:
    import_directory(write_small(tmp_path))
    columns = (SchoolLabel.certificate, SchoolLabel.valid_from, SchoolLabel.valid_to, SchoolLabel.city)
    found = database.read().execute(select(*columns).order_by(SchoolLabel.certificate))
    assert found.all() == [("L1", 2018, 2019, "Ås"), ("L2", 2017, 2018, "")]


def test_a_label_that_was_decided_here_is_touched_by_no_list(app: Flask, tmp_path: Path) -> None:
    import_directory(write_small(tmp_path))
    here = school("NO1")
    with database.write() as session:
        facts = {"round_id": "2021-2022", "awarded_on": here.registered_on, "valid_from": 2021, "valid_to": 2022}
        label = award_label(session, school=here, **facts)
        assert award_label(session, school=here, **facts) is label
    write(tmp_path, "school_labels", *SMALL["school_labels"], f"{label.certificate},x,,Other,NO,,2017-03-01")
    assert counts(import_directory(tmp_path))["school_labels"] == (3, 0, 0, 2, 0, 1)
    write(tmp_path, "school_labels", *SMALL["school_labels"])
    assert counts(import_directory(tmp_path))["school_labels"] == (2, 0, 0, 2, 0, 0)
    kept = database.read().get_one(SchoolLabel, label.id)
    assert (kept.school_name, kept.gone, kept.origin) == ("Ås skole", False, "decision")


def test_a_directory_without_registry_files_is_refused(app: Flask, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="holds no registry file"):
        import_directory(tmp_path / "plugins")
    with pytest.raises(ImportRefused, match="is no directory"):
        import_directory(tmp_path / "nowhere")
