"""A family: the runs for every notch of one live slider, small enough to be fetched while the hand is on its way to it.

64 notches x 300 steps fit in 250 kB: positions and losses as float32 (231 kB), rates in the shortest of three
forms, epochs as bits.
"""

import numpy as np

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
    values: np.ndarray,
    x: np.ndarray,
    loss: np.ndarray,
    learning_rate: np.ndarray,
    *,
    improved: np.ndarray | None = None,
    cut: np.ndarray | None = None,
    monitored: np.ndarray | None = None,
    steps_per_epoch: int = 1,
    grad: np.ndarray | None = None,
) -> bytes:
    """K runs, one a notch -> bytes for `Live.family`.

    values (K,), x (K, N+1, 2), loss (K, N+1), learning_rate (K, N). With the plateau rule: improved, cut (K, E) bool,
    and monitored (K, E), which is sent only where it is not simply the loss at the epoch's end. grad (K, N+1, 2) is
    optional: with it the gradient's arrow and norm follow the slider too, at 2/3 more bytes.
    """
    values, x, loss, learning_rate = (np.asarray(a, float) for a in (values, x, loss, learning_rate))
    with np.errstate(over="ignore"):
        x32, loss32 = x.astype(np.float32), loss.astype(np.float32)
    form, rates = _rates(learning_rate)
    count, steps = len(values), learning_rate.shape[1]
    meta = {"notches": count, "steps": steps, "rates": form, "stepsPerEpoch": steps_per_epoch, "epochs": 0}
    arrays = {"values": values, "x": x32, "loss": loss32, **rates}
    if grad is not None:
        arrays["grad"] = np.asarray(grad, float).astype(np.float32)
    if cut is not None and improved is not None:
        cut, improved = np.asarray(cut, bool), np.asarray(improved, bool)
        meta["epochs"] = cut.shape[1]
        arrays["cut"] = np.packbits(cut, axis=1, bitorder="little")
        arrays["improved"] = np.packbits(improved, axis=1, bitorder="little")
        ends = np.minimum(np.arange(1, cut.shape[1] + 1) * steps_per_epoch, loss.shape[1] - 1)
        if monitored is not None and not np.array_equal(monitored, loss[:, ends], equal_nan=True):
            with np.errstate(over="ignore"):
                arrays["monitored"] = np.asarray(monitored, float).astype(np.float32)
    return pack(meta, arrays)
