"""Compiled programs: a bounded number is kept, the others are compiled in a queue, and some callers may not compile.

What compiles (the engine, its sibling for trainings) says how; here is only when, and for how long it stays.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any

import jax

from lrviz import memory

MOST_PROGRAMS = 32
MOST_COMPILERS = 4
"""Programs that are compiled at once, if there are as many cores."""
EXACT: dict[str, Any] = {"xla_disable_hlo_passes": "algsimp", "xla_cpu_parallel_codegen_split_count": 1}
"""XLA's algebra would write a/b as a (1/b), where all runs share b, and a/sqrt(b) as a rsqrt(b): other bits. Without it
each operation is rounded as it stands here, alone and in a survey alike, and the code is no slower. It would drop a
division by 1, too, which parts the loops of a training (`lrviz.training.models.apart`). In one piece the code compiles
with less work and stays in less memory."""


class NotCompiled(Exception):
    """Raised in `without_compiling` for runs whose program is not compiled."""


_may_compile: ContextVar[bool] = ContextVar("may_compile", default=True)


@contextmanager
def without_compiling() -> Iterator[None]:
    """In this context programs that are compiled run, and where another one is needed ``NotCompiled`` is raised."""
    token = _may_compile.set(False)
    try:
        yield
    finally:
        _may_compile.reset(token)


def cores() -> int:
    """Of this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def may_compile() -> bool:
    """Whether programs may be compiled here: not in `without_compiling`."""
    return _may_compile.get()


def on_processor() -> AbstractContextManager[Any]:
    """What is compiled here runs on the processor, whatever other devices JAX has."""
    try:
        return jax.default_device(jax.local_devices(backend="cpu")[0])
    except RuntimeError:  # JAX was told to have none
        return nullcontext()


Key = tuple[Any, ...]
_programs: OrderedDict[Key, Any] = OrderedDict()
_compiling: dict[Key, Future[Any]] = {}
_lock = threading.Lock()
"""For both."""
_compilers = ThreadPoolExecutor(min(cores(), MOST_COMPILERS), "compile")
"""It takes programs in the order in which they were asked for. Who asks waits for each, so that somebody who needs
twelve is passed after the first by somebody who needs one."""


def compiled(key: Key, work: Callable[[], Any]) -> Any:
    """What ``work`` compiles, from the cache if it is there: the least recently used program makes room for it, and its
    memory goes back to the system. Raises ``NotCompiled`` in `without_compiling`."""
    with _lock:
        if key in _programs:
            _programs.move_to_end(key)
            return _programs[key]
        if not may_compile():
            raise NotCompiled(", ".join(map(str, key)))
        if key not in _compiling:
            _compiling[key] = _compilers.submit(_remember, key, work)
        coming = _compiling[key]
    return coming.result()


def _remember(key: Key, work: Callable[[], Any]) -> Any:
    try:
        program = work()
        with _lock:
            if len(_programs) >= MOST_PROGRAMS:
                _programs.popitem(last=False)
            _programs[key] = program
    finally:
        with _lock:
            del _compiling[key]
    memory.trim()  # glibc keeps what the compile needed, and the program that had to go. JAX's caches may stay
    return program


def forget_traces() -> None:
    """In a quiet moment: what JAX keeps for the next compile goes back to the system. The programs stay."""
    jax.clear_caches()
    memory.trim()
