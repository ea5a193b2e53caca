"""What a browser of ours never says: forged and damaged states of the stage and of widgets, as they travel."""

from __future__ import annotations

import json
import math
from typing import Any

SEQ = 1_790_000_000_000
"""As the browser counts: from the milliseconds of its clock."""
DEEP = 5_000 * "[" + 5_000 * "]"
NESTED = 300 * '{"a":' + "1" + 300 * "}"


def _point(**other: Any) -> str:
    return json.dumps({"seq": SEQ, "x": 0.5, "y": 0.5, "dragging": False} | other)


def _live(alpha: Any) -> str:
    return json.dumps({"alpha": alpha})


def _view(**other: Any) -> str:
    plain = {"seq": SEQ, "panel": "2d", "slice": 0, "step": 5, "speed": 1, "log": True, "map": None}
    return json.dumps(plain | other)


def _drawn(points: Any) -> str:
    return json.dumps({"seq": SEQ, "points": points})


def _press(what: Any) -> str:
    return json.dumps({"seq": SEQ, "what": what})


def _choice(place: Any) -> str:
    return json.dumps({"seq": SEQ, "place": place})


PARTS: dict[str, list[str]] = {
    "live": [
        "7", "[]", '"live"', DEEP, NESTED, _live(3), _live({"value": 0.1}), _live({"seq": SEQ}),
        _live({"seq": "1", "value": 0.1}), _live({"seq": True, "value": 0.1}), _live({"seq": math.nan, "value": 0.1}),
        '{"alpha":{"seq":1e400,"value":0.1}}', _live({"seq": SEQ, "value": "0.1"}), _live({"seq": SEQ, "value": None}),
        _live({"seq": SEQ, "value": math.nan}), _live({"seq": SEQ, "value": math.inf}),
        _live({"seq": SEQ, "value": {}}),
        '{"alpha":{"seq":1790000000000,"value":1e400}}', _live({"seq": SEQ, "value": -5}),
        _live({"seq": 2**53, "value": 0.2}), json.dumps({"self": {"seq": SEQ, "value": 1}}),
        json.dumps({"widget": {"seq": SEQ, "value": 1}, "no such": {"seq": SEQ, "value": 1}}),
        json.dumps({"surface": {"seq": SEQ, "value": 1}, "steps": {"seq": SEQ, "value": 1e300}}),
        json.dumps({f"k{i}": {"seq": SEQ, "value": 1} for i in range(1000)}),
    ],
    "start": [
        "7", '"start"', "[1,2]", DEEP, NESTED, "{}", _point(seq=None), _point(seq="9"), _point(seq=[1]), _point(x="0"),
        _point(x=None), _point(y=[1]), _point(x=math.nan), _point(y=math.inf), _point(x=1e300), _point(x=True),
        _point(dragging="x" * 99), '{"seq":1790000000000,"x":1e400,"y":1,"dragging":false}', _point(seq=-1),
        _point(seq=2**70), _point(seq=2**53),
    ],
    "want": [
        "7", "[]", DEEP, NESTED, _live(1), _live({}), _live({"seq": "x", "family": "f", "stop": 1}),
        _live({"seq": SEQ, "family": 7, "stop": 1}), _live({"seq": SEQ, "family": "f"}),
        _live({"seq": SEQ, "family": "f", "stop": 1.5}), _live({"seq": SEQ, "family": "f", "stop": "1"}),
        _live({"seq": SEQ, "family": "f", "stop": -(10**9)}), _live({"seq": SEQ, "family": "f", "stop": True}),
        _live({"seq": SEQ, "family": "f" * 10_000, "stop": 1}), _live({"seq": math.inf, "family": "f", "stop": 1}),
    ],
    "missing": [
        "7", "[]", DEEP, NESTED, "{}", '{"items":["code"]}', json.dumps({"at": "now", "items": ["code"]}),
        json.dumps({"at": SEQ}), json.dumps({"at": SEQ, "items": 5}), json.dumps({"at": SEQ, "items": "code"}),
        json.dumps({"at": SEQ, "items": [["code"]]}), json.dumps({"at": SEQ, "items": {"code": 1}}),
        json.dumps({"at": SEQ, "items": [None, {}, 1]}), json.dumps({"at": math.nan, "items": ["code"]}),
        json.dumps({"at": SEQ, "items": [f"run:{i}" for i in range(50_000)]}),
    ],
    "visible": [
        "7", "[]", DEEP, NESTED, "{}", json.dumps({"seq": "1", "runs": {}}), json.dumps({"seq": SEQ, "runs": [1]}),
        json.dumps({"seq": SEQ, "runs": "all"}), json.dumps({"seq": SEQ, "runs": {"Gradient descent": "no"}}),
        json.dumps({"seq": SEQ, "runs": {"Gradient descent": [1]}}), json.dumps({"runs": {"Gradient descent": False}}),
        json.dumps({"seq": SEQ, "runs": [["Gradient descent", False]]}),
        json.dumps({"seq": SEQ, "runs": {f"run {i}": False for i in range(1000)}}),
    ],
    "view": [
        "7", '"2d"', "[]", DEEP, NESTED, "{}", _view(map="abcd"), _view(step=[1]), _view(step="5"), _view(step=-1),
        _view(step=10**9), _view(step=1.5), _view(panel="4d"), _view(panel=["2d"]), _view(panel=None), _view(slice=99),
        _view(slice="0"), _view(slice=True), _view(speed=1e9), _view(speed="1"), _view(speed=math.nan),
        _view(log="yes"),
        _view(log=None), _view(map=[1, 2, 3]), _view(map=[1, 0, 1, 0]), _view(map=[0, 1, 0, math.nan]),
        _view(map=[0, math.inf, 0, 1]), _view(map=["0", "1", "0", "1"]), _view(map=[[0], 1, 0, 1]),
        _view(map={"0": 1}), _view(map=list(range(100_000))), _view(seq="1", more="x" * 1000),
    ],
    "drawn": [
        "7", '"0:1"', "[]", DEEP, NESTED, "{}", '{"points":[[0,0.1]]}', _drawn(5), _drawn("0:0.1"), _drawn([]),
        _drawn([[]]), _drawn([[0]]), _drawn([[0, 0.1, 1]]), _drawn([0, 0.1]), _drawn([["0", "0.1"]]),
        _drawn([[0, math.nan]]), _drawn([[0, math.inf], [1, 0.1]]), _drawn([[0, -1]]), _drawn([[1.5, 0.1]]),
        _drawn([[5, 0.1], [0, 0.1]]), _drawn([[True, 0.1]]), _drawn([[[0], 0.1]]), _drawn([[10**30, 0.1]]),
        _drawn([[i, 0.1] for i in range(201)]), _drawn([[i, 0.1] for i in range(20_000)]), _drawn({"0": 0.1}),
        '{"seq":1790000000000,"points":[[0,1e400]]}', '{"seq":' + 5000 * "9" + ',"points":[[0,0.1]]}',
    ],
    "press": [
        "7", '"cancel"', "[]", DEEP, NESTED, "{}", json.dumps({"what": "cancel"}), _press("stop"), _press(None),
        _press(["cancel"]), _press({"what": "train"}), json.dumps({"seq": "1", "what": "train"}),
        json.dumps({"seq": math.nan, "what": "train"}),
    ],
    "chosen": [
        "7", '"1"', "[]", DEEP, NESTED, "{}", json.dumps({"place": 1}), _choice("1"), _choice(None), _choice([1]),
        _choice(-1), _choice(10**9), _choice(1.5), _choice(True), json.dumps({"seq": "1", "place": 1}),
    ],
}  # fmt: skip
"""Part of the stage's state -> what it may not be, as JSON."""

STATES = ["", "{", "7", "[]", "null", '"live"', "NaN", DEEP, NESTED, "[" * 60_000, '{"live":', "9" * 6000, '{"idle":7}']
"""What a component's whole state may not be."""

VALUES: list[dict[str, Any]] = [
    {"string_value": "no such"}, {"string_value": ""}, {"string_value": "9" * 100_000}, {"string_value": "nan"},
    {"string_value": "1e400"}, {"int_value": 10**9}, {"double_value": math.nan}, {"bool_value": True},
    {"string_array_value": ["no such"]}, {"string_array_value": 1000 * ["no such"]}, {"string_array_value": []},
    {"double_array_value": [math.inf, 1.0]}, {"int_array_value": [10**9]}, {"json_value": "{"},
    {"json_value": '{"a": 1}'}, {"json_value": DEEP}, {"bytes_value": b"\xff"}, {"trigger_value": True},
    {},
]  # fmt: skip
"""What is said of a widget, whatever its kind: a field of `WidgetState` and its value."""
