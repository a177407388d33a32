"""Judging the parts of a submission, in a round where people judge them; every judgement is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from skolemerke import audit, clock, database
from skolemerke.applications.models import Application, Submission
from skolemerke.applications.resent import changed_sections
from skolemerke.decisions import queries
from skolemerke.decisions.operations import MOST_CHARACTERS, DecisionRefusal, require_latest
from skolemerke.decisions.rights import Bench
from skolemerke.people import rights
from skolemerke.people.actors import Actor
from skolemerke.rounds.composition import host
from skolemerke.rounds.queries import content
from skolemerke.scoring.judgements import earlier_judgements, judgements_of
from skolemerke.scoring.models import Judgement
from skolemerke.scoring.queries import counting_edition
from skolemerke.scoring.scorer import Scorer, answers_of
from skolemerke.speech import marked as _

FINDINGS = ("fulfilled", "not_fulfilled", "")


@dataclass(frozen=True)
class Judging:
    """What an officer says of a part. `seen` is the number of the judgement that was read before, 0 for none: a
    colleague's that came in the meantime is not replaced unread."""

    finding: str
    feedback: str = ""
    note: str = ""
    seen: int = 0

    @property
    def words(self) -> tuple[str, str, str]:
        """What is kept of it."""
        return self.finding, self.feedback.strip(), self.note.strip()


@dataclass(frozen=True)
class PartToJudge:
    """A part of a submission with the judgement that counts, if there is one, and that of an earlier submission.
    `has_changed` says that the school has changed the part since that one."""

    id: str
    judgement: Judgement | None
    earlier: Judgement | None = None
    earlier_number: int = 0
    has_changed: bool = False

    @property
    def to_confirm(self) -> bool:
        """Whether the earlier judgement can be taken over: nothing was judged now, and the part is as it was."""
        return self.judgement is None and self.earlier is not None and not self.has_changed


@dataclass(frozen=True)
class Review:
    """The parts of a submission that officers judge; none in a round whose policy asks for no judgement."""

    parts: tuple[PartToJudge, ...] = ()
    by_id: Mapping[str, PartToJudge] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {part.id: part for part in self.parts})

    @property
    def to_confirm(self) -> tuple[PartToJudge, ...]:
        """The parts whose earlier judgement can be taken over."""
        return tuple(part for part in self.parts if part.to_confirm)

    @property
    def open(self) -> int:
        """How many parts are not judged yet."""
        return sum(1 for part in self.parts if part.judgement is None or not part.judgement.finding)


def review_of(submission: Submission) -> Review:
    """What there is to judge of a submission and what was judged. Raises `CannotScore` without the round's code."""
    return _review(database.read(), submission, _parts(submission))


def judge(actor: Actor, submission_id: int, judged: Mapping[str, Judging]) -> list[Judgement]:
    """Note what an officer found of the named parts; a part that is said as it stands is left alone.

    Returns what was new. Raises `Refused`, `DecisionRefusal`, `CannotScore`, `LookupError` for a submission that is not
    there.
    """
    _check_words(judged)
    parts = _parts_of(submission_id)
    with database.write() as session:
        submission = _lock(session, actor, submission_id)
        review = _review(session, submission, parts)
        made = []
        for part, said in judged.items():
            if part not in review.by_id:
                raise DecisionRefusal(_("One of the parts is not judged in this round. Load the page again."))
            stands = review.by_id[part].judgement
            if _is_news(stands, said):
                made.append(_judgement(submission, part, said, actor))
        _keep(session, actor, submission, made, "judgement.made")
    return made


def confirm(actor: Actor, submission_id: int) -> list[Judgement]:
    """Take over the judgements of an earlier submission for the parts that the school has not changed since and that
    nobody has judged yet.

    Returns what was taken over. Raises as `judge` does.
    """
    parts = _parts_of(submission_id)
    with database.write() as session:
        submission = _lock(session, actor, submission_id)
        made = []
        for part in _review(session, submission, parts).to_confirm:
            if part.earlier is not None:
                said = Judging(part.earlier.finding, part.earlier.feedback, part.earlier.note)
                made.append(_judgement(submission, part.id, said, actor, confirms=part.earlier.id))
        _keep(session, actor, submission, made, "judgement.confirmed")
    return made


