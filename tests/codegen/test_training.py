"""The lines for one's own training script."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest

from lrviz import OPTIMIZERS, SCHEDULES, Scenario
from lrviz.codegen import nearest, rates, real_lines
from lrviz.codegen.rates import Plan
from lrviz.codegen.training import LINES, what_to_set, yours
from tests.program_cases import draw


def without_comments(lines):
    return "\n".join(line.split("  # ")[0] for line in lines.split("\n") if not line.lstrip().startswith("#"))


def left_to_the_run(scenario):
    """Does the rate of a run stretch with the run?"""
    plan = Plan(scenario, "total_steps")
    return bool(plan.texts) and not scenario.schedule_row.plateau and scenario.optimizer_row.has_rate


def test_lines_for_a_training_do_not_know_the_length_of_the_run():
    """Every optimizer, schedule and framework: what was left to the run's length follows the training's."""
    rng, seen = np.random.default_rng(11), Counter()
    for optimizer, row in OPTIMIZERS.items():
        for schedule in SCHEDULES:
            rules = str(rng.choice(list(row.rules)))
            short = draw(rng, "bowl", optimizer, rules).having(schedule=schedule)
            if rng.random() < 0.5:  # as it comes
                short = short.having(**{knob.key: knob.default for knob in short.schedule_row.knobs})
            for framework in LINES:
                lines = real_lines(short, framework)
                assert without_comments(lines) == without_comments(real_lines(short.having(steps=7919), framework))
                if not lines:
                    assert nearest(short, framework) is None or not rates.has(short)
                    continue
                compile(lines, framework, "exec")
                follows = "total_steps = epochs * " in lines
                assert follows >= left_to_the_run(short), lines
                assert ("steps_per_epoch = math.ceil(len(x_train) / batch_size)" in lines) == (
                    follows and framework == "keras"
                )
                seen[framework, follows] += 1
    assert len(seen) == 6 and min(seen.values()) > 20


@pytest.mark.parametrize("framework", LINES)
def test_what_the_lines_need_is_said_in_one_sentence(framework):
    own = {
        "keras": {"model", "loss", "epochs", "batch_size", "x_train", "y_train", "x_val", "y_val"},
        "pytorch": {"model", "loss_fn", "epochs", "train_loader", "val_loader", "evaluate"},
        "optax": {"params", "loss_fn", "epochs", "train_loader", "val_loader", "evaluate"},
    }[framework]
    length = {"keras": "epochs * steps_per_epoch"}.get(framework, "epochs * len(train_loader)")
    seen = set()
    for schedule in rates.RATES:
        for warmup in (0, 5):
            lines = real_lines(Scenario(schedule=schedule, values={"warmup_steps": warmup}), framework)
            needed, text = yours(lines), what_to_set(lines)
            assert set(needed) <= own and all(f"`{name}`" in text for name in needed), text
            assert (f"`{length}` batches" in text) == ("total_steps = " in lines)
            assert text.count(".") == 1 and text.endswith(".")
            seen |= set(needed)
    assert seen == own


def test_a_schedule_that_keras_does_not_have_can_be_saved():
    for schedule, own in (("one_cycle", "OneCycle"), ("cyclical", "Cyclical"), ("drawn", "Drawn")):
        lines = real_lines(Scenario(schedule=schedule), "keras")
        head = (
            f"@keras.saving.register_keras_serializable()\nclass {own}(keras.optimizers.schedules.LearningRateSchedule)"
        )
        assert head in lines and 'return {"total_steps": self.total_steps}' in lines
    assert "so that the scheduler's state_dict() holds it.\n" in real_lines(Scenario(schedule="drawn"), "pytorch")


def test_the_lines_say_when_the_scheduler_steps():
    for schedule in rates.RATES:
        lines = real_lines(Scenario(schedule=schedule, optimizer="adam", framework="pytorch"), "pytorch")
        calls = re.findall(r"^( *)scheduler\.step\((\w*)\)  # once per (\w+)$", lines, re.MULTILINE)
        if schedule == "constant":
            assert not calls
        else:
            assert calls == ([("    ", "val_loss", "epoch")] if schedule == "plateau" else [(" " * 8, "", "batch")])
    lines = real_lines(Scenario(steps=200, schedule="multi_step", values={"warmup_steps": 20}), "keras")
    assert "# As set, in batches: milestones 60, 120; warmup_steps 20 (30%, 60%, 10% of the run in the lab).\n" in lines
