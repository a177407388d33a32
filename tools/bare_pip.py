"""pip for a Python that comes without it, as on Debian without the package python3-venv."""

import configparser
import contextlib
import hashlib
import html
import os
import re
import ssl
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urldefrag, urljoin

from tools.trouble import Trouble

WHEEL = "pip-26.3-py3-none-any.whl"
SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
PUBLIC_INDEX = "https://pypi.org/simple"
PATIENCE_IN_SECONDS = 60


@contextlib.contextmanager
def fetched_pip() -> Iterator[Path]:
    """Give the path of a checked wheel of pip, which Python can run as it is; it is gone afterwards."""
    settings = pip_settings()
    index = settings.get("index-url", PUBLIC_INDEX)
    try:
        content = _fetch(index, settings.get("cert"))
    except (OSError, ValueError) as error:
        raise Trouble(
            f"pip can't be fetched from {index} ({error}). On Debian and Ubuntu this also helps: "
            "apt install python3-venv"
        ) from None
    with tempfile.TemporaryDirectory(prefix="skolemerke-pip-") as folder:
        wheel = Path(folder) / WHEEL
        wheel.write_bytes(content)
        yield wheel


def pip_settings() -> dict[str, str]:
    """Return index-url and cert as pip itself would find them: files first, then the environment."""
    files = [
        Path("/etc/xdg/pip/pip.conf"),
        Path("/etc/pip.conf"),
        Path("~/.pip/pip.conf").expanduser(),
        Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser() / "pip" / "pip.conf",
        *([Path(os.environ["PIP_CONFIG_FILE"])] if os.environ.get("PIP_CONFIG_FILE") else []),
    ]
    found: dict[str, str] = {}
    for file in files:
        config = configparser.RawConfigParser()
        with contextlib.suppress(configparser.Error, OSError):
            config.read(file, encoding="utf-8")
        for section in ("global", "install"):
            if config.has_section(section):
                found.update(config.items(section))
    for name, variable in (("index-url", "PIP_INDEX_URL"), ("cert", "PIP_CERT")):
        if os.environ.get(variable):
            found[name] = os.environ[variable]
    return {name: value for name, value in found.items() if name in {"index-url", "cert"}}


def link_of_wheel(page: str, address: str) -> str:
    """Return the address of the wheel on a page of the simple index; raise ValueError if it isn't there."""
    for quoted in re.findall(r"""href\s*=\s*["']([^"']+)["']""", page):
        link = urldefrag(urljoin(address, html.unescape(quoted))).url
        if link.rpartition("/")[2] == WHEEL:
            return link
    raise ValueError(f"{WHEEL} is not listed there")


def checked(content: bytes) -> bytes:
    """Return the content if it is the wheel that was meant; raise ValueError if it isn't."""
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256:
        raise ValueError(f"{WHEEL} has the SHA-256 {found}, expected {SHA256}")
    return content


def _fetch(index: str, cert: str | None) -> bytes:
    address = f"{index.rstrip('/')}/pip/"
    page = _read(address, cert).decode("utf-8")
    return checked(_read(link_of_wheel(page, address), cert))


def _read(address: str, cert: str | None) -> bytes:
    if not address.startswith(("https:", "http:", "file:")):
        raise ValueError(f"{address} is not the address of a package index")
    context = ssl.create_default_context(cafile=cert) if address.startswith("https:") else None
    with urllib.request.urlopen(address, timeout=PATIENCE_IN_SECONDS, context=context) as answer:  # noqa: S310  # checked above
        content: bytes = answer.read()
    return content
