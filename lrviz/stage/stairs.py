"""Curves that stay the same for many steps travel as their stairs."""

from collections.abc import Mapping

import numpy as np


def stairs(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """values (N,) -> the value of each stair (S,) and how many of the N it lasts (S,). NaN is the same as NaN."""
    bits = values.view(f"i{values.itemsize}")
    begins = np.flatnonzero(np.append(True, bits[1:] != bits[:-1])[: len(values)])
    return values[begins], np.diff(np.append(begins, len(values)))


def folded(name: str, values: np.ndarray) -> dict[str, np.ndarray]:
    """A curve (N,) under this name: as ``name.value`` and ``name.length`` where that is shorter."""
    steps, lengths = stairs(values)
    lengths = lengths.astype(np.uint16 if len(values) < 1 << 16 else np.uint32)
    if steps.nbytes + lengths.nbytes < values.nbytes:
        return {f"{name}.value": steps, f"{name}.length": lengths}
    return {name: values}


def unfolded(arrays: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    """The curve (N,) of this name, folded or not."""
    return arrays[name] if name in arrays else np.repeat(arrays[f"{name}.value"], arrays[f"{name}.length"])
