"""A knob's row -> a Streamlit widget. Its state is the knob's text, the same that stands in a link."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Protocol

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lrviz.knob import BadInput, Knob, Value
from lrviz.play.stops import default_face, face, on_this_map, options
from lrviz.ui.keys import Keys
from lrviz.ui.lab import Lab, current
from lrviz.ui.redraw import APP
from lrviz.ui.words import plain

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
    "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
}  # fmt: skip


def knob_widget(lab: Lab, row: Knob, disabled: bool = False) -> None:
    """The widget that sets this knob."""
    row, name = on_this_map(lab.scenario, row), f"knob_{row.key}"
    value = lab.scenario[row.key]
    shown = face_value(row, value)
    key = lab.key(name, shown, partial(typed_the_same, lab, name, row) if is_typed(row) else operator.eq)
    draw_knob(row, value, key, disabled=disabled, on_change=_changed, args=(row.key, name, key))
    complaint(lab, name)


def is_typed(row: Knob) -> bool:
    """Is it a text field?"""
    return row.kind in ("steps", "points", "widths", "text")


def face_value(row: Knob, value: Value) -> Any:
    """The state of a widget that shows this value."""
    if row.kind == "flag":
        return bool(value)
    return "" if is_typed(row) and value is None else row.text(value)


def draw_knob(row: Knob, value: Value, key: str, **more: Any) -> None:
    """The widget of this knob under this key; ``more`` is Streamlit's own."""
    shown = face_value(row, value)
    common: dict[str, Any] = {"key": key, "help": hint(row), **more}
    if row.kind == "flag":
        st.toggle(row.label, shown, **common)
    elif row.kind == "choice":
        choices = (*((row.text(None),) if row.auto else ()), *row.choices)
        st.selectbox(label(row), choices, choices.index(shown), **common)
    elif is_typed(row):
        st.text_input(label(row), shown, max_chars=row.longest, placeholder=row.auto or None, **common)
    else:
        stops = options(row, value)
        st.select_slider(label(row), stops, shown, format_func=lambda option: face(row, option), **common)


class Page(Protocol):
    """The state of a page: the keys of its widgets; a widget's name -> what is wrong with what was typed there."""

    keys: Keys
    wrong: dict[str, str]


def typed_the_same(page: Page, name: str, row: Knob, given: str, shown: str) -> bool:
    """Does what was typed mean what the page has? What is wrong stays as it was typed, for it can be mended there."""
    if given == shown or name in page.wrong:
        return True
    try:
        return row.text(row.check(given)) == row.text(row.check(shown))
    except BadInput:
        return False


def any_exact_widget(lab: Lab, rows: list[Knob]) -> None:
    """Any number of the page, typed."""
    any_exact(lab, rows, lab.scenario, _changed, "exact", lambda row: row.label)


def any_exact(
    page: Page,
    rows: Iterable[Knob],
    values: Any,
    changed: Callable[[str, str, str], None],
    prefix: str,
    called: Callable[[Knob], str] = lambda row: row.key,
) -> None:
    """Any of these numbers, typed: a slider has some values alone.

    values: a knob's key -> its value. changed: is called with the knob's key, the widget's name and its key. prefix: of
    the names of both widgets. called: how a knob is called among the others.
    """
    by_key = {row.key: row for row in rows if row.kind in ("number", "integer")}
    which, value = st.columns([3, 2])
    chosen = which.selectbox(
        "Any number, typed",
        list(by_key),
        format_func=lambda key: called(by_key[key]) if key in by_key else key,
        key=f"{prefix}_which",
    )
    row = by_key[chosen if chosen in by_key else next(iter(by_key))]
    name, text = f"{prefix}_any_{row.key}", row.text(values[row.key])
    key = page.keys.key(name, text, partial(typed_the_same, page, name, row))
    with value.container(key=f"{prefix}_any"):
        st.text_input(
            "exactly",
            text,
            max_chars=row.longest,
            key=key,
            help=f"{row.key}: {row.allowed}.",
            on_change=changed,
            args=(row.key, name, key),
        )
        complaint(page, name)


def fold(label: str, key: str, icon: str | None = None) -> DeltaGenerator | None:
    """`opened`, where what is inside may tell of the run."""
    place = opened(label, key, icon)
    if place is not None:
        current().redraw.parts.add(APP)
    return place


def opened(label: str, key: str, icon: str | None = None) -> DeltaGenerator | None:
    """A fold while it is open; None while it is closed: what is not seen is not made."""
    place = st.expander(label, icon=icon, key=key, on_change="rerun")
    return place if place.open else None


def complaint(page: Page, widget: str) -> None:
    """What is wrong with what was typed here, in place."""
    if widget in page.wrong:
        st.error(plain(page.wrong[widget]))


def label(row: Knob) -> str:
    """The knob's name with the symbol that the formula has; in plain letters, as a screen reader says it too."""
    return f"{row.label} {letters(row.symbol)}" if row.symbol else row.label


def letters(symbol: str) -> str:
    """LaTeX -> letters: ``\\beta_1`` is β₁."""
    for name, letter in GREEK.items():
        symbol = symbol.replace(f"\\{name}", letter)
    symbol = symbol.replace(r"_{\min}", "ₘᵢₙ")
    return re.sub(r"_(\d)", lambda digit: "₀₁₂₃₄₅₆₇₈₉"[int(digit[1])], symbol)


def hint(row: Knob) -> str:
    """The tooltip: what it does, its name in code and in links, what is allowed."""
    default = row.auto if row.default is None else plain(default_face(row))
    return f"{plain(row.help)}\n\n`{row.key}`: {plain(row.allowed)}. Default: {default}."


def _changed(knob: str, name: str, key: str) -> None:
    lab = current()
    value = lab.given(key)
    if value is not None and lab.change(name, **{knob: value}):
        lab.redraw.stage_first()
