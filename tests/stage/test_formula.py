"""The readout's formula with a step's numbers in it: computed by hand from what it shows, it is the step of the run."""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from lrviz import play
from lrviz.optimizers import OPTIMIZERS
from lrviz.race import Race
from lrviz.scenario import Scenario
from lrviz.simulation import simulate

pytestmark = pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")

WEB = Path(__file__).parents[2] / "lrviz/stage/web"
READ = f"""
import {{ readFileSync }} from "node:fs";
import {{ numbersAt }} from "{WEB}/formula.js";
import {{ readRuns }} from "{WEB}/runs.js";
import {{ createCache }} from "{WEB}/cache.js";
import {{ unpack }} from "{WEB}/unpack.js";
const [file, ...steps] = process.argv.slice(1);
const message = unpack(new Uint8Array(readFileSync(file)));
const cache = createCache();
cache.take(message, {{ landscapesReceived: 0, families: 0 }});
const [run] = readRuns(message.meta, cache.runs, [-9, 9, -9, 9]);
console.log(JSON.stringify(steps.map((t) => numbersAt(run, Number(t)))));
"""
STEPS = (0, 1, 12)
RULES = [(key, framework) for key, row in OPTIMIZERS.items() for framework in row.rules]
LETTERS_LEFT = {"nadam": "μ", "radam": "r", "newton": "|H|", "adadelta": "d"}
"""What the run does not tell of: a step with such a letter cannot be computed from what is shown."""
GAP = "   "


def shown(scenario: Scenario, folder: Path) -> list[str]:
    """The formula with the numbers of STEPS, as the player writes it."""
    file = folder / "message"
    file.write_bytes(play.message(Race(scenario)))
    command = ["node", "--input-type=module", "-e", READ, str(file), *map(str, STEPS)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def by_hand(line: str, axis: int) -> float:
    """What the right side of a line is, on one axis."""
    line = re.sub(r"‖ ?\(([^(),]+), ([^(),]+)\) ?‖", r"hypot[\1; \2]", line)
    text = re.sub(r"\(([^(),]+), ([^(),]+)\)", lambda pair: f"({pair[1 + axis].strip()})", line)
    text = re.sub(
        "[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda power: f"**{power[0].translate(str.maketrans('⁰¹²³⁴⁵⁶⁷⁸⁹', '0123456789'))}", text
    )
    text = re.sub(r"\|([^|]+)\|", r"abs(\1)", text)
    text = re.sub(r"hypot\[([^];]+); ([^]]+)\]", r"hypot(\1, \2)", text)
    text = text.replace("−", "-").replace("·", "*").replace("√(", "sqrt(")
    names = {"sqrt": math.sqrt, "hypot": math.hypot, "sign": np.sign, "abs": abs, "max": max, "__builtins__": {}}
    return float(eval(text, names))


@pytest.mark.parametrize(("optimizer", "framework"), RULES, ids=map("-".join, RULES))
@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_the_numbers_make_the_step(optimizer, framework, noise, tmp_path):
    alpha = 0.03 if OPTIMIZERS[optimizer].has_rate else None
    scenario = Scenario("bowl", optimizer=optimizer, framework=framework, alpha=alpha, steps=20, noise=noise)
    run = simulate(scenario)
    ends = {letter: run.terms[term] for letter, term in scenario.rule.symbols.items()} | {"x": run.x[1:]}
    for t, text in zip(STEPS, shown(scenario, tmp_path), strict=True):
        lines = dict(line.split(" ← ") for line in text.split(GAP) if "←" in line)
        assert list(lines)[-1] == "x"
        if LETTERS_LEFT.get(optimizer, "⊘") in lines["x"]:
            del lines["x"]
        for letter, line in lines.items():
            if "x₀" in line:  # where it began
                continue
            before = run.x[t] if letter == "x" else ends[letter][t - 1] if t else np.zeros(2)
            after = ends[letter][t]
            for axis in (0, 1):
                rounding = 0.01 * (abs(before[axis]) + abs(after[axis] - before[axis]))  # three digits are shown
                assert by_hand(line, axis) == pytest.approx(after[axis], abs=rounding), (letter, line)


def test_a_formula_that_does_not_tell_of_all_that_is_done_has_no_numbers(tmp_path):
    centered = Scenario("bowl", optimizer="rmsprop", steps=20, values={"centered": 1})
    assert shown(centered, tmp_path) == ["", "", ""]
    assert all(shown(centered.having(centered=0), tmp_path))


def test_what_comes_before_the_step_is_there_too_where_there_is_room(tmp_path):
    first, *_ = shown(Scenario("bowl", optimizer="momentum", alpha=0.1, steps=20), tmp_path)
    velocity, step = first.split(GAP)
    assert velocity == "v ← 0.9 · 0 − 0.1 · (−4, 20)"
    assert step.startswith("x ← (−4, 2) + (0.4, −2)")
