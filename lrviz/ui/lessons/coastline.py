"""The edge up close: a map beside the stage, zooms into it, the neighbours of a rate, and a count of boxes."""

from __future__ import annotations

import streamlit as st

from lrviz.analysis.sentences import sentences
from lrviz.figures.lessons.coastline import count_figure, rows_figure
from lrviz.lessons import coastline
from lrviz.lessons.coastline import CELLS, WITHIN, ZOOMS
from lrviz.maps.map import Map
from lrviz.ui import maps
from lrviz.ui.frame import chart, run_text, theme
from lrviz.ui.lab import Lab, current
from lrviz.ui.lesson import Page, first_predict
from lrviz.ui.terms import note, say
from lrviz.ui.widgets import opened
from lrviz.ui.words import marked

HEIGHT = 268


def edge_map(page: Page) -> None:
    """The map of rate and momentum, which its visitor zooms; a click on it is the run on the stage."""
    lab = page.lab
    if first_predict(page) or page.lesson.lacks(lab.race):
        return
    plane = coastline.plane(lab.scenario)
    _take_map(lab, plane)
    with st.container(key="zooms", horizontal=True):
        for times in ZOOMS:
            shown = lab.map == coastline.zoomed(lab.scenario, times)
            st.button(
                f"{times:,} ×",
                key=f"zoom_{times}",
                type="primary" if shown else "secondary",
                on_click=_zoom,
                args=(times,),
            )
    maps.the_map(HEIGHT, (plane.x, plane.y))


def _take_map(lab: Lab, plane: Map) -> None:
    """The map of the link, if it is one of this lesson; the whole plane else, and when the case is another one."""
    links, surface = st.session_state.get("edge_of", (0, ""))
    st.session_state.edge_of = (lab.links, lab.scenario.surface)
    other = links == lab.links and surface != lab.scenario.surface
    if other or lab.map is None or _kind(lab.map) != _kind(plane):
        lab.map, lab.maps = plane, lab.maps + 1
    lab.fit_map()
    if other:
        lab.write()


def _kind(plan: Map) -> tuple[str, str, str]:
    return plan.x.key, plan.y.key, plan.show


def _zoom(times: int) -> None:
    lab = current()
    lab.map = coastline.zoomed(lab.scenario, times)
    lab.maps += 1
    lab.touched = True


def what_the_edge_is(page: Page) -> None:
    """The neighbours of the run on the stage, and how many boxes the edge goes through at each zoom."""
    if first_predict(page) or page.lesson.lacks(page.lab.race):
        return
    with run_text():
        neighbours, count = st.tabs(["Neighbours", "Count"])
        with neighbours:
            _neighbours(page.lab)
        with count:
            _count(page.lab)


def _neighbours(lab: Lab) -> None:
    rows = [coastline.neighbours(lab.scenario, within) for within in WITHIN]
    texts = sentences(coastline.story(lab.scenario))
    chart(rows_figure(rows, theme()), "neighbours_chart", " ".join(texts))
    note("A cell is a rate: bright green comes down, dark red does not.")
    say("\n".join(f"- {marked(sentence)}" for sentence in texts))


def _count(lab: Lab) -> None:
    say("Count the boxes with edge in them. Along a line, boxes half as wide are twice as many.")
    place = opened("Count the boxes at four zooms", key="count_boxes")
    if place is None:
        return
    with place:
        found = coastline.counted(coastline.LESSON.case_race(coastline.LESSON.case(lab.scenario)).first)
        (sentence,) = sentences([coastline.judged(found)])
        chart(count_figure(found, theme()), "count_chart", sentence)
        say(marked(sentence))
        note(f"Sides: 2 to {CELLS // 8} cells. On top: each dimension.")
