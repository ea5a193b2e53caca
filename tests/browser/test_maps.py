"""What a visitor does on the page of maps, and sees."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz import Scenario
from lrviz.maps.grid import cells
from lrviz.maps.map import Map
from lrviz.maps.presets import PRESETS
from tests.browser.conftest import settle
from tests.browser.driver import Stage, assert_drawn, in_address, widget

pytestmark = pytest.mark.browser

MAP = ".lrviz-map"


class Plane:
    """The map of a page: ``plane("points")`` reads its test API."""

    def __init__(self, page):
        self.page = page
        self.element = page.locator(MAP)
        self.wait("points >= 256")

    def __call__(self, what: str):
        return self.element.evaluate(f"element => element.map.{what}")

    def wait(self, what: str, tries: int = 600) -> None:
        """Until this is true of its test API."""
        for _ in range(tries):
            if self.element.count() and self.element.evaluate(f"element => Boolean(element.map?.{what})"):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"never: {what}")

    def place(self, across: float, up: float) -> tuple[float, float]:
        """A point of the plot in pixels of the page: (0, 0) is its lower left corner, (1, 1) its upper right."""
        canvas, box = self.page.locator(f"{MAP} .plane").bounding_box(), self("box")
        x = box["left"] + across * (box["right"] - box["left"])
        return canvas["x"] + x, canvas["y"] + box["bottom"] + up * (box["top"] - box["bottom"])

    def drag(self, begin: tuple[float, float], end: tuple[float, float]) -> None:
        mouse = self.page.mouse
        mouse.move(*self.place(*begin))
        mouse.down()
        mouse.move(*self.place(*(np.add(begin, end) / 2)))
        mouse.move(*self.place(*end))
        mouse.up()

    def press(self, *keys: str) -> None:
        self.page.locator(f"{MAP} .plane").focus()
        for key in keys:
            self.page.keyboard.press(key)


@pytest.fixture
def page(server, visit):
    return visit(f"{server}/maps", waits_for=MAP, motion="reduce")


def test_a_click_plays_the_run_and_arrows_and_enter_do_the_same(page):
    plane, stage, plan = Plane(page), Stage(page), PRESETS["curvature"].map
    page.mouse.move(*plane.place(0.3, 0.4))
    plane.wait("numbers.includes('Learning rate 0.0')")
    page.mouse.click(*plane.place(0.3, 0.4))
    point = plane("point")
    in_address(page, f"alpha={point['x']!r}")
    settle(page)
    assert_drawn(stage, 0, plan.cell(point["x"], point["y"]))
    plane.press("ArrowRight", "ArrowUp", "Enter")
    moved = plane("point")
    assert moved["x"] > point["x"] and moved["y"] > point["y"]
    in_address(page, f"alpha={moved['x']!r}")
    settle(page)
    assert_drawn(stage, 0, plan.cell(moved["x"], moved["y"]))


def test_a_box_zooms_to_cells_that_are_computed_anew_and_there_is_a_way_back(page, visit):
    plane, plan = Plane(page), PRESETS["curvature"].map
    whole = plane("region")
    plane.drag((0.5, 0.5), (0.7, 0.8))
    plane.wait("points >= 256 && element.map.history === 1")
    region, drawn = plane("region"), plane("cells")
    there = plan.zoomed(tuple(region["x"]), tuple(region["y"]))
    x, y = there.values(256)
    np.testing.assert_allclose(drawn["x"], x, rtol=1e-15)
    mine = cells(there, x, y).ravel()
    assert np.isfinite(mine).any()
    np.testing.assert_allclose(np.array(drawn["values"], float), mine, rtol=1e-4)
    in_address(page, f"x:alpha,{region['x'][0]!r}"[:20])
    settle(page)
    again = Plane(visit(page.url, waits_for=MAP))
    assert again("region") == region
    plane.press("+")
    plane.wait("points >= 256 && element.map.history === 2")
    page.get_by_role("button", name="← Back").click()
    plane.wait("history === 1 && element.map.points >= 256")
    assert plane("region") == region
    plane.press("Backspace")
    plane.wait("history === 0 && element.map.points >= 256")
    assert plane("region") == whole


def test_the_wheel_scrolls_and_with_control_it_zooms(page):
    plane = Plane(page)
    whole = plane("region")
    page.mouse.move(*plane.place(0.5, 0.5))
    page.mouse.wheel(0, 40)
    page.wait_for_timeout(200)
    assert plane("region") == whole
    page.mouse.move(*plane.place(0.5, 0.5))
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    plane.wait("history === 1 && element.map.points >= 256")
    region = plane("region")
    assert whole["x"][0] < region["x"][0] < region["x"][1] < whole["x"][1]


def test_a_zoom_into_whole_numbers_is_a_map_of_fewer_runs(server, visit):
    page = visit(f"{server}/maps?map=x:alpha,0.01,1,256,log;y:steps,1,100,256,linear", waits_for=MAP, motion="reduce")
    plane = Plane(page)
    page.get_by_text("25,600 runs of at most 100 steps").wait_for()
    plane.drag((0.2, 0.2), (0.6, 0.6))
    plane.wait("history === 1 && element.map.points >= 256")
    low, high = plane("region")["y"]
    page.get_by_text(f"{(high - low + 1) * 256:,} runs of at most {high} steps").wait_for()
    page.mouse.click(*plane.place(0.5, 0.5))
    point = plane("point")
    in_address(page, f"steps={point['y']}")
    settle(page)
    assert_drawn(Stage(page), 0, Scenario(alpha=point["x"], steps=int(point["y"])))


def test_another_preset_and_another_number_are_other_maps(page):
    plane = Plane(page)
    page.get_by_text("Momentum", exact=True).first.click()
    page.wait_for_function("() => document.querySelector('h1').textContent.includes('momentum')")
    plane.wait("lines[0]?.name === '(2 + 2μ)/L' && element.map.points >= 256")
    assert plane("cells")["y"][-1] == 0.999
    widget(page, "map_show").get_by_role("combobox").click()
    page.get_by_role("option", name="Step at which it leaves the finite").click()
    in_address(page, "show:diverged_at")
    settle(page)
    plane.wait("points >= 256")
    plan = Map.from_params({**PRESETS["momentum"].map.to_params()})
    x, y = plan.values(256)
    best = plane("cells")
    assert best["x"] == x.tolist() and best["y"] == y.tolist()


def test_on_a_phone_the_map_comes_first_and_a_tap_plays(server, visit):
    page = visit(f"{server}/maps", width=390, height=844, waits_for=MAP, has_touch=True, motion="reduce")
    plane = Plane(page)
    top = page.locator(f"{MAP} .plane").bounding_box()["y"]
    assert top < page.locator(".lrviz-stage").bounding_box()["y"] and top < 420
    page.touchscreen.tap(*plane.place(0.4, 0.5))
    point = plane("point")
    in_address(page, f"alpha={point['x']!r}")
    sideways = page.evaluate(
        "e => { e = document.querySelector('[data-testid=stMain]'); return e.scrollWidth - e.clientWidth }"
    )
    assert sideways == 0


def test_light_and_dark_and_the_map_is_in_sight(server, visit):
    for scheme in ("light", "dark"):
        page = visit(f"{server}/maps", scheme=scheme, waits_for=MAP)
        plane = Plane(page)
        assert page.locator(MAP).get_attribute("data-theme") == scheme
        box = page.locator(f"{MAP} .plane").bounding_box()
        assert box["y"] + box["height"] <= 800
        assert plane("best")["value"] == 0 or plane("best")["value"] < 1e-9


def test_without_its_endpoint_the_pages_script_brings_the_tiles(server, visit):
    def prepare(page):
        page.route("**/lab/map", lambda route: route.fulfill(status=404))

    page = visit(f"{server}/maps?kappa=7", waits_for=MAP, prepare=prepare)
    plane = Plane(page)
    plane.press("+")
    plane.wait("history === 1 && element.map.points >= 256")


def test_each_slider_beside_the_map_has_room_for_a_finger(server, visit):
    page = visit(f"{server}/maps?schedule=plateau", waits_for=MAP, motion="reduce")
    settle(page)
    sliders = page.locator(".lrviz-stage .slider input[type=range]").all()
    assert len(sliders) == 3 and all(slider.bounding_box()["width"] > 150 for slider in sliders)


def test_a_click_that_an_assignment_does_not_allow_is_answered(server, visit):
    page = visit(f"{server}/class?map=x:alpha,0.01,1;y:kappa,1,50&open=alpha&title=Look", waits_for=MAP)
    plane = Plane(page)
    point = plane("point")
    page.mouse.click(*plane.place(0.3, 0.4))
    page.get_by_text("Condition number cannot be changed in this assignment").wait_for()
    assert plane("point") == point
