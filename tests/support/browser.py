"""The machine's own Chromium, driven by Playwright; no browser is ever downloaded."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES_OUTSIDE_THE_PATH = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
QUIET = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    """Return the path of a Chromium that the machine has, or None."""
    on_path = (shutil.which(name) for name in NAMES)
    elsewhere = (place for place in PLACES_OUTSIDE_THE_PATH if Path(place).is_file())
    return next((path for path in (*on_path, *elsewhere) if path), None)


@contextlib.contextmanager
def running_browser(executable: str) -> Iterator[Browser]:
    """Start the browser without a window and close it afterwards."""
    # The sandbox of Chromium refuses to run as root, as in containers.
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*QUIET, *sandbox])
        try:
            yield browser
        finally:
            browser.close()
