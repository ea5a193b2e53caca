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
        cached = lru_cache(maxsize)(make)
        making: WeakValueDictionary[tuple[Any, ...], Lock] = WeakValueDictionary()

        def wrapper(*key: Any) -> T:
            lock = making.setdefault((programs.may_compile(), *key), Lock())
            with lock:
                return cached(*key)

        wrapper.cache_clear = cached.cache_clear  # type: ignore[attr-defined]
        return wrapper

    return wrap


@dataclass(frozen=True)
class _Settings:
    """What a function is called with: two calls are the same if their JSON is."""

    text: str
    args: tuple[Any, ...] = field(compare=False)
    kwargs: dict[str, Any] = field(compare=False)


def made_once_for(maxsize: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """`made_once` for a function of scenarios and of what JSON can hold, which is told apart by that JSON."""

    def wrap(make: Callable[P, T]) -> Callable[P, T]:
        @made_once(maxsize)
        def of(settings: _Settings) -> T:
            return make(*settings.args, **settings.kwargs)

        @wraps(make)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
            text = json.dumps([args, kwargs], default=lambda scenario: scenario.to_dict())
            return of(_Settings(text, args, kwargs))

        wrapper.cache_clear = of.cache_clear  # type: ignore[attr-defined]
        return wrapper

    return wrap
