"""What is the same for each visitor is made once, whoever asks, also where a whole class asks at the same moment."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from threading import Lock
from typing import Any, ParamSpec, TypeVar
from weakref import WeakValueDictionary

from lrviz import programs

P = ParamSpec("P")
T = TypeVar("T")


def made_once(maxsize: int) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """`lru_cache` for all visitors, in which who asks for what is being made waits for it; but who may not wait for a
    compile (`programs.without_compiling`) only for another of that kind."""

    def wrap(make: Callable[..., T]) -> Callable[..., T]:
        kept = lru_cache(maxsize)(make)
        making: WeakValueDictionary[tuple[Any, ...], Lock] = WeakValueDictionary()

        def ask(*key: Any) -> T:
            lock = making.setdefault((programs.may_compile(), *key), Lock())
            with lock:
                return kept(*key)

        ask.cache_clear = kept.cache_clear  # type: ignore[attr-defined]
        return ask

    return wrap


@dataclass(frozen=True)
class _Settings:
    """What a function is called with: two calls are the same if their JSON is."""

    text: str
    rest: tuple[Any, ...] = field(compare=False)
    named: dict[str, Any] = field(compare=False)


def made_once_for(maxsize: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """`made_once` for a function of scenarios and of what JSON can hold, which is told apart by that JSON."""

    def wrap(make: Callable[P, T]) -> Callable[P, T]:
        @made_once(maxsize)
        def of(settings: _Settings) -> T:
            return make(*settings.rest, **settings.named)

        @wraps(make)
        def ask(*rest: P.args, **named: P.kwargs) -> T:
            text = json.dumps([rest, named], default=lambda scenario: scenario.to_dict())
            return of(_Settings(text, rest, named))

        ask.cache_clear = of.cache_clear  # type: ignore[attr-defined]
        return ask

    return wrap
