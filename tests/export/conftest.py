"""What the tests of this folder are given."""

from __future__ import annotations

import pytest

from lrviz import play
from tests.export.races import RACE


@pytest.fixture(scope="module")
def message() -> bytes:
    return play.message(RACE)
