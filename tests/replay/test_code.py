"""Lines and programs for a training script."""

from __future__ import annotations

import numpy as np
import pytest

import lrviz
from lrviz import BadInput, History
from lrviz.replay import code
from lrviz.replay.rules import RULES
from tests.replay.recorded import SHOWN, replayed


def test_lines_for_a_training_script():
    made = lrviz.replay(SHOWN, patience=3, min_delta=0, threshold_mode="abs", rtol=0, atol=0.01, stop_patience=8)
    keras = code.lines(made, "keras")
    assert 'ReduceLROnPlateau(monitor="val_loss", factor=0.1, patience=3, min_delta=0.0)' in keras.replace("\n", " ")
    assert 'EarlyStopping(monitor="val_loss", patience=8)' in keras
    pytorch = code.lines(made, "pytorch")
    assert 'ReduceLROnPlateau(optimizer, factor=0.1, patience=3, threshold_mode="abs")' in pytorch
    assert "reduce_on_plateau(factor=0.1, patience=3, rtol=0.0, atol=0.01)" in code.lines(made, "optax")
    rising = lrviz.replay(History(np.array(SHOWN), 'x"; import os #'), mode="max")
    assert r'monitor="x\"; import os #", mode="max"' in code.lines(rising, "keras")
    assert "value=-value" in code.lines(rising, "optax") and 'mode="max"' in code.lines(rising, "pytorch")


@pytest.mark.parametrize("framework", RULES)
@pytest.mark.parametrize("values", [SHOWN, [np.nan, 1, np.inf, -1], [1] * 300])
def test_programs_are_python_and_hold_the_values(framework, values):
    text = code.program(replayed(values, framework, patience=3), framework)
    compile(text, "<program>", "exec")
    assert (str(SHOWN) in text) == (values is SHOWN) and ("values.txt" in text) == (len(values) == 300)
    with pytest.raises(BadInput):
        code.program(replayed(values), "jax")
