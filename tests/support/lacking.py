"""Where a machine lacks the browser or the database server: skip and say so, or fail where that is required."""

import os
from collections import Counter
from collections.abc import Iterable
from typing import NoReturn

import pytest

SIGN = "not on this machine: "


def lack(what: str, variable: str) -> NoReturn:
    """Skip the test for want of something, or fail it where the variable requires that it runs."""
    if os.environ.get(variable, "") not in {"", "0"}:
        pytest.fail(f"{what} ({variable} requires it)", pytrace=False)
    pytest.skip(SIGN + what)


def sentences(reports: Iterable[pytest.TestReport]) -> list[str]:
    """Return one sentence for each thing whose lack caused tests to be skipped."""
    reasons = (report.longrepr[2] for report in reports if isinstance(report.longrepr, tuple))
    counted = Counter(reason.partition(SIGN)[2] for reason in reasons if SIGN in reason)
    return [f"{number} tests did not run: {what}" for what, number in sorted(counted.items())]
