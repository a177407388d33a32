"""Who gets in where: one line for each route, read by a person and walked by `test_routes.py`.

A line is a method, a rule of the application's map, and who gets in. A route without a line fails the test: add it
here, and to `ids_of` in `test_routes.py` when its address has a name that is new. `<view>` stands for each of `VIEWS`.

Who gets in is asked of every role, for the things of the own school (`own`: school A, of agency NO), of another school
(`other school`: school B, also of NO) and of another agency (`other agency`: school C, of agency SE).
"""

from __future__ import annotations

ROLES = ("anonymous", "teacher_a", "teacher_b", "officer_no", "officer_se", "central", "administrator")
SIDES = ("own", "other school", "other agency")

STAFF = {"officer_no", "officer_se", "central", "administrator"}
SEES_ALL = {"central", "administrator"}
TEACHES = {"own": {"teacher_a"}, "other school": {"teacher_b"}, "other agency": set[str]()}
SERVES = {"own": {"officer_no"}, "other school": {"officer_no"}, "other agency": {"officer_se"}}

WHO = {
    "anybody": lambda _side: set(ROLES),
    "signed in": lambda _side: set(ROLES) - {"anonymous"},
    "staff": lambda _side: STAFF,
    "central service": lambda _side: {"central"},
    "publishers": lambda _side: SEES_ALL,
    "administrators": lambda _side: {"administrator"},
    "its teachers": lambda side: TEACHES[side],
    "its teachers, its staff": lambda side: TEACHES[side] | SERVES[side] | SEES_ALL,
    "its staff": lambda side: SERVES[side] | SEES_ALL,
    "its officers": lambda side: SERVES[side],
    "its officers, administrators": lambda side: SERVES[side] | {"administrator"},
    "nobody": lambda _side: set[str](),
}
"""`its staff`: officers of the agency that answers for the thing, the central service and administrators."""

VIEWS = ("agencies", "applications", "changes", "labels", "mails", "schools", "stopped", "teachers")

