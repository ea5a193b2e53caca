"""What a machine may lack: browsers and nginx. A test that needs one is skipped aloud, and fails in CI."""

from __future__ import annotations

import os
import shutil
import warnings
from typing import NoReturn

import pytest

CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first needs a quarter less of the processor: it has no window that nobody sees."""


def chromium() -> str | None:
    """Where Chromium or Chrome is."""
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


def lacking(message: str) -> NoReturn:
    """Skip with a warning that stands in the summary; fail where all must be there."""
    if os.environ.get("CI") or os.environ.get("LRVIZ_NEEDS_BROWSER") == "1":
        pytest.fail(message)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(message, stacklevel=2)
    pytest.skip(message)
