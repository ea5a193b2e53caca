"""``replay`` on the command line."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lrviz.cli import main
from tests.replay.recorded import SHOWN

HISTORIES = Path(__file__).parent / "histories"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "losses.csv"
    path.write_text("epoch,loss,val_loss\n" + "".join(f"{k},1,{value}\n" for k, value in enumerate(SHOWN)))
    return str(path)


def test_json(file, capsys):
    arguments = ["replay", file, "--column", "val_loss", "--rate", "0.01", "--framework", "keras,pytorch,optax"]
    assert main([*arguments, "--set", "patience=3", "--set", "factor=0.5", "--format", "json"]) == 0
    output = json.loads(capsys.readouterr().out)
    assert list(output) == ["keras", "pytorch", "optax"]
    assert output["keras"]["learning_rate"] == [0.01] * 4 + [0.005] * 3 and output["keras"]["wait"] == [
        0,
        0,
        1,
        2,
        0,
        1,
        0,
    ]
    assert output["pytorch"]["cut"] == [False] * 5 + [True, False] and output["optax"]["cooldown"] == [0] * 7
    assert output["keras"]["best"] == [0.5, *[0.45] * 5, 0.43] and output["keras"]["valid_until"] == 6
    assert main(["replay", file, "--format", "json", "--set", "patience=6"]) == 0
    findings = json.loads(capsys.readouterr().out)["keras"]["findings"]
    assert [finding["key"] for finding in findings] == ["no_cut"] and set(findings[0]) == {
        "key",
        "epoch",
        "sentence",
        "remedy",
    }


def test_json_is_strict_where_a_value_is_not_finite(tmp_path, capsys):
    (tmp_path / "losses.txt").write_text("nan 1 inf")
    assert main(["replay", str(tmp_path / "losses.txt"), "--format", "json"]) == 0
    output = json.loads(capsys.readouterr().out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert output["keras"]["best"] == ["nan"] * 3 and output["pytorch"]["best"] == ["inf", 1.0, 1.0]


def test_csv_and_text(file, capsys):
    assert main(["replay", file, "--format", "csv", "--framework", "pytorch", "--set", "patience=3"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["val_loss"] for row in rows] == list(map(str, SHOWN)) and [row["cut"] for row in rows].index(
        "True"
    ) == 5
    assert rows[5]["why"].endswith("cut to 1e-4.")
    assert main(["replay", file, "--set", "patience=3"]) == 0
    text = capsys.readouterr().out
    assert "Keras: 1 cut, after epoch 5" in text and "PyTorch: 1 cut, after epoch 6" in text and "optax" in text


@pytest.mark.parametrize(
    ("arguments", "cuts"),
    [
        (["--set", "patience=1", "--mode", "max"], [2, 3, 4, 5, 6, 7]),
        (["--set", "patience=4", "--resume-after", "4"], []),
        (["--set", "patience=1", "--set", "min_lr=1e-4", "--float32"], [3, 4]),
    ],
)
def test_flags(file, arguments, cuts, capsys):
    assert main(["replay", file, "--framework", "keras", "--format", "json", *arguments]) == 0
    assert (np.flatnonzero(json.loads(capsys.readouterr().out)["keras"]["cut"]) + 1).tolist() == cuts


def test_early_stopping_on_the_command_line(file, capsys):
    stop = ["--set", "stop_patience=2", "--set", "stop_min_delta=0"]
    assert main(["replay", file, *stop, "--format", "json"]) == 0
    output = json.loads(capsys.readouterr().out)
    assert output["keras"]["early_stopping"] == 4 and "early_stopping" not in output["pytorch"]
    assert main(["replay", file, *stop]) == 0
    assert "EarlyStopping ends it after epoch 4" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        *("", "/no/such/file", "/", "a\0b"),
        *("{file} --column wings", "{file} --set patience=x", "{file} --set patience", "{file} --set wings=1"),
        *("{file} --framework jax", "{file} --framework ,", "{file} --mode up", "{file} --resume-after 0"),
        *("{file} --rate 0", "{file} --wings 1", "{file} --decimal x", "{file} --format xml"),
    ],
)
def test_bad_input_is_one_line_and_status_2(arguments, file, capsys):
    assert main(["replay", *(part.format(file=file) for part in arguments.split(" ") if part)]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("lrviz: ") and err.count("\n") == 1


def test_standard_input_in_a_process_of_its_own():
    run = [
        sys.executable,
        "-m",
        "lrviz",
        "replay",
        "-",
        "--rate",
        "0.1",
        "--set",
        "patience=2",
        "--framework",
        "pytorch",
    ]
    done = subprocess.run(run, input="0,0,0,0,0,0,0,0,0,0", capture_output=True, text=True, check=True)
    assert "3 cuts, after epoch 4, 7, 10" in done.stdout and done.stderr == ""
