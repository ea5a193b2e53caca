"""The surface of a formula that a visitor typed: its text and its picture are settings, a and b its coefficients."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from lrviz.formula import EXAMPLE, Formula, search
from lrviz.formula import LONGEST as LONGEST_FORMULA
from lrviz.formula import read as read_formula
from lrviz.knob import BadInput, Knob, Value, number_text, shown
from lrviz.surfaces.surface import Domain, Surface

WIDEST, NARROWEST = 1e6, 1e-6
"""Of a picture: how far from 0 it may reach, and how wide it must be."""
LONGEST_TITLE = 60
"""Characters of a formula in a title."""


def _formula_text(value: Any) -> str:
    """As it was typed, without spaces around it."""
    text = value.strip() if isinstance(value, str) else value
    read_formula(text)
    return str(text)


def _domain_text(value: Any) -> str:
    """ "5" or "-5,5,-2,3" -> the four numbers."""
    return ",".join(number_text(edge) for edge in _edges(value))


def _edges(value: Any) -> Domain:
    try:
        parts = [float(part) for part in (value.split(",", 4) if isinstance(value, str) else value)]
        x_low, x_high, y_low, y_high = parts if len(parts) > 1 else (-parts[0], parts[0], -parts[0], parts[0])
        fits = max(map(abs, parts)) <= WIDEST and min(x_high - x_low, y_high - y_low) >= NARROWEST  # not where nan
    except (TypeError, ValueError, IndexError):
        fits = False
    if not fits:
        raise BadInput(f"domain is {shown(value)}, but must be {DOMAIN.allowed}.")
    return x_low, x_high, y_low, y_high


DOMAIN = Knob(
    "domain", "Picture", default=None, kind="text", auto="what suits the formula", reads=_domain_text,
    help="What the picture shows, and where minima are looked for.",
    says="a half width such as 5, or left, right, lower and upper edge as -5,5,-2,3, each from -1000000 to 1000000",
)  # fmt: skip
FORMULA = Knob(
    "f", "Formula", default=EXAMPLE, kind="text", reads=_formula_text, symbol="f",
    help="Numbers, x, y, a, b, pi, e, + - * / ^, brackets and functions such as sin, exp, sqrt, abs or max.",
    says=f"a formula in x and y of at most {LONGEST_FORMULA} characters",
)  # fmt: skip
_COEFFICIENTS = tuple(
    Knob(letter, "Coefficient", -100, 100, 1, symbol=letter, slider=(-5, 5), help=f"What {letter} is in the formula.")
    for letter in ("a", "b")
)


class FormulaSurface(Surface):
    """What a visitor typed. Derivatives come from the formula's graph, minima from a search of the picture."""

    f: Formula

    @property
    def title(self) -> str:
        text = self.f.text
        return f"f = {text}" if len(text) <= LONGEST_TITLE else f"f = {text[:LONGEST_TITLE]}…"

    @property
    def used(self) -> tuple[Knob, ...]:
        return tuple(knob for knob in self.knobs if knob.key in self.f.uses)

    def of(self, settings: Mapping[str, Value]) -> Surface:
        return formula_surface(str(settings[FORMULA.key]), settings[DOMAIN.key])

    def gradient(self, coef: np.ndarray, x: Any) -> np.ndarray:
        return self.f.slopes(np.asarray(x, float), coef)[1]

    def hessian(self, coef: np.ndarray, x: Any) -> np.ndarray:
        return self.f.slopes(np.asarray(x, float), coef)[2]

    def floor(self, coef: np.ndarray) -> float:
        """Loss at the lowest minimum that was found, or where the picture is lower still."""
        return _found(self, coef).floor


def _found(surface: FormulaSurface, coef: Any) -> search.Found:
    return search.search(surface.f.text, surface.domain, (float(coef[0]), float(coef[1])))


@lru_cache(maxsize=256)
def formula_surface(text: str, domain: str | None = None, key: str = "") -> FormulaSurface:
    """The surface of a formula. Its key is the formula as it is computed: programs that are compiled go by it."""
    formula = read_formula(text)
    box = search.picture(formula.text) if domain is None else _edges(domain)
    surface = FormulaSurface(
        key or f"formula {formula.text}",
        "A formula of your own",
        formula,
        domain=box,
        start=search.start(formula.text, box),
        alpha=search.rate(formula.text, box),
        minima=lambda coef: [(float(x), float(y)) for x, y in _found(surface, coef).minima],
        formula=formula.latex,
        source="",
        knobs=_COEFFICIENTS,
        settings=(FORMULA, DOMAIN),
        notes=formula.notes,
        found=True,
    )
    return surface
