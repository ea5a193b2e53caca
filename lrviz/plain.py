"""Numbers as JSON has them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def plain(value: Any) -> Any:
    """Arrays as lists. JSON has no numbers that are not finite: they stand as the text ``nan``, ``inf`` or ``-inf``."""
    if isinstance(value, np.ndarray) and value.ndim:
        if value.dtype.kind in "iub" or np.isfinite(value).all():
            return value.tolist()
        return [plain(item) for item in value]
    item = value.item() if hasattr(value, "item") else value
    return str(item) if isinstance(item, float) and not math.isfinite(item) else item
