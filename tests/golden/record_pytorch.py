"""Record ``pytorch.jsonl`` with the optimizers and schedulers of PyTorch, in float64."""

from collections.abc import Callable
from typing import Any

import prodigyopt
import schedulefree
import torch
from torch.optim import lr_scheduler

from tests.golden.cases import cases
from tests.golden.losses import loss_of
from tests.golden.trace import record

# NAdam keeps its product of momenta in float32 unless float64 is the default type.
torch.set_default_dtype(torch.float64)

RENAMED = {"epsilon": "eps"}
OPTIMIZERS: dict[str, tuple[Callable[..., torch.optim.Optimizer], tuple[str, ...], dict[str, Any]]] = {
    "gradient_descent": (torch.optim.SGD, (), {}),
    "momentum": (torch.optim.SGD, ("momentum",), {"momentum": 0.9}),
    "nesterov": (torch.optim.SGD, ("momentum",), {"momentum": 0.9, "nesterov": True}),
    "adagrad": (torch.optim.Adagrad, ("initial_accumulator_value", "epsilon"), {}),
    "rmsprop": (torch.optim.RMSprop, ("momentum", "epsilon"), {}),
    "adadelta": (torch.optim.Adadelta, ("rho", "epsilon"), {}),
    "adam": (torch.optim.Adam, ("epsilon",), {}),
    "amsgrad": (torch.optim.Adam, ("epsilon",), {"amsgrad": True}),
    "adamw": (torch.optim.AdamW, ("epsilon", "weight_decay"), {}),
    "nadam": (torch.optim.NAdam, ("epsilon", "momentum_decay"), {}),
    "adamax": (torch.optim.Adamax, ("epsilon",), {}),
    "radam": (torch.optim.RAdam, ("epsilon",), {}),
    "schedule_free_sgd": (schedulefree.SGDScheduleFree, ("momentum",), {}),
    "schedule_free_adamw": (schedulefree.AdamWScheduleFree, ("epsilon", "weight_decay"), {}),
    "prodigy": (prodigyopt.Prodigy, ("epsilon", "weight_decay", "d0", "d_coef", "use_bias_correction"), {}),
    "lbfgs": (torch.optim.LBFGS, ("history_size",), {"max_iter": 1, "history_size": 5}),
}
SCHEDULERS: dict[str, tuple[Callable[..., Any], dict[str, str]]] = {  # and PyTorch's names for our knobs
    "plateau": (
        lr_scheduler.ReduceLROnPlateau,
        {n: n for n in ("factor", "patience", "cooldown", "min_lr", "threshold", "threshold_mode", "eps")},
    ),
    "exponential": (lr_scheduler.ExponentialLR, {"decay_rate": "gamma"}),
    "range_test": (lr_scheduler.ExponentialLR, {}),
    "polynomial": (lr_scheduler.PolynomialLR, {"decay_steps": "total_iters", "power": "power"}),
    "cosine": (lr_scheduler.CosineAnnealingLR, {"decay_steps": "T_max", "eta_min": "eta_min"}),
    "cosine_restarts": (
        lr_scheduler.CosineAnnealingWarmRestarts,
        {"first_decay_steps": "T_0", "t_mul": "T_mult", "eta_min": "eta_min"},
    ),
    "step_decay": (lr_scheduler.StepLR, {"step_size": "step_size", "gamma": "gamma"}),
    "multi_step": (lr_scheduler.MultiStepLR, {"milestones": "milestones", "gamma": "gamma"}),
    "one_cycle": (
        lr_scheduler.OneCycleLR,
        {n: n for n in ("max_lr", "pct_start", "div_factor", "final_div_factor", "anneal_strategy")},
    ),
    "cyclical": (
        lr_scheduler.CyclicLR,
        {n: n for n in ("base_lr", "max_lr", "step_size_up", "step_size_down", "mode", "gamma")},
    ),
}


def renamed(values: dict[str, Any], **names: str) -> dict[str, Any]:
    """The knobs that are set, under PyTorch's names for them."""
    return {theirs: values[ours] for ours, theirs in names.items() if ours in values}


def optimizer_of(scenario: dict[str, Any], parameters: Any) -> torch.optim.Optimizer:
    """The scenario's optimizer; a knob that is not set keeps PyTorch's default."""
    key, values = scenario["optimizer"], scenario["values"]
    kind, knobs, fixed = OPTIMIZERS[key]
    options = fixed | renamed(values, **{knob: RENAMED.get(knob, knob) for knob in knobs})
    if key == "rmsprop":
        options |= renamed(values, rho="alpha") | {"centered": bool(values.get("centered"))}
    if "beta_1" in values or "beta_2" in values:
        options["betas"] = (values.get("beta_1", 0.9), values.get("beta_2", 0.999))
    return kind(parameters, lr=scenario["alpha"], **options)


def warmup_stable_decay(
    optimizer: torch.optim.Optimizer, values: dict[str, Any], alpha: float, steps: int
) -> lr_scheduler.SequentialLR:
    """PyTorch's own classes, one after the other."""
    warm = round(values.get("warmup_fraction", 0.1) * steps)
    fall = round(values.get("decay_fraction", 0.2) * steps)
    end = values.get("min_lr_ratio", 0.0)
    parts = [
        lr_scheduler.LinearLR(optimizer, start_factor=1 / warm, total_iters=warm - 1),
        lr_scheduler.ConstantLR(optimizer, factor=1.0, total_iters=0),
        lr_scheduler.CosineAnnealingLR(optimizer, T_max=fall, eta_min=end * alpha)
        if values.get("decay_type") == "cosine"
        else lr_scheduler.LinearLR(optimizer, start_factor=1.0, end_factor=end, total_iters=fall),
    ]
    return lr_scheduler.SequentialLR(optimizer, parts, [warm, steps - fall])


