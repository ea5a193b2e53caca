"""A recorded training: what was monitored in each epoch, under which name, and with which rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lrviz.knob import BadInput, shown

MOST_VALUES = 100_000
MONITOR = "val_loss"
"""What is monitored where nothing else is said."""


@dataclass(frozen=True, eq=False)
class History:
    """values: (n,) float64, one an epoch; rates: (n,), with which each epoch was trained, None if not recorded.

    steps_per_epoch: how many values there are an epoch. columns: what else could have been monitored. notes: a sentence
    each on what was passed over. What `of` takes can be given as values, ``History(model.fit(...), "loss")``. A
    notebook shows what the rules decide with their defaults.
    """

    values: np.ndarray
    monitor: str = MONITOR
    rates: np.ndarray | None = None
    steps_per_epoch: int = 1
    columns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.values, np.ndarray):
            read = History.of(self.values, None if self.monitor == MONITOR else self.monitor)
            if read.columns:
                vars(self).update(vars(read))
                return
            object.__setattr__(self, "values", read.values)
        object.__setattr__(self, "values", np.asarray(self.values, float))
        if self.rates is not None:
            object.__setattr__(self, "rates", np.asarray(self.rates, float))
        if self.values.ndim != 1 or not self.values.size:
            raise BadInput("There are no values to replay.")
        if self.values.size > MOST_VALUES:
            raise BadInput(f"There are {self.values.size} values, but at most {MOST_VALUES} are replayed.")

    def __len__(self) -> int:
        return len(self.values)

    def _repr_html_(self) -> str:
        from lrviz.replay import Replay, Settings  # noqa: PLC0415  which replay histories

        return Replay(self, Settings())._repr_html_()

    @classmethod
    def of(cls, source: Any, column: str | None = None) -> History:
        """The history of a Keras ``History``, a dict of lists, a data frame, a list, an array or a tensor.

        Raises ``BadInput``. Text and files are read by ``reading.read``.
        """
        from lrviz.replay import reading  # noqa: PLC0415  which makes histories

        if isinstance(source, History):
            return source
        source = getattr(source, "history", source)  # what model.fit returns
        if hasattr(source, "to_dict") and hasattr(source, "columns"):  # a data frame
            source = source.to_dict("list")
        elif hasattr(source, "tolist"):  # an array, a tensor, a column
            source = source.tolist()
        if isinstance(source, Mapping):
            for name, held in source.items():
                if not hasattr(held, "__iter__"):
                    raise BadInput(f"{shown(name)} is {shown(held)}, but must be a list with a value an epoch.")
            return reading.from_columns({str(key): list(column) for key, column in source.items()}, column)
        if isinstance(source, str | bytes):
            raise BadInput("A text is read by lrviz.replay.reading.read, a list of numbers as it is.")
        if not isinstance(source, Sequence):
            raise BadInput(f"A history is a Keras History, a dict of lists or a list, not {type(source).__name__}.")
        return reading.from_numbers(list(source))
