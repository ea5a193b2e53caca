"""The command line: what it prints, and one clear line with status 2 for whatever is wrong."""

from __future__ import annotations

import csv
import io
import json
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrviz import OPTIMIZERS, SCHEDULES, SURFACES, Scenario, simulate
from lrviz.cli import main, run

PLATEAU = shlex.split("""
    run --surface bowl --start=-4,2 --optimizer momentum --framework keras --alpha 0.15 --steps 200
    --schedule plateau --set momentum=0.9 --set factor=0.5 --set patience=5 --monitor loss
""")


def test_json_holds_the_whole_run(capsys):
    assert main([*PLATEAU, "--format", "json"]) == 0
    output = json.loads(capsys.readouterr().out)
    run = simulate(Scenario.from_dict(output["scenario"]))
    assert (
        len(output["x"]) == len(output["loss"]) == 201 and len(output["learning_rate"]) == len(output["epochs"]) == 200
    )
    np.testing.assert_array_equal(output["x"], run.x)
    np.testing.assert_array_equal(output["learning_rate"], run.learning_rate)
    np.testing.assert_array_equal([epoch["cut"] for epoch in output["epochs"]], run.epochs.cut)
    assert output["cuts"] == run.cuts.tolist() and len(output["cuts"]) > 3
    assert {"monitored", "best", "wait", "cooldown", "learning_rate", "cut"} <= output["epochs"][0].keys()


