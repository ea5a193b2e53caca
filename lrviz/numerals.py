"""Numbers as people read them."""

from __future__ import annotations

import math


def digits(value: float) -> str:
    """A number as it is read: three significant digits, 0.0125, 3.2e5, 1e-7; never 0.30000000000000004."""
    if not math.isfinite(value):
        return "nan" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    value = value or 0.0  # no −0
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        text = f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    else:
        mantissa, exponent = f"{value:.2e}".split("e")
        text = f"{float(mantissa):g}e{int(exponent)}"
    return text.replace("-", "−", 1) if text.startswith("-") else text
