"""Every process of a test run compiles into one cache: two workers and the servers share what each would compile."""

from __future__ import annotations

import os
import tempfile

if "JAX_COMPILATION_CACHE_DIR" not in os.environ:
    os.environ["JAX_COMPILATION_CACHE_DIR"] = tempfile.mkdtemp(prefix="lrviz-jax-")
    os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
    os.environ["JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES"] = "-1"

LONGEST = ("many_programs", "any_link_is_a_whole_page")


def pytest_collection_modifyitems(items):
    """Files with the longest first: at the end one of the workers would wait for them."""
    items.sort(key=lambda item: not item.name.startswith(tuple(f"test_{name}" for name in LONGEST)))
