"""Settings are typed, come from the file and the environment, and production mode refuses unsafe ones."""

import pytest
from skolemerke.app import create_app
from skolemerke.config import Config, ConfigFault, faults_of, load_config

SAFE = {
    "SKOLEMERKE_ENV": "production",
    "SKOLEMERKE_SECRET_KEY": "kJ8-pq27cLmZx_04vBnQwErTyUiOpAsDfGh",
    "SKOLEMERKE_BASE_URL": "https://label.example.org",
}


def write(home, text):
    (home / "instance").mkdir()
    (home / "instance/config.toml").write_text(text, encoding="utf-8")


def test_the_environment_wins_over_the_file(tmp_path):
    write(tmp_path, 'base_url = "https://a.example.org"\n[mail]\nserver = "mail.example.org"\nport = 25\n')
    config = load_config(tmp_path, {"SKOLEMERKE_MAIL__PORT": "2525", "SKOLEMERKE_BASE_URL": "https://b.example.org"})
    assert (config.base_url, config.mail.server, config.mail.port) == (
        "https://b.example.org",
        "mail.example.org",
        2525,
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("colour = 1\n", "setting 'colour' in instance/config.toml or SKOLEMERKE_COLOUR: Extra inputs"),
        ("proxies = -1\n", "setting 'proxies'"),
        ("[mail]\nport = 'x'\n", "setting 'mail.port'"),
        ("secret_key = \n", "instance/config.toml can't be read"),
    ],
)
def test_a_setting_that_is_wrong_is_named(tmp_path, text, message):
    write(tmp_path, text)
    with pytest.raises(ConfigFault) as raised:
        load_config(tmp_path, {})
    assert str(raised.value).startswith(message)


def test_a_secret_is_made_once_where_nobody_depends_on_it(tmp_path):
    first, second = load_config(tmp_path, {}), load_config(tmp_path, {})
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32


def test_safe_settings_for_production_have_no_fault(tmp_path):
    assert faults_of(load_config(tmp_path, SAFE)) == []


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("SECRET_KEY", "", "secret_key"),
        ("SECRET_KEY", "short", "secret_key"),
        ("SECRET_KEY", "x" * 64, "secret_key"),
        ("BASE_URL", "", "base_url"),
        ("BASE_URL", "http://label.example.org", "base_url"),
        ("DEBUG", "true", "debug"),
        ("DEMO", "true", "demo"),
        ("CLOCK", "2020-12-01T09:00:00+01:00", "clock"),
    ],
)
def test_production_refuses_to_start_with_an_unsafe_setting(tmp_path, name, value, word):
    config = load_config(tmp_path, {**SAFE, f"SKOLEMERKE_{name}": value})
    with pytest.raises(ConfigFault, match=word):
        create_app(config)


def test_every_setting_stands_in_the_operators_page():
    from support.house import ROOT

    page = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    names = [name for name in Config.model_fields if name not in {"home", "mail"}]
    names += [f"mail.{name}" for name in Config.model_fields["mail"].annotation.model_fields]
    assert [name for name in names if f"`{name}`" not in page] == []


def test_a_second_factor_can_be_required_by_the_environment(tmp_path):
    # Variables that begin in the same way say what the tests may not skip.
    said = {"SKOLEMERKE_REQUIRE_SECOND_FACTOR": "true", "SKOLEMERKE_REQUIRE_BROWSER": "1", "SKOLEMERKE_HOME": "x"}
    assert load_config(tmp_path, said).require_second_factor is True
