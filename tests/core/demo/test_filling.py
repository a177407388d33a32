"""The demo is filled to its day, the same for the same seed, and goes on where it was."""

import pytest
from skolemerke import clock, database
from skolemerke.applications.models import Application, Submission
from skolemerke.config import ConfigFault
from skolemerke.demo import filling, installing
from skolemerke.registry.models import School
from skolemerke.scoring.models import StoredSheet
from sqlalchemy import func, select
from support.installation import SECOND, SHIPPED, WAIVER, install


def start(home, round_id="2021-2022", **changed):
    settings = {"schools": 300, "seed": 1, "port": 5000, "say": lambda _message: None, **changed}
    return installing.install(home, round_id, **settings)


def picture(app):
    """What the same seed must give again."""
    with app.app_context():
        read = database.read()
        schools = read.scalar(select(func.count()).select_from(School))
        applied = read.execute(
            select(School.school_id, func.count(Submission.id), Application.answers)
            .join(Application, Application.school_id == School.id)
            .outerjoin(Submission, Submission.application_id == Application.id)
            .group_by(School.school_id, Application.id)
            .order_by(School.school_id)
        ).all()
        found = schools, [(school, sent, sorted(answers)) for school, sent, answers in applied]
        app.extensions[database.EXTENSION].close()
        return found


def test_the_same_seed_gives_the_same_demo_inside_the_round(tmp_path):
    one, other = (install(tmp_path / name, *SHIPPED, WAIVER) for name in ("one", "other"))
    app = start(one)
    with app.app_context():
        assert clock.now().isoformat()[:13] == "2020-12-01T08"
    assert picture(app) == picture(start(other))


def test_a_filled_demo_is_taken_up_as_it_was_left(tmp_path):
    home = install(tmp_path, *SHIPPED, WAIVER)
    app = start(home)
    with app.app_context():
        clock.current().move_to(clock.now().replace(month=12, day=24))
    before = picture(app)
    again = start(home)
    with again.app_context():
        assert clock.now().isoformat()[:10] == "2020-12-24"
    assert picture(again) == before


def test_a_demo_that_was_cut_off_while_filling_is_begun_anew(tmp_path, monkeypatch):
    home = install(tmp_path, *SHIPPED, WAIVER)

    def cut(*_words, **_facts):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(filling.stories, "tell", cut)
        with pytest.raises(KeyboardInterrupt):
            start(home)
    assert picture(start(home))[0] == 300


def test_a_real_installation_is_never_taken_for_a_demo(tmp_path):
    home = install(tmp_path, *SHIPPED)
    (home / "instance").mkdir()
    (home / "instance" / "config.toml").write_text('base_url = "https://label.example.org"\n', encoding="utf-8")
    with pytest.raises(ConfigFault, match="is a real installation"):
        start(home)


def test_a_round_of_the_second_kind_is_filled_with_applications_in_every_state(tmp_path):
    app = start(install(tmp_path, *SECOND), round_id="2023-2024", schools=1500)
    with app.app_context():
        assert clock.now().isoformat()[:10] == "2022-11-01"
        read = database.read()
        sent = read.scalars(select(Submission)).all()
        drafts = read.scalar(select(func.count()).select_from(Application))
        teams = [submission.clean["team"] for submission in sent]
        sheets = read.scalars(select(StoredSheet)).all()
    assert drafts > len(sent) > 2
    assert all(len(team) >= 3 and team[0]["confirmed"] == "yes" for team in teams)
    assert {(sheet.outcome, sheet.points) for sheet in sheets} == {(None, None)}
    assert len(sheets) == len(sent)
