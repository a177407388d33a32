"""What is printed is of one thing: its answers, its receipt, its mark and its signature belong together."""

import io
from datetime import timedelta

from skolemerke import clock, database
from skolemerke.applications import operations, queries
from skolemerke.applications.models import Submission
from support.applying import CLOSES, PDF, again

LATER = "Written after it was sent"


def change(world, application, text=LATER):
    version = queries.answers_of(again(application.id))["team_work"].version
    operations.save_answers(world.kari, application.id, {"team_work": text}, {"team_work": version})


def sign(world, application, name="Marte Rektor"):
    operations.sign(operations.ask_signature(world.kari, application.id, name, world.head), name, "principal")


def words(paper):
    lines = [line for block in paper.blocks for line in block.get("lines", ()) if isinstance(line, dict)]
    return " ".join(line["text"] for line in lines)


def paper_of(printed):
    """A print in English: its facts by name, its mark, and all that it says."""
    paper = queries.paper_of(printed, "The round", "en")
    return dict(paper.frame.facts), paper.frame.mark, words(paper)


def signed_and_changed(world):
    """An application that was signed and sent, and changed afterwards; what it said when it was sent."""
    application = world.complete()
    sign(world, application)
    submission = world.submit(application)
    number = submission.id
    change(world, application)
    return again(application.id), database.read().get_one(Submission, number)


def test_a_draft_is_printed_with_a_signature_that_was_given_for_exactly_that(world):
    application = world.complete()
    sign(world, application)
    found = queries.printed(again(application.id))
    facts, mark, text = paper_of(found)
    assert (found.submission, found.signature.signer_name) == (None, "Marte Rektor")
    assert "Draft, not sent" in facts
    assert mark == f"Mark of what is signed: {found.shown.content.hash[:16]}"
    assert "Signed by Marte Rektor on" in text
    change(world, application)
    found = queries.printed(again(application.id))
    assert found.signature is None
    assert "Signed by" not in paper_of(found)[2]


def test_what_was_sent_and_not_changed_is_printed_as_that_with_its_receipt_and_signature(world):
    application = world.complete()
    sign(world, application)
    submission = world.submit(application)
    found = queries.printed(again(application.id))
    facts, mark, text = paper_of(found)
    assert found.submission.id == submission.id
    assert (facts["Receipt number"], mark) == (submission.receipt, f"Receipt number {submission.receipt}")
    assert "Changed afterwards" not in facts
    assert "Signed by Marte Rektor on" in text


def test_while_the_round_is_open_a_draft_that_was_changed_is_printed_without_receipt_and_signature(world):
    application, submission = signed_and_changed(world)
    found = queries.printed(application)
    facts, mark, text = paper_of(found)
    assert (found.submission, found.signature, found.unsent_after.id) == (None, None, submission.id)
    assert "Draft, not sent" in facts
    assert submission.receipt not in f"{facts} {mark}"
    assert facts["Changed afterwards"].endswith("What was submitted counts until you submit again.")
    assert LATER in text
    assert "Signed by" not in text


def test_after_the_deadline_what_was_sent_is_printed_and_that_the_rest_does_not_count(own_world):
    application, submission = signed_and_changed(own_world)
    clock.current().move_to(CLOSES + timedelta(days=1))
    found = queries.printed(again(application.id))
    facts, mark, text = paper_of(found)
    assert (found.submission.id, found.unsent_after.id) == (submission.id, submission.id)
    assert facts["Receipt number"] == submission.receipt
    assert mark == f"Receipt number {submission.receipt}"
    assert facts["Changed afterwards"].endswith("was not sent and does not count.")
    assert LATER not in text
    assert "Signed by Marte Rektor on" in text


def test_after_the_deadline_the_draft_can_still_be_printed_as_what_it_is(own_world):
    application, submission = signed_and_changed(own_world)
    clock.current().move_to(CLOSES + timedelta(days=1))
    facts, mark, text = paper_of(queries.printed_draft(again(application.id)))
    assert "Draft, not sent" in facts
    assert submission.receipt not in f"{facts} {mark}"
    assert LATER in text
    assert "Signed by" not in text


def test_an_earlier_submission_is_printed_with_its_own_signature_and_nothing_of_later_ones(world):
    application, first = signed_and_changed(world)
    world.submit(application, key="k2")
    number = first.id
    again(application.id)
    facts, _mark, text = paper_of(queries.printed_submission(database.read().get_one(Submission, number)))
    assert (facts["Submission number"], "Changed afterwards" in facts) == ("1", False)
    assert "Signed by Marte Rektor on" in text
    assert "Signed by" not in paper_of(queries.printed(again(application.id)))[2]


def test_the_declaration_on_paper_bears_the_receipt_and_the_mark_to_which_an_upload_is_bound(own_world):
    application, submission = signed_and_changed(own_world)
    clock.current().move_to(CLOSES + timedelta(days=1))
    paper = queries.paper_to_sign(queries.printed(again(application.id)), "The round", "en")
    facts = dict(paper.frame.facts)
    mark = queries.mark_of(submission.content_hash)
    assert (facts["Receipt number"], facts["Mark of what is signed"]) == (submission.receipt, mark)
    assert paper.frame.mark == f"Mark of what is signed: {mark}"


def test_a_declaration_on_paper_is_bound_to_the_content_whose_mark_it_bears(own_world):
    application = own_world.complete()
    own_world.submit(application)
    change(own_world, application)
    clock.current().move_to(CLOSES + timedelta(days=1))
    printed = queries.printed(again(application.id))
    uploaded = operations.upload_paper(own_world.kari, application.id, io.BytesIO(PDF), "signed.pdf")
    assert uploaded.content_hash == printed.shown.content.hash
