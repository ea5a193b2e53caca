"""The server's threads share two heaps, and what is freed goes back."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from lrviz.lessons import LESSONS
from tests.browser.conftest import started
from tests.sessions import Session

ROOT = Path(__file__).parents[1]
HEAPS = """
import ctypes, threading
{first}
libc = ctypes.CDLL("libc.so.6")
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
there, done = threading.Barrier(9), threading.Event()

def allocate():
    libc.malloc(1000)
    there.wait()
    done.wait()  # a heap is free for others once its thread has ended

for _ in range(8):
    threading.Thread(target=allocate).start()
there.wait()
libc.fdopen.restype, libc.malloc_info.argtypes = ctypes.c_void_p, [ctypes.c_int, ctypes.c_void_p]
libc.malloc_info(0, libc.fdopen(1, b"w"))
libc.fflush(None)
done.set()
"""


def heaps(first: str) -> int:
    """How many glibc has after this, when eight threads more have asked for memory."""
    script = [sys.executable, "-c", HEAPS.format(first=first)]
    return subprocess.run(script, cwd=ROOT, capture_output=True, text=True, check=True).stdout.count("<heap nr=")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc's heaps")
def test_the_threads_of_a_server_share_two_heaps():
    assert heaps("") > 2
    assert heaps("import app") == 2


PAGES = ("", *LESSONS, "playground", "maps", "training", "replay", "glossary")


@pytest.mark.skipif(not Path("/proc").exists(), reason="what a process has loaded")
def test_no_page_loads_pandas():
    """Streamlit looks for tables in each list that a component is given: pandas and pyarrow are 56 MB, once loaded."""
    with started() as (url, server):
        for page in PAGES:
            with Session(url).open(page) as session:
                assert session.faults == []
        loaded = Path(f"/proc/{server}/maps").read_text()
    assert "numpy" in loaded and not {"pandas", "pyarrow"} & set(loaded.split("/"))
