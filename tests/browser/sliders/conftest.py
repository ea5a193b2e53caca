"""One playground for each file of tests, on which the pointer moves sliders."""

from __future__ import annotations

import pytest

from tests.browser.driver import Stage


@pytest.fixture(scope="module")
def opened(server, visit_once):
    return Stage(visit_once(f"{server}/playground", height=900))


@pytest.fixture
def stage(opened):
    opened.page.mouse.up()
    opened.page.mouse.move(2, 2)
    opened.focus()
    return opened
