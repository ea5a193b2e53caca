"""What is recorded: one scenario per line of the golden files."""

from collections.abc import Iterator
from typing import Any

Case = tuple[str, dict[str, Any]]

STARTS = {
    "bowl": [-4.0, 1.5],
    "rosenbrock": [-1.2, 1.0],
    "himmelblau": [-0.5, -1.5],
    "beale": [0.5, 1.2],
    "styblinski_tang": [-1.0, 0.5],
    "rastrigin": [2.2, -1.3],
    "six_hump_camel": [-1.6, 0.9],
    "saddle": [0.1, 1.5],
    "shelf": [3.5, 2.0],
    "twin_valleys": [-0.5, 1.2],
}

# Knobs, then surface and alpha three times over, so that no optimizer is only seen on a quadratic.
# Epsilons and other knobs left out take the framework's own default, which is part of what is checked.
BOTH = {
    "gradient_descent": ({}, ("bowl", 0.05), ("rosenbrock", 0.001), ("styblinski_tang", 0.02)),
    "momentum": ({"momentum": 0.8}, ("bowl", 0.02), ("rosenbrock", 0.0005), ("beale", 0.002)),
    "nesterov": ({"momentum": 0.95}, ("bowl", 0.02), ("rosenbrock", 0.0005), ("twin_valleys", 0.01)),
    "adagrad": ({"initial_accumulator_value": 0.2}, ("bowl", 0.5), ("himmelblau", 0.3), ("shelf", 0.4)),
    "rmsprop": ({"rho": 0.95}, ("bowl", 0.02), ("rosenbrock", 0.003), ("six_hump_camel", 0.01)),
    "adadelta": ({"rho": 0.9, "epsilon": 1e-4}, ("bowl", 1.0), ("himmelblau", 2.0), ("styblinski_tang", 1.0)),
    "adam": ({"beta_1": 0.8}, ("bowl", 0.1), ("rosenbrock", 0.02), ("rastrigin", 0.05)),
    "amsgrad": ({"beta_2": 0.9}, ("bowl", 0.1), ("himmelblau", 0.1), ("beale", 0.03)),
    "nadam": ({"beta_2": 0.99}, ("bowl", 0.1), ("rosenbrock", 0.02), ("saddle", 0.05)),
    "adamax": ({"beta_1": 0.85}, ("bowl", 0.2), ("himmelblau", 0.1), ("six_hump_camel", 0.05)),
    "adamw": ({"weight_decay": 0.1}, ("bowl", 0.1), ("rosenbrock", 0.02), ("twin_valleys", 0.05)),
}
FREE_ADAMW = ("bowl", 0.1), ("rosenbrock", 0.05), ("himmelblau", 0.2)
OPTIMIZERS = {
    "keras": BOTH
    | {
        "lion": ({"beta_1": 0.8}, ("bowl", 0.02), ("rosenbrock", 0.005), ("shelf", 0.03)),
        "schedule_free_adamw": ({"beta_1": 0.8, "beta_2": 0.99}, *FREE_ADAMW),
    },
    "pytorch": BOTH
    | {
        "radam": ({"beta_2": 0.99}, ("bowl", 0.2), ("rosenbrock", 0.001), ("saddle", 0.1)),
        "schedule_free_sgd": ({"momentum": 0.8}, ("bowl", 0.1), ("rosenbrock", 0.001), ("styblinski_tang", 0.02)),
        "schedule_free_adamw": ({"beta_1": 0.8, "weight_decay": 0.1}, *FREE_ADAMW),
        "prodigy": (
            {"d0": 1e-3, "weight_decay": 0.05, "use_bias_correction": 1},
            ("bowl", 1.0), ("six_hump_camel", 1.0),
        ),
        "lbfgs": ({"history_size": 2}, ("bowl", 1.0), ("himmelblau", 0.5), ("beale", 0.3)),
    },
    # What optax has and no class of the two: by the rules of either.
    "optax": {
        "polyak": ({"max_learning_rate": 0.05}, ("bowl", 1.0), ("himmelblau", 1.0)),
        "dog": ({"reps_rel": 1e-2, "epsilon": 1e-4}, ("bowl", 1.0), ("rosenbrock", 1.0)),
        "line_search": ({"shrink": 0.7, "sufficient_decrease": 0.1}, ("bowl", 1.0), ("himmelblau", 1.0)),
        "lbfgs_search": (
            {"history_size": 2, "shrink": 0.7},
            ("bowl", 1.0), ("beale", 1.0),
        ),
    },
}  # fmt: skip

