"""The applications of the demo: what a dozen schools have done since the round opened.

Answers are those of the round's own `examples.yaml`, in the school's language where there are such; a form
without examples is answered by `plausible`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from skolemerke_forms.answers import AnswerSet, Known
from skolemerke_forms.cleaning import Raw
from skolemerke_forms.definition import Form
from skolemerke_forms.located import read_list
from skolemerke_forms.questions import ScaleQuestion
from sqlalchemy import select

from skolemerke import clock, database
from skolemerke.applications import operations as applications
from skolemerke.applications import queries
from skolemerke.applications.known import known_of
from skolemerke.applications.models import Application, Declaration
from skolemerke.demo.paper import paper_declaration
from skolemerke.demo.plausible import from_registry, plausible
from skolemerke.invitations.models import InvitedSchool
from skolemerke.people import operations as people
from skolemerke.people import queries as people_queries
from skolemerke.people.actors import Actor
from skolemerke.registry.models import School, Teacher
from skolemerke.rounds.composition import host
from skolemerke.rounds.examples import typed
from skolemerke.scoring import operations as scoring

LINK = "https://www.example.org/etwinning"

EARLY, LATE = 7, 19
"""The hours, in UTC, between which the stories happen."""

Answers = Mapping[str, Raw]


@dataclass(frozen=True)
class Stage:
    """One application on its way: who writes, and the day on which the next thing happens."""

    actor: Actor
    application: Application
    answers: dict[str, Raw]
    language: str

    @property
    def form(self) -> Form:
        """The form of the application, in the teacher's language."""
        return queries.form_of(self.application, self.language)


Story = Callable[[Stage], None]


def tell(round_id: str, *, until: datetime, seed: int) -> None:
    """Let schools apply, one story after another, each a little later than the one before."""
    schools = _invited(round_id)
    told = [
        (school, story)
        for country, stories in (("NO", NORWEGIAN), ("SE", SWEDISH))
        # The first school stays untouched: it is the one whose teacher comes in by the demo's door.
        for school, story in zip([s for s in schools if s.country == country][1:], stories, strict=False)
    ]
    others = [school for school in schools if school.country not in {"NO", "SE"}]
    told += [(school, OTHERS[at % len(OTHERS)]) for at, school in enumerate(others[seed % 2 : 24])]
    begin = clock.now()
    # Nights are left out, which moves the last ones on by less than a day.
    step = (until - timedelta(days=1) - begin) / (len(told) + 1)
    for at, (school, story) in enumerate(told, start=1):
        clock.current().move_to(max(_in_daytime(begin + at * step), clock.now()))
        stage = _begin(round_id, school)
        if stage is not None:
            story(stage)


def _in_daytime(instant: datetime) -> datetime:
    """The instant itself, or the next one at which teachers write."""
    if instant.hour >= LATE:
        instant += timedelta(days=1)
        return instant.replace(hour=EARLY)
    return instant.replace(hour=max(instant.hour, EARLY))


def _begin(round_id: str, school: School) -> Stage | None:
    teacher = (
        database.read()
        .scalars(
            select(Teacher)
            .where(
                Teacher.school_id == school.id, Teacher.gone.is_(False), Teacher.left_on.is_(None), Teacher.email != ""
            )
            .order_by(Teacher.id)
        )
        .first()
    )
    if teacher is None:
        return None
    language = teacher.language or "en"
    account = people.ensure_account(teacher.email, teacher.name, language)
    actor = people_queries.actor_of_account(account.id)
    application = applications.start(actor, round_id, school.id)
    form = queries.form_of(application, language)
    known = known_of(database.read(), application.school, form)
    return Stage(actor, application, _answers(round_id, form, language, known), language)


def _invited(round_id: str) -> list[School]:
    return list(
        database.read().scalars(
            select(School)
            .join(InvitedSchool, InvitedSchool.school_id == School.id)
            .where(InvitedSchool.round_id == round_id)
            .order_by(School.school_id)
        )
    )


def _answers(round_id: str, form: Form, language: str, known: Known) -> dict[str, Raw]:
    """The answers of the best example of the round or of one that it extends, by address; else plausible ones."""
    asked: str | None = round_id
    while asked:
        plugin = host().plugin(host().owner_of_round(asked) or "")
        examples = _examples(plugin.folder) if plugin and plugin.folder else []
        fitting = [e for e in examples if e.get("language", "en") == language] or examples
        if fitting:
            return from_registry(form, known, typed(form, fitting[0]["answers"]))
        stated = host().rounds.get(asked)
        asked = stated.extends if stated else None
    return plausible(form, known)


def _examples(folder: Path) -> list[Any]:
    path = folder / "examples.yaml"
    if not path.is_file():
        return []
    return list(read_list(path, path.name))


