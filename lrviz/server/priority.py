"""Threads that come after those which answer visitors."""

from __future__ import annotations

import os
import sys
import threading

NICE = 10


def low_priority() -> None:
    """This thread, and what it starts, comes after the others; where the system lets a thread say so."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