# (name, optimizer, surface, alpha, more): runs both frameworks can do.
SINGLE: list[tuple[str, str, str, float, dict[str, Any]]] = [
    ("rmsprop-centered", "rmsprop", "bowl", 0.02, {"centered": 1, "rho": 0.9, "epsilon": 1e-3}),
    ("rmsprop-centered-curved", "rmsprop", "rosenbrock", 0.001, {"centered": 1, "epsilon": 1e-2}),
    ("rmsprop-momentum", "rmsprop", "bowl", 0.005, {"momentum": 0.8}),
    ("rmsprop-momentum-bumpy", "rmsprop", "styblinski_tang", 0.003, {"momentum": 0.9}),
    ("rmsprop-centered-momentum", "rmsprop", "shelf", 0.003,
     {"centered": 1, "momentum": 0.7, "epsilon": 1e-2}),
    ("adam-epsilon", "adam", "rosenbrock", 0.05, {"epsilon": 0.1}),
    ("nadam-epsilon", "nadam", "himmelblau", 0.05, {"epsilon": 1e-3, "beta_1": 0.7}),
    ("adamax-epsilon", "adamax", "saddle", 0.05, {"epsilon": 0.05}),
    ("adagrad-epsilon", "adagrad", "rosenbrock", 0.5, {"epsilon": 1e-2, "initial_accumulator_value": 0}),
    ("adamw-strong", "adamw", "styblinski_tang", 0.05, {"weight_decay": 0.5, "epsilon": 1e-4}),
    ("bowl-turned", "momentum", "bowl", 0.005, {"kappa": 40, "rotation": 30, "momentum": 0.9}),
    ("rosenbrock-shallow", "adam", "rosenbrock", 0.1, {"a": 1.5, "b": 10}),
    ("rastrigin-low", "gradient_descent", "rastrigin", 0.01, {"amplitude": 2}),
    ("saddle-wide", "gradient_descent", "saddle", 0.1, {"a": 2.5}),
    ("shelf-deep", "momentum", "shelf", 0.05, {"depth": 3, "slope": 0.1, "momentum": 0.5}),
    ("valleys-sharp", "gradient_descent", "twin_valleys", 0.02, {"sharpness": 60}),
    ("clip-descent", "gradient_descent", "rosenbrock", 0.02, {"clipnorm": 1.0, "steps": 60}),
    ("clip-momentum", "momentum", "himmelblau", 0.01, {"clipnorm": 5.0}),
    ("clip-adam", "adam", "himmelblau", 0.05, {"clipnorm": 5.0}),
    ("clip-adam-fast", "adam", "rosenbrock", 0.05, {"clipnorm": 0.5}),
    ("clip-never", "nesterov", "bowl", 0.02, {"clipnorm": 1000.0}),
    ("diverges", "gradient_descent", "bowl", 0.9, {"kappa": 100, "steps": 200}),
    ("diverges-momentum", "momentum", "bowl", 2.0, {"kappa": 100, "steps": 200, "momentum": 0.5}),
    ("diverges-plateau", "gradient_descent", "bowl", 1.0,
     {"kappa": 100, "steps": 240, "schedule": "plateau", "factor": 0.9, "patience": 20}),
    ("chaotic", "momentum", "rastrigin", 0.03, {"momentum": 0.9}),
    ("long", "momentum", "rosenbrock", 0.001,
     {"momentum": 0.9, "steps": 1500, "schedule": "plateau", "factor": 0.5, "patience": 8, "min_lr": 1e-5,
      "steps_per_epoch": 5, "monitor": "val_loss", "tolerance": 1e-4}),
]  # fmt: skip

