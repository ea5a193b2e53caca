"""``pip install .``: what the package holds and asks for."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder, copy = (
        tmp_path_factory.mktemp("wheel"),
        tmp_path_factory.mktemp("copy"),
    )  # setuptools leaves a folder behind
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True,
        check=True,
    ).stdout.splitlines()  # fmt: skip
    for name in tracked:
        if (ROOT / name).is_file() and not name.startswith(("tests/", "docs/")):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(copy)]
    subprocess.run(command, check=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as packed:
        yield {name: packed.read(name) for name in packed.namelist()}, tracked


def pins(name):
    lines = (line.split("#")[0].strip() for line in (ROOT / name).read_text().splitlines())
    return {line.replace(" ", "") for line in lines if line}


def test_it_holds_every_file_of_lrviz_and_no_page(wheel):
    files, tracked = wheel
    inside = {name for name in files if ".dist-info/" not in name}
    assert inside == {name for name in tracked if name.startswith("lrviz/") and (ROOT / name).exists()}


def test_it_asks_for_what_the_requirements_say(wheel):
    files, _ = wheel
    about = message_from_bytes(next(text for name, text in files.items() if name.endswith("/METADATA")))
    required = [line.replace(" ", "").replace('"', "'") for line in about.get_all("Requires-Dist", [])]
    core = {line for line in required if "extra==" not in line}
    app = {line.replace(";extra=='app'", "").replace("andextra=='app'", "") for line in required if "extra==" in line}
    assert core == {pin.replace('"', "'") for pin in pins("requirements-core.txt")}
    assert app == {pin.replace('"', "'") for pin in pins("requirements-app.txt")}
    assert about["License-Expression"] == "MIT"
    assert "lrviz = lrviz.cli:main" in next(text.decode() for name, text in files.items() if "entry_points" in name)


def test_the_apps_requirements_are_both():
    assert pins("requirements.txt") == {"-rrequirements-core.txt", "-rrequirements-app.txt"}
