"""The collector of cycles is paused while much is made, and does afterwards what it did before."""

import gc

import pytest
from skolemerke import collector
from skolemerke.app import create_app
from skolemerke.config import load_config
from skolemerke.database import EXTENSION
from support.installation import SHIPPED, install
from support.tables import lay_tables


@pytest.mark.parametrize("before", [True, False])
def test_it_is_paused_and_then_as_it_was_before_also_after_a_fault(before):
    gc.enable() if before else gc.disable()
    try:
        with pytest.raises(KeyError):
            fail_while_paused()
        assert gc.isenabled() is before
    finally:
        gc.enable()


@collector.paused()
def fail_while_paused():
    assert not gc.isenabled()
    raise KeyError


@pytest.fixture
def looks():
    """The looks for cycles that there were meanwhile."""
    found = []
    gc.callbacks.append(note := lambda phase, _about: found.append(phase) if phase == "start" else None)
    yield found
    gc.callbacks.remove(note)


@pytest.fixture
def config(tmp_path):
    """A home with its tables, so that a start makes none."""
    config = load_config(install(tmp_path, *SHIPPED), {})
    lay_tables(config)
    return config


def start(make, config):
    gc.collect()
    app = make(config, distributions=False)
    app.extensions[EXTENSION].close()


def test_an_application_is_made_without_a_look_for_cycles_but_when_it_is_there(config, looks):
    start(create_app, config)
    assert len(looks) <= 3


def test_the_twin_that_is_not_paused_looks_again_and_again(config, looks):
    start(create_app.__wrapped__, config)
    assert len(looks) > 20
