"""The cards of the lessons: drawn once and kept, and still what their lessons open with."""

import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lrviz import engine
from lrviz.lessons import LESSONS, card
from lrviz.palette import PALETTES
from lrviz.thumbnail import thumbnail
from tests.visits import ROOT

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def test_the_welcome_page_computes_the_run_that_it_plays_and_no_other(monkeypatch):
    ran, trace = set(), engine.trace

    def heard(surface, optimizer, *more):
        ran.add((surface.key, optimizer.key))
        return trace(surface, optimizer, *more)

    monkeypatch.setattr(engine, "trace", heard)
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    assert not at.exception
    pictures = [html.proto.body for html in at.get("html") if "<img" in html.proto.body]
    assert len(pictures) == len(set(pictures)) == len(LESSONS)
    assert ran <= {("bowl", "gradient_descent")}


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize("key", LESSONS)
def test_a_card_shows_what_its_lesson_opens_with(key, theme):
    kept, drawn = card(key, theme).read_text(encoding="utf-8"), thumbnail(LESSONS[key].race, theme)
    assert NUMBER.sub("0", kept) == NUMBER.sub("0", drawn), "make cards"
    np.testing.assert_allclose(*(list(map(float, NUMBER.findall(svg))) for svg in (kept, drawn)), atol=1, err_msg=key)
