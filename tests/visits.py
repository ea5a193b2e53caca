"""A visit without a browser: a page is opened, asked and followed; and who compiles is heard."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jax.monitoring
from streamlit.testing.v1 import AppTest

from lrviz import OPTIMIZERS, SCHEDULES, SURFACES, Scenario
from lrviz.frameworks import FRAMEWORKS
from lrviz.knob import Knob
from lrviz.scenario import RUN_KNOBS

ROOT = Path(__file__).parents[1]
PLAYGROUND = "pages/lab/playground.py"
RULES = [(optimizer.key, framework) for optimizer in OPTIMIZERS.values() for framework in optimizer.rules]


def unlinked(text: str) -> str:
    """Markdown without the links of its terms."""
    return re.sub(r"\[([^\]]*)\]\(#term-[\w-]+\)", r"\1", text)


def followed(at: AppTest) -> AppTest:
    """The page as it is when the stage's browser has said that its picture stands: here somebody must ask for it."""
    return at.run() if at.session_state["lab"].redraw.stale else at


def playground(**params: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / PLAYGROUND), default_timeout=120)
    at.session_state["more"] = at.session_state["visit"] = True  # closed folds are empty
    for key, value in params.items():
        at.query_params[key] = value
    return fine(at.run())


def fine(at: AppTest) -> AppTest:
    followed(at)
    assert not at.exception, at.exception[0].value
    components = [element.proto.component_name for element in at.get("bidi_component")]
    assert sorted(set(components)) == sorted(components), "each is there once"
    assert set(components) - {"lrviz_style", "lrviz_terms"} == {"lrviz_copy", "lrviz_stage"}
    assert formulas(at), "the page does not go on to its end"
    return at


def opened(page: str, title: str, **params: str) -> AppTest:
    """A page of the app, as a visitor comes to it with this link."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    at.switch_page(page)
    for key, value in params.items():
        at.query_params[key] = value
    return whole(at.run(), title)


def whole(at: AppTest, title: str) -> AppTest:
    """This page to its end, which are two links."""
    assert not at.exception, at.exception[0].value
    assert at.title[0].value == title
    assert len(at.get("page_link")) == 2, "the page does not go on to its end"
    return at


def formulas(at: AppTest) -> list[str]:
    return [formula for text in at.markdown for formula in text.value.split("$$")[1::2]]


def scenario_of(at: AppTest) -> Scenario:
    return at.session_state["lab"].scenario


def exact(at: AppTest, widget: str):
    """The field for an exact number, whatever number it holds now."""
    return next(field for field in at.text_input if str(field.key).startswith(widget))


def alerts(at: AppTest) -> str:
    """The warnings and errors on the page."""
    return " ".join(element.value for element in [*at.warning, *at.error]).replace("\\", "")


def link(at: AppTest) -> dict[str, str]:
    return {key: value[-1] if isinstance(value, list) else value for key, value in at.query_params.items()}


@contextmanager
def counted_compiles() -> Iterator[list[str]]:
    """Every compilation by XLA while this is open."""
    compiles: list[str] = []

    def heard(event: str, duration_secs: float, **about: str | int) -> None:
        if event == "/jax/core/compile/backend_compile_duration":
            compiles.append(f"{event} {about}")

    jax.monitoring.register_event_duration_secs_listener(heard)
    try:
        yield compiles
    finally:
        jax.monitoring.unregister_event_duration_listener(heard)


def every_widget(at: AppTest) -> list:
    return [*at.select_slider, *at.toggle, *at.text_input, *at.selectbox]


def all_knobs() -> list[Knob]:
    rows = list(RUN_KNOBS)
    for surface in SURFACES:
        rows += Scenario(surface=surface).knobs
    for optimizer, framework in RULES:
        rows += Scenario(optimizer=optimizer, framework=framework).knobs
    for schedule in SCHEDULES:
        for framework in FRAMEWORKS:
            rows += Scenario(schedule=schedule, framework=framework).knobs
    return list(dict.fromkeys(rows))