# "tolerance" stands for Keras min_delta or PyTorch threshold.
PLATEAU: list[tuple[str, str, str, float, dict[str, Any]]] = [
    ("patient", "gradient_descent", "shelf", 0.5, {"factor": 0.5, "patience": 3, "tolerance": 1e-3}),
    ("validation", "gradient_descent", "shelf", 1.5,
     {"factor": 0.5, "patience": 2, "monitor": "val_loss", "steps_per_epoch": 5}),
    ("unfinished-epoch", "gradient_descent", "shelf", 1.6,
     {"factor": 0.5, "patience": 1, "steps_per_epoch": 8, "steps": 205}),
    ("cooldown", "gradient_descent", "shelf", 1.2,
     {"factor": 0.7, "patience": 2, "cooldown": 4, "tolerance": 1e-2}),
    ("cooldown-short", "adam", "rosenbrock", 0.2,
     {"factor": 0.6, "patience": 2, "cooldown": 1, "steps": 200}),
    ("floor", "gradient_descent", "shelf", 0.9,
     {"factor": 0.3, "patience": 1, "min_lr": 0.003, "tolerance": 1e-2}),
    ("patience-0", "gradient_descent", "shelf", 1.9, {"factor": 0.9, "patience": 0, "tolerance": 1e-3}),
    ("patience-1", "gradient_descent", "bowl", 0.21, {"factor": 0.8, "patience": 1}),
    ("momentum", "momentum", "rosenbrock", 0.001,
     {"momentum": 0.9, "factor": 0.5, "patience": 5, "steps": 250}),
    ("momentum-validation", "momentum", "six_hump_camel", 0.02,
     {"momentum": 0.9, "factor": 0.4, "patience": 3, "monitor": "val_loss"}),
    ("nesterov", "nesterov", "beale", 0.005,
     {"momentum": 0.9, "factor": 0.5, "patience": 4, "steps_per_epoch": 5, "steps": 240}),
    ("adam", "adam", "himmelblau", 0.3, {"factor": 0.5, "patience": 4, "steps": 160}),
    ("adam-floor", "adam", "bowl", 0.4,
     {"factor": 0.2, "patience": 3, "min_lr": 0.05, "monitor": "val_loss", "steps_per_epoch": 5,
      "steps": 200}),
    ("adam-clipped", "adam", "shelf", 0.5,
     {"factor": 0.5, "patience": 2, "cooldown": 2, "clipnorm": 0.5, "steps_per_epoch": 8, "steps": 240}),
    # Below zero a relative threshold asks for nothing: PyTorch never cuts here, Keras does.
    ("negative", "rmsprop", "styblinski_tang", 0.05, {"factor": 0.5, "patience": 3}),
    ("adagrad", "adagrad", "shelf", 0.9,
     {"factor": 0.5, "patience": 2, "tolerance": 0.02, "monitor": "val_loss"}),
    ("defaults", "gradient_descent", "shelf", 1.0, {"steps": 300}),
    ("rescued", "gradient_descent", "bowl", 0.24, {"factor": 0.5, "patience": 2}),
]  # fmt: skip

ONLY_PLATEAU: dict[str, list[tuple[str, str, str, float, dict[str, Any]]]] = {
    "keras": [
        ("lion", "lion", "bowl", 0.1, {"factor": 0.5, "patience": 4}),
        # float32(0.1) lies above 0.1 and float32(0.7) below 0.7: the floor is compared in float32.
        ("float32-floor", "adam", "bowl", 0.4,
         {"factor": 0.5, "patience": 2, "min_lr": 0.1, "tolerance": 0.1, "steps": 80}),
        ("at-the-floor", "adam", "bowl", 0.7000000001, {"patience": 2, "min_lr": 0.7, "steps": 80}),
    ],
    "pytorch": [
        ("absolute", "gradient_descent", "bowl", 0.19,
         {"factor": 0.5, "patience": 3, "tolerance": 0.01, "threshold_mode": "abs"}),
        ("absolute-validation", "momentum", "himmelblau", 0.01,
         {"momentum": 0.9, "factor": 0.5, "patience": 3, "tolerance": 1e-3, "threshold_mode": "abs",
          "monitor": "val_loss", "steps_per_epoch": 5, "steps": 200}),
        ("absolute-negative", "adam", "six_hump_camel", 0.2,
         {"factor": 0.5, "patience": 2, "threshold_mode": "abs", "cooldown": 3}),
        ("eps-blocks", "adam", "bowl", 0.4, {"factor": 0.5, "patience": 2, "eps": 0.06, "steps": 100}),
        ("radam", "radam", "saddle", 0.3,
         {"factor": 0.5, "patience": 3, "cooldown": 2, "monitor": "val_loss"}),
    ],
}  # fmt: skip