# The stories


def untouched(stage: Stage) -> None:
    """Somebody looked at it and went away."""


def first_section(stage: Stage) -> None:
    """One section is written, with a gap."""
    _save(stage, stage.form.sections[0].id, leave_out=1)


def nearly_done(stage: Stage) -> None:
    """Everything but the last section, evidence in place."""
    for section in stage.form.sections[:-1]:
        _save(stage, section.id)
    _evidence(stage, {section.id for section in stage.form.sections[:-1]})


def ready(stage: Stage) -> None:
    """Everything is there; nobody has pressed the button."""
    _complete(stage)


def asked_principal(stage: Stage) -> None:
    """The principal has been asked and has not answered."""
    _complete(stage)
    _ask(stage)


def submitted_unsigned(stage: Stage) -> None:
    """Sent in time; the signature is outstanding."""
    _complete(stage)
    _ask(stage)
    _submit(stage)


def submitted(stage: Stage) -> None:
    """Signed by link, then sent."""
    _complete(stage)
    _sign(stage)
    _submit(stage)


def submitted_low(stage: Stage) -> None:
    """Signed and sent, with levels at which a school does not pass."""
    _complete(stage, low=True)
    _sign(stage)
    _submit(stage)


def submitted_on_paper(stage: Stage) -> None:
    """Signed on paper, uploaded, sent."""
    _complete(stage)
    applications.upload_paper(stage.actor, stage.application.id, paper_declaration(), "declaration.pdf")
    _submit(stage)


def submitted_without_publication(stage: Stage) -> None:
    """Signed and sent; the school does not want to be published."""
    _complete(stage, consent="no")
    _sign(stage)
    _submit(stage)


NORWEGIAN: tuple[Story, ...] = (submitted, nearly_done, submitted_low, submitted_on_paper)
SWEDISH: tuple[Story, ...] = (submitted, first_section)
OTHERS: tuple[Story, ...] = (
    submitted,
    first_section,
    submitted_unsigned,
    ready,
    submitted_without_publication,
    asked_principal,
    untouched,
)


# What the stories are made of


def _save(stage: Stage, section_id: str, *, leave_out: int = 0, low: bool = False) -> None:
    section = stage.form.section(section_id)
    named = list(dict.fromkeys(_question_of(address) for address in stage.answers))
    asked = [q.id for q in section.questions if q.id in named] if section else []
    kept = asked[: len(asked) - leave_out]
    # Writing in a row puts it into the list of rows, which has no place of its own.
    answers = {
        address: raw
        for address, raw in stage.answers.items()
        if _question_of(address) in kept and stage.form.place_at(address)
    }
    if low:
        answers |= _low(stage.form, answers)
    applications.save_answers(stage.actor, stage.application.id, answers, dict.fromkeys(answers, 0))


def _question_of(address: str) -> str:
    return address.split(".", maxsplit=1)[0]


def _low(form: Form, answers: Answers) -> Answers:
    """The level before the lowest of every statement that is answered."""
    found = {address: place.question for address in answers if (place := form.place_at(address))}
    return {
        address: form.scale(question.scale).levels[1].value
        for address, question in found.items()
        if isinstance(question, ScaleQuestion)
    }


def _evidence(stage: Stage, sections: set[str]) -> None:
    reading = AnswerSet.of(stage.answers).under(stage.form)
    for section in stage.form.sections:
        for question in section.questions:
            if section.id in sections and question.evidence != "none" and reading.shows(question):
                applications.add_link(stage.actor, stage.application.id, question.id, f"{LINK}/{question.id}")


def _complete(stage: Stage, *, low: bool = False, consent: Literal["yes", "no"] = "yes") -> None:
    for section in stage.form.sections:
        _save(stage, section.id, low=low)
    _evidence(stage, {section.id for section in stage.form.sections})
    applications.set_consent(stage.actor, stage.application.id, consent)


def _ask(stage: Stage) -> str:
    school = stage.application.school
    name = school.head_name or "Principal"
    email = school.head_email or "principal@school.example"
    return applications.ask_signature(stage.actor, stage.application.id, name, email)


def _sign(stage: Stage) -> None:
    token = _ask(stage)
    declaration = (
        database.read()
        .scalars(
            select(Declaration)
            .where(Declaration.application_id == stage.application.id)
            .order_by(Declaration.id.desc())
        )
        .first()
    )
    applications.sign(token, declaration.head_name if declaration else "Principal", "principal")


def _submit(stage: Stage) -> None:
    clock.current().move_to(clock.now() + timedelta(minutes=5))
    submission = applications.submit(
        stage.actor,
        stage.application.id,
        key=f"demo-{stage.application.id}",
        arrived_at=clock.now(),
        language=stage.language,
    )
    scoring.score_submission(submission.id)
