"""What can be chosen of a picture or film. It stands apart so that nobody loads matplotlib to know it."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Kind(NamedTuple):
    """A kind of file. name: as a page offers it, the noun first; what: in one clause; mime: its media type."""

    name: str
    what: str
    mime: str


KindName = Literal["html", "gif", "png", "svg", "csv", "json"]
KINDS: dict[KindName, Kind] = {
    "html": Kind("Player, one HTML file", "one file with the player inside", "text/html"),
    "gif": Kind("Animation, GIF", "the run as it plays", "image/gif"),
    "png": Kind("Picture, PNG", "a picture", "image/png"),
    "svg": Kind("Drawing, SVG", "a drawing that stays sharp", "image/svg+xml"),
    "csv": Kind("Table, CSV", "a row a step", "text/csv"),
    "json": Kind("All numbers, JSON", "every number", "application/json"),
}
Drawn = Literal["gif", "png", "svg"]
Numbers = Literal["csv", "json"]
SIZES: dict[KindName, tuple[int, int]] = {"gif": (800, 500), "svg": (800, 500), "png": (1600, 1000)}
"""Of what is drawn, unless another size is asked for: width and height in pixels."""
PanelName = Literal["all", "landscape", "slice", "3d", "loss", "rate"]
TrainingPanel = Literal["training"]
"""Of trainings there is one picture: the model and the curves."""
PANELS: dict[PanelName, str] = {
    "all": "Map, loss and rate",
    "landscape": "Map",
    "slice": "Slice",
    "3d": "3D",
    "loss": "Loss",
    "rate": "Learning rate",
}
"""What a picture is of -> as a page offers it."""
SMALLEST, LARGEST = 200, 4000
"""Pixels of a side."""
DELAY = 40
"""Milliseconds of a film's frame."""
USUAL_FRAMES = 200
"""Eight seconds."""
MOST_FRAMES = 1000