# Clipping, rates that change, and knobs that only these have.
ONLY_SINGLE: dict[str, list[tuple[str, str, str, float, dict[str, Any]]]] = {
    "keras": [],
    "pytorch": [
        ("free-sgd-warmup", "schedule_free_sgd", "bowl", 0.15, {"warmup_steps": 20, "start_factor": 0.1}),
        ("free-adamw-decay", "schedule_free_adamw", "himmelblau", 0.2,
         {"schedule": "step_decay", "step_size": 30, "gamma": 0.5}),
        ("free-adamw-clipped", "schedule_free_adamw", "bowl", 0.1, {"clipnorm": 1.0}),
        ("lbfgs-one", "lbfgs", "rosenbrock", 0.5, {"history_size": 1, "steps": 15}),
        ("lbfgs-decay", "lbfgs", "styblinski_tang", 0.5, {"schedule": "step_decay", "step_size": 3, "gamma": 0.9}),
        ("lbfgs-clipped", "lbfgs", "himmelblau", 0.05, {"clipnorm": 20.0, "steps": 15}),
        ("prodigy-clipped", "prodigy", "bowl", 1.0, {"clipnorm": 1.0, "d_coef": 2.0, "d0": 0.01}),
        ("prodigy-shelf", "prodigy", "shelf", 1.0, {"d0": 0.01}),
        ("prodigy-tang", "prodigy", "styblinski_tang", 1.0, {"d0": 0.1, "beta_1": 0.8, "epsilon": 1e-3}),
    ],
    "optax": [
        ("polyak-low", "polyak", "styblinski_tang", 1.0, {"f_min": -80.0, "steps": 12}),
        ("dog-tang", "dog", "styblinski_tang", 1.0, {"reps_rel": 0.01}),
        ("dog-himmelblau", "dog", "himmelblau", 1.0, {"reps_rel": 0.01}),
        ("lbfgs-search-clipped", "lbfgs_search", "rosenbrock", 1.0, {"clipnorm": 5.0, "first_step": 0.5, "steps": 6}),
        ("lbfgs-search-saddle", "lbfgs_search", "saddle", 1.0, {"sufficient_decrease": 0.1, "steps": 9}),
        ("lbfgs-search-camel", "lbfgs_search", "six_hump_camel", 1.0, {"steps": 6}),
        ("lbfgs-search-in-vain", "lbfgs_search", "himmelblau", 1.0, {"shrink": 0.9, "steps": 20}),
        ("line-search-in-vain", "line_search", "rosenbrock", 1.0, {"first_step": 30.0, "shrink": 0.9, "steps": 2}),
        ("lbfgs-search-valley", "lbfgs_search", "rosenbrock", 1.0, {"steps": 7}),
    ],
}  # fmt: skip