def test_json_is_strict_where_a_run_diverges(capsys):
    assert main(shlex.split("run --surface rosenbrock --alpha 1 --steps 30 --format json")) == 0
    output = json.loads(capsys.readouterr().out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert output["diverged"] and output["loss"][-1] in ("nan", "inf")
    assert np.isnan(np.array(output["x"], dtype=float)[-1]).any()


def test_csv_has_a_row_a_step(capsys):
    assert main([*PLATEAU, "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    run = simulate(
        Scenario.from_params(
            {"optimizer": "momentum", "schedule": "plateau", "factor": "0.5", "patience": "5", "monitor": "loss"}
        )
    )
    assert len(rows) == 201
    np.testing.assert_array_equal([float(row["x1"]) for row in rows], run.x[:, 1])
    np.testing.assert_array_equal([float(row["carried0"]) for row in rows[:-1]], run.terms["carried"][:, 0])


def test_the_summary_is_short_and_computed(capsys):
    assert main(PLATEAU) == 0
    output = capsys.readouterr().out
    run = simulate(
        Scenario.from_params(
            {"optimizer": "momentum", "schedule": "plateau", "factor": "0.5", "patience": "5", "monitor": "loss"}
        )
    )
    assert (
        f"loss {run.loss[-1]:.6g}" in output and f"cuts   {len(run.cuts)}" in output and len(output.splitlines()) < 10
    )
    assert main(["run", "--alpha", "5"]) == 0
    assert "leaves the finite at step" in capsys.readouterr().out


def test_list_names_everything(capsys):
    assert main(["list"]) == 0
    text = capsys.readouterr().out
    assert main(["list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    for kind, registry in (("surfaces", SURFACES), ("optimizers", OPTIMIZERS), ("schedules", SCHEDULES)):
        assert [row["key"] for row in rows[kind]] == list(registry)
        assert all(key in text for key in registry)
    for knob in rows["plateau"]["pytorch"]:
        assert knob["key"] in text and "default" in knob and "allowed" in knob


@pytest.mark.parametrize(
    "arguments",
    ["", "fly", "run --alpha", "run --alpha x", "run --wings 2", "run --set momentum", "run --set kapa=1",
     "run --format xml", "run --start=1", "run --surface bowl rosenbrock", "run --steps 0",
     "run --optimizer lion --framework pytorch", "list --yaml", "run --set =1"],
)  # fmt: skip
def test_bad_input_is_one_line_and_status_2(arguments, capsys):
    assert main(arguments.split()) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("lrviz: ") and err.count("\n") == 1


@pytest.mark.parametrize("arguments", ["run --alpha 0,05", "run --schedule plateau --set factor=0,05"])
def test_a_decimal_comma_is_mended_in_the_line_that_refuses_it(arguments, capsys):
    assert main(arguments.split()) == 2
    assert capsys.readouterr().err.endswith("0,05 has a decimal comma; write 0.05.\n")


WORDS = st.sampled_from(
    [
        "run",
        "list",
        "--surface",
        "--alpha",
        "--set",
        "--start",
        "--steps",
        "bowl",
        "adam",
        "0.1",
        "nan",
        "-1",
        "1e400",
        "momentum=2",
        "--json",
    ]
)


@given(st.lists(WORDS | st.text(max_size=30), max_size=6))
@settings(max_examples=500, deadline=None)
def test_any_command_line_runs_or_says_one_line(arguments):
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        try:
            status = main([a for a in arguments if a not in ("-h", "--help")])
        except SystemExit as stop:  # --help among the random words
            status = stop.code
    assert status in (0, 2)
    assert (err.getvalue().count("\n") == 1 and err.getvalue().startswith("lrviz: ")) if status else out.getvalue()
    assert "Traceback" not in err.getvalue()


def test_as_a_module_in_a_process_of_its_own():
    done = subprocess.run(
        [sys.executable, "-m", "lrviz", "run", "--alpha", "0"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2 and done.stderr == "lrviz: alpha is '0', but must be a number above 0, up to 1000000.\n"


def test_what_a_class_cannot_do_is_a_note(capsys):
    past = shlex.split("run --framework pytorch --schedule OneCycleLR --set total_steps=50 --set cycle_momentum=False")
    assert main(past) == 0
    out = capsys.readouterr().out
    assert "note   OneCycleLR raises ValueError after total_steps, 50" in out
    assert main([*past, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["notes"] == [
        line.removeprefix("note   ") for line in out.splitlines() if line.startswith("note")
    ]
    assert main(["run", "--schedule", "cosine"]) == 0
    assert "note" not in capsys.readouterr().out


def test_alpha_is_not_set_unseen_where_a_class_calls_another_number_so(capsys):
    plain = ["run", "--framework", "pytorch", "--optimizer", "rmsprop"]
    assert main([*plain, "--set", "alpha=0.9"]) == 2
    assert "calls its smoothing alpha, which is rho here" in capsys.readouterr().err
    assert main(["run", "--schedule", "CosineDecay", "--set", "alpha=0.1"]) == 2
    assert "eta_min" in capsys.readouterr().err
    rates = []
    for flag in (["--alpha", "0.02"], ["--lr", "0.02"], ["--set", "lr=0.02"]):
        assert main([*plain, *flag, "--format", "json"]) == 0
        rates.append(json.loads(capsys.readouterr().out)["scenario"]["alpha"])
    assert rates == [0.02] * 3
    assert main(["run", "--optimizer", "adam", "--set", "alpha=0.03", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["scenario"]["alpha"] == 0.03


def test_list_says_where_the_frameworks_differ(capsys):
    assert main(["list"]) == 0
    lines = [line.split("   (")[0].split() for line in capsys.readouterr().out.splitlines()]
    assert ["keras", "gamma", "=", "0.5"] in lines and ["pytorch", "gamma", "=", "0.1"] in lines
    assert ["pytorch", "start_factor", "=", "0.333333"] in lines and ["step_size", "=", "50"] in lines


@pytest.mark.parametrize("name", [300 * "a" + ".csv", 300 * "a" + "/a.csv"])
def test_a_name_that_no_file_can_have_is_one_sentence(name, tmp_path, capsys):
    assert main(["map", "--to", f"{tmp_path}/{name}"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_an_input_that_is_closed_and_an_output_that_is_full_are_one_sentence(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    for command in (["replay", "-"], ["train", "--file", "-"]):
        assert main(command) == 2
        assert capsys.readouterr().err == "lrviz: Standard input is closed: there is nothing to read.\n"
    if Path("/dev/full").exists():
        with Path("/dev/full").open("w") as full:
            monkeypatch.setattr(sys, "stdout", full)
            assert main(["list"]) == 2
        assert capsys.readouterr().err == "lrviz: The output cannot be written: No space left on device.\n"


def test_what_the_encoding_of_the_output_lacks_is_an_escape(monkeypatch):
    out = io.TextIOWrapper(io.BytesIO(), "cp1252")
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(run, "summary", lambda *_: "α")
    assert main(["run"]) == 0
    assert out.buffer.getvalue().endswith(b"\\u03b1\n")


def test_a_part_of_a_link_that_says_nothing_is_wrong_as_on_the_page(tmp_path, capsys):
    assert main(["export", "--link", "?alpha=", "--to", str(tmp_path / "a.csv")]) == 2
    assert "alpha is ''" in capsys.readouterr().err


def test_a_map_whose_axis_is_steps_says_how_long_its_runs_are(tmp_path, capsys):
    assert main(["map", "--x", "steps=1:20:2", "--y", "alpha=0.1:0.2:2", "--to", str(tmp_path / "a.csv")]) == 0
    assert "4 runs of at most 20 steps" in capsys.readouterr().out


def test_an_axis_of_the_plateau_rule_asks_for_it(tmp_path, capsys):
    flags = ["--x", "alpha=0.01:1:2", "--to", str(tmp_path / "a.npz")]
    assert main(["map", *flags, "--y", "factor=0.1:0.5:3"]) == 0
    assert json.loads(str(np.load(tmp_path / "a.npz")["map"]))["scenario"]["schedule"] == "plateau"
    assert main(["map", *flags, "--y", "factor=0.1:0.5:3", "--schedule", "constant"]) == 2
    assert "factor belongs to: schedule plateau" in capsys.readouterr().err
    on_top = ["--framework", "pytorch", "--set", "plateau_on_top=1"]
    assert main(["map", *flags, *on_top, "--y", "factor=0.1:0.5:3"]) == 0
    assert json.loads(str(np.load(tmp_path / "a.npz")["map"]))["scenario"]["schedule"] == "constant"


@pytest.mark.parametrize("command", ["map", "export"])
@pytest.mark.parametrize("link", ["nonsense", "", "http://[::1?alpha=0.1"])
def test_a_link_that_is_none_is_one_sentence(command, link, tmp_path, capsys):
    assert main([command, "--link", link, "--to", str(tmp_path / "a.csv")]) == 2
    assert "is no link" in capsys.readouterr().err and not list(tmp_path.iterdir())
