"""The playground around its stage: what a visitor does with the keyboard, a link and the browser's own buttons."""

from __future__ import annotations

import pytest

from lrviz import Scenario, simulate
from lrviz.analysis.stability import edge
from lrviz.knob import read_points
from lrviz.palette import PALETTES, Theme
from lrviz.play import live_stops
from lrviz.race import Race
from tests.browser.conftest import over_a_network, settle
from tests.browser.driver import Late, Stage, assert_drawn, assert_race_drawn, in_address, widget

pytestmark = [pytest.mark.browser, over_a_network]

ALPHAS = live_stops(Scenario().knob("alpha"), 0.15, edge(Scenario()))
WIDE = "[...document.querySelectorAll('html, [data-testid=stMain]')].map(e => e.scrollWidth - e.clientWidth)"


@pytest.fixture(scope="module")
def opened(server, visit_once):
    return Stage(visit_once(f"{server}/playground"))


@pytest.fixture
def stage(opened):
    """The page that all share, as the playground opens it."""
    if not opened.page.url.endswith(("/playground", "/playground?surface=bowl")):
        opened.follow("playground")
        settle(opened.page)
    opened.wait("live.alpha.value === 0.15")
    opened.wait("live.alpha.preview === false")
    return opened


def neighbour(alpha: float, stops: int) -> float:
    """So many stops further on the live slider, which has the present value among its own."""
    values = live_stops(Scenario().knob("alpha"), alpha, edge(Scenario()))
    return values[values.index(alpha) + stops]


def test_an_arrow_moves_a_live_slider_by_one_stop_and_the_page_follows(stage):
    assert_drawn(stage, 0, Scenario())
    slider = stage.part("[data-knob=alpha] input[type=range]")
    slider.focus()
    stage.wait("live.alpha.ready")
    alpha = 0.15
    for key, by in (("ArrowRight", 1), ("ArrowRight", 1), ("ArrowLeft", -1)):
        stage.press(key)
        alpha = neighbour(alpha, by)
        assert stage("live.alpha.value") == pytest.approx(alpha)
        assert_drawn(stage, 0, Scenario(alpha=alpha))
    in_address(stage.page, f"alpha={alpha:g}")
    stage.wait("live.alpha.preview === false")
    assert slider.get_attribute("aria-valuetext") == f"{alpha:g}"
    assert slider.evaluate("input => input.matches(':focus')"), "the slider lost the focus"
    stage.press("ArrowRight")
    in_address(stage.page, f"alpha={neighbour(alpha, 1):g}")


def test_a_word_about_the_run_is_explained_in_place_also_after_a_move(stage):
    page = stage.page
    words, box = page.locator(".st-key-run_text a[href*='#term-']"), page.get_by_role("dialog", name="Glossary")
    for moves in range(2):
        if moves:
            stage.part("[data-knob=alpha] input[type=range]").focus()
            stage.wait("live.alpha.ready")
            stage.press("ArrowRight")
            in_address(page, f"alpha={neighbour(0.15, 1):g}")
            settle(page)
        assert words.count() == len(set(words.all_inner_texts())) > 0
        words.first.scroll_into_view_if_needed()
        page.wait_for_timeout(100)  # what scrolls closes the box
        words.first.click()
        box.wait_for()
        page.keyboard.press("Escape")
        box.wait_for(state="hidden")


FADED = """element => {
  const place = element.getRootNode().host.closest(".stElementContainer");
  return [place.dataset.stale, getComputedStyle(place).opacity];
}"""


def test_the_stage_does_not_fade_while_the_server_takes_long(server, visit):
    """The server's answer is held back from its first element on."""
    late = Late(lambda message: message.WhichOneof("type") == "delta")
    page = visit(f"{server}/playground", prepare=late)
    stage = Stage(page)
    stage.part("[data-knob=alpha] input[type=range]").focus()
    stage.wait("live.alpha.ready")
    settle(page)
    late.hold()
    stage.press("ArrowRight")
    page.wait_for_timeout(2000)
    assert stage.element.evaluate(FADED) == ["true", "1"]
    late.release()
    in_address(page, f"alpha={neighbour(0.15, 1):g}")
    settle(page)
    assert_drawn(stage, 0, Scenario(alpha=neighbour(0.15, 1)))


