"""What went wrong in a plugin, so that its author finds the place."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path

from skolemerke_forms.located import DefinitionFault, Finding


@dataclass(frozen=True)
class Fault:
    """Why a plugin is quarantined or a round is paused: the hook, the file and line, and what happened."""

    plugin: str
    hook: str | None
    file: str | None
    line: int | None
    message: str
    findings: tuple[Finding, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The fault as `plugins list` prints it."""
        return {"hook": self.hook, "file": self.file, "line": self.line, "message": self.message}

    def __str__(self) -> str:
        place = f" ({self.file}:{self.line})" if self.file else ""
        hook = f" in {self.hook}" if self.hook else ""
        return f"plugin {self.plugin}{hook}{place}: {self.message}"


class PluginFault(Exception):
    """A plugin could not answer; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))


def fault_of(error: BaseException, plugin: str, hook: str | None, folder: Path | None) -> Fault:
    """Describe what a plugin raised; the place is the deepest one in the plugin's own files."""
    if isinstance(error, PluginFault):
        return error.fault
    if isinstance(error, DefinitionFault):
        first = error.findings[0]
        return Fault(plugin, hook, first.file, first.line, first.message, tuple(error.findings))
    message = f"{type(error).__name__}: {error}"
    if isinstance(error, SyntaxError) and error.filename:
        return Fault(plugin, hook, _short(error.filename, folder), error.lineno, f"SyntaxError: {error.msg}")
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if folder is not None and Path(frame.filename).is_relative_to(folder):
            return Fault(plugin, hook, _short(frame.filename, folder), frame.lineno, message)
    return Fault(plugin, hook, None, None, message)


def _short(filename: str, folder: Path | None) -> str:
    path = Path(filename)
    return path.relative_to(folder).as_posix() if folder and path.is_relative_to(folder) else path.name
