"""How glibc keeps memory that was freed: settings for a server with many threads. Elsewhere nothing is changed."""

from __future__ import annotations

import ctypes
from contextlib import suppress

ARENAS = 2
"""Heaps that all threads share; glibc would make eight a core, each with fragments of its own."""
LARGE = 256 * 1024
"""Bytes from which on a block is mapped alone and given back when it is freed. Without a setting glibc raises this to
32 MB as large blocks are freed, and later ones leave holes in the heaps."""
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8  # malloc.h


def limit_arenas() -> bool:
    """To be called before there are threads. Has glibc taken both settings?"""
    with suppress(OSError, AttributeError):  # not glibc
        libc = ctypes.CDLL("libc.so.6")
        return bool(libc.mallopt(_M_ARENA_MAX, ARENAS) and libc.mallopt(_M_MMAP_THRESHOLD, LARGE))
    return False


def trim() -> None:
    """What is free goes back to the system."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)
