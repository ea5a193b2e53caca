"""Links, files and command lines that are wrong: one sentence each, and the rest still works."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrviz.cli import main
from lrviz.cli import train as command
from lrviz.knob import BadInput
from lrviz.optimizers import OPTIMIZERS
from lrviz.schedules import SCHEDULES
from lrviz.training import DATA, MODELS, NAMES, NOT_OFFERED, Training, TrainingRace, read, train
from lrviz.training.models import MOST_WEIGHTS
from lrviz.training.training import RUN_KNOBS


def sentence(error):
    text = str(error.value if hasattr(error, "value") else error)
    assert text and "\n" not in text and text.lstrip("'-")[0].isalnum() and text.endswith((".", "?")), text
    return text


BAD = [
    ({"data": "mooons"}, "Did you mean moons?"),
    ({"optimizer": "newton"}, "Hessian"),
    ({"optimizer": "armijo"}, "A line search is not offered"),
    ({"optimizer": "L-BFGS"}, "a mini-batch's gradient changes with the batch"),
    ({"optimizer": "AdamWScheduleFree"}, "validates at another"),
    ({"optimizer": "Prodigy"}, "sets its own rate"),
    ({"framework": "pytorch", "plateau_on_top": "1"}, "is for a run on a loss surface"),
    ({"data": "csv"}, "no file"),
    ({"data": "diabetes", "model": "logistic"}, "does not predict numbers"),
    ({"data": "diabetes", "monitor": "accuracy"}, "no classes"),
    ({"validation": "0", "monitor": "val_loss"}, "no row validates"),
    ({"data": "iris", "model": "network", "loss_function": "squared_error"}, "two classes"),
    ({"data": "line", "model": "network", "loss_function": "cross_entropy"}, "numbers"),
    ({"model": "network", "layers": "16,16,16,16"}, "at most 3 layers"),
    ({"model": "network", "layers": "65"}, "1 to 64"),
    ({"model": "network", "layers": "8;8"}, "layers"),
    ({"batch_size": "0"}, "from 1 to 5000"),
    ({"batch_size": "1", "epochs": "5000"}, "steps"),
    ({"layers": "8"}, "no knob"),
    ({"alpha": "0,1"}, "decimal comma"),
    ({"optimizer": "lion", "framework": "pytorch"}, "lion"),
    ({"data": "digits", "model": "network", "layers": "64,64,64", "batch_size": "auto", "epochs": "5000"}, "as much"),
]


@pytest.mark.parametrize(("params", "says"), BAD)
def test_what_is_not_allowed_is_one_sentence(params, says):
    with pytest.raises(BadInput, match=r".*") as error:
        Training.from_params(params)
    assert says in sentence(error)


def table(rows, end="a"):
    return "".join(f"{i},{i * 0.5},{'ab'[i % 2]}\n" for i in range(rows)).encode()


FILES = [
    (b"", "empty"),
    (b"1,2,a\n" * 3, "at least|must have 10"),
    (b"x,y,z\n" + b"1,2,a\n1,2,b\n" * 8 + b"1,oops,a\n", "Row 18, column 2 .'y'. is 'oops', not a number"),
    (b"x,y\n" + b"1,2\n3,4\n" * 9 + b",4\n", "Row 20, column 1 .'x'. is empty"),
    (b"1,2\n" * 12 + b"1,2,3\n", "Row 13 has 3 columns"),
    (b"1,a\n=cmd|' /C calc'!A0,b\n" * 8, "Row 2, column 1"),
    (b"1e999,a\n2,b\n" * 8, "Row 1, column 1"),
    (b"9" * 101 + b",a\n" + b"2,b\n" * 12, "too many for one cell"),
    (b"1,same\n" * 20, "in every row"),
    (b"\xff\xfe\x00\xd8" + b"1,a\n" * 20, "Row 1"),
    (b"1,a\n" * 5 + b"\x80\x81,b\n" * 20, "Row 6 is not text in UTF-8"),
    (b"1,a\0\n" * 20, "character 0"),
    (b"one column\n" * 20, "one column"),
    (b"".join(b"1,label%d\n" % i for i in range(40)), "at most 20"),
    (b'1,"a\n' * 20, "Row|olumn"),
    (b"nan,a\n1,b\n" * 20, "Row 1, column 1"),
]


@pytest.mark.parametrize(("content", "says"), FILES, ids=lambda value: str(value)[:24])
def test_a_bad_file_is_one_sentence_with_its_place(content, says):
    with pytest.raises(BadInput, match=says) as error:
        read(content)
    sentence(error)


BOMBS = {
    "wide": b"1," * 5_000_000,
    "long": b"1,2\n" * 2_500_000,
    "one cell": b"1" * 9_999_999,
    "quotes": b'"' * 9_999_999,
    "huge": b"1,2\n" * 3_000_000,
    "commas": (b"," * 99 + b"\n") * 100_000,
    "labels": b"".join(b"%d,x%d\n" % (i, i) for i in range(300_000)),
    "numbers": b"1e308,1e308\n" * 800_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused(name):
    with pytest.raises(BadInput) as error:
        read(BOMBS[name])
    sentence(error)


def test_what_fits_is_read():
    read_table = read(b"\xef\xbb\xbfwidth;height;kind\n" + b"1,5;2;cat\n2,5;1;dog\n" * 8)
    assert read_table.features == ("width", "height") and read_table.classes == ("cat", "dog")
    assert read_table.x[0].tolist() == [1.5, 2.0] and read_table.y.tolist() == [0, 1] * 8
    wide = read(("1\t" * 99 + "2.5\n" + "2\t" * 99 + "3.5\n").encode() * 2500)
    assert wide.x.shape == (5000, 99) and wide.classes == () and wide.y[1] == 3.5
    assert read(b"1,0\n2,1\n" * 6).classes == ("0", "1")
    assert read(table(12).decode().encode("utf-16")).classes == ("a", "b")
    history = train(Training("csv", "network", epochs=2, table=read(table(40))))
    assert history.epochs == 2 and np.isfinite(history.log.loss).all()


WORDS = [*DATA, *MODELS, *SCHEDULES, *OPTIMIZERS, "csv", "", "nan", "1e999", "-1", "0", "0.5", "3", "a,b", "8,8",
         "1;2", "auto", "max", "\0", "٣", "loss", "val_accuracy", "x" * 200, "keras", "pytorch", "tanh",
         "9" * 400]  # fmt: skip
KEYS = ["data", "model", "optimizer", "framework", "schedule", "mode", "table", "values", "layers", "activation", "l2",
        "noise", "rows", "factor", "patience", "stop_patience", "momentum", "T_max", "lr", "nothing",
        *(knob.key for knob in RUN_KNOBS)]  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
@given(st.dictionaries(st.sampled_from(KEYS), st.sampled_from(WORDS), max_size=5))
def test_any_link_is_a_training_or_one_sentence(params):
    try:
        training = Training.from_params(params)
    except BadInput as error:
        sentence(error)
        return
    assert Training.from_params(training.to_params()) == training
    assert Training.from_json(training.to_json()) == training


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
@given(st.lists(st.lists(st.sampled_from(["1", "2.5", "a", "", "-3", "1e9", '"', "=A1"]), max_size=4), max_size=30))
def test_any_file_is_a_table_or_one_sentence(rows):
    try:
        made = read("\n".join(",".join(row) for row in rows).encode())
    except BadInput as error:
        sentence(error)
        return
    assert np.isfinite(made.x).all() and len(made.x) == len(made.y)


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
@given(params=st.dictionaries(st.sampled_from(KEYS), st.sampled_from(WORDS), max_size=6))
def test_any_command_line_is_its_training_or_one_line(params, monkeypatch, capsys):
    made = []
    monkeypatch.setattr(command, "train", lambda training, sharpness: made.append(training))
    monkeypatch.setattr(command, "WRITERS", {"text": lambda history: "trained"})
    flags = {*NAMES, *(knob.key for knob in RUN_KNOBS), "layers", "activation"}
    arguments = [f"--{key}={value}" if key in flags else f"--set={key}={value}" for key, value in params.items()]
    status = main(["train", *arguments])
    output = capsys.readouterr()
    if status == 0:
        assert (output.out, output.err) == ("trained\n", "") and made == [Training.from_params(params)]
    else:
        assert (status, output.out, len(output.err.splitlines()), made) == (2, "", 1, [])
        sentence(output.err.removeprefix("lrviz: ").rstrip())


RUNS = ["run2", "run3", "run4", "run5"]
OWN = ["optimizer:adam;alpha:0.1", "alpha:x;factor:0.5", "data:iris", ";;:", "lr:0.2"]


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
@given(st.dictionaries(st.sampled_from(KEYS + RUNS), st.sampled_from(WORDS + OWN), max_size=7))
def test_of_any_link_all_is_taken_that_is_not_said_to_be_wrong(params):
    race, sentences = TrainingRace.from_params(params)
    for text in sentences:
        sentence(text)
    assert TrainingRace.from_params(race.to_params()) == (race, [])
    if not sentences:
        first = {key: value for key, value in params.items() if key not in RUNS}
        assert race.first == Training.from_params(first) and len(race.others) == len(params) - len(first)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--data", "moons", "--optimizer", "newton"], ["--epochs", "0"], ["--format", "xml"],
        ["--file", "/nowhere.csv"], ["--set", "patience"], ["--set", "data=iris"], ["--set", "table=1"],
        ["--data", "csv"], ["--mode", "up"],
        ["--nothing"], ["--layers", "0"], ["--batch-size", "many"], ["--data", "iris", "--file", __file__],
    ],
)  # fmt: skip
def test_a_bad_command_line_is_one_line_and_status_2(arguments, capsys):
    assert main(["train", *arguments]) == 2
    output = capsys.readouterr()
    assert output.out == "" and len(output.err.splitlines()) == 1 and output.err.startswith("lrviz: ")


def test_every_row_makes_a_training_and_its_keys_are_apart():
    for data, row in DATA.items():
        for model, kind in MODELS.items():
            if row.task not in kind.tasks:
                continue
            for optimizer, rules in OPTIMIZERS.items():
                if optimizer in NOT_OFFERED:
                    with pytest.raises(BadInput, match=f"^{re.escape(NOT_OFFERED[optimizer])}$"):
                        Training(data, model, optimizer)
                    continue
                for framework in rules.rules:
                    for schedule in SCHEDULES if data == "moons" else ("plateau",):
                        training = Training(data, model, optimizer, framework, schedule=schedule)
                        keys = [knob.key for knob in (*RUN_KNOBS, *training.knobs)]
                        assert len(keys) == len(set(keys))
                        assert training.shape.weights <= MOST_WEIGHTS
                        assert Training.from_params(training.to_params()) == training
