"""A family: the batch of runs over all stops of one slider, or over those around the pointer where the runs are long;
small enough to be fetched before the slider is moved.

64 stops x 300 steps fit in 250 kB: positions and losses as float32 (231 kB), rates in the shortest of three
forms, epochs as bits.
"""

from collections.abc import Sequence

import numpy as np

from lrviz.stage.landscape import Landscape, low_rank_arrays
from lrviz.stage.message import Profile
from lrviz.stage.pack import pack


def _distinct(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct among positive numbers, and the place of each.

    Distinct to 13 digits: a factor applied twice rounds twice.
    """
    with np.errstate(divide="ignore"):
        digits = 10.0 ** (13 - np.floor(np.log10(np.where(numbers > 0, numbers, 1.0))))
    _, first, place = np.unique(np.round(numbers * digits) / digits, return_index=True, return_inverse=True)
    return numbers[first], place


def _rates(rates: np.ndarray) -> tuple[str, dict[str, np.ndarray]]:
    """(K, N) learning rates -> the form and its arrays, shortest first.

    scaled   every row is the same shape times one number      scale (K,), shape (N,)
    steps    rows that seldom change: run lengths, their rates  scale (K,), count (K,) runs a row, length (R,),
             as places in a table of multiples of scale         place (R,), multiple (M,)
    full     as they are                                        rate (K, N) float32
    """
    k, n = rates.shape
    scale = rates[:, 0].copy()
    if not (np.all(np.isfinite(scale)) and np.all(scale > 0)):
        return "full", {"rate": rates.astype(np.float32)}
    shape = rates[0] / scale[0]
    if np.allclose(rates, scale[:, None] * shape, rtol=1e-12, atol=0.0):
        return "scaled", {"scale": scale, "shape": shape}
    starts = np.ones((k, n), bool)
    starts[:, 1:] = rates[:, 1:] != rates[:, :-1]
    row, at = np.nonzero(starts)
    multiple, place = _distinct(rates[row, at] / scale[row])
    if starts.sum() < k * n and len(multiple) < 65536 and n < 65536:
        end = np.append(at[1:], 0)
        end[np.append(row[1:] != row[:-1], True)] = n
        return "steps", {
            "scale": scale,
            "count": np.bincount(row, minlength=k).astype(np.uint32),
            "length": (end - at).astype(np.uint16),
            "place": place.astype(np.uint16),
            "multiple": multiple,
        }
    return "full", {"rate": rates.astype(np.float32)}


def pack_family(
    values: Sequence[float],
    x: Sequence[np.ndarray],
    loss: Sequence[np.ndarray],
    learning_rate: Sequence[np.ndarray],
    *,
    improved: Sequence[np.ndarray] = (),
    cut: Sequence[np.ndarray] = (),
    monitored: Sequence[np.ndarray] = (),
    steps_per_epoch: float | Sequence[float] = 1,
    landscapes: Sequence[Landscape] = (),
    slices: Sequence[Profile] = (),
) -> bytes:
    """K runs, one a stop -> bytes for `Live.family`. They may differ in length.

    values (K,); of each run x (N+1, 2), loss (N+1,), learning_rate (N,). With the plateau rule: improved, cut (E,) bool
    and monitored (E,), which is sent only where it is not simply the loss at the epoch's end. landscapes: one a stop,
    where the slider changes it too; 37 kB for each picture that they are sums of. slices: one a stop, all with one
    label, where it moves them; 1.6 kB for each that is another one.
    """
    steps = np.array([len(rates) for rates in learning_rate])
    per_epoch = np.broadcast_to(np.asarray(steps_per_epoch, int), steps.shape)
    alike = len(set(steps.tolist())) == 1
    form, rates = _rates(np.stack(learning_rate)) if alike else ("full", {"rate": _singles(learning_rate)})
    meta = {"stops": len(steps), "rates": form, "epochs": max(map(len, cut), default=0), "slice": None}
    arrays = {
        "values": np.asarray(values, float),
        "steps": steps.astype(np.uint32),
        "per_epoch": per_epoch.astype(np.uint32),
        "x": _singles(x),
        "loss": _singles(loss),
        **rates,
    }
    if meta["epochs"]:
        rows = {"cut": cut, "improved": improved}
        arrays |= {name: np.packbits(_padded(flags, bool), axis=1, bitorder="little") for name, flags in rows.items()}
        ends = [np.arange(1, len(own) + 1) * every for own, every in zip(cut, per_epoch, strict=True)]
        seen = [own[end] for own, end in zip(loss, ends, strict=True)]
        if not all(np.array_equal(*both, equal_nan=True) for both in zip(monitored, seen, strict=True)):
            arrays["monitored"] = _padded(monitored, np.float32)
    if landscapes:
        arrays |= {f"landscape.{name}": array for name, array in low_rank_arrays(landscapes).items()}
    if slices:
        meta["slice"] = slices[0].label
        arrays |= {f"slice.{name}": array for name, array in _slices_arrays(slices).items()}
    return pack(meta, arrays)


def pack_families(families: Sequence[bytes | None], values: Sequence[float], text: Sequence[str]) -> bytes:
    """The families of a race's runs, None for a run that stays as it is; with all stops of their slider, their values
    and their labels.   -> bytes for a browser that requested them."""
    arrays = {f"family.{i}": np.frombuffer(family, np.uint8) for i, family in enumerate(families) if family}
    return pack({"text": list(text), "runs": len(families)}, {"values": np.asarray(values, float), **arrays})


def _slices_arrays(slices: Sequence[Profile]) -> dict[str, np.ndarray]:
    """Of K slices those that differ, D.   -> of (K,) which of them; line (D, 6): base, direction, first and last s;
    loss (D, n) float32 at even steps of s."""
    rows = np.stack([np.concatenate([p.base, p.direction, p.s[[0, -1]], p.loss]) for p in slices])
    rows, of = np.unique(rows, axis=0, return_inverse=True)
    with np.errstate(over="ignore"):
        return {"of": of.ravel().astype(np.uint16), "line": rows[:, :6], "loss": rows[:, 6:].astype(np.float32)}


def _singles(rows: Sequence[np.ndarray]) -> np.ndarray:
    """All rows, one after the other."""
    with np.errstate(over="ignore"):
        return np.concatenate(rows).astype(np.float32)


def _padded(rows: Sequence[np.ndarray], kind: type) -> np.ndarray:
    """(K, the longest row): zeros where a row is over."""
    table: np.ndarray = np.zeros((len(rows), max(map(len, rows))), kind)
    with np.errstate(over="ignore"):
        for row, own in zip(table, rows, strict=True):
            row[: len(own)] = own
    return table
