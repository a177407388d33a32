"""Who decides what, when, and what the release makes of it."""

from datetime import timedelta

import pytest
from skolemerke import audit, clock, database, outbox
from skolemerke.applications.models import Application
from skolemerke.decisions import mails, operations, queries
from skolemerke.decisions.models import Decision, Publication
from skolemerke.decisions.operations import DecisionRefusal, Published
from skolemerke.outbox import Mail
from skolemerke.people.actors import ANONYMOUS, SYSTEM, Actor
from skolemerke.people.rights import Refused
from skolemerke.registry.models import SchoolLabel
from skolemerke.rounds import operations as rounds
from skolemerke.rounds.models import RoundRecord
from sqlalchemy import select
from support.applied import (
    AFTER_CLOSING,
    ROUND,
    account,
    agency,
    applied,
    central,
    declared,
    examples,
    officer,
    school,
    submitted,
)
from support.installation import SHIPPED, WAIVER, install, running

ANSWERS = examples("etwinning-2021-2022")["all_good"]["answers"]


class World:
    """A round with two agencies and one submission of each, open until `close()`."""

    def __init__(self):
        self.norway, self.finland = agency("NO", "NO"), agency("FI", "FI")
        self.kari = account("kari@example.org", language="nb")
        self.officer = officer(account("no@example.org"), self.norway)
        self.other = officer(account("fi@example.org"), self.finland)
        self.central = central(account("central@example.org"))
        rounds.open_round(ROUND)
        self.berg = applied(school("Berg", "NO", self.norway, city="Oslo"), self.norway, by=self.kari)
        self.aho = applied(school("Aho", "FI", self.finland), self.finland)
        self.sent = submitted(self.berg, ANSWERS, account_id=self.kari)
        self.sent_fi = submitted(self.aho, ANSWERS, consent="no")

    def close(self):
        clock.current().move_to(AFTER_CLOSING)
        return self

    def grant(self, submission=None, **facts):
        facts = {"reasons": "Good evidence.", **facts}
        return operations.decide(self.officer, submission or self.sent, "agency", "granted", **facts)


@pytest.fixture
def world(tmp_path, database_url):
    with running(install(tmp_path, *SHIPPED, WAIVER), database_url):
        yield World()


@pytest.fixture
def closed(world):
    return world.close()


def _refusal(call, *arguments, **facts):
    with pytest.raises(DecisionRefusal) as refused:
        call(*arguments, **facts)
    return str(refused.value)


def test_nothing_is_decided_while_the_round_is_open(world):
    declared(world.sent)
    assert _refusal(world.grant) == "The round is still open: decide when it has closed."
    rounds.close_round(ROUND)
    assert world.grant().outcome == "granted"


def test_the_own_later_date_of_an_agency_keeps_its_schools_undecided(closed):
    declared(closed.sent)
    later = (AFTER_CLOSING + timedelta(days=2)).isoformat()
    rounds.move_dates(ROUND, closed.norway, {"closes": later}, "A strike at the schools")
    assert _refusal(closed.grant) == "The round is still open: decide when it has closed."


def test_the_label_is_granted_only_with_a_declaration_of_that_text(closed):
    assert _refusal(closed.grant).startswith("The declaration for this submission is missing")
    declared(closed.sent, state="paper")
    assert _refusal(closed.grant).startswith("The declaration for this submission is missing")
    closed_again = operations.decide(closed.officer, closed.sent, "agency", "refused", reasons="No signature.")
    assert closed_again.outcome == "refused"


def test_a_declaration_of_an_earlier_text_does_not_hold_for_a_later_submission(closed):
    declared(closed.sent)
    newer = submitted(closed.berg, ANSWERS, number=2)
    assert _refusal(closed.grant, newer).startswith("The declaration for this submission is missing")


def test_only_the_latest_submission_is_decided(closed):
    declared(closed.sent)
    submitted(closed.berg, ANSWERS, number=2)
    assert _refusal(closed.grant).startswith("The school has sent a newer submission")


