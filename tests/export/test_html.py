"""One HTML file, and a run in a notebook: small, the engine's numbers, and no markup of strangers."""

from __future__ import annotations

import base64
import hashlib
import html as markup
import re

import numpy as np
import pytest

from lrviz import Race, Scenario, play, simulate, simulate_many
from lrviz.export import files, html
from lrviz.stage import Run
from lrviz.stage.pack import unpack
from tests.export.races import CUTS, LARGE, NASTY, RACE, embedded


def test_the_file_is_small_and_holds_the_engines_numbers():
    page = html.page(play.message(LARGE), title="A race", params=LARGE.to_params())
    assert len(page.encode()) <= 400_000
    meta, arrays = unpack(embedded(page, "message"))
    assert [row["name"] for row in meta["runs"]] == LARGE.names
    for i, scenario in enumerate(LARGE.scenarios):
        run = simulate(scenario)
        np.testing.assert_array_equal(arrays[f"run{i}.x"], run.x)
        np.testing.assert_array_equal(arrays[f"run{i}.loss"], run.loss)
    assert "landscape.heights" in arrays and len(meta["profiles"]) == 4 and "profile3.loss" in arrays


def test_a_usual_run_is_as_small_as_the_readme_says():
    assert len(files.page(Race(Scenario(steps=200)))) == pytest.approx(125_000, rel=0.1)


def test_only_its_own_two_scripts_may_run_and_nothing_is_fetched(message):
    page = html.page(message, title="A race")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy and "default-src 'none'" in policy[1] and "connect-src" not in policy[1]
    loader = re.search(r'<script type="module">(.*?)</script>', page, re.DOTALL)
    assert loader
    scripts = [loader[1], embedded(page, "code").decode()]
    for script in scripts:
        assert base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() in policy[1]
    assert not re.search(r'(src|href)\s*=\s*"(?!#)', page) and "http" not in page.replace("http-equiv", "")


def test_nothing_that_was_named_becomes_markup():
    run = Run(NASTY, simulate(CUTS), formula=NASTY)
    page = html.page(play.message(RACE, made=[run]), title=NASTY, params={NASTY: NASTY}, link="javascript:alert(1)//.")
    assert "onclick='x" not in page and "<b" not in page.replace("<body", "") and "javascript:" not in page
    assert page.count("<script") == 3 and page.count("</script>") == 3
    assert unpack(embedded(page, "message"))[0]["runs"][0]["name"] == NASTY


def test_a_link_of_the_lab_is_whole():
    page = html.page(b"lrv1", title="x", params=RACE.to_params(), link="https://lab.example.org/race?old=1")
    found = re.search(r'<a href="([^"]*)"', page)
    assert found
    params = dict(pair.split("=", 1) for pair in markup.unescape(found[1]).partition("?")[2].split("&"))
    assert Race.from_params(params) == (RACE, [])


def test_a_run_in_a_notebook_is_the_player_in_a_frame():
    run = simulate(CUTS)
    frame = run._repr_html_()
    assert frame and frame.startswith("<iframe") and frame.count("<") == 2
    assert 'sandbox="allow-scripts allow-downloads"' in frame
    page = markup.unescape(re.search(r'srcdoc="([^"]*)"', frame)[1])
    np.testing.assert_array_equal(unpack(embedded(page, "message"))[1]["run0.loss"], run.loss)
    assert simulate_many(CUTS, alpha=[0.1])[0]._repr_html_() is None