SCHEDULES: dict[str, list[tuple[str, str, str, float, dict[str, Any]]]] = {
    "keras": [
        ("exponential", "gradient_descent", "bowl", 0.15, {"decay_steps": 20, "decay_rate": 0.7}),
        ("exponential-stairs", "momentum", "rosenbrock", 0.001,
         {"decay_steps": 30, "decay_rate": 0.5, "staircase": 1}),
        ("inverse_time", "gradient_descent", "himmelblau", 0.015, {"decay_steps": 10, "decay_rate": 0.5}),
        ("inverse_time-stairs", "adam", "bowl", 0.3, {"decay_steps": 25, "decay_rate": 1.5, "staircase": 1}),
        ("polynomial", "gradient_descent", "bowl", 0.15, {"decay_steps": 100, "end_learning_rate": 0.01}),
        ("polynomial-square", "nadam", "rosenbrock", 0.05,
         {"decay_steps": 80, "end_learning_rate": 0.001, "power": 2}),
        ("polynomial-cycle", "momentum", "bowl", 0.03,
         {"decay_steps": 30, "end_learning_rate": 0.002, "power": 1.5, "cycle": 1}),
        ("polynomial-defaults", "gradient_descent", "bowl", 0.15, {"decay_steps": 60}),
        ("cosine", "gradient_descent", "styblinski_tang", 0.03, {"decay_steps": 100}),
        ("cosine-floor", "adam", "rosenbrock", 0.1, {"decay_steps": 90, "eta_min": 0.005}),
        ("cosine-warmup", "gradient_descent", "bowl", 0.15,
         {"decay_steps": 80, "eta_min": 0.01, "warmup_steps": 20, "start_factor": 0}),
        ("cosine_restarts", "gradient_descent", "bowl", 0.15, {"first_decay_steps": 20}),
        ("cosine_restarts-flat", "adam", "himmelblau", 0.2,
         {"first_decay_steps": 25, "t_mul": 1, "m_mul": 0.8, "eta_min": 0.01}),
        ("cosine_restarts-grow", "momentum", "rosenbrock", 0.001,
         {"first_decay_steps": 13, "t_mul": 1.5, "m_mul": 0.7, "eta_min": 1e-5}),
        ("range_test", "gradient_descent", "bowl", 1e-3, {"end_lr": 0.5}),
        ("range_test-adam", "adam", "rosenbrock", 1e-5, {"end_lr": 1}),
    ],
    "pytorch": [
        # Nothing but what each class asks for: PolynomialLR nothing, CosineAnnealingWarmRestarts its T_0.
        ("polynomial-defaults", "gradient_descent", "bowl", 0.15, {}),
        ("cosine_restarts-defaults", "adam", "himmelblau", 0.1, {"first_decay_steps": 20}),
        ("step_decay-defaults", "gradient_descent", "bowl", 0.15, {"step_size": 40}),
        ("multi_step-defaults", "momentum", "himmelblau", 0.01, {"milestones": "30,70"}),
        ("constant-warmup-defaults", "gradient_descent", "bowl", 0.15, {"warmup_steps": 5}),
        # Past T_max the rate rises, and falls again.
        ("cosine-past", "gradient_descent", "bowl", 0.15, {"decay_steps": 40, "steps": 200}),
        ("cosine-past-floor", "adam", "rosenbrock", 0.1, {"decay_steps": 17, "eta_min": 0.005}),
        ("cosine-past-warmup", "momentum", "himmelblau", 0.005,
         {"decay_steps": 30, "warmup_steps": 12, "start_factor": 0.25}),
        # Past total_steps the class raises: it is not stepped any more.
        ("one_cycle-past", "gradient_descent", "bowl", 0.15, {"total_steps": 60}),
        ("exponential", "gradient_descent", "bowl", 0.15, {"decay_steps": 1, "decay_rate": 0.97}),
        ("exponential-slow", "adam", "rosenbrock", 0.1, {"decay_steps": 1, "decay_rate": 0.995}),
        ("polynomial", "gradient_descent", "bowl", 0.15,
         {"decay_steps": 100, "end_learning_rate": 0, "power": 1}),
        ("polynomial-square", "nadam", "rosenbrock", 0.05,
         {"decay_steps": 80, "end_learning_rate": 0, "power": 2}),
        ("cosine", "gradient_descent", "styblinski_tang", 0.03, {"decay_steps": 120}),
        ("cosine-floor", "adam", "rosenbrock", 0.1, {"decay_steps": 150, "eta_min": 0.005}),
        ("cosine_restarts", "gradient_descent", "bowl", 0.15,
         {"first_decay_steps": 20, "t_mul": 2, "m_mul": 1}),
        ("cosine_restarts-flat", "adam", "himmelblau", 0.2,
         {"first_decay_steps": 25, "t_mul": 1, "m_mul": 1, "eta_min": 0.01}),
        ("cosine_restarts-grow", "momentum", "rosenbrock", 0.001,
         {"first_decay_steps": 7, "t_mul": 3, "m_mul": 1, "eta_min": 1e-5}),
        ("step_decay", "gradient_descent", "bowl", 0.15, {"step_size": 30, "gamma": 0.5}),
        ("step_decay-momentum", "momentum", "himmelblau", 0.01, {"step_size": 17, "gamma": 0.7}),
        ("multi_step", "gradient_descent", "rosenbrock", 0.001,
         {"milestones": "60,120", "gamma": 0.3, "steps": 180}),
        ("multi_step-adam", "adam", "styblinski_tang", 0.2, {"milestones": "10,30,31", "gamma": 0.5}),
        ("one_cycle", "gradient_descent", "bowl", 0.1, {"max_lr": 0.15}),
        ("one_cycle-linear", "adam", "rosenbrock", 0.1,
         {"max_lr": 0.1, "pct_start": 0.4, "anneal_strategy": "linear", "div_factor": 10,
          "final_div_factor": 100}),
        ("one_cycle-three", "momentum", "himmelblau", 0.01,
         {"max_lr": 0.01, "pct_start": 0.35, "three_phase": 1, "div_factor": 5, "momentum": 0.8}),
        ("one_cycle-three-linear", "nesterov", "bowl", 0.01,
         {"max_lr": 0.03, "three_phase": 1, "anneal_strategy": "linear", "momentum": 0.7}),
        ("cyclical", "gradient_descent", "bowl", 0.01,
         {"base_lr": 0.01, "max_lr": 0.15, "step_size_up": 20, "step_size_down": 20, "mode": "triangular"}),
        ("cyclical-halving", "adam", "rosenbrock", 0.005,
         {"base_lr": 0.005, "max_lr": 0.1, "step_size_up": 10, "step_size_down": 25, "mode": "triangular2"}),
        ("cyclical-fading", "momentum", "bowl", 0.001,
         {"base_lr": 0.001, "max_lr": 0.05, "step_size_up": 15, "step_size_down": 10, "mode": "exp_range",
          "gamma": 0.98}),
        ("wsd", "gradient_descent", "bowl", 0.15, {}),
        ("wsd-cosine", "adam", "himmelblau", 0.2,
         {"warmup_fraction": 0.25, "decay_fraction": 0.5, "decay_type": "cosine", "min_lr_ratio": 0.1}),
        ("wsd-linear", "momentum", "rosenbrock", 0.001,
         {"warmup_fraction": 0.04, "decay_fraction": 0.3, "min_lr_ratio": 0.05, "steps": 111}),
        ("constant-warmup", "adam", "rosenbrock", 0.05, {"warmup_steps": 20, "start_factor": 0.1}),
        ("exponential-warmup", "gradient_descent", "bowl", 0.15,
         {"decay_steps": 1, "decay_rate": 0.96, "warmup_steps": 15, "start_factor": 0.2}),
        ("polynomial-warmup", "gradient_descent", "himmelblau", 0.015,
         {"decay_steps": 90, "end_learning_rate": 0, "power": 1.5, "warmup_steps": 12, "start_factor": 0.25}),
        ("cosine-warmup", "adam", "himmelblau", 0.2,
         {"decay_steps": 100, "eta_min": 0.01, "warmup_steps": 20, "start_factor": 0.01}),
        ("cosine_restarts-warmup", "momentum", "bowl", 0.03,
         {"first_decay_steps": 20, "t_mul": 2, "m_mul": 1, "warmup_steps": 10, "start_factor": 0.3}),
        ("step_decay-warmup", "gradient_descent", "bowl", 0.15,
         {"step_size": 25, "gamma": 0.6, "warmup_steps": 30, "start_factor": 0.5}),
        ("multi_step-warmup", "nesterov", "rosenbrock", 0.0005,
         {"milestones": "40,70", "gamma": 0.4, "warmup_steps": 11, "start_factor": 0.05}),
        ("range_test", "gradient_descent", "bowl", 1e-3, {"end_lr": 0.5}),
        ("range_test-adam", "adam", "rosenbrock", 1e-5, {"end_lr": 1}),
        ("range_test-warmup", "momentum", "himmelblau", 1e-4,
         {"end_lr": 0.01, "warmup_steps": 10, "start_factor": 0.5}),
    ],
}  # fmt: skip