def _parts_of(submission_id: int) -> tuple[str, ...]:
    """The parts of a submission, asked of the round's code before anything is locked."""
    submission = database.read().get(Submission, submission_id)
    if submission is None:
        raise LookupError(f"there is no submission {submission_id}")
    return _parts(submission)


def _parts(submission: Submission) -> tuple[str, ...]:
    """The parts under the edition whose sheet counts, or the submission's own before there is one."""
    edition = counting_edition(database.read(), submission.id) or submission.edition
    answers = answers_of(submission.raw, submission.evidence, submission.known)
    return Scorer(content(edition), host()).judged_parts(answers)


def _check_words(judged: Mapping[str, Judging]) -> None:
    for said in judged.values():
        if said.finding not in FINDINGS:
            raise DecisionRefusal(_("Choose whether the part is fulfilled, not fulfilled, or not judged yet."))
        if max(len(said.feedback), len(said.note)) > MOST_CHARACTERS:
            raise DecisionRefusal(_("Write at most 10,000 characters."))


def _lock(session: database.WriteSession, actor: Actor, submission_id: int) -> Submission:
    """The submission, when the actor may judge it and nothing stands against it."""
    submission = session.get_one(Submission, submission_id)
    application = session.get_one(Application, submission.application_id, with_for_update=True)
    rights.require(actor, "submission.judge", Bench("agency", application.agency_id))
    require_latest(session, submission)
    if any(decision.released_at for decision in queries.counting_of(session, submission_id).values()):
        raise DecisionRefusal(_("The result has been released and can't be changed here any more."))
    return submission


def _review(session: Session, submission: Submission, parts: tuple[str, ...]) -> Review:
    if not parts:
        return Review()
    made, before = judgements_of(session, submission.id), earlier_judgements(session, submission)
    changed = {earlier.id: changed_sections(earlier, submission, submission.language) for earlier, _ in before.values()}
    found = []
    for part in parts:
        if part not in before:
            found.append(PartToJudge(part, made.get(part)))
            continue
        earlier, judgement = before[part]
        found.append(PartToJudge(part, made.get(part), judgement, earlier.number, part in changed[earlier.id]))
    return Review(tuple(found))


def _is_news(stands: Judgement | None, said: Judging) -> bool:
    """Whether something else is said of a part than stands. Raises when the officer has not read what stands."""
    if said.words == ((stands.finding, stands.feedback, stands.note) if stands else ("", "", "")):
        return False
    if stands is not None and said.seen != stands.id:
        raise DecisionRefusal(
            _(
                "A colleague has judged one of these parts in the meantime. Read what stands there now; your words are "
                "still in the fields."
            )
        )
    return True


def _judgement(
    submission: Submission, part: str, said: Judging, actor: Actor, confirms: int | None = None
) -> Judgement:
    finding, feedback, note = said.words
    return Judgement(
        submission_id=submission.id,
        part=part,
        finding=finding,
        feedback=feedback,
        note=note,
        confirms=confirms,
        account_id=actor.account_id,
        made_at=clock.now(),
    )


def _keep(
    session: database.WriteSession, actor: Actor, submission: Submission, made: list[Judgement], verb: str
) -> None:
    if not made:
        return
    session.add_all(made)
    session.flush()
    audit.record(
        session,
        verb,
        f"submission:{submission.id}",
        actor=actor.ref,
        agency_id=submission.application.agency_id,
        judgements=[
            {"judgement": one.id, "part": one.part, "finding": one.finding, "feedback": one.feedback, "note": one.note}
            for one in made
        ],
    )
