"""The settings of a replay: knobs and links."""

from __future__ import annotations

import numpy as np
import pytest

import lrviz
from lrviz import BadInput
from lrviz.replay import Settings
from lrviz.replay.reading import read
from lrviz.replay.settings import KNOBS, LONGEST, values_text


def test_settings_go_through_a_link():
    settings = Settings(
        ("pytorch", "keras"), True, {"patience": 3, "threshold_mode": "abs", "rate": 0.1, "resume_after": None}
    )
    params = settings.to_params()
    assert params == {"patience": "3", "threshold_mode": "abs", "rate": "0.1", "rules": "pytorch,keras", "float32": "1"}
    assert Settings.from_params(params) == (
        Settings(("pytorch", "keras"), True, {"patience": 3, "threshold_mode": "abs", "rate": 0.1}),
        [],
    )
    assert Settings().to_params() == {}
    settings, sentences = Settings.from_params({"patience": "x", "factor": "0.5", "self": "2", "rules": "jax"})
    assert settings == Settings(values={"factor": 0.5}) and len(sentences) == 3


def test_a_link_holds_up_to_200_values_as_they_are():
    values = np.array([0.1, 1 / 3, np.nan, np.inf, -np.inf, -2, 1e-300])
    np.testing.assert_array_equal(read(values_text(values), decimal=".").values, values)
    assert values_text(np.ones(LONGEST)) == ",".join(["1"] * LONGEST) and values_text(np.ones(LONGEST + 1)) == ""


@pytest.mark.parametrize("key", KNOBS)
def test_every_knob_takes_its_default_and_refuses_what_is_none(key):
    knob = KNOBS[key]
    assert knob.help.endswith(".") and Settings(values={key: knob.default})[key] == knob.check(knob.default)
    with pytest.raises(BadInput):
        Settings(values={key: "feather"})


def test_what_is_wrong_is_said():
    for wrong in ({"patience": -1}, {"wings": 1}, {"framework": "jax"}, {"framework": ""}, {"rate": 0}, {"mode": "up"}):
        with pytest.raises(BadInput):
            lrviz.replay([1, 2], **wrong)
