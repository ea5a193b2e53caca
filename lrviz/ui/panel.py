"""The controls of a page with one scenario, in the order of what matters: names, main knobs, and more behind a fold."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lrviz.frameworks import FRAMEWORKS
from lrviz.knob import Knob
from lrviz.optimizers import CLIPNORM, OPTIMIZERS
from lrviz.plateau import NOT_IN_KERAS, ON_TOP
from lrviz.play import live_knobs
from lrviz.race import Race
from lrviz.scenario import ALPHA, MONITOR, NAMES, NOISE, SEED, START_X, START_Y, STEPS, STEPS_PER_EPOCH, Scenario
from lrviz.schedules import SCHEDULES
from lrviz.surfaces import FORMULA, SURFACES
from lrviz.ui.lab import Lab, current
from lrviz.ui.terms import note, say
from lrviz.ui.widgets import any_exact_widget, fold, knob_widget
from lrviz.ui.words import plain

BESIDE_THE_PICTURE = 6


def names(lab: Lab) -> None:
    """One row: which surface, optimizer, framework and schedule."""
    with st.container(key="names", horizontal=True):
        for field in NAMES:
            name_widget(lab, field)


def name_widget(lab: Lab, field: str, disabled: bool = False) -> None:
    """The choice of a surface, optimizer, framework or schedule, as far as what is chosen already allows."""
    scenario = lab.scenario
    label, choices = {
        "surface": ("Surface", {key: row.name for key, row in SURFACES.items()}),
        "optimizer": (
            "Optimizer",
            {key: row.name for key, row in OPTIMIZERS.items() if scenario.framework in row.rules},
        ),
        "framework": ("As in", FRAMEWORKS),
        "schedule": ("Schedule", {key: row.name for key, row in SCHEDULES.items()}),
    }[field]
    own = getattr(scenario, field)
    key = lab.key(f"name_{field}", own)

    def chosen() -> None:
        lab = current()
        name = lab.given(key, choices)
        if name is not None:
            lab.switch(**{field: name})
            lab.redraw.stage_first()

    disabled = disabled or (field == "schedule" and not scenario.optimizer_row.has_rate)
    place = list(choices).index(own)
    st.selectbox(
        label, list(choices), place, format_func=choices.__getitem__, key=key, on_change=chosen, disabled=disabled
    )


EXAMPLES = {
    "Four valleys": "(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
    "A kink": "abs(x) + b*abs(y)",
    "A bent valley": "log(1 + (a - x)^2 + 10*(y - x^2)^2)",
}
"""Formulas to begin with."""


def formula_field(lab: Lab) -> None:
    """Where the surface is a formula of one's own: the formula, what is wrong with it, and examples."""
    place = st.container()  # there without it too: the stage below would else be mounted anew
    if not lab.scenario.surface_row.found:
        return
    with place.container(key="formula", horizontal=True, vertical_alignment="bottom"):
        with st.container(key="formula_text"):
            knob_widget(lab, FORMULA)
        for name, text in EXAMPLES.items():
            st.button(name, key=f"example_{name}", help=f"`{text}`", on_click=_take_example, args=(text,))


def _take_example(text: str) -> None:
    lab = current()
    if lab.change(f"knob_{FORMULA.key}", **{FORMULA.key: text}):
        lab.redraw.stage_first()


def main_knobs(lab: Lab) -> None:
    """The knobs that matter most for what is chosen, but those that have a live slider on the stage."""
    if not lab.scenario.optimizer_row.has_rate:
        note(
            f"{lab.scenario.optimizer_row.name} finds the size of each step by itself: there is no rate to set and none"
            " to schedule."
        )
    _grid(lab, beside(lab.scenario))


def knobs(lab: Lab, keys: Sequence[str]) -> None:
    """These, as far as the scenario has them."""
    _grid(lab, [lab.scenario.rows[key] for key in keys if key in lab.scenario.rows])


