from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from skolemerke import audit, clock, database, outbox
from skolemerke.eligibility.operations import check
from skolemerke.invitations import mails, queries
from skolemerke.invitations.models import InvitedSchool
from skolemerke.invitations.operations import InvitationRefusal, Queued, queue
from skolemerke.outbox import Mail
from skolemerke.people.actors import Actor
from skolemerke.people.rights import Refused
from skolemerke.registry.models import School
from skolemerke.registry.operations import import_directory
from skolemerke.rounds.operations import close_round, move_dates, open_round
from skolemerke.rounds.queries import UnknownRound
from sqlalchemy import select
from support.registry_files import SMALL, write
from support.screened import ROUND, school, small_registry

BOTH = [*SMALL["schools"][1:], "NO1,Ås skole,NO,Ås,2015-01-01"]
BOTH[0] = "NO2,Bø skole,NO,Bø,2015-01-01"
"""Two schools that may apply: Kari teaches at both."""


def queued() -> list[Mail]:
    database.current().forget()
    return list(database.read().scalars(select(Mail).order_by(Mail.address, Mail.school_id)))


def test_every_registered_teacher_of_a_school_that_may_apply_gets_one_mail_once(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path / "files")
    open_round(ROUND)
    check(ROUND)
    calls: list[int] = []
    outbox.of().on_queued = lambda: calls.append(1)
    assert queue(ROUND) == Queued(queued=2, already=0, schools=1)
    assert calls == [1]
    assert [(m.address, m.name, m.language, m.state) for m in queued()] == [
        ("kari@skole.example", "Kari Nordmann", "nb", "queued"),
        ("ola@skole.example", "Ola Nordmann", "nb", "queued"),
    ]
    assert queue(ROUND) == Queued(queued=0, already=2, schools=1)
    check(ROUND)
    assert queue(ROUND) == Queued(queued=0, already=2, schools=1)
    assert len({mail.message_id for mail in queued()}) == 2
    lines = database.read().scalars(select(audit.AuditLine.verb).order_by(audit.AuditLine.number)).all()
    assert lines.count("invitations.queued") == 1
    assert list(audit.breaks(database.read())) == []


def test_a_teacher_of_two_schools_gets_a_mail_for_each_and_a_new_colleague_one_later(
    app: Flask, tmp_path: Path
) -> None:
    small_registry(tmp_path / "files", schools=BOTH)
    open_round(ROUND)
    check(ROUND)
    assert queue(ROUND) == Queued(queued=4, already=0, schools=2)
    assert [mail.address for mail in queued()].count("kari@skole.example") == 2
    write(tmp_path / "files", "teachers", *SMALL["teachers"], "T9,NO2,Ny,ny@skole.example,,teacher,2020-11-20,")
    import_directory(tmp_path / "files")
    assert queue(ROUND) == Queued(queued=1, already=4, schools=2)


def test_the_language_is_that_of_teacher_else_school_else_agency_else_english(app: Flask, tmp_path: Path) -> None:
    teachers = [
        "T1,A,x,a1@x.example,nn,,,", "T2,A,x,a2@x.example,,,,",
        "T1,B,x,b1@x.example,,,,", "T2,B,x,b2@x.example,,,,",
        "T1,C,x,c1@x.example,,,,", "T2,C,x,c2@x.example,,,,",
    ]  # fmt: skip
    activities = [f"A{teacher}{place},T{teacher},{place},event,2020-01-01" for teacher in (1, 2) for place in "ABC"]
    labels = [f"Q{place},P1,T1,{place},national,2020-01-01" for place in "ABC"]
    small_registry(
        tmp_path / "files", schools=[], teachers=teachers, activities=activities, memberships=[],
        quality_labels=labels, school_labels=[],
    )  # fmt: skip
    header = "school_id,name,country,city,registered_on,language"
    lines = ["A,A,NO,,2015-01-01,se", "B,B,NO,,2015-01-01,", "C,C,DK,,2015-01-01,"]
    write(tmp_path / "files", "schools", *lines, header=header)
    import_directory(tmp_path / "files")
    open_round(ROUND)
    check(ROUND)
    queue(ROUND)
    assert [mail.language for mail in queued()] == ["nn", "se", "nb", "nb", "en", "en"]


def test_what_was_frozen_with_a_mail_does_not_follow_the_registry(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path / "files")
    open_round(ROUND)
    check(ROUND)
    queue(ROUND)
    changed = [line.replace("ola@", "ola.ny@") for line in SMALL["teachers"]]
    write(tmp_path / "files", "teachers", *changed)
    import_directory(tmp_path / "files")
    assert queue(ROUND).queued == 0
    assert [mail.address for mail in queued()] == ["kari@skole.example", "ola@skole.example"]


