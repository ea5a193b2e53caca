"""What a browser sends of a map is read, and nothing else."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lrviz.maps.incoming import incoming


def test_what_the_browser_sends_is_read():
    state = {
        "point": {"seq": 3, "x": 0.1, "y": 2, "play": True},
        "window": {"seq": 4, "x": [0.1, 1], "y": [1, 2]},
        "want": {"seq": 5, "x": [0.1, 1], "y": [1, 2]},
        "missing": {"items": ["code"], "at": 6},
    }
    now = incoming(state)
    assert (now.point.x, now.point.y, now.point.play) == (0.1, 2, True)
    assert (now.window.x, now.want.y, now.code) == ((0.1, 1), (1, 2), 6)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["seq", "x", "y", "play", "at"]), inner)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["point", "window", "want", "missing"]), ANYTHING) | ANYTHING)
@settings(max_examples=150, deadline=None)
def test_whatever_a_browser_sends_what_fits_is_finite_and_rises(state):
    now = incoming(state)
    if now.point:
        assert np.isfinite([now.point.x, now.point.y]).all() and isinstance(now.point.play, bool)
    for region in (now.window, now.want):
        assert region is None or (region.x[0] < region.x[1] and np.isfinite([*region.x, *region.y]).all())
