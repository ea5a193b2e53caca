"""A knob's row -> a Streamlit widget. Its state is the knob's text, the same that stands in a link."""

from __future__ import annotations

import re
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lrviz.knob import Knob
from lrviz.ui.lab import Lab, current
from lrviz.ui.notches import default_face, face, on_this_map, options
from lrviz.ui.words import plain

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eta": "η", "theta": "θ", "kappa": "κ",
    "lambda": "λ", "mu": "μ", "rho": "ρ", "sigma": "σ", "tau": "τ", "psi": "ψ",
}  # fmt: skip


def knob_widget(lab: Lab, row: Knob, disabled: bool = False) -> None:
    """The widget that sets this knob."""
    row, widget = on_this_map(lab.scenario, row), f"knob_{row.key}"
    value = lab.scenario[row.key]
    text = row.text(value)
    common: dict[str, Any] = {
        "key": widget,
        "help": hint(row),
        "disabled": disabled,
        "on_change": _changed,
        "args": (row.key, widget),
    }
    if row.kind == "flag":
        lab.put(widget, bool(value))
        st.toggle(row.label, **common)
    elif row.kind == "choice":
        lab.put(widget, text)
        st.selectbox(label(row), row.choices, **common)
    elif row.kind in ("steps", "points"):
        if widget not in lab.wrong:
            lab.put(widget, "" if value is None else text)
        st.text_input(label(row), placeholder=row.auto or None, **common)
    else:
        lab.put(widget, text)
        st.select_slider(label(row), options(row, value), format_func=lambda option: face(row, option), **common)
    complaint(lab, widget)


def any_exact_widget(lab: Lab, rows: list[Knob]) -> None:
    """Any number of the page, typed."""
    by_key = {row.key: row for row in rows}
    if st.session_state.get("exact_which") not in by_key:
        lab.put("exact_which", rows[0].key)
    which, value = st.columns([3, 2])
    which.selectbox("Any number, typed", list(by_key), format_func=lambda key: by_key[key].label, key="exact_which")
    row = by_key[st.session_state.exact_which]
    with value.container(key="exact_any"):
        _exact_field(lab, row, f"exact_any_{row.key}")


def _exact_field(lab: Lab, row: Knob, widget: str) -> None:
    """A field that shows the knob's value. For another value it is another field: if the page wrote into the one that
    is there, the browser's next message, sent before it saw that, would put the old value back."""
    value = row.text(lab.scenario[row.key])
    field = f"{widget}={value}"

    def typed() -> None:
        text = st.session_state[field]
        if text != value:  # a late message may still tell of a field that nobody typed in
            current().change(field, **{row.key: text})

    st.text_input("exactly", value=value, key=field, help=f"{row.key}: {row.allowed}.", on_change=typed)
    complaint(lab, field)


def fold(label: str, key: str, icon: str | None = None) -> DeltaGenerator | None:
    """A fold while it is open, and what is inside may tell of the run; None while it is closed: what is not seen is not
    made."""
    place = st.expander(label, icon=icon, key=key, on_change="rerun")
    if not place.open:
        return None
    current().parts.add("app")
    return place


def complaint(lab: Lab, widget: str) -> None:
    """What is wrong with what was typed here, in place."""
    if widget in lab.wrong:
        st.error(plain(lab.wrong[widget]))


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


def _changed(key: str, widget: str) -> None:
    lab = current()
    value = lab.given(widget)
    if value is not None and lab.change(widget, **{key: value}):
        lab.stage_first()
