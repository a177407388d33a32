"""What is done with decisions: each is made once and kept; results are released together, or one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from skolemerke import audit, clock, database
from skolemerke.applications.models import Application, Submission
from skolemerke.contract.rounds import Calendar
from skolemerke.decisions import queries
from skolemerke.decisions.awarding import Result, make_labels
from skolemerke.decisions.mails import queue_mails
from skolemerke.decisions.models import Decision, Publication
from skolemerke.decisions.rights import Bench
from skolemerke.people import rights
from skolemerke.people.actors import Actor
from skolemerke.rounds import operations as rounds
from skolemerke.rounds.queries import calendar_of, require_round
from skolemerke.scoring.queries import latest_submissions
from skolemerke.speech import Refusal
from skolemerke.speech import marked as _

MOST_CHARACTERS = 10_000
AS_PROPOSED = "Awarded as the agency proposed."


class DecisionRefusal(Refusal):
    """This can't be decided or released so; the text says why."""


@dataclass(frozen=True)
class Published:
    """What a release did. `undecided` is the number of submissions that still wait for a decision."""

    round: str
    released: int
    granted: int
    refused: int
    labels: int
    mails: int
    undecided: int


def decide(actor: Actor, submission_id: int, level: str, outcome: str, *, reasons: str, feedback: str = "") -> Decision:
    """Decide on a submission at one level. A later decision counts in place of an earlier one until the release.

    Raises `Refused`, `DecisionRefusal`, `LookupError` for a submission that is not there.
    """
    submission = database.read().get(Submission, submission_id)
    if submission is None:
        raise LookupError(f"there is no submission {submission_id}")
    application_id, round_id = submission.application_id, submission.application.round_id
    calendar = calendar_of(round_id, submission.application.agency_id)
    _check_words(level, outcome, reasons, feedback, queries.levels_of(round_id))
    with database.write() as session:
        application = session.get_one(Application, application_id, with_for_update=True)
        rights.require(actor, "decision.make", Bench(level, application.agency_id))
        submission = session.get_one(Submission, submission_id)
        if queries.is_open_still(session, round_id, calendar) and not queries.releases_one_by_one(round_id):
            raise DecisionRefusal(_("The round is still open: decide when it has closed."))
        require_latest(session, submission)
        made = queries.counting_of(session, submission_id)
        _check_earlier(made, level, outcome)
        if outcome == "granted" and not queries.is_declared(session, submission):
            raise DecisionRefusal(
                _(
                    "The declaration for this submission is missing: the head of the school must sign it, or you "
                    "must confirm the signed paper, before the label can be granted."
                )
            )
        decision = Decision(
            submission_id=submission_id,
            level=level,
            outcome=outcome,
            reasons=reasons.strip(),
            feedback=feedback.strip(),
            account_id=actor.account_id,
            made_at=clock.now(),
        )
        session.add(decision)
        session.flush()
        audit.record(
            session,
            "decision.made",
            f"submission:{submission_id}",
            actor=actor.ref,
            agency_id=application.agency_id,
            decision=decision.id,
            level=level,
            outcome=outcome,
            reasons=decision.reasons,
            feedback=decision.feedback,
        )
    return decision


def _check_words(level: str, outcome: str, reasons: str, feedback: str, levels: tuple[str, ...]) -> None:
    if level not in levels:
        raise DecisionRefusal(_("This round does not decide at that level."))
    if outcome not in {"granted", "refused"}:
        raise DecisionRefusal(_("Choose whether the label is granted or refused."))
    if not reasons.strip():
        raise DecisionRefusal(_("Write the reasons for the decision."))
    if max(len(reasons), len(feedback)) > MOST_CHARACTERS:
        raise DecisionRefusal(_("Write at most 10,000 characters."))


def require_latest(session: database.WriteSession, submission: Submission) -> None:
    """Raise `DecisionRefusal` where the school has sent a newer submission."""
    newest = session.scalar(
        select(func.max(Submission.number)).where(Submission.application_id == submission.application_id)
    )
    if submission.number != newest:
        raise DecisionRefusal(
            _("The school has sent a newer submission: only the latest one can be judged and decided.")
        )


def _check_earlier(made: dict[str, Decision], level: str, outcome: str) -> None:
    if any(decision.released_at for decision in made.values()):
        raise DecisionRefusal(_("The result has been released and can't be changed here any more."))
    if level != "central":
        if "central" in made:
            raise DecisionRefusal(_("The central service has decided already."))
        return
    proposal = made.get("agency")
    if proposal is None:
        raise DecisionRefusal(_("The agency has not decided yet."))
    if outcome == "granted" and proposal.outcome != "granted":
        raise DecisionRefusal(_("The agency refused the label, so it can't be awarded."))


