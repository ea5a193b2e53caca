"""Loss surfaces: those of the lab (`toys`), and the one that a visitor types (`formula`)."""

from lrviz.formula import EXAMPLE
from lrviz.surfaces.formula import FORMULA, formula_surface
from lrviz.surfaces.surface import Domain, Surface
from lrviz.surfaces.toys import TOYS

SURFACES: dict[str, Surface] = {surface.key: surface for surface in (*TOYS, formula_surface(EXAMPLE, key="formula"))}

__all__ = ["FORMULA", "SURFACES", "Domain", "Surface"]
