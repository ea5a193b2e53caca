"""The colours, defined once for figures, exports and the theme; a test compares .streamlit/config.toml."""

from __future__ import annotations

from typing import Literal, NamedTuple

Theme = Literal["light", "dark"]


class Palette(NamedTuple):
    """``runs``: Okabe-Ito, shifted in lightness to 3:1 on every tone of the landscape. ``low`` to ``high``: the tones
    of the landscape; ``line`` and ``fifth``: its contour lines. ``accent``: of controls, no run has it."""

    paper: str
    panel: str
    ink: str
    soft: str
    grid: str
    border: str
    accent: str
    low: str
    high: str
    line: str
    fifth: str
    runs: tuple[str, ...]


PALETTES: dict[Theme, Palette] = {
    "light": Palette(
        paper="#faf6ee",
        panel="#f1eadb",
        ink="#2b2620",
        soft="#675f52",
        grid="#e6dfd2",
        border="#dfd5c1",
        accent="#6a48c7",
        low="#f4efe5",
        high="#e0d7c5",
        line="#d2c6ae",
        fifth="#b3a07e",
        runs=("#c2410c", "#0072b2", "#00795a", "#a8327e", "#8a5a00", "#7a1f1f"),
    ),
    "dark": Palette(
        paper="#161d28",
        panel="#212b3a",
        ink="#e7eaf0",
        soft="#a9b3c3",
        grid="#2a3443",
        border="#36435a",
        accent="#b79bff",
        low="#1a222d",
        high="#324050",
        line="#41526a",
        fifth="#61779a",
        runs=("#ff9e4a", "#56b4e9", "#2fc79a", "#e79ac6", "#e8c33a", "#ff7b7b"),
    ),
}


class MapColours(NamedTuple):
    """Of the cells of a map, the same in both themes. ``scale``: from the worse to the better end, even to the eye and
    for the colour-blind; ``other``: of the other side, what diverged. lost, hatch: a run that left the finite, in a hue
    that no scale has, with lines across. none: what did not happen.

    scale: viridis, van der Walt & Smith (2015), every sixteenth of its 256 colours.
    """

    scale: tuple[str, ...]
    other: tuple[str, ...]
    lost: str
    hatch: str
    none: str


MAP_COLOURS = MapColours(
    scale=(
        "#440154", "#48186a", "#472d7b", "#424086", "#3b528b", "#33638d", "#2c728e", "#26828e", "#21918c", "#1fa088",
        "#28ae80", "#3fbc73", "#5ec962", "#84d44b", "#addc30", "#d8e219", "#fde725",
    ),
    other=("#3b0f0b", "#7a2318", "#b5432c", "#dd7a5a", "#f6c0a8"),
    lost="#a6402c",
    hatch="#7c2a1c",
    none="#8d8d94",
)  # fmt: skip


MOST_RUNS = len(PALETTES["light"].runs)
"""Of a race: each has a colour of its own."""


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21, by WCAG 2."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def faint(colour: str, opacity: float) -> str:
    """The colour with an opacity, as CSS has it."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