def plateau_on_top(optimizer: torch.optim.Optimizer, values: dict[str, Any]) -> lr_scheduler.ReduceLROnPlateau | None:
    """ReduceLROnPlateau beside another scheduler, if the scenario has it."""
    kind, names = SCHEDULERS["plateau"]
    return kind(optimizer, **renamed(values, **names)) if values.get("plateau_on_top") else None


def main_schedule(
    optimizer: torch.optim.Optimizer, scenario: dict[str, Any]
) -> lr_scheduler.LRScheduler | lr_scheduler.ReduceLROnPlateau | None:
    """The scenario's scheduler, without any warmup."""
    if scenario["schedule"] == "wsd":
        return warmup_stable_decay(optimizer, scenario["values"], scenario["alpha"], scenario["steps"])
    if scenario["schedule"] not in SCHEDULERS:
        return None
    kind, names = SCHEDULERS[scenario["schedule"]]
    values = scenario["values"]
    options = renamed(values, **names)
    match scenario["schedule"]:
        case "range_test":
            grows_for = scenario["steps"] - values.get("warmup_steps", 0)
            options["gamma"] = (values["end_lr"] / scenario["alpha"]) ** (1 / grows_for)
        case "multi_step":
            options["milestones"] = [int(m) for m in values["milestones"].split(",")]
        case "one_cycle":
            options |= {"max_lr": scenario["alpha"]} if "max_lr" not in options else {}
            options["total_steps"] = values.get("total_steps", scenario["steps"])
            options["three_phase"] = bool(values.get("three_phase"))
            options["cycle_momentum"] = False
        case "cyclical":
            options["cycle_momentum"] = False
    return kind(optimizer, **options)


def schedule_of(
    optimizer: torch.optim.Optimizer, scenario: dict[str, Any]
) -> lr_scheduler.LRScheduler | lr_scheduler.ReduceLROnPlateau | None:
    """The scenario's scheduler, behind a linear warmup if it asks for one."""
    values = scenario["values"]
    steps = values.get("warmup_steps", 0)
    if not steps:
        return main_schedule(optimizer, scenario)
    warmup = lr_scheduler.LinearLR(optimizer, **renamed(values, start_factor="start_factor"), total_iters=steps)
    after = main_schedule(optimizer, scenario)
    return lr_scheduler.SequentialLR(optimizer, [warmup, after], [steps]) if after else warmup


class TorchMachine:
    """A parameter of two coordinates, an optimizer and its scheduler."""

    def __init__(self, scenario: dict[str, Any]) -> None:
        self.parameter = torch.tensor(scenario["start"], requires_grad=True)
        self.formula = loss_of(torch, scenario)
        self.clipnorm = scenario["values"].get("clipnorm")
        self.optimizer = optimizer_of(scenario, [self.parameter])
        if isinstance(self.optimizer, (schedulefree.SGDScheduleFree, schedulefree.AdamWScheduleFree)):
            self.optimizer.train()
        self.schedule = schedule_of(self.optimizer, scenario)
        self.plateau = (
            self.schedule if scenario["schedule"] == "plateau" else plateau_on_top(self.optimizer, scenario["values"])
        )
        if self.schedule is self.plateau:
            self.schedule = None

    def point(self) -> list[float]:
        """Where the run stands."""
        return self.parameter.tolist()

    def loss(self) -> float:
        """The loss there."""
        with torch.no_grad():
            return self.formula(self.parameter).item()

    def rate(self) -> float:
        """The learning rate the next step will use."""
        return float(self.optimizer.param_groups[0]["lr"])

    def step(self) -> None:
        """Take the gradient here and update."""
        self.optimizer.zero_grad()
        loss = self.formula(self.parameter)
        loss.backward()
        if self.clipnorm:
            torch.nn.utils.clip_grad_norm_([self.parameter], self.clipnorm)
        self.optimizer.step(lambda: loss)
        state = [s for s in self.optimizer.state[self.parameter].values() if torch.is_tensor(s)]
        assert all(s.dtype == torch.float64 for s in [self.parameter, self.parameter.grad, *state])

    def at_its_end(self) -> bool:
        """A cycle is over: one more step would raise, or go on past its last rate."""
        return (
            isinstance(self.schedule, lr_scheduler.OneCycleLR)
            and self.schedule.last_epoch + 1 >= self.schedule.total_steps
        )

    def move(self, point: list[float]) -> None:
        """Stand somewhere else, with the same state."""
        with torch.no_grad():
            self.parameter.copy_(torch.tensor(point))

    def judge(self, epoch: int, monitored: float) -> None:
        """Tell ReduceLROnPlateau how an epoch ended."""
        self.plateau.step(monitored)

    def go_on(self) -> None:
        """The schedule's next rate."""
        if self.schedule and not self.at_its_end():
            self.schedule.step()


if __name__ == "__main__":
    record(TorchMachine, cases("pytorch"), "pytorch.jsonl")
