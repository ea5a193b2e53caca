"""Trainings that are recorded from the real frameworks: (name, training as plain data), by framework."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Case = tuple[str, dict[str, Any]]

SMALL = {"rows": 60}
NETWORK: dict[str, Any] = {"data": "moons", "model": "network", "values": {**SMALL, "layers": "4,3"}, "batch_size": 9}
LOGISTIC: dict[str, Any] = {"data": "groups", "values": SMALL, "batch_size": 5}
# (optimizer, alpha, knobs): the optimizers run on one network, so that each costs one compile.
OPTIMIZERS: list[tuple[str, float, dict[str, Any]]] = [
    ("gradient_descent", 0.5, {}),
    ("momentum", 0.1, {"momentum": 0.8}),
    ("nesterov", 0.05, {"momentum": 0.95}),
    ("adagrad", 0.2, {"initial_accumulator_value": 0.2}),
    ("rmsprop", 0.01, {"momentum": 0.5}),
    ("adadelta", 1.0, {"epsilon": 1e-4}),
    ("adam", 0.05, {}),
    ("amsgrad", 0.05, {"beta_2": 0.9}),
    ("adamw", 0.05, {"weight_decay": 0.1}),
    ("nadam", 0.02, {}),
    ("adamax", 0.05, {}),
]
ONLY: dict[str, list[tuple[str, float, dict[str, Any]]]] = {
    "keras": [("lion", 0.01, {})],
    "pytorch": [("radam", 0.05, {"beta_2": 0.99})],
}
# Each data set, with a model and a batch size that does not divide its rows.
DATA: list[tuple[str, dict[str, Any]]] = [
    ("line", {"data": "line", "alpha": 0.1, "values": SMALL, "batch_size": 8}),
    ("groups", {**LOGISTIC, "alpha": 0.3}),
    ("circles", {**NETWORK, "data": "circles", "alpha": 0.5}),
    ("xor", {**NETWORK, "data": "xor", "alpha": 0.5, "batch_size": 16}),
    ("spirals", {**NETWORK, "data": "spirals", "alpha": 0.3, "batch_size": 11}),
    ("penguins", {"data": "penguins", "alpha": 0.2, "batch_size": 32, "validation": 0.2}),
    ("iris-network", {"data": "iris", "model": "network", "alpha": 0.2, "batch_size": 10,
                      "values": {"layers": "5", "activation": "relu"}}),
    ("breast_cancer", {"data": "breast_cancer", "alpha": 0.1, "batch_size": 50, "epochs": 6}),
    ("diabetes", {"data": "diabetes", "alpha": 0.01, "batch_size": 31}),
    ("digits", {"data": "digits", "alpha": 0.1, "batch_size": 100, "epochs": 4}),
    ("squared-error", {**NETWORK, "alpha": 0.2, "values": {**NETWORK["values"], "loss_function": "squared_error"}}),
    ("linear-of-classes", {"data": "groups", "model": "linear", "alpha": 0.05, "batch_size": 7, "values": SMALL}),
    ("softmax-of-two", {"data": "groups", "model": "softmax", "alpha": 0.2, "batch_size": 7, "values": SMALL}),
    ("three-layers-relu", {"data": "circles", "model": "network", "alpha": 0.1, "batch_size": 13,
                           "values": {**SMALL, "layers": "6,5,4", "activation": "relu"}}),
    ("network-of-numbers", {"data": "line", "model": "network", "alpha": 0.1, "batch_size": 13,
                            "values": {**SMALL, "layers": "4,3"}}),
    ("penalty", {**LOGISTIC, "alpha": 0.3, "values": {**SMALL, "l2": 0.05}}),
    ("penalty-on-network", {**NETWORK, "alpha": 0.3, "values": {**NETWORK["values"], "l2": 0.01}}),
    ("clipped", {**NETWORK, "alpha": 0.5, "values": {**NETWORK["values"], "clipnorm": 0.1}}),
    ("full-batch", {**NETWORK, "alpha": 0.5, "batch_size": None, "epochs": 20}),
    ("batches-of-one", {**LOGISTIC, "alpha": 0.05, "batch_size": 1, "epochs": 4}),
    ("no-validation", {**LOGISTIC, "alpha": 0.3, "validation": 0.0}),
    ("other-seed", {**LOGISTIC, "alpha": 0.3, "seed": 7, "values": {**SMALL, "data_seed": 3, "noise": 1.0}}),
]  # fmt: skip
TOLERANCE = {"keras": "min_delta", "pytorch": "threshold"}
# "tolerance" stands for Keras's min_delta and PyTorch's threshold.
PLATEAU: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("val_loss", {"alpha": 3.0}, {"patience": 1, "factor": 0.5}),
    ("val_loss-min", {"alpha": 4.0, "monitor_mode": "min"}, {"patience": 2, "factor": 0.3, "tolerance": 0.01}),
    ("loss", {"alpha": 2.0, "monitor": "loss"}, {"patience": 1, "factor": 0.6, "tolerance": 0.02}),
    ("loss-max", {"alpha": 0.5, "monitor": "loss", "monitor_mode": "max"}, {"patience": 2, "factor": 0.7}),
    ("val_accuracy", {"alpha": 1.0, "monitor": "val_accuracy"}, {"patience": 2, "factor": 0.5}),
    ("accuracy", {"alpha": 1.0, "monitor": "accuracy"}, {"patience": 1, "factor": 0.5, "tolerance": 0.01}),
    ("accuracy-min", {"alpha": 0.3, "monitor": "accuracy", "monitor_mode": "min"}, {"patience": 3, "factor": 0.5}),
    ("cooldown", {"alpha": 1.0, "monitor": "val_accuracy"}, {"patience": 1, "factor": 0.5, "cooldown": 3}),
    ("floor", {"alpha": 2.0, "monitor": "loss"}, {"patience": 0, "factor": 0.2, "min_lr": 0.1, "tolerance": 0.05}),
    ("adam", {"alpha": 0.2, "optimizer": "adam"}, {"patience": 1, "factor": 0.5}),
    ("momentum", {"alpha": 0.3, "optimizer": "momentum"}, {"patience": 1, "factor": 0.5, "momentum": 0.9}),
]
ONLY_PLATEAU: dict[str, list[tuple[str, dict[str, Any], dict[str, Any]]]] = {
    "keras": [
        ("stop", {"alpha": 3.0}, {"patience": 1, "factor": 0.5, "stop_patience": 3}),
        ("stop-accuracy", {"alpha": 0.5, "monitor": "val_accuracy"}, {"patience": 9, "stop_patience": 4}),
    ],
    "pytorch": [
        ("absolute", {"alpha": 3.0}, {"patience": 1, "factor": 0.5, "threshold_mode": "abs", "tolerance": 0.01}),
        ("absolute-accuracy", {"alpha": 0.5, "monitor": "accuracy"},
         {"patience": 1, "factor": 0.5, "threshold_mode": "abs", "tolerance": 0.02}),
        ("smallest-cut", {"alpha": 0.5, "monitor": "accuracy"}, {"patience": 0, "factor": 0.5, "eps": 0.05}),
    ],
}  # fmt: skip
SCHEDULES: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "keras": [
        ("exponential", {"decay_steps": 20, "decay_rate": 0.7}),
        ("inverse_time", {"decay_steps": 10, "decay_rate": 0.5, "staircase": 1}),
        ("polynomial", {"decay_steps": 60, "end_learning_rate": 0.01, "power": 2}),
        ("cosine", {"decay_steps": 70, "eta_min": 0.01, "warmup_steps": 15, "start_factor": 0}),
        ("cosine_restarts", {"first_decay_steps": 13, "t_mul": 1.5, "m_mul": 0.7, "eta_min": 0.001}),
    ],
    "pytorch": [
        ("exponential", {"decay_steps": 1, "decay_rate": 0.97}),
        ("polynomial", {"decay_steps": 60, "end_learning_rate": 0, "power": 2}),
        ("cosine", {"decay_steps": 50, "eta_min": 0.01}),
        ("cosine_restarts", {"first_decay_steps": 13, "t_mul": 2, "m_mul": 1}),
        ("step_decay", {"step_size": 30, "gamma": 0.5}),
        ("multi_step", {"milestones": "20,45", "gamma": 0.3, "warmup_steps": 8, "start_factor": 0.2}),
        ("one_cycle", {"max_lr": 0.9}),
        ("cyclical", {"base_lr": 0.05, "max_lr": 0.8, "step_size_up": 9, "step_size_down": 9, "mode": "triangular2"}),
    ],
}


def cases(framework: str) -> Iterator[Case]:
    """Every recorded training of a framework."""
    plain = {"framework": framework, "epochs": 12}
    for optimizer, alpha, knobs in OPTIMIZERS + ONLY[framework]:
        values = {**NETWORK["values"], **knobs}
        yield optimizer, {**plain, **NETWORK, "optimizer": optimizer, "alpha": alpha, "values": values}
    for name, fields in DATA:
        monitor = {"monitor": "loss"} if fields.get("validation") == 0 else {}
        yield f"data-{name}", {**plain, **fields, **monitor}
    for schedule, knobs in SCHEDULES[framework]:
        values = {**SMALL, **knobs}
        yield f"schedule-{schedule}", {**plain, **LOGISTIC, "schedule": schedule, "alpha": 0.5, "values": values}
    for name, fields, knobs in PLATEAU + ONLY_PLATEAU[framework]:
        own = {TOLERANCE[framework] if key == "tolerance" else key: value for key, value in knobs.items()}
        base = LOGISTIC if fields.get("optimizer") is None else NETWORK
        values = {**base["values"], **own}
        yield f"plateau-{name}", {**plain, **base, "epochs": 25, "schedule": "plateau", **fields, "values": values}
