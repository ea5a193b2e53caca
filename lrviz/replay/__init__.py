"""What would the callback have done? The plateau rules on a recorded history.

>>> import lrviz
>>> lrviz.replay([1, 0.5, 0.5, 0.5], patience=2, framework="keras").decisions["keras"].cut.tolist()
[False, False, False, True]

``lrviz.replay`` is this package and the function: the package can be called.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import ModuleType
from typing import Any

from lrviz.replay.history import History
from lrviz.replay.result import Replay
from lrviz.replay.settings import Settings

__all__ = ["History", "Replay", "Settings", "replay"]


def replay(
    history: Any,
    *,
    column: str | None = None,
    framework: str | Iterable[str] | None = None,
    float32: bool = False,
    **knobs: Any,
) -> Replay:
    """The plateau rules on a history: a Keras ``History``, a dict of lists, a data frame, a list, a `History`.

    column: what is monitored, val_loss if nothing is said. framework: one or several, "keras,pytorch", else all.
    knobs: rate, mode, patience, factor, min_delta, threshold, resume_after, ... A notebook shows the result. Raises
    ``BadInput``.
    """
    names = framework.split(",") if isinstance(framework, str) else framework
    chosen = {} if names is None else {"frameworks": tuple(names)}
    return Replay(History.of(history, column), Settings(float32=float32, values=knobs, **chosen))


class _Callable(ModuleType):
    """The import of a package hides a function of its name: so the package is both."""

    def __call__(self, history: Any, **options: Any) -> Replay:
        return replay(history, **options)


sys.modules[__name__].__class__ = _Callable
