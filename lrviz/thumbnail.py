"""A small picture as SVG text, for cards and lists: of a race a few contour lines, the paths, start and end; of a
training its curves."""

from __future__ import annotations

from collections.abc import Sequence

import contourpy
import numpy as np

from lrviz.palette import PALETTES, Theme
from lrviz.race import Race
from lrviz.scenario import Scenario
from lrviz.simulation import simulate
from lrviz.training import Trial, train
from lrviz.trajectory import Trajectory

WIDTH, HEIGHT = 320, 150
LINES = 12
CELLS = 60
DASHES = ("", "7 4", "2 3.5", "11 4 2 4", "4 3", "14 5")
"""As on the stage: a run is known without its colour."""


def thumbnail(shown: Race | Trial, theme: Theme) -> str:
    """The picture of a race or a training, without words: what it shows must be said beside it."""
    return _curves(shown, theme) if isinstance(shown, Trial) else _paths(shown, theme)


def _curves(trial: Trial, theme: Theme) -> str:
    """loss and val_loss over epochs, on a logarithmic scale, with a notch at each cut; below them the rate. Where the
    sharpness is computed it stands in their place, with 2/rate."""
    history, colours = train(trial.first, sharpness=int(trial.sharpness)), PALETTES[theme]
    epochs = np.arange(history.epochs)
    parts = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{colours.low}"/>']
    curves = (history.sharpness, 2 / history.log.rate) if trial.sharpness else (history.log.loss, history.log.val_loss)
    both = np.log(np.stack(curves))
    rate = np.log(history.log.rate)
    rows = ((both[0], both, 0, colours.runs[0]), (both[1], both, 1, colours.runs[1]), (rate, rate, 0, colours.ink))
    for values, beside, place, colour in rows:
        top, bottom = (0.72, 0.94) if beside is rate else (0.08, 0.62)
        low, high = np.nanmin(beside), np.nanmax(beside)
        up = (values - low) / (high - low) if high > low else np.full(len(values), 0.5)
        y = HEIGHT * (bottom - (bottom - top) * up)
        x = WIDTH * (0.04 + 0.92 * epochs / max(len(epochs) - 1, 1))
        few = np.unique(np.linspace(0, len(x) - 1, WIDTH).astype(int))
        line = "M" + "L".join(f"{x[i]:.1f} {y[i]:.1f}" for i in few)
        parts.append(
            f'<path d="{line}" fill="none" stroke="{colour}" stroke-width="2.2" stroke-linejoin="round"'
            f' stroke-dasharray="{DASHES[place]}"/>'
        )
        parts += [
            f'<path d="M{x[cut - 1]:.1f} {y[cut - 1] - 6:.1f}v12" stroke="{colours.ink}" stroke-width="2"/>'
            for cut in history.cuts
        ]
    return _svg(parts)


def _svg(parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" xmlns="http://www.w3.org/2000/svg">'
        f"{''.join(parts)}</svg>"
    )


def _paths(race: Race, theme: Theme) -> str:
    rows = race.scenarios
    colours, domain = PALETTES[theme], rows[0].surface_row.domain
    parts = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{colours.low}"/>']
    parts += [f'<path d="{line}" fill="none" stroke="{colours.line}"/>' for line in _contours(rows[0])]
    for place, scenario in reversed(list(enumerate(rows))):
        points = _pixels(_finite(simulate(scenario)), domain)
        line, colour = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points), colours.runs[place]
        parts.append(
            f'<path d="{line}" fill="none" stroke="{colour}" stroke-width="2.2" stroke-linejoin="round"'
            f' stroke-dasharray="{DASHES[place]}"/>'
        )
        x, y = points[-1]
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{colour}" stroke="{colours.paper}"/>')
    x, y = _pixels(np.array([rows[0].start], float), domain)[0]
    parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="none" stroke="{colours.ink}" stroke-width="2"/>')
    return _svg(parts)


def _finite(run: Trajectory) -> np.ndarray:
    """The points up to where the run leaves the finite."""
    return run.x[: run.diverged] if run.diverged else run.x


def _pixels(points: np.ndarray, domain: Sequence[float]) -> np.ndarray:
    """(n, 2) points of the map -> pixels; what is far outside stays just outside."""
    x_low, x_high, y_low, y_high = domain
    x = (points[:, 0] - x_low) / (x_high - x_low) * WIDTH
    y = (y_high - points[:, 1]) / (y_high - y_low) * HEIGHT
    return np.stack([np.clip(x, -WIDTH, 2 * WIDTH), np.clip(y, -HEIGHT, 2 * HEIGHT)], axis=1)


def _contours(scenario: Scenario) -> list[str]:
    """Lines of equal loss, evenly spaced on a logarithmic scale above the floor, as SVG paths."""
    surface, coef = scenario.surface_row, scenario.coef
    above = surface.grid(coef, CELLS) - surface.floor(coef)
    above = np.where(np.isfinite(above), above, np.nan)
    if np.isnan(above).all():
        return []
    height = np.ma.masked_invalid(np.log(np.maximum(above, 0) + max(float(np.nanquantile(above, 0.02)), 1e-9)))
    lines = contourpy.contour_generator(np.linspace(0, WIDTH, CELLS), np.linspace(HEIGHT, 0, CELLS), height)
    levels = np.linspace(np.nanmin(height), np.nanmax(height), LINES + 2)[1:-1]
    return [
        "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in np.asarray(line))
        for level in levels
        for line in lines.lines(level)
    ]