def more_knobs(lab: Lab) -> None:
    """All the others, by what they belong to. Behind the closed fold there is nothing: widgets cost every answer."""
    shown = {row.key for row in (FORMULA, *beside(lab.scenario), *live_knobs(lab.scenario))}
    more = fold("More", key="more")
    if more is None:
        return
    with more:
        for title, rows in groups(lab.scenario).items():
            rest = [row for row in rows if row.key not in shown]
            if rest:
                st.markdown(f"**{title}**")
                _grid(lab, rest, f"knobs_{title.lower()}")
                if title == "Schedule" and not (lab.scenario.on_top_knobs or lab.scenario.watches):
                    st.caption(plain(NOT_IN_KERAS))
        any_exact_widget(lab, [row for rows in groups(lab.scenario).values() for row in rows])


def groups(scenario: Scenario) -> dict[str, tuple[Knob, ...]]:
    """Every knob that does something in this scenario, by what it belongs to."""
    rated = scenario.optimizer_row.has_rate
    watched = (*scenario.plateau_knobs, STEPS_PER_EPOCH, MONITOR) if scenario.watches else ()
    return {
        "Run": (START_X, START_Y, STEPS, NOISE, SEED, CLIPNORM),
        "Surface": (*scenario.surface_row.settings, *scenario.surface_row.used),
        "Optimizer": (*((ALPHA,) if rated else ()), *scenario.rule.knobs),
        "Schedule": (*scenario.schedule_knobs, *scenario.on_top_knobs, *watched, *scenario.warmup_knobs)
        if rated
        else (),
    }


def beside(scenario: Scenario) -> list[Knob]:
    """The knobs that stand below the stage: two of the schedule, then one each of what else was chosen."""
    live = live_knobs(scenario)
    by = {title: [row for row in rows if row not in live] for title, rows in groups(scenario).items()}
    of_schedule = [row for row in by["Schedule"] if row not in (*scenario.warmup_knobs, *scenario.on_top_knobs)]
    of_optimizer = by["Optimizer"]
    of_surface = [row for row in by["Surface"] if row.kind != "text"]
    first = [*of_schedule[:2], *of_optimizer[:1], *of_surface[:1], STEPS, NOISE]
    others = [*of_optimizer[1:3], *of_surface[1:], START_X, START_Y, CLIPNORM, SEED]
    return [*first, *others][:BESIDE_THE_PICTURE]


def _grid(lab: Lab, rows: list[Knob], place: str = "knobs") -> None:
    """Side by side; the style sheet knows each place by its name."""
    if not rows:
        return
    with st.container(key=place, horizontal=True, gap="medium"):
        for row in rows:
            knob_widget(lab, row)


def notes(race: Race) -> list[str]:
    """What the frameworks' schedule classes cannot do of the runs of a race, as Markdown; the same only once."""
    lines: dict[str, str] = {}
    for name, scenario in zip(race.names, race.scenarios, strict=True):
        for text in scenario.notes:
            lines.setdefault(text, plain(text) if scenario is race.first else f"{plain(name)}: {plain(text)}")
    return list(lines.values())


def formulas(race: Race) -> None:
    """The rule, the schedule and the surface of the first run, as formulas with the symbols of the knobs; below the
    schedule what its class cannot do."""
    scenario = race.first
    rule, schedule, surface = scenario.rule, scenario.schedule_row, scenario.surface_row
    plateau = SCHEDULES["plateau"]
    framework = FRAMEWORKS[scenario.framework]
    parts = [_formula(f"{scenario.optimizer_row.name} in {framework}", rule.formula, rule.source)]
    if scenario.optimizer_row.has_rate:
        there = getattr(schedule, scenario.framework)
        title = schedule.name + (f", `{there}` in {framework}" if there else "")
        parts.append(_formula(title, schedule.formula, schedule.source))
        if scenario.on_top:
            parts.append(_formula(f"{ON_TOP.label}, `{plateau.pytorch}`", plateau.formula, ""))
    parts += [f":small[{text}]" for text in notes(race)]
    parts.append(_formula(surface.name, f"f(x, y) = {surface.formula}", surface.source))
    parts += [f":small[{plain(text)}]" for text in surface.notes_at(scenario.coef)]
    say("\n\n".join(parts))


def _formula(title: str, formula: str, source: str) -> str:
    lines = formula.split(r",\quad")
    typeset = r"\begin{gathered}" + r"\\".join(lines) + r"\end{gathered}" if len(lines) > 1 else formula
    return f"**{title}**\n\n$$\n{typeset}\n$$\n\n" + (f":small[:gray[{source}]]" if source else "")
