"""The panels of the stage on a canvas: landscape, slice, 3D, loss and rate. Each draws its background once and then
follows the cursor; where things stand and how they look is that of the panel of the same name in stage/web/.
"""

from typing import Protocol

from lrviz.export.panels.landscape import Landscape
from lrviz.export.panels.profile import Profile
from lrviz.export.panels.series import Series
from lrviz.export.panels.surface3d import Surface


class Panel(Protocol):
    """A part of the picture."""

    def at(self, cursor: float) -> None:
        """Show the runs at this step, which may lie between two."""


__all__ = ["Landscape", "Panel", "Profile", "Series", "Surface"]