def publish(actor: Actor, round_id: str) -> Published:
    """Release what has been decided and not yet released; with two levels, award what the agencies granted.

    Raises `UnknownRound`, `Refused`, `DecisionRefusal` while the round is open, `RoundPaused` without its plugin.
    """
    require_round(round_id)
    rights.require(actor, "round.publish", round_id)
    levels, calendar = queries.levels_of(round_id), calendar_of(round_id)
    with database.write() as session:
        if queries.is_open_still(session, round_id, calendar):
            raise DecisionRefusal(_("The round is still open: results are released after it has closed."))
        now = clock.now()
        results, undecided = _due(session, round_id)
        if "central" in levels:
            _award_as_proposed(session, results, actor, now)
        labels, mails = _hand_out(session, results, round_id, calendar, now)
        granted = sum(1 for result in results if result.final.outcome == "granted")
        published = Published(
            round=round_id,
            released=len(results),
            granted=granted,
            refused=len(results) - granted,
            labels=labels,
            mails=mails,
            undecided=undecided,
        )
        if results:
            _note(session, published, actor, now)
    return published


def release(actor: Actor, submission_id: int) -> Decision:
    """Release the result of one submission, in a round that releases one by one; also while the round is open.

    A school that was refused may then send an improved application until the deadline; one that was granted the label
    is done. A result that was released before stays as it is, and nobody is told twice. Returns the decision that the
    school reads. Raises `Refused`, `DecisionRefusal`, `RoundPaused`, `LookupError` for a submission that is not there.
    """
    submission = database.read().get(Submission, submission_id)
    if submission is None:
        raise LookupError(f"there is no submission {submission_id}")
    application_id, round_id = submission.application_id, submission.application.round_id
    levels, calendar = queries.levels_of(round_id), calendar_of(round_id, submission.application.agency_id)
    with database.write() as session:
        application = session.get_one(Application, application_id, with_for_update=True)
        submission, made = session.get_one(Submission, submission_id), queries.counting_of(session, submission_id)
        final = queries.final_of(made)
        level = final.level if final else levels[0]
        rights.require(actor, "decision.release", Bench(level, application.agency_id))
        if not queries.releases_one_by_one(round_id):
            raise DecisionRefusal(_("The results of this round are released together, after it has closed."))
        if final is None:
            raise DecisionRefusal(_("Nothing was decided yet."))
        if final.released_at is not None:
            return final
        require_latest(session, submission)
        if final.outcome == "granted" and final.level != levels[-1]:
            raise DecisionRefusal(_("The central service has not awarded the label yet."))
        is_open = queries.is_open_still(session, round_id, calendar)
        again_until = calendar.closes if is_open and final.outcome == "refused" else None
        result = Result(submission, made, again_until)
        _labels, mails = _hand_out(session, [result], round_id, calendar, clock.now())
        audit.record(
            session,
            "result.released",
            f"submission:{submission_id}",
            actor=actor.ref,
            agency_id=application.agency_id,
            decision=final.id,
            outcome=final.outcome,
            mails=mails,
        )
    return final


def _hand_out(
    session: database.WriteSession, results: list[Result], round_id: str, calendar: Calendar, now: datetime
) -> tuple[int, int]:
    """Release results within the operation; what was granted is settled. Returns how many labels and mails it made."""
    for result in results:
        for decision in result.decisions.values():
            decision.released_at = now
        if result.final.outcome == "granted":
            result.submission.application.settled_at = now
    labels = make_labels(session, results, round_id, calendar, now)
    return len(labels), queue_mails(session, results, round_id, labels)


def _due(session: database.WriteSession, round_id: str) -> tuple[list[Result], int]:
    """The results that may be released, and how many submissions have no decision."""
    session.scalars(
        select(Application.id).where(Application.round_id == round_id).order_by(Application.id).with_for_update()
    ).all()
    decided = queries.counting_decisions(session, round_id)
    submissions = session.scalars(
        select(Submission)
        .where(Submission.id.in_(latest_submissions(round_id)))
        .options(joinedload(Submission.application).joinedload(Application.school))
        .order_by(Submission.id)
    ).all()
    results, undecided = [], 0
    for submission in submissions:
        decisions = decided.get(submission.id, {})
        if not decisions:
            undecided += 1
        elif not any(decision.released_at for decision in decisions.values()):
            results.append(Result(submission, decisions))
    return results, undecided


def _award_as_proposed(session: database.WriteSession, results: list[Result], actor: Actor, now: datetime) -> None:
    """Write the central decision where an agency granted and the central service has not spoken by itself."""
    for result in results:
        proposal = result.decisions.get("agency")
        if "central" in result.decisions or proposal is None or proposal.outcome != "granted":
            continue
        result.decisions["central"] = Decision(
            submission_id=result.submission.id,
            level="central",
            outcome="granted",
            reasons=AS_PROPOSED,
            feedback=proposal.feedback,
            account_id=actor.account_id,
            made_at=now,
        )
        session.add(result.decisions["central"])


def _note(session: database.WriteSession, published: Published, actor: Actor, now: datetime) -> None:
    counts = {
        "released": published.released,
        "granted": published.granted,
        "refused": published.refused,
        "labels": published.labels,
        "mails": published.mails,
        "undecided": published.undecided,
    }
    session.add(Publication(round_id=published.round, at=now, counts=counts, account_id=actor.account_id))
    rounds.note_published(session, published.round, now)
    number = session.scalar(
        select(func.count()).select_from(Publication).where(Publication.round_id == published.round)
    )
    audit.record(session, "results.released", f"round:{published.round}", actor=actor.ref, publication=number, **counts)