@pytest.mark.parametrize(
    ("level", "outcome", "reasons", "refusal"),
    [
        ("agency", "granted", "  ", "Write the reasons for the decision."),
        ("agency", "maybe", "So", "Choose whether the label is granted or refused."),
        ("county", "granted", "So", "This round does not decide at that level."),
        ("agency", "refused", "x" * 10_001, "Write at most 10,000 characters."),
    ],
)
def test_an_incomplete_decision_is_refused(closed, level, outcome, reasons, refusal):
    assert _refusal(operations.decide, closed.officer, closed.sent, level, outcome, reasons=reasons) == refusal


def test_only_the_officers_of_the_agency_decide_at_its_level(closed):
    declared(closed.sent)
    administrator = Actor(account_id=closed.kari, is_administrator=True)
    for actor in (closed.other, closed.central, administrator, ANONYMOUS):
        with pytest.raises(Refused):
            operations.decide(actor, closed.sent, "agency", "granted", reasons="So")
    assert queries.history_of(closed.sent) == []


def test_the_central_service_awards_nothing_that_the_agency_refused_or_has_not_seen(closed):
    declared(closed.sent)
    decide = operations.decide
    assert _refusal(decide, closed.central, closed.sent, "central", "granted", reasons="So") == (
        "The agency has not decided yet."
    )
    decide(closed.officer, closed.sent, "agency", "refused", reasons="Too little")
    assert _refusal(decide, closed.central, closed.sent, "central", "granted", reasons="So") == (
        "The agency refused the label, so it can't be awarded."
    )
    with pytest.raises(Refused):
        decide(closed.officer, closed.sent, "central", "refused", reasons="So")


def test_a_later_decision_counts_and_the_earlier_one_is_kept(closed):
    declared(closed.sent)
    first = operations.decide(closed.officer, closed.sent, "agency", "refused", reasons="Too little")
    second = closed.grant()
    assert [(d.id, d.outcome) for d in queries.history_of(closed.sent)] == [
        (second.id, "granted"),
        (first.id, "refused"),
    ]
    (line,) = queries.decisions_list(ROUND, closed.officer)
    assert (line.result, line.released_at, line.has_declaration) == ("granted", None, True)


def test_nothing_is_released_while_the_round_is_open_or_by_an_officer(world):
    assert _refusal(operations.publish, world.central, ROUND).startswith("The round is still open")
    with pytest.raises(Refused):
        operations.publish(world.close().officer, ROUND)


def test_the_release_makes_labels_mails_and_the_central_decision(closed):
    declared(closed.sent)
    declared(closed.sent_fi)
    closed.grant(feedback="Keep going.")
    operations.decide(closed.other, closed.sent_fi, "agency", "granted", reasons="Good")
    berg = database.read().get_one(Application, closed.berg)
    assert queries.released_for(berg) is None

    assert operations.publish(closed.central, ROUND) == Published(ROUND, 2, 2, 0, 2, 1, 0)

    berg = database.read().get_one(Application, closed.berg)
    released = queries.released_for(berg)
    assert (released.level, released.outcome, released.feedback) == ("central", "granted", "Keep going.")
    assert released.reasons == "Awarded as the agency proposed."
    label, hidden = database.read().scalars(select(SchoolLabel).order_by(SchoolLabel.id))
    assert label.certificate.startswith("2021-2022-NO-")
    assert len(label.certificate) == len("2021-2022-NO-7K3M9Q")
    assert (label.school_name, label.city, label.country, label.origin) == ("Berg", "Oslo", "NO", "decision")
    assert (label.valid_from, label.valid_to, label.awarded_on.isoformat()) == (2021, 2022, "2021-02-10")
    assert (label.public, hidden.public, hidden.school_name) == (True, False, "Aho")
    (mail,) = database.read().scalars(select(Mail))
    assert (mail.kind, mail.address, mail.language, mail.agency_id) == (
        "decision",
        "kari@example.org",
        "nb",
        closed.norway,
    )
    assert database.read().get_one(RoundRecord, ROUND).published_at is not None
    assert list(audit.breaks(database.read())) == []


