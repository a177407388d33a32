"""Start-up with 0, 10 and 50 plugins beside a bare application with as many, and what asking a plugin costs then.

A start is a process of its own: everything is imported, every plugin is read and its rounds are resolved, and a first
page is answered. Half of our plugins are rounds that extend a shipped one, half are overlays of a shipped round.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pluggy
from skolemerke.contract.hooks import PROJECT, RoundHooks
from skolemerke.plugin_host.host import PluginHost

from bench.frame import Row, cpu_of
from bench.installation import ROOT

COUNTS = (0, 10, 50)
PARENTS = ("etwinning-2018-2019", "etwinning-2019-2020", "etwinning-2020-2021", "etwinning-2021-2022")
LAST = "2021-2022"
MILLISECONDS_A_PLUGIN = 6
PARTS = 1.2
CALLS, CALLS_OF_ALL = 1_000, 20
OURS = """
import sys, time
from pathlib import Path
from skolemerke.app import create_app
from skolemerke.config import load_config
from skolemerke.rounds.composition import host
app = create_app(load_config(Path(sys.argv[1]), {}), distributions=False)
with app.app_context():
    host().examine()
    states = [plugin.state for plugin in host().plugins]
assert states == ["active"] * (4 + int(sys.argv[2])), states
assert app.test_client().get("/").status_code == 200
cpu = time.process_time()
from bench.frame import peak_megabytes
print(cpu, peak_megabytes())
"""

Figures = dict[int, tuple[float, float]]


def run(*, full: bool) -> list[Row]:
    """Three starts of each kind, taking turns; nine at full size."""
    with tempfile.TemporaryDirectory() as folder:
        homes = {count: make_home(Path(folder) / str(count), count) for count in COUNTS}
        ours, peers = _started(homes, times=9 if full else 3)
        one, alone, all_ = dispatch(homes[COUNTS[-1]] / "plugins", Path(folder) / "lone")
    most = COUNTS[-1]
    starts = [
        Row(f"start with {count} plugins", ours[count][0], "CPU s", peer="bare", peer_figure=peers[count][0])
        for count in COUNTS
    ]
    each, each_peer = (1_000 * (found[most][0] - found[0][0]) / most for found in (ours, peers))
    space, space_peer = ((found[most][1] - found[0][1]) / most for found in (ours, peers))
    asked = f"asking one of {most}"
    return [
        *starts,
        Row("for each plugin", each, "CPU ms", MILLISECONDS_A_PLUGIN, peer="bare", peer_figure=each_peer),
        Row("for each plugin, to one of the bare application", each / each_peer, "times", 1),
        Row("for each plugin: memory", space, "MB", peer="bare", peer_figure=space_peer),
        Row(
            f"{asked}, to asking it where it is alone", one / alone, "times", PARTS, peer="alone µs", peer_figure=alone
        ),
        Row(f"{asked}, to asking all of them", one / all_, "times", 1, peer="pluggy, µs", peer_figure=all_),
    ]


def make_home(home: Path, plugins: int) -> Path:
    """A home with the shipped rounds that others extend, and so many plugins more."""
    for name in PARENTS:
        shutil.copytree(ROOT / "plugins" / name, home / "plugins" / name, ignore=shutil.ignore_patterns("__pycache__"))
    for number in range(plugins):
        name = f"plugin-{number:02}"
        folder = home / "plugins" / name
        folder.mkdir()
        project = f'[project]\nname = "{name}"\nversion = "1.0"\n[tool.skolemerke]\ncontract = 1\n'
        (folder / "pyproject.toml").write_text(project, encoding="utf-8")
        file, text = _round(number) if number % 2 else _overlay(number)
        (folder / file).write_text(text, encoding="utf-8")
    # The first start makes the database and the compiled modules; it is no start of those that are measured.
    _child([sys.executable, "-c", OURS, str(home), str(plugins)])
    return home


def _round(number: int) -> tuple[str, str]:
    shipped = (ROOT / "plugins" / PARENTS[-1] / "round.yaml").read_text(encoding="utf-8")
    return "round.yaml", shipped.replace(f'round: "{LAST}"', f'round: "round-{number}"')


def _overlay(number: int) -> tuple[str, str]:
    head = f'overlay: plugin-{number:02}\nround: "{LAST}"\nlanguage: en\nreason: For measuring.\n'
    return "overlay.yaml", head + "form:\n  requirements:\n    - {id: promotion, state: fixed, points: 1}\n"


def _started(homes: dict[int, Path], *, times: int) -> tuple[Figures, Figures]:
    ours: dict[int, list[tuple[float, float]]] = {count: [] for count in homes}
    peers: dict[int, list[tuple[float, float]]] = {count: [] for count in homes}
    for _ in range(times):
        for count, home in homes.items():
            ours[count].append(_child([sys.executable, "-c", OURS, str(home), str(count)]))
            peers[count].append(_child([sys.executable, "-m", "bench.startup_peer", str(count)]))
    return _medians(ours), _medians(peers)


def _medians(found: dict[int, list[tuple[float, float]]]) -> Figures:
    return {count: (median(one[0] for one in all_), median(one[1] for one in all_)) for count, all_ in found.items()}


def _child(command: list[str]) -> tuple[float, float]:
    """The CPU seconds and the memory in MB that a process tells at its end."""
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    cpu, space = done.stdout.split()[-2:]
    return float(cpu), float(space)


def dispatch(folder: Path, lone_folder: Path) -> tuple[float, float, float]:
    """Microseconds of asking one of many plugins, of asking it where it is alone, and of asking all of them at once."""
    many = PluginHost(folder, distributions=False)
    name = many.plugins[-1].id
    shutil.copytree(folder / name, lone_folder / name)
    lone = PluginHost(lone_folder, distributions=False)
    everybody = pluggy.PluginManager(PROJECT)
    everybody.add_hookspecs(RoundHooks)
    for plugin in many.plugins:
        everybody.register(plugin.object)
    answer = many.ask(name, "rounds", list)
    assert answer == lone.ask(name, "rounds", list)
    assert answer in everybody.hook.rounds()

    def a_call(ask: Callable[[], object], times: int = CALLS) -> float:
        return 1_000_000 * cpu_of(lambda: [ask() for _ in range(times)]) / times

    turns: tuple[Callable[[], float], ...] = (
        lambda: a_call(lambda: many.ask(name, "rounds", list)),
        lambda: a_call(lambda: lone.ask(name, "rounds", list)),
        lambda: a_call(everybody.hook.rounds, CALLS_OF_ALL),
    )
    found = [[turn() for turn in turns] for _ in range(5)]
    one_of_many, alone, all_ = (median(times) for times in zip(*found, strict=True))
    return one_of_many, alone, all_