@pytest.mark.parametrize("start", [0.15, 0.16])
def test_fast_keys_are_not_taken_back(stage, start):
    """While answers are under way the page must not put the slider where it was; nor beside it, where the answer has
    other stops, because the value that was there lay between two."""
    if start not in ALPHAS:
        stage.follow(f"playground?alpha={start}")
        settle(stage.page)
    slider = stage.part("[data-knob=alpha] input[type=range]")
    slider.focus()
    stage.wait("live.alpha.ready")
    for i in range(8):
        stage.press("ArrowRight")
        assert stage("live.alpha.value") == pytest.approx(neighbour(start, i + 1))
        stage.page.wait_for_timeout(330 if i % 3 == 2 else 40)  # now and then long enough to be sent to the server
    alpha = neighbour(start, 8)
    in_address(stage.page, f"alpha={alpha:g}")
    stage.wait("live.alpha.preview === false")
    stage.page.wait_for_timeout(300)
    assert stage("live.alpha.value") == pytest.approx(alpha)
    assert_drawn(stage, 0, Scenario(alpha=alpha))


def test_a_slider_of_the_page_changes_the_curve_and_the_address(stage):
    stage.focus()
    stage.press("Home", "ArrowRight")
    noise = widget(stage.page, "knob_noise").locator("input[type=range]")
    noise.focus()
    values = [0.0]
    for _ in range(3):
        answers = stage("answers")
        stage.press("ArrowRight")
        stage.wait(f"answers > {answers}")
        settle(stage.page)
        stage.wait("hovered.preview === false")
        values.append(float(noise.get_attribute("aria-valuetext")))
        in_address(stage.page, f"noise={values[-1]:g}")
        moved = float(simulate(Scenario(noise=values[-1])).x[1, 0])
        stage.wait(f"curve(0).x[2] === Math.fround({moved!r})")
        assert_drawn(stage, 0, Scenario(noise=values[-1]))
    assert values == sorted(set(values)), "each arrow one stop"
    assert noise.evaluate("input => input === document.activeElement"), "the slider lost the focus"
    assert stage("step") == 1, "the cursor stays"
    assert stage("landscapesReceived") == 1


def test_back_and_forward(stage):
    stage.part("[data-knob=alpha] input[type=range]").focus()
    values = [0.15]
    for _ in range(3):
        stage.press("ArrowRight")
        values.append(neighbour(values[-1], 1))
        in_address(stage.page, f"alpha={values[-1]:g}")
        stage.wait("live.alpha.preview === false")
        settle(stage.page)
    for go, alpha in (
        (stage.page.go_back, values[2]),
        (stage.page.go_back, values[1]),
        (stage.page.go_forward, values[2]),
    ):
        go()
        in_address(stage.page, f"alpha={alpha:g}")
        stage.wait(f"live.alpha.value === {alpha!r}")
        stage.wait(f"curve(0).rate[0] === {alpha!r}")
        assert_drawn(stage, 0, Scenario(alpha=alpha))


def test_what_the_page_begins_with_comes_packed(stage):
    sizes = stage.page.evaluate(
        "performance.getEntriesByType('resource').filter(file => /static.*(js|css)$/.test(file.name))"
        ".map(file => [file.encodedBodySize, file.decodedBodySize])"
    )
    assert len(sizes) >= 7
    packed, plain = map(sum, zip(*sizes, strict=True))
    assert plain > 2_000_000 and packed < plain / 3


def test_a_bad_link_is_a_sentence_and_no_markup(stage):
    stage.follow("playground?alpha=nan&steps=50&surface=%3Cimg%20src%3Dx%3E&foo=**b**%20https://example.com")
    stage.wait("steps === 50")
    alert = stage.page.locator("[data-testid=stAlert]")
    assert "alpha is 'nan'" in alert.inner_text()
    assert "<img src=x>" in alert.inner_text()
    assert alert.locator("img, a, strong").count() == 0
    assert len(stage("curve(0).loss")) == 51
    assert stage("landscapesReceived") == 1, "the stage stays where it is when a sentence comes"


@pytest.mark.parametrize("width", [360, 390, 1280])
def test_nothing_is_wider_than_the_screen(stage, width):
    stage.page.set_viewport_size({"width": width, "height": 800})
    stage.page.wait_for_function(f"document.documentElement.clientWidth === {width}")
    assert stage.page.evaluate(WIDE) == [0, 0]
    stage.page.set_viewport_size({"width": 1280, "height": 800})


def test_stage_transport_and_live_sliders_are_on_the_first_screen(stage):
    stage.follow("playground?optimizer=momentum&schedule=plateau")
    stage.part("[data-knob=patience]").wait_for()
    stage.page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")  # others used the page before
    for css in (".panel.land", ".panel.loss", ".panel.rate", ".transport", ".readout", ".sliders"):
        box = stage.part(css).bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= 800, css
    assert stage.part(".slider").count() == 4


