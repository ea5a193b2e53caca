"""A survey on eight devices, and by processes that know of each other, has the bits that it has on one."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PATIENCE = 300
SURVEYS = """
import hashlib
import sys
import jax
import numpy as np
from lrviz import Scenario, survey

if len(sys.argv) > 1:
    jax.distributed.initialize(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
adam = Scenario(surface="rosenbrock", optimizer="adam", schedule="plateau", steps=60, values={"patience": 3})
names, alphas = ("x", "loss", "cuts", "reached"), np.geomspace(1e-3, 1, 50).tolist()
ends = survey(adam, columns=names, target=1.0, alpha=alphas, b=np.linspace(10, 100, 31).tolist())
rates = survey(adam.having(schedule="cosine"), columns=("loss",), alpha=np.geomspace(1e-3, 1, 300).tolist())
bits = b"".join(ends[name].tobytes() for name in names) + rates.loss.tobytes()
print(jax.local_device_count(), jax.device_count(), hashlib.sha256(bits).hexdigest())
"""


def begun(devices: int, *processes: str) -> subprocess.Popen[str]:
    """A process of so many devices. processes: where they meet, how many they are, which this is."""
    flags = f"--xla_force_host_platform_device_count={devices}"
    return subprocess.Popen(
        [sys.executable, "-c", SURVEYS, *processes],
        cwd=ROOT,
        env={**os.environ, "XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"},
        stdout=subprocess.PIPE,
        text=True,
    )


def surveyed(process: subprocess.Popen[str]) -> list[str]:
    """How many devices it had, and all processes together, and a digest of what was found."""
    out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    return out.split()


@pytest.fixture(scope="module")
def alone():
    """What one device finds."""
    own, every, digest = surveyed(begun(1))
    assert own == every == "1"
    return digest


def test_eight_devices_find_what_one_finds(alone):
    assert surveyed(begun(8)) == ["8", "8", alone]


def test_each_of_two_processes_surveys_on_its_own_devices(alone):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        meet = f"127.0.0.1:{free.getsockname()[1]}"
    both = [begun(2, meet, "2", str(place)) for place in range(2)]
    assert [surveyed(one) for one in both] == [["2", "4", alone]] * 2
