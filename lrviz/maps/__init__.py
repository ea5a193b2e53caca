"""Maps: every value of two knobs at once, one exact run a cell. Plain data, coarse to fine; no word of Streamlit.

>>> from lrviz.maps.axis import Axis
>>> from lrviz.maps.map import Map
>>> from lrviz.maps.grid import compute
>>> plan = Map(Scenario(schedule="plateau"), Axis("alpha", 1e-4, 10, scale="log"), Axis("factor", 0.05, 0.95))
>>> field = compute(plan)  # doctest: +SKIP

field.x (nx,), field.y (ny,): the values of the axes; field.values (ny, nx): what is shown of each run.
"""