def test_nobody_is_invited_before_a_check_or_while_the_round_is_not_open(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path / "files")
    with pytest.raises(UnknownRound):
        queue("1999-2000")
    with pytest.raises(InvitationRefusal, match="was not checked yet"):
        queue(ROUND)
    check(ROUND)
    with pytest.raises(InvitationRefusal, match=r"is installed, .* run 'skolemerke rounds open 2021-2022' first"):
        queue(ROUND)
    open_round(ROUND)
    close_round(ROUND)
    with pytest.raises(InvitationRefusal, match="is closed"):
        queue(ROUND)
    assert queued() == []


def test_an_agency_that_moved_its_dates_invites_when_others_no_longer_do(app: Flask, tmp_path: Path) -> None:
    agencies = small_registry(tmp_path / "files")
    open_round(ROUND)
    check(ROUND)
    later = {"closes": "2021-02-20T23:59:59+01:00"}
    move_dates(ROUND, agencies.norway.id, later, "Schools were closed.")
    clock.current().move_to(datetime.fromisoformat("2021-02-15T12:00:00+01:00"))
    assert queue(ROUND) == Queued(queued=2, already=0, schools=1)


def test_a_school_that_was_invited_may_apply_whatever_a_later_run_says(app: Flask, tmp_path: Path) -> None:
    small_registry(tmp_path / "files")
    open_round(ROUND)
    check(ROUND)
    numbers = {name: school(name).id for name in ("NO1", "NO2")}
    assert queries.may_apply(ROUND, numbers["NO1"]), "who is eligible needs no mail first"
    assert not queries.may_apply(ROUND, numbers["NO2"])
    queue(ROUND)
    write(tmp_path / "files", "quality_labels", *SMALL["quality_labels"][1:])
    import_directory(tmp_path / "files", allow_shrink=True)
    assert check(ROUND).eligible == 0
    assert queries.may_apply(ROUND, numbers["NO1"])
    assert queries.rounds_open_to([school("NO1"), school("NO2")]) == {numbers["NO1"]: [ROUND], numbers["NO2"]: []}
    assert queue(ROUND) == Queued(queued=0, already=0, schools=0)
    clock.current().move_to(datetime.fromisoformat("2021-02-09T00:00:00+01:00"))
    assert queries.rounds_open_to([school("NO1")]) == {numbers["NO1"]: []}


def test_an_officer_invites_the_schools_of_the_own_agency_only(app: Flask, tmp_path: Path) -> None:
    agencies = small_registry(tmp_path / "files")
    open_round(ROUND)
    check(ROUND)
    with pytest.raises(Refused):
        queue(ROUND, actor=Actor(account_id=None, schools=frozenset({school("NO1").id})))
    assert queue(ROUND, actor=Actor(account_id=None, agencies=frozenset({agencies.sweden.id}))).queued == 0
    assert queue(ROUND, actor=Actor(account_id=None, agencies=frozenset({agencies.norway.id}))).queued == 2
    invited = select(School.school_id).join(InvitedSchool, InvitedSchool.school_id == School.id)
    assert database.read().scalars(invited).all() == ["NO1"]


def test_the_letter_names_school_round_deadline_and_agency_and_holds_no_key(app: Flask, tmp_path: Path) -> None:
    teachers = [line.replace(",nb,head", ",en,head") for line in SMALL["teachers"]]
    schools = ['NO1,"Ås\nskole {{ 7 * 7 }} %(school)s <b>",NO,Ås,2015-01-01', *SMALL["schools"][1:]]
    small_registry(tmp_path / "files", teachers=teachers, schools=schools)
    open_round(ROUND)
    check(ROUND)
    queue(ROUND)
    mails.register(app)
    letter = outbox.render(queued()[0])
    name = "Ås skole {{ 7 * 7 }} %(school)s <b>"
    assert letter.subject == f"{name} may apply for the eTwinning School Label 2021-2022"
    assert letter.text.startswith(f"Dear Kari Nordmann,\n\nGood news: {name} meets the conditions")
    assert "8 February 2021, 23:59 (CET)" in letter.text
    assert "http://127.0.0.1:5000/sign-in\n" in letter.text
    assert "Det norske kontoret: post@agency.example" in letter.text
    assert "kari@" not in letter.text