# The plateau rule on top of a schedule: stepped first, where an epoch ends; then the schedule, after every step.
ON_TOP: list[tuple[str, str, str, float, dict[str, Any]]] = [
    ("step_decay", "gradient_descent", "shelf", 1.2, {"step_size": 30, "gamma": 0.5}),
    ("multi_step", "adam", "rosenbrock", 0.2, {"milestones": "20,70", "gamma": 0.5, "patience": 1}),
    ("exponential", "momentum", "rosenbrock", 0.001, {"decay_steps": 1, "decay_rate": 0.995, "momentum": 0.9}),
    ("exponential-floor", "gradient_descent", "shelf", 0.9,
     {"decay_steps": 1, "decay_rate": 0.98, "min_lr": 0.1, "eps": 0.01}),
    ("range_test", "gradient_descent", "shelf", 0.3, {"end_lr": 1.9, "patience": 1}),
    ("polynomial", "gradient_descent", "shelf", 1.5,
     {"decay_steps": 80, "end_learning_rate": 0, "power": 1.5, "steps_per_epoch": 5, "monitor": "val_loss"}),
    ("cosine", "gradient_descent", "shelf", 1.5, {"decay_steps": 120}),
    ("cosine-floor", "adam", "himmelblau", 0.3, {"decay_steps": 90, "eta_min": 0.02, "min_lr": 0.01, "steps": 90}),
    ("cosine-past", "gradient_descent", "shelf", 1.6, {"decay_steps": 25, "eta_min": 0.1, "min_lr": 0.05}),
    ("cosine-warmup", "gradient_descent", "shelf", 1.6,
     {"decay_steps": 80, "warmup_steps": 20, "start_factor": 0.25, "patience": 0}),
    ("cosine_restarts", "gradient_descent", "shelf", 1.5, {"first_decay_steps": 20}),
    ("one_cycle", "gradient_descent", "shelf", 1.6, {"max_lr": 1.6}),
    ("cyclical", "gradient_descent", "shelf", 0.2,
     {"base_lr": 0.2, "max_lr": 1.6, "step_size_up": 20, "step_size_down": 20, "mode": "triangular"}),
    ("constant-warmup", "gradient_descent", "shelf", 1.6, {"warmup_steps": 30, "start_factor": 0.1, "patience": 1}),
    ("wsd", "gradient_descent", "shelf", 1.6, {"warmup_fraction": 0.3, "decay_fraction": 0.4}),
    ("wsd-cosine", "gradient_descent", "shelf", 1.6,
     {"decay_fraction": 0.5, "decay_type": "cosine", "min_lr_ratio": 0.1}),
]  # fmt: skip