def test_the_theme_follows_the_visitor_and_the_menu(stage):
    def painted(theme: Theme) -> None:
        red, green, blue = (int(PALETTES[theme].paper[i : i + 2], 16) for i in (1, 3, 5))
        stage.wait(f"theme === '{theme}'")
        stage.page.wait_for_function(
            "colour => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor === colour",
            arg=f"rgb({red}, {green}, {blue})",
        )

    painted("light")
    stage.page.emulate_media(color_scheme="dark")
    painted("dark")
    stage.page.emulate_media(color_scheme="light")
    painted("light")
    for name in ("Dark", "Light", "System"):
        if not stage.page.get_by_test_id("stThemeSwitcher").count():
            stage.page.get_by_test_id("stMainMenuButton").click()
        stage.page.get_by_test_id(f"stMainMenuItem-theme-{name}").click()
        painted("dark" if name == "Dark" else "light")
    stage.page.keyboard.press("Escape")


def test_from_the_welcome_page_into_the_playground(server, visit):
    page = visit(server)
    for width in (360, 390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_function(f"document.documentElement.clientWidth === {width}")
        assert page.evaluate(WIDE) == [0, 0], width
    page.get_by_text("Race three optimizers").click()
    in_address(page, "run2=optimizer:adam")
    stage = Stage(page)
    stage.wait("steps === 300")
    assert [run["name"] for run in stage("runs")][:1] == ["Gradient descent"] and len(stage("runs")) == 3


def drawn_curve(stage: Stage) -> None:
    """Drawn over the rate panel, down from left to right."""
    stage.page.mouse.move(*stage.place("rate", 0.02, 0.7))
    stage.page.mouse.down()
    for across, up in ((0.3, 0.6), (0.7, 0.5), (0.98, 0.2)):
        stage.page.mouse.move(*stage.place("rate", across, up), steps=6)
    stage.page.mouse.up()
    stage.wait("drawing.steps === 0")


def race_of(page) -> Race:
    race, wrong = Race.from_params(page.evaluate("Object.fromEntries(new URLSearchParams(location.search))"))
    assert not wrong
    return race


def test_a_schedule_drawn_by_hand_is_drawn_here(stage):
    page, button = stage.page, stage.part(".draw")
    assert button.is_hidden(), "no run of this race is drawn"
    stage.follow("playground?schedule=drawn&alpha=0.05&steps=60&run2=schedule:constant")
    page.get_by_text("Or type its points").wait_for()
    settle(page)
    button.click()
    page.wait_for_timeout(300)  # the axis makes room
    drawn_curve(stage)
    in_address(page, "points=")
    settle(page)
    drawn = race_of(page)
    assert drawn.first.schedule == "drawn" and len(read_points(drawn.first["points"])) >= 3
    assert drawn.first.rates()[0] > 3 * drawn.first.rates()[-1]
    assert_race_drawn(stage, drawn)
    field = page.get_by_role("textbox", name="Points")
    assert field.input_value() == drawn.first["points"]
    field.fill("0:0,1; 50:0,01")
    field.press("Enter")
    page.get_by_text("has decimal commas; write 0:0.1, 50:0.01").wait_for()
    field.fill("0:0.1, 50:0.01")
    field.press("Enter")
    in_address(page, "points=0:0.1,50:0.01")
    settle(page)
    assert_drawn(stage, 0, drawn.first.having(points="0:0.1,50:0.01"))
    button.click()  # the pen is put down


def test_a_run_beside_the_first_is_drawn_too(stage):
    page = stage.page
    stage.follow("playground?alpha=0.05&steps=60&run2=schedule:drawn")
    field = page.get_by_role("textbox", name="Your own curve")
    field.wait_for()
    settle(page)
    stage.part(".draw").click()
    page.wait_for_timeout(300)
    drawn_curve(stage)
    in_address(page, "run2=schedule:drawn;points:")
    settle(page)
    first, drawn = race_of(page).scenarios
    assert (first.schedule, drawn.schedule) == ("constant", "drawn") and field.input_value() == drawn["points"]
    assert_drawn(stage, 1, drawn)
    stage.part(".draw").click()


def test_a_class_draws_where_that_is_left_open(server, visit):
    stage = Stage(visit(f"{server}/class?schedule=drawn&open=points"))
    assert stage.part(".draw").is_visible()
    stage.follow("class?schedule=drawn&open=alpha&locked=points")
    settle(stage.page)
    assert stage.part(".draw").is_hidden()