def test_a_second_release_releases_only_what_is_new(closed):
    declared(closed.sent)
    closed.grant()
    assert operations.publish(SYSTEM, ROUND) == Published(ROUND, 1, 1, 0, 1, 1, 1)
    operations.decide(closed.other, closed.sent_fi, "agency", "refused", reasons="No team", feedback="Find a third.")
    assert operations.publish(SYSTEM, ROUND) == Published(ROUND, 1, 0, 1, 0, 0, 0)
    assert operations.publish(SYSTEM, ROUND) == Published(ROUND, 0, 0, 0, 0, 0, 0)
    read = database.read()
    assert len(read.scalars(select(Publication)).all()) == 2
    assert len(read.scalars(select(SchoolLabel)).all()) == 1
    released = queries.released_for(read.get_one(Application, closed.aho))
    assert (released.level, released.outcome) == ("agency", "refused")


def test_what_was_released_is_not_decided_again(closed):
    declared(closed.sent)
    closed.grant()
    operations.publish(closed.central, ROUND)
    assert _refusal(closed.grant).startswith("The result has been released")


def test_a_replaced_decision_is_never_released(closed):
    declared(closed.sent)
    operations.decide(closed.officer, closed.sent, "agency", "refused", reasons="Too little")
    closed.grant()
    operations.publish(closed.central, ROUND)
    rows = database.read().execute(select(Decision.outcome, Decision.level, Decision.released_at).order_by(Decision.id))
    assert [(outcome, level, at is not None) for outcome, level, at in rows] == [
        ("refused", "agency", False),
        ("granted", "agency", True),
        ("granted", "central", True),
    ]


def test_a_round_of_one_level_needs_no_central_decision(tmp_path):
    home = install(tmp_path, *SHIPPED)
    path = home / "plugins" / "etwinning-2021-2022" / "round.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "decision: [agency]\n", encoding="utf-8")
    with running(home):
        world = World().close()
        declared(world.sent)
        world.grant()
        operations.publish(world.central, ROUND)
        assert [d.level for d in queries.history_of(world.sent)] == ["agency"]
        assert queries.released_for(database.read().get_one(Application, world.berg)).outcome == "granted"


def test_an_officer_sees_only_the_submissions_of_the_own_agency(closed):
    def names(actor):
        return [line.application.school.name for line in queries.decisions_list(ROUND, actor)]

    assert names(closed.officer) == ["Berg"]
    assert names(closed.other) == ["Aho"]
    assert names(closed.central) == ["Aho", "Berg"]
    assert names(ANONYMOUS) == []


def _letter(language, **facts):
    payload = {
        "outcome": "granted",
        "feedback": "",
        "school": "Berg",
        "application": "a1",
        "certificate": "2021-2022-NO-7K3M9Q",
        "valid_from": 2021,
        "valid_to": 2022,
    }
    mail = Mail(kind="decision", language=language, name="Kari", round_id=ROUND, payload={**payload, **facts})
    return mails.result_letter(mail)


def test_the_mail_says_the_result_with_the_certificate_and_the_feedback(tmp_path):
    with running(install(tmp_path, *SHIPPED)):
        letter = _letter("en", feedback="Keep going.\nShow more.")
    assert letter.subject == "eTwinning School Label 2021-2022: the result for Berg"
    assert letter.text.splitlines()[0] == "Hello Kari,"
    assert "The certificate 2021-2022-NO-7K3M9Q is valid from 2021 to the end of 2022." in letter.text
    assert "Feedback from the agency:\n\nKeep going.\nShow more.\n" in letter.text


def test_the_mail_to_a_refused_school_names_no_certificate(tmp_path):
    with running(install(tmp_path, *SHIPPED)):
        letter = _letter("en", outcome="refused", certificate="")
    assert "has not been awarded the eTwinning School Label 2021-2022 this time." in letter.text
    assert "certificate" not in letter.text


def test_figures_of_a_school_are_never_read_as_a_template(tmp_path):
    with running(install(tmp_path, *SHIPPED)):
        letter = _letter("en", school="%(x)s {{7*7}}", feedback="%s %(name)s")
    assert "%(x)s {{7*7}} has been awarded" in letter.text
    assert "%s %(name)s" in letter.text


def test_the_room_registers_its_mail(tmp_path):
    with running(install(tmp_path, *SHIPPED)) as app:
        mails.register(app)
        assert outbox.of(app).renderers["decision"] is mails.result_letter
