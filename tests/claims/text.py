"""Numbers as sentences state them."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from lrviz.knob import digits

NUMBER = r"(−?(?:\d+(?:\.\d+)?(?:e-?\d+)?|∞)|nan)"


def read(text):
    return float(text.replace("−", "-").replace("∞", "inf"))


def is_rounded(text, value):
    """Is the text this number, rounded?"""
    return text in {digits(value, size) for size in range(3, 18)}


def is_close(text, value, part=0.006):
    """Is the text this number, as far as three digits and differences for derivatives go?"""
    return bool(np.isclose(read(text), value, rtol=part, atol=1e-9))


def unit(text):
    """Of the last digit that stands there."""
    return Decimal(1).scaleb(Decimal(text.replace("−", "-")).as_tuple().exponent)
