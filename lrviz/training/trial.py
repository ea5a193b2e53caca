"""A training as a page shows it and a link names it: the training, and is its sharpness computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from lrviz.knob import LONGEST, BadInput
from lrviz.training.data import CSV
from lrviz.training.table import Table
from lrviz.training.training import NAMES, Training

SHARPNESS = "sharpness"
"""A parameter of a link beside those of the training."""
MOST_PARAMS = 80


@dataclass(frozen=True)
class Trial:
    """first: what is trained. sharpness: is it computed after each epoch. The same to a lesson on trainings as a race
    is to one on runs over a map. Raises ``BadInput`` where the sharpness would be too much work."""

    first: Training
    sharpness: bool = False

    def __post_init__(self) -> None:
        self.first.check_sharpness(int(self.sharpness))

    @property
    def title(self) -> str:
        """What this is in one line: Neural network on two moons, Adam, α 0.03, reduce on
        plateau."""
        training = self.first
        what = f"{training.model_row.name} on {training.data_row.name.lower()}"
        parts = [what, training.optimizer_row.name, f"α {training.alpha:.3g}", training.schedule_row.name.lower()]
        parts += [f"resumed every {training['restart']} epochs"] if training["restart"] else []
        return ", ".join([*parts, *(["stepped once a batch"] if training.by_batch else [])])

    def leading(self, first: Training) -> Self:
        """Another training, looked at in the same way."""
        return replace(self, first=first)

    def having(self, **changes: Any) -> Self:
        """The training with other names or knobs."""
        return self.leading(self.first.having(**changes))

    def to_params(self) -> dict[str, str]:
        """Short URL parameters; never none at all."""
        params = {"data": self.first.data} | self.first.to_params()
        return params | ({SHARPNESS: "1"} if self.sharpness else {})

    @classmethod
    def from_params(
        cls, params: Mapping[str, str], plain: Trial | None = None, table: Table | None = None
    ) -> tuple[Trial, list[str]]:
        """The trial of a link, and what is wrong with it, at most one sentence; as much of the rest is taken as there
        is sense in. plain: what is meant where it says nothing of a training. table: one's own data, where it means
        these."""
        plain = plain or cls(Training())
        rest = {key: text for key, text in list(params.items())[:MOST_PARAMS] if len(key) <= LONGEST}
        sharpness = rest.pop(SHARPNESS, "0") == "1" if rest else plain.sharpness
        training, said = _read(rest, plain.first, table if rest.get("data") == CSV else None)
        try:
            return cls(training, sharpness), said
        except BadInput as wrong:
            return cls(training), (said or [str(wrong)])


def _read(params: Mapping[str, str], plain: Training, table: Table | None) -> tuple[Training, list[str]]:
    if not params:
        return plain, []
    try:
        return Training.from_params(params, table), []
    except BadInput as wrong:
        said = [str(wrong)]
    order = sorted(params, key=lambda key: NAMES.index(key) if key in NAMES else len(NAMES))
    kept: dict[str, str] = {}
    for key in order:
        try:
            Training.from_params(kept | {key: params[key]}, table)
        except BadInput:
            continue
        kept[key] = params[key]
    return (Training.from_params(kept, table) if kept else plain), said
