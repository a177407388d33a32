"""Where plugins are found: folders of the installation, and installed distributions."""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path

from skolemerke.contract import CONTRACT_VERSION
from skolemerke.plugin_host.faults import Fault

GROUP = "skolemerke"
PLUGIN_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,79}")
UNHASHED = {"__pycache__", ".git", ".mypy_cache", ".ruff_cache", "dist"}


@dataclass
class Candidate:
    """A plugin that was found and not yet read."""

    id: str
    version: str
    source: str
    """`folder` or `distribution`."""
    folder: Path | None
    entry_point: EntryPoint | None = None
    fault: Fault | None = None
    hash: str = field(default="", compare=False)


def find_candidates(plugins: Path, *, distributions: bool = True) -> list[Candidate]:
    """All plugins, folders first, each group by name. Nothing of a plugin is run."""
    found = [_of_folder(path) for path in _folders(plugins)]
    if distributions:
        found += [_of_entry_point(entry) for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name)]
    return found


def with_instead(candidates: list[Candidate], instead: Path) -> list[Candidate]:
    """The candidates with the plugin of one folder in place of any other of its id."""
    tried = _of_folder(instead)
    kept = [c for c in candidates if c.id != tried.id and (c.folder is None or c.folder.resolve() != instead.resolve())]
    return [*kept, tried]


def hash_of(folder: Path) -> str:
    """The SHA-256 over the names and bytes of a plugin's files: its code and its data."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and not UNHASHED & set(relative.parts) and path.suffix != ".pyc":
            digest.update(relative.as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _folders(plugins: Path) -> list[Path]:
    if not plugins.is_dir():
        return []
    return sorted(
        path
        for path in plugins.iterdir()
        if path.is_dir() and not path.name.startswith((".", "_")) and any(path.iterdir())
    )


def _of_folder(folder: Path) -> Candidate:
    """Read a folder's `pyproject.toml`; a fault there is kept with the folder's name as the id."""
    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
        name, version = str(project["project"]["name"]), str(project["project"]["version"])
        contract = project.get("tool", {}).get("skolemerke", {}).get("contract", CONTRACT_VERSION)
    except FileNotFoundError:
        message = "the folder has no pyproject.toml, which names the plugin and its version"
        return _broken(folder, message)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        return _broken(folder, f"not TOML: {error}", int(line.group(1)) if line else 1)
    except (OSError, UnicodeDecodeError) as error:
        return _broken(folder, f"can't be read: {error}")
    except KeyError as error:
        return _broken(folder, f"[project] lacks the key {error}")
    if not PLUGIN_ID.fullmatch(name):
        return _broken(folder, f"the name {name!r} may hold letters, digits, '.', '_' and '-' only")
    candidate = Candidate(name, version, "folder", folder)
    if contract != CONTRACT_VERSION:
        message = f"written for contract {contract}; this core speaks contract {CONTRACT_VERSION}"
        candidate.fault = Fault(name, None, "pyproject.toml", 1, message)
    return candidate


def _broken(folder: Path, message: str, line: int = 1) -> Candidate:
    fault = Fault(folder.name, None, "pyproject.toml", line, message)
    return Candidate(folder.name, "", "folder", folder, fault=fault)


def _of_entry_point(entry: EntryPoint) -> Candidate:
    version = entry.dist.version if entry.dist else ""
    try:
        spec = find_spec(entry.module)
    except (ImportError, ValueError) as error:
        fault = Fault(entry.name, None, None, None, f"{type(error).__name__}: {error}")
        return Candidate(entry.name, version, "distribution", None, entry, fault)
    places = list(spec.submodule_search_locations or ()) if spec else []
    folder = Path(places[0]) if places else None
    if spec is None:
        fault = Fault(entry.name, None, None, None, f"the module {entry.module} is not installed")
        return Candidate(entry.name, version, "distribution", None, entry, fault)
    return Candidate(entry.name, version, "distribution", folder, entry)
