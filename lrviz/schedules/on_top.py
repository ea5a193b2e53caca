"""PyTorch's plateau rule on top of a schedule: what the schedule's class makes of a rate that was cut."""

from __future__ import annotations

import numpy as np

from lrviz.schedules.schedule import LAMBDA, Schedule, Values, multiplies, sets_anew
from lrviz.schedules.warmup import notes, with_warmup


def going_on(schedule: Schedule, values: Values, alpha: float, n: int) -> np.ndarray:
    """What PyTorch's scheduler makes of the rate lr that is there: a lr + b.   -> (n, 2), a and b before each step

    The first row is (0, the first rate). SequentialLR sets the rate anew where the warm-up ends.
    """
    rates, warm = with_warmup(schedule, "pytorch", values, alpha, n), min(int(values["warmup_steps"]), n)
    if _by_lambda(schedule, values, n):
        return sets_anew(values, alpha, rates)
    goes_on = schedule.of("pytorch").goes_on
    if warm == 0:
        return goes_on(values, alpha, rates)
    if schedule.key == "constant" or n == warm:
        return multiplies(values, alpha, rates)
    return np.concatenate([multiplies(values, alpha, rates[:warm]), goes_on(values, alpha, rates[warm:])])


def on_top_notes(schedule: Schedule, values: Values, n: int) -> list[str]:
    """What becomes of the cuts of PyTorch's plateau rule on top of this schedule, where they do not simply stay."""
    warm = int(values["warmup_steps"])
    kind = "LambdaLR" if _by_lambda(schedule, values, n) else schedule.pytorch
    if kind == "LambdaLR" or (kind and schedule.of("pytorch").goes_on is sets_anew):
        return [f"{kind} computes each rate from the first one: it overwrites what the plateau rule cuts."]
    notes = []
    if schedule.key == "wsd" or (0 < warm < n and schedule.key != "constant"):
        notes.append("SequentialLR sets the rate anew where its next part begins: it forgets the cuts before.")
    length = values.get("decay_steps") if schedule.key == "cosine" else None
    if length and n - warm > length + 1:
        notes.append(f"CosineAnnealingLR forgets the cuts where it rises again, after T_max, {length} steps.")
    return notes


def _by_lambda(schedule: Schedule, values: Values, n: int) -> bool:
    """Is PyTorch's program one LambdaLR, warm-up and all? Its notes say so, but for a curve drawn by hand."""
    return schedule.key == "drawn" or any(LAMBDA in note for note in notes(schedule, "pytorch", values, n))
