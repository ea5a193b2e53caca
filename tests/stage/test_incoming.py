"""What a browser says is read in one place: whatever it is, the reader does not fail, and keeps within its bounds."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrviz.knob import LONGEST, MOST_POINTS, BadInput
from lrviz.link import FURTHEST, LAST, SLICES, Link, View
from lrviz.race import Race
from lrviz.schedules import SCHEDULES
from lrviz.stage.incoming import LONGEST as LONGEST_NAME
from lrviz.stage.incoming import MOST, Chosen, Incoming, Moved, Press, Start, Visible, Wanted, incoming
from lrviz.untrusted import LAST_SEQ
from lrviz.view import PANELS, SPEEDS
from tests.hostile_states import PARTS, SEQ

GOOD = {
    "live": {"alpha": {"seq": SEQ, "value": 0.2, "index": 3}},
    "want": {"alpha": {"seq": SEQ, "family": "0123456789abcdef", "stop": 3}},
    "start": {"seq": SEQ, "x": -1, "y": 2.5, "dragging": True},
    "missing": {"at": SEQ, "items": ["code", "run:0123"]},
    "visible": {"seq": SEQ, "runs": {"Adam": False}},
    "view": {
        "seq": SEQ,
        "panel": "3d",
        "slice": 1,
        "step": None,
        "speed": 0.5,
        "log": False,
        "map": [0, 1, -1.5, 2],
        "rate_log": True,
    },
    "drawn": {"seq": SEQ, "points": [[0, 0.1], [9, 1e-3]]},
    "press": {"seq": SEQ, "what": "cancel"},
    "chosen": {"seq": SEQ, "place": 2},
    "idle": {"seq": SEQ},
}


def loaded(text: str) -> Any:
    """As Streamlit hands it on; what it cannot read it does not."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def within_bounds(read: Incoming) -> None:
    number = lambda value: type(value) in (int, float) and math.isfinite(value)  # noqa: E731
    assert len(read.live) <= MOST and all(number(row.value) for row in read.live.values())
    assert all(len(row.family) <= LONGEST_NAME and (row.stop is None or row.stop >= 0) for row in read.want.values())
    assert all(isinstance(knob, str) and len(knob) <= LONGEST_NAME for knob in (*read.live, *read.want))
    assert all(type(seq) is int and 0 < seq <= LAST_SEQ for seq in read.seqs.values())
    if read.start:
        assert number(read.start.x) and number(read.start.y) and type(read.start.dragging) is bool
    if read.missing:
        assert len(read.missing.items) <= MOST and all(isinstance(item, str) for item in read.missing.items)
    if read.visible:
        assert len(read.visible.runs) <= MOST and set(map(type, read.visible.runs.values())) <= {bool}
    if read.view:
        view = read.view
        assert view.panel in PANELS and view.speed in SPEEDS and type(view.log) is bool
        assert 0 <= view.slice < SLICES and (view.step is None or 0 <= view.step <= LAST)
        assert view.map is None or (len(view.map) == 4 and all(abs(edge) <= FURTHEST for edge in view.map))
        assert View.from_text(view.to_text()) == (view, []) and len(view.to_text()) < 200
    assert read.press is None or read.press.what in ("cancel", "train")
    assert read.chosen is None or 0 <= read.chosen.place < MOST
    if read.drawn:
        assert len(read.drawn.points) <= MOST_POINTS
        assert all(type(step) is int and number(rate) for step, rate in read.drawn.points)


def test_what_the_browser_says_is_read_as_it_is_meant():
    read = incoming(GOOD)
    assert read.live == {"alpha": Moved(SEQ, 0.2)} and read.want == {"alpha": Wanted(SEQ, "0123456789abcdef", 3)}
    assert read.start == Start(SEQ, -1, 2.5, True) and read.visible == Visible(SEQ, {"Adam": False})
    assert read.missing and read.missing.items == {"code", "run:0123"}
    assert read.view == View("3d", 1, None, 0.5, False, (0, 1, -1.5, 2), True)
    assert read.drawn and read.drawn.points == ((0, 0.1), (9, 1e-3)) and not read.drawn.wrong
    assert read.seqs.keys() == {"live.alpha", "want.alpha", "start", "missing", "visible", "drawn", "press", "chosen"}
    assert read.press == Press(SEQ, "cancel") and read.chosen == Chosen(SEQ, 2)
    within_bounds(read)


