"""A real browser on a real server: what a visitor does with the keyboard and a link, read back from what is drawn."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz import Scenario, simulate
from lrviz.palette import PALETTES

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

DRAWN = """index => {
  const chart = document.querySelectorAll('.js-plotly-plot')[index];
  const list = values => Array.from(values._inputArray ?? values);
  return chart && Object.fromEntries(
    chart.data.filter(trace => trace.type === 'scatter')
      .map(trace => [trace.name, {x: list(trace.x), y: list(trace.y)}]));
}"""


def steps(page) -> np.ndarray:
    drawn = page.evaluate(DRAWN, 0)["steps"]
    return np.array([drawn["x"], drawn["y"]], float).T


def alpha(page):
    return page.locator(".st-key-knob_alpha input[type=range]")


def shown(page, notch: str) -> None:
    """Until the slider, the address and the picture are where this alpha has them."""
    page.wait_for_function(
        """([notch, point]) => {
          const slider = document.querySelector('.st-key-knob_alpha input[type=range]');
          const chart = document.querySelector('.js-plotly-plot');
          if (!slider || !chart || !chart.data) return false;  // it is drawn anew at this moment
          const trace = chart.data.find(trace => trace.name === 'steps');
          const y = Array.from(trace.y._inputArray ?? trace.y);
          return slider.getAttribute('aria-valuetext') === notch && Math.abs(y[1] - point) < 1e-9
            && location.search.includes('alpha=' + notch);
        }""",
        arg=[notch, float(simulate(Scenario(alpha=float(notch))).x[1, 1])],
    )


def test_the_keyboard_moves_alpha_and_the_curve_follows(server, visit):
    page = visit(f"{server}/playground")
    before = steps(page)
    np.testing.assert_allclose(before, simulate(Scenario()).x)
    alpha(page).focus()
    page.keyboard.press("ArrowRight")
    shown(page, "0.16")
    after = steps(page)
    assert not np.allclose(before, after)
    np.testing.assert_allclose(after, simulate(Scenario(alpha=0.16)).x)
    assert page.evaluate("document.activeElement.type") == "range", "the slider lost the focus"
    page.keyboard.press("ArrowRight")
    shown(page, "0.18")


def test_fast_keys_are_not_taken_back(server, visit):
    """While answers are under way the page must not put the slider where it was."""
    page = visit(f"{server}/playground")
    alpha(page).focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(60)
    shown(page, "0.35")
    page.wait_for_timeout(1000)
    shown(page, "0.35")
    assert page.locator("[class*=st-key-exact_alpha] input").input_value() == "0.35"


def test_back_and_forward(server, visit):
    page = visit(f"{server}/playground")
    alpha(page).focus()
    for notch in ("0.16", "0.18", "0.2"):
        page.keyboard.press("ArrowRight")
        shown(page, notch)
    page.go_back()
    shown(page, "0.18")
    page.go_back()
    shown(page, "0.16")
    page.go_forward()
    shown(page, "0.18")


def test_a_deep_link_opens_on_a_fresh_server(serving, visit):
    with serving() as url:
        page = visit(
            f"{url}/playground?optimizer=momentum&alpha=0.05&schedule=plateau&patience=3&factor=0.5&noise=1&steps=90"
        )
        scenario = Scenario(
            optimizer="momentum",
            alpha=0.05,
            schedule="plateau",
            noise=1,
            steps=90,
            values={"patience": 3, "factor": 0.5},
        )
        run = simulate(scenario)
        np.testing.assert_allclose(steps(page), run.x)
        curves = page.evaluate(DRAWN, 1)
        np.testing.assert_allclose(curves["learning rate"]["y"][:-1], run.learning_rate)
        assert curves["cut"]["x"] == run.cuts.tolist()
        assert page.locator(".st-key-knob_patience input[type=range]").get_attribute("aria-valuetext") == "3 epochs"
        assert page.locator("[role=dialog]").count() == 0, page.locator("[role=dialog]").all_inner_texts()
        assert page.get_by_role("link", name="Welcome").count() == 1, "the frame is missing"


def test_a_bad_link_is_a_sentence_and_no_markup(server, visit):
    page = visit(f"{server}/playground?alpha=nan&steps=50&surface=%3Cimg%20src%3Dx%3E&foo=**b**%20https://example.com")
    said = page.locator("[data-testid=stAlert]")
    assert "alpha is 'nan'" in said.inner_text()
    assert "<img src=x>" in said.inner_text()
    assert said.locator("img, a, strong").count() == 0
    assert len(steps(page)) == 51


def test_from_the_welcome_page_into_the_playground(server, visit):
    page = visit(server)
    page.get_by_text("A step that is a little too long").click()
    page.wait_for_selector(".st-key-knob_alpha")
    assert "alpha=0.205" in page.url


@pytest.mark.parametrize("path", ["/", "/playground", "/playground?optimizer=adam&schedule=plateau"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(server, visit, path, width):
    page = visit(f"{server}{path}", width=width, height=844)
    wide = "[...document.querySelectorAll('html, [data-testid=stMain]')].map(e => e.scrollWidth - e.clientWidth)"
    assert page.evaluate(wide) == [0, 0]


def test_picture_and_main_controls_are_on_the_first_screen(server, visit):
    page = visit(f"{server}/playground?optimizer=momentum&schedule=plateau", height=800)
    for key in ("knob_alpha", "knob_factor", "knob_patience", "knob_momentum", "knob_steps", "knob_noise"):
        box = page.locator(f".st-key-{key}").bounding_box()
        assert box["y"] + box["height"] <= 800, key
    box = page.locator(".js-plotly-plot").first.bounding_box()
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 800


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_follows_the_visitor(server, visit, scheme):
    page = visit(f"{server}/playground", scheme=scheme)
    red, green, blue = (int(PALETTES[scheme].paper[i : i + 2], 16) for i in (1, 3, 5))
    background = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    assert background == f"rgb({red}, {green}, {blue})"
    page.wait_for_function(
        "paper => document.querySelector('.js-plotly-plot')?.layout?.paper_bgcolor === paper",
        arg=PALETTES[scheme].paper,
    )


def test_the_app_calls_nobody_else(server, visit, browser):
    context = browser.new_context()
    page = context.new_page()
    elsewhere: list[str] = []
    page.on(
        "request",
        lambda request: (
            elsewhere.append(request.url) if not request.url.startswith((server, "data:", "blob:")) else None
        ),
    )
    page.goto(f"{server}/playground")
    page.wait_for_selector(".js-plotly-plot .scatterlayer")
    page.wait_for_selector("[data-test-script-state=notRunning]", state="attached")
    context.close()
    assert elsewhere == []