ABOUT_THE_RUN = {"steps": 120, "monitor": "loss", "steps_per_epoch": 1, "schedule": "constant"}
TOLERANCES = {"keras": "min_delta", "pytorch": "threshold"}


def scenario(framework: str, optimizer: str, surface: str, alpha: float, more: dict[str, Any]) -> dict[str, Any]:
    """A scenario in the project's own format; what does not describe the run itself is a knob."""
    run = {key: more.get(key, default) for key, default in ABOUT_THE_RUN.items()}
    knobs = {key: value for key, value in more.items() if key not in run}
    if "tolerance" in knobs:
        knobs[TOLERANCES[framework]] = knobs.pop("tolerance")
    return {
        "surface": surface,
        "start": STARTS[surface],
        "optimizer": optimizer,
        "framework": "keras" if framework == "optax" else framework,
        "alpha": alpha,
        "schedule": run["schedule"],
        "monitor": run["monitor"],
        "steps_per_epoch": run["steps_per_epoch"],
        "steps": run["steps"],
        "values": knobs,
    }


def cases(framework: str) -> Iterator[Case]:
    """Every recorded scenario of a framework, with its name; of optax those that a Keras run does the same."""
    for optimizer, (knobs, *places) in OPTIMIZERS[framework].items():
        for number, (surface, alpha) in enumerate(places):
            # The knobs are set on the first surface only: the others hold the framework's own defaults.
            name = f"{optimizer}-{surface}"
            yield name, scenario(framework, optimizer, surface, alpha, {} if number else knobs)
    for name, *rest in ONLY_SINGLE[framework]:
        yield name, scenario(framework, *rest)
    if framework == "optax":
        return
    for name, *rest in SINGLE:
        yield name, scenario(framework, *rest)
    for name, *rest, more in SCHEDULES[framework]:
        yield f"schedule-{name}", scenario(framework, *rest, {"schedule": name.split("-")[0], **more})
    for name, *rest, more in ON_TOP if framework == "pytorch" else ():
        rule = {"schedule": name.split("-")[0], "plateau_on_top": 1, "factor": 0.7, "patience": 2}
        yield f"on-top-{name}", scenario(framework, *rest, rule | more)
    for name, *rest, more in PLATEAU + ONLY_PLATEAU[framework]:
        yield f"plateau-{name}", scenario(framework, *rest, {"schedule": "plateau", **more})