@pytest.mark.parametrize(("part", "text"), [(part, text) for part, texts in PARTS.items() for text in texts])
def test_a_hostile_part_is_kept_within_bounds_and_leaves_the_rest(part, text):
    assert len(PARTS[part]) >= 10
    read = incoming({**GOOD, part: loaded(text)})
    within_bounds(read)
    plain = incoming(GOOD)
    assert all(getattr(read, other) == getattr(plain, other) for other in PARTS if other != part), "the rest is read"
    assert getattr(read, part) != getattr(plain, part)


@pytest.mark.parametrize("text", ["7", "[]", "null", '"live"', '{"live":{"live":{"live":[]}}}', "NaN"])
def test_a_state_that_is_none_says_nothing(text):
    assert incoming(loaded(text)) == Incoming()


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["alpha", "code"]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=12,
)
usual: dict[str, list[Any]] = {
    "value": [0.1], "x": [1], "y": [2.0], "dragging": [True], "family": ["f"], "stop": [1], "items": [["code"]],
    "runs": [{"Adam": True}], "panel": ["2d"], "slice": [0], "step": [None, 3], "speed": [1], "log": [True],
    "map": [None, [0, 1, 0, 1]], "rate_log": [None], "points": [[[0, 0.1]]], "seq": [SEQ], "at": [SEQ],
}  # fmt: skip
usual_parts = st.fixed_dictionaries({}, optional={key: st.sampled_from(its) | anything for key, its in usual.items()})


@given(
    st.dictionaries(
        st.sampled_from([*PARTS, "idle"]), usual_parts | st.fixed_dictionaries({"alpha": usual_parts}) | anything
    )
)
@settings(max_examples=500, deadline=None)
def test_any_json_is_read_within_its_bounds(state):
    within_bounds(incoming(state))


def test_a_curve_with_too_many_points_is_a_sentence():
    read = incoming({"drawn": {"seq": SEQ, "points": [[i, 0.1] for i in range(MOST_POINTS + 1)]}}).drawn
    assert read and read.points == () and read.wrong == "The curve has 201 points, but may have 200 at most."


class Counted(str):
    """A text that may be counted, and not be taken apart."""

    def split(self, *args: Any) -> Any:
        raise AssertionError("it is counted first")


@pytest.mark.parametrize("kind", ["steps", "points"])
def test_a_list_is_counted_before_it_is_read(kind):
    row = next(knob for row in SCHEDULES.values() for knob in row.knobs if knob.kind == kind)
    for text in (",".join(["1"] * (MOST_POINTS + 1)), "1" * (LONGEST + 1)):
        with pytest.raises(BadInput, match=f"^{row.key} .* at most"):
            row.check(Counted(text))


def test_no_state_of_a_page_makes_an_address_without_end():
    endless = "0." + 10**6 * "1"
    race, wrong = Race.from_params(
        {"schedule": "drawn", "points": f"0:{endless}", "alpha": endless, "noise": 200 * "0"}
    )
    assert [sentence.split()[0] for sentence in wrong] == ["'points'", "'alpha'", "noise"]
    own = {"schedule": "drawn", "points": ",".join(f"{i}:0.{i:09}1" for i in range(MOST_POINTS))}
    for _ in range(5):
        race = race.add(own)
    with pytest.raises(BadInput):
        race.own(1, alpha=endless)
    address = Link(race, View(map=(-1 / 3, 1 / 3, -1 / 7, 1 / 7), step=LAST)).to_params()
    assert sum(map(len, address.values())) < 6 * LONGEST


@pytest.mark.parametrize("other", [{"map": "abcd"}, {"step": [1]}, {"speed": math.nan}, {"log": 1}, {"rate_log": 0}])
def test_no_view_can_be_made_that_a_link_could_not_hold(other):
    with pytest.raises(BadInput):
        View(**other)