TABLE = """
GET   /                                                   anybody
GET   /accessibility                                      anybody
GET   /contact                                            anybody
GET   /help                                               anybody
GET   /privacy                                            anybody
GET   /healthz                                            anybody
GET   /readyz                                             anybody
GET   /static/<path:filename>                             anybody
GET   /static/style.css                                   anybody
GET   /look/<filename>                                    anybody
GET   /rounds                                             anybody
GET   /rounds/<round_id>                                  anybody
GET   /rounds/<round_id>/form                             anybody
GET   /rounds/<round_id>/form.<any(pdf,docx):kind>         anybody
GET   /labels                                             anybody
GET   /labels.csv                                         anybody
GET   /labels.json                                        anybody
GET   /labels/<certificate>                               anybody

GET   /sign-in                                            anybody
POST  /sign-in                                            anybody
GET   /sign-in/code                                       anybody
POST  /sign-in/code                                       anybody
GET   /sign-in/link/<token>                               anybody
POST  /sign-in/link/<token>                               anybody
GET   /sign-in/second-factor                              anybody
POST  /sign-in/second-factor                              anybody
POST  /sign-in/with/<provider>                            nobody
GET   /sign-in/with/<provider>/back                       nobody
POST  /sign-out                                           anybody

GET   /account                                            signed in
POST  /account/sessions/<int(max=2147483647):session_id>/end   nobody
POST  /account/sessions/end-others                        signed in
POST  /account/shared                                     signed in
GET   /account/second-factor                              staff
POST  /account/second-factor                              staff
POST  /account/second-factor/begin                        staff
POST  /account/second-factor/codes                        staff
POST  /account/second-factor/remove                       nobody

GET   /applications                                       signed in
POST  /applications                                       its teachers
GET   /applications/<public_id>                           its teachers, its staff
GET   /applications/<public_id>/<section_id>              its teachers, its staff
POST  /applications/<public_id>/<section_id>              its teachers
POST  /applications/<public_id>/<section_id>/settle       its teachers
GET   /applications/<public_id>/<section_id>/autosave     its teachers, its staff
POST  /applications/<public_id>/<section_id>/autosave     its teachers
GET   /applications/<public_id>/history/<address>         its teachers, its staff
POST  /applications/<public_id>/history/<address>         its teachers
GET   /applications/<public_id>/changes/earlier           nobody
GET   /applications/<public_id>/print.pdf                 its teachers, its staff
GET   /applications/<public_id>/receipt.pdf               its teachers, its staff
GET   /applications/<public_id>/changes                   its teachers, its staff
POST  /applications/<public_id>/changes                   its teachers
POST  /applications/<public_id>/seen                      its teachers
GET   /applications/<public_id>/check                     its teachers, its staff
GET   /applications/<public_id>/consent                   its teachers, its staff
POST  /applications/<public_id>/consent                   its teachers
GET   /applications/<public_id>/declaration               its teachers, its staff
POST  /applications/<public_id>/declaration               its teachers
POST  /applications/<public_id>/declaration/paper         its teachers
GET   /applications/<public_id>/evidence/<evidence_id>    its teachers, its staff
POST  /applications/<public_id>/evidence                  its teachers
GET   /applications/<public_id>/evidence/uploads/<upload_id>      its teachers
PUT   /applications/<public_id>/evidence/uploads/<upload_id>      its teachers
POST  /applications/<public_id>/evidence/uploads/<upload_id>      its teachers
DELETE  /applications/<public_id>/evidence/uploads/<upload_id>    its teachers
GET   /applications/<public_id>/print                     its teachers, its staff
GET   /applications/<public_id>/receipt                   its teachers, its staff
GET   /applications/<public_id>/submit                    its teachers, its staff
POST  /applications/<public_id>/submit                    its teachers

GET   /declarations/<token>                               anybody
POST  /declarations/<token>                               anybody
GET   /declarations/<token>/print.pdf                     anybody

GET   /eligibility                                        signed in
GET   /eligibility/<round_id>/<int(max=2147483647):key>   its teachers
GET   /mail/stop/<token>                                  nobody
POST  /mail/stop/<token>                                  nobody
POST  /mail/stop/<token>/again                            nobody

GET   /admin/                                             staff
GET   /admin/plugins/                                     staff
GET   /admin/results/                                     staff
POST  /admin/results/publish                              publishers
GET   /admin/rounds/                                      staff
POST  /admin/rounds/open                                   publishers
POST  /admin/rounds/close                                  publishers
POST  /admin/agencies/<int(max=2147483647):key>/change    administrators
POST  /admin/applications/<int(max=2147483647):key>/decide/<int(max=2147483647):submission_id>     its officers
POST  /admin/applications/<int(max=2147483647):key>/release/<int(max=2147483647):submission_id>    its staff
POST  /admin/applications/<int(max=2147483647):key>/judge/<int(max=2147483647):submission_id>      its officers
POST  /admin/applications/<int(max=2147483647):key>/confirm-judgements/<int(max=2147483647):submission_id>  its officers
POST  /admin/applications/<int(max=2147483647):key>/confirm-paper/<int(max=2147483647):declaration_id>  its officers
POST  /admin/applications/<int(max=2147483647):key>/return-paper/<int(max=2147483647):declaration_id>  its officers
GET   /admin/mails/<int(max=2147483647):key>/preview      its staff
POST  /admin/mails/<int(max=2147483647):key>/again        its staff
POST  /admin/mails/unknown-again                          staff
GET   /admin/rounds/figures                               staff
GET   /admin/step-one/                                    staff
GET   /admin/step-one/compare                             staff
GET   /admin/step-one/what-if                             staff
GET   /admin/step-one/<round_id>/<int(max=2147483647):key>            its staff
POST  /admin/step-one/<round_id>/<int(max=2147483647):key>/override   its officers
POST  /admin/stopped/stop                                 staff
POST  /admin/stopped/<int(max=2147483647):key>/lift       its staff
GET   /admin/wordings/                                    staff
POST  /admin/wordings/<int(max=2147483647):agency_id>/sender          its officers, administrators
GET   /admin/wordings/<int(max=2147483647):agency_id>/<kind>/<language>           its officers, administrators
GET   /admin/wordings/<int(max=2147483647):agency_id>/<kind>/<language>/preview   its officers, administrators
POST  /admin/wordings/<int(max=2147483647):agency_id>/<kind>/<language>/save      its officers, administrators
POST  /admin/wordings/<int(max=2147483647):agency_id>/<kind>/<language>/reset     its officers, administrators

GET   /admin/<view>/                                      staff
GET   /admin/<view>/details/                              its staff
GET   /admin/<view>/export/<export_type>/                 staff
GET   /admin/<view>/new/                                  nobody
POST  /admin/<view>/new/                                  nobody
GET   /admin/<view>/edit/                                 nobody
POST  /admin/<view>/edit/                                 nobody
POST  /admin/<view>/delete/                               nobody
POST  /admin/<view>/action/                               nobody
GET   /admin/<view>/ajax/lookup/                          nobody
POST  /admin/<view>/ajax/update/                          nobody
"""

IN_A_DEMO = """
GET   /demo/                anybody
POST  /demo/door/<name>     anybody
POST  /demo/clock           anybody
GET   /demo/mails           anybody
GET   /demo/mails/<name>    anybody
"""


def rows(text: str) -> list[tuple[str, str, str]]:
    """The lines of a table: method, rule, who gets in; `<view>` written out."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        method, rule, who = line.split(None, 2)
        if who not in WHO:
            raise ValueError(f"'{who}' is nobody that WHO knows: {line}")
        views = VIEWS if "<view>" in rule else ("",)
        found += [(method, rule.replace("<view>", view), who) for view in views]
    return found
