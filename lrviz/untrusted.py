"""Values in what a browser sends, of which nothing is trusted: what does not fit is as if it had not been sent."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, TypeGuard

LAST_SEQ = 2**53
"""The browser counts up from the milliseconds of its clock; beyond this its numbers are not exact."""


def mapping(value: Any) -> Mapping[str, Any]:
    """A part of a message; an empty one where it is none."""
    return value if isinstance(value, Mapping) else {}


def is_number(value: Any) -> TypeGuard[float]:
    """Is it a finite number?"""
    return type(value) in (int, float) and -sys.float_info.max <= value <= sys.float_info.max


def seq_of(part: Mapping[str, Any], key: str = "seq") -> int:
    """The sequence number of a part, 0 if it has none."""
    seq = part.get(key)
    return seq if type(seq) is int and 0 < seq <= LAST_SEQ else 0
