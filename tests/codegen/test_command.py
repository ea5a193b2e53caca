"""Programs on the command line."""

from __future__ import annotations

import shlex

import pytest

from lrviz import Scenario
from lrviz.cli import main
from lrviz.codegen import difference, program, real_lines


def test_the_command_prints_the_program(capsys):
    flags = "--surface beale --optimizer adam --alpha 0.05 --steps 50 --schedule plateau --set patience=3"
    for framework, rules in (("keras", "keras"), ("pytorch", "pytorch"), ("numpy", "keras")):
        params = {"surface": "beale", "optimizer": "adam", "alpha": "0.05", "steps": "50", "schedule": "plateau"}
        scenario = Scenario.from_params({**params, "patience": "3", "framework": rules})
        assert main(["code", "--framework", framework, *shlex.split(flags)]) == 0
        assert capsys.readouterr().out == program(scenario, framework).code
        if real_lines(scenario, framework):
            assert main(["code", "--lines", "--framework", framework, *shlex.split(flags)]) == 0
            assert capsys.readouterr().out == real_lines(scenario, framework)
    assert main(["code", "--framework", "pytorch", "--rules", "keras", *shlex.split(flags)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("# Keras adds epsilon") and "away" in out
    assert all(len(line) <= 100 for line in out.split("\n") if line.startswith("#"))
    note = " ".join(line[2:] for line in out.split("\n") if line.startswith("# "))
    assert program(closest := Scenario.from_params({**params, "patience": "3"}), "pytorch").missing in note
    assert difference(closest, "pytorch") in note
    compile(out, "<program>", "exec")


@pytest.mark.parametrize(
    "arguments",
    ["--framework jax", "--framework keras --optimizer newton", "--framework numpy --lines", "--rules numpy",
     "--framework optax --optimizer radam", "--framework pytorch --optimizer lion"],
)  # fmt: skip
def test_what_cannot_be_written_is_one_line_and_status_2(arguments, capsys):
    assert main(["code", *arguments.split()]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("lrviz: ") and err.count("\n") == 1
