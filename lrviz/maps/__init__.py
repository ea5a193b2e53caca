"""Maps: every value of two knobs at once, one exact run a cell. Plain data, coarse to fine; no word of Streamlit.

>>> plan = Map(Scenario(schedule="plateau"), x=Axis("alpha", 1e-4, 10, scale="log"), y=Axis("factor", 0.05, 0.95))
>>> field = compute(plan)  # doctest: +SKIP

field.x (nx,), field.y (ny,): the values of the axes; field.values (ny, nx): what is shown of each run.
"""

from lrviz.maps.axis import Axis
from lrviz.maps.grid import Cancelled, Field, compute
from lrviz.maps.map import Map
from lrviz.maps.presets import PRESETS, Preset
from lrviz.maps.shown import SHOWN, Shown

__all__ = ["PRESETS", "SHOWN", "Axis", "Cancelled", "Field", "Map", "Preset", "Shown", "compute"]
