"""How a run can be looked at: what links, player and page all offer."""

from __future__ import annotations

from typing import Literal, get_args

Panel = Literal["2d", "slice", "3d"]
PANELS: tuple[Panel, ...] = get_args(Panel)
"""The pictures of the loss surface, the usual one first."""
SPEEDS = (0.1, 0.25, 0.5, 1, 2, 4, 8, 16)
"""How many times as fast as usual the player plays."""
