"""Makes the environment in .venv and runs Skolemerke, its checks and its tests in it: python3 dev.py --help.

This file stays readable for every Python 3, so that an old one can say what is missing; the work is done in tools/.
"""

import sys


def refusal(version: "tuple[int, ...]") -> "str | None":
    """Return the sentence that turns this version of Python away, or None if it may stay."""
    if version[:2] >= (3, 11):
        return None
    found = ".".join(str(part) for part in version[:3])
    return f"Skolemerke needs Python 3.11 or newer; this is Python {found} ({sys.executable})."


if __name__ == "__main__":
    if refusal(sys.version_info[:3]):
        sys.exit(refusal(sys.version_info[:3]))
    from tools.commands import main

    sys.exit(main(sys.argv[1:]))
