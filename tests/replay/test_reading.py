"""Recorded values from text: what the usual loggers write is read, and what is wrong is one sentence with its place."""

from __future__ import annotations

import json
import re
import tracemalloc
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from lrviz import BadInput, History
from lrviz.replay.reading import MOST_BYTES, read

FILES = Path(__file__).parent / "histories"


def refused(source, **options):
    with pytest.raises(BadInput) as wrong:
        read(source, **options)
    sentence = str(wrong.value)
    assert "\n" not in sentence and len(sentence) < 400
    return sentence


# Pasted numbers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["0.5 0.4 1e-3 nan", "0.5, 0.4, 1e-3, nan", "0.5\n0.4\n1e-3\nNaN\n", "[0.5, 0.4, 0.001, nan]",
     "[0.5, 0.4, 1e-3, NaN]", "0.5;0.4;0.001;nan", "0,5 0,4 1,0e-3 nan", "0,5; 0,4; 0,001; nan", "0,5\n0,4\n0,001\nnan",
     "0,5, 0,4, 0,001, nan", "\ufeff0.5\r\n0.4\r\n0.001\r\nnan", "(0.5, 0.4, +.001, nan)",
     "losses = [0.5,\n0.4, 0.001, nan]", "[np.float64(0.5), np.float32(0.4), np.float64(0.001), nan]",
     "[tensor(0.5), tensor(0.4), tensor(1e-3), tensor(nan)]", "array([0.5, 0.4, 0.001, nan])",
     "1 0.5\n2 0.4\n3 1e-3\n4 nan", "0,0.5\n1,0.4\n2,1e-3\n3,nan", "1;0,5\n2;0,4\n3;0,001\n4;nan"],
)  # fmt: skip
def test_pasted_numbers(text):
    np.testing.assert_array_equal(read(text).values, [0.5, 0.4, 0.001, np.nan])
    np.testing.assert_array_equal(read(text.encode()).values, [0.5, 0.4, 0.001, np.nan])


PROGRESS = """Epoch 1/3
\r50/100 - loss: 1.2000\r100/100 - 2s 20ms/step - accuracy: 0.5 - loss: 0.9000 - val_accuracy: 0.4 - val_loss: 0.8 - learning_rate: 0.0010
Epoch 2/3
100/100 - 2s 20ms/step - accuracy: 0.5 - loss: 8.000e-01 - val_accuracy: 0.4 - val_loss: 7.5e-01 - learning_rate: 0.0010
Epoch 2: ReduceLROnPlateau reducing learning rate to 0.0005.
Epoch 3/3
100/100 - 2s - loss: nan - val_loss: 0.76 - learning_rate: 5.0000e-04
"""  # noqa: E501  as it is printed


def test_what_keras_prints_while_it_trains():
    history = read(PROGRESS)
    assert history.monitor == "val_loss" and history.values.tolist() == [0.8, 0.75, 0.76]
    assert history.rates.tolist() == [0.001, 0.001, 0.0005]
    np.testing.assert_array_equal(read(PROGRESS, "loss").values, [0.9, 0.8, np.nan])
    alone = "Epoch 1/2\n1/9 - loss: 3\n9/9 - loss: 2\nEpoch 2/2\n9/9 - loss: 1.5\n"
    assert read(alone).values.tolist() == [2, 1.5]
    assert read("loss: 2 val_loss: 3\nloss: 1 val_loss: 2").values.tolist() == [3, 2]
    assert read("[1,  2000] loss: 2.25\n[1,  4000] loss: 1.5\n").values.tolist() == [2.25, 1.5], "PyTorch's tutorial"
    assert "there are more than 100000 values" in refused("loss: 1\n" * 100_001)


def test_a_dict_as_python_prints_it_and_json_lines():
    history = read("{'loss': [1.0, nan, 0.8], 'val_loss': [1.0, inf, None, 0.95]}")
    np.testing.assert_array_equal(history.values, [1, np.inf, 0.95])
    assert read("history = {'loss': [np.float64(1.0), np.float64(0.9)]}").values.tolist() == [1, 0.9]
    lines = '{"epoch": 1, "eval_loss": 1}\n\n{"epoch": 2, "eval_loss": 0.5, "lr": 0.1}\n'
    assert read(lines).values.tolist() == [1, 0.5]
    assert refused(lines + '{"epoch": }\n').startswith("Line 4, column 11: this is no JSON")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-8"])
def test_a_file_of_any_unicode(encoding):
    assert read("epoch,val_loss\r\n0,1\r\n1,0.5\r\n".encode(encoding)).values.tolist() == [1, 0.5]


def test_a_column_of_losses_that_are_no_numbers_says_which_cell():
    assert refused('epoch,val_loss\n1,"1,234.5"\n').startswith("Line 2, column 2 (val_loss): '1,234.5' is no number")


def test_numbers_that_are_not_finite_and_negative_ones_are_kept():
    np.testing.assert_array_equal(read("-1 inf −2 -Infinity nan").values, [-1, np.inf, -2, -np.inf, np.nan])


@pytest.mark.parametrize("text", ["0,0,0,0", "1,1,1,1,1", "3,2,1,1", "2,1,1,1", "5,4,4,3", "0.5,0.4", "5"])
def test_commas_that_can_only_stand_between_numbers(text):
    assert read(text).values.tolist() == [float(part) for part in text.split(",")]


@pytest.mark.parametrize("text", ["0,5,0,4,0,3", "0,52,0,48", "1,05,1,04", "1,5,1,4", "1,5,0,9,0,8"])
def test_a_comma_that_may_be_a_decimal_one_is_asked_about(text):
    assert "can be one number or two" in refused(text) and refused(text).startswith("Line 1, column 1: ")
    assert len(read(text, decimal=".").values) == text.count(",") + 1
    assert len(read(text, decimal=",").values) == (text.count(",") + 1) / 2


def test_rows_of_a_count_and_a_number_may_be_decimal_commas():
    assert "0,5 can be one number or two" in refused("0,5\n1,4\n2,3")
    assert read("0,5\n1,4\n2,3", decimal=".").values.tolist() == [5, 4, 3]
    assert read("0,5\n1,4\n2,3", decimal=",").values.tolist() == [0.5, 1.4, 2.3]


def test_decimal_commas_between_commas():
    assert read("0,5,0,25,-1,5", decimal=",").values.tolist() == [0.5, 0.25, -1.5]


@pytest.mark.parametrize(
    ("text", "place"),
    [("0.5 0.4 abc", "Line 1, column 9: 'abc'"), ("0.5\n0.4\n0;3x", "Line 3, column 3: '3x'"),
     ("1 2\n3 4_0", "Line 2, column 3: '4_0'"), ("0.5, 0x10", "Line 1, column 6: '0x10'"),
     ("0.5 None", "Line 1, column 5: 'None'"), ("v = [tensor(0.5), tensor(x)]", "Line 1, column 26: 'x'"),
     ("epoch|val_loss\n1|0.5\n2|x", "Line 3, column 2 (val_loss): 'x'"), ("[]", "Line 1, column 1: "),
     ("0.5 __import__('os')", "Line 1, column 5: '__import__'")],
)  # fmt: skip
def test_what_is_no_number_is_named_with_its_place(text, place):
    assert refused(text).startswith(place)


# The loggers ----------------------------------------------------------------------------------------------------------


def test_the_file_of_keras_csv_logger():
    history = read((FILES / "keras_csv_logger.csv").read_bytes())
    assert history.monitor == "val_loss" and len(history) == 8 and history.steps_per_epoch == 1
    assert history.columns == ("epoch", "learning_rate", "loss", "val_loss")
    kept = json.loads((FILES / "keras_history.json").read_text())
    np.testing.assert_array_equal(history.values, kept["val_loss"])
    np.testing.assert_array_equal(history.rates, kept["learning_rate"])
    again = read((FILES / "keras_history.json").read_bytes())
    np.testing.assert_array_equal(again.values, history.values)
    np.testing.assert_array_equal(again.rates, history.rates)
    assert read((FILES / "keras_csv_logger.csv").read_bytes(), "loss").values.tolist() == kept["loss"]


def test_a_keras_log_without_validation_has_na_there():
    history = read("epoch,learning_rate,loss,val_learning_rate,val_loss\n0,0.001,0.5,NA,NA\n1,0.001,0.4,NA,NA\n")
    assert history.monitor == "loss" and history.values.tolist() == [0.5, 0.4] and history.rates.tolist() == [0.001] * 2


LIGHTNING = """epoch,lr-Adam,step,train_loss_epoch,train_loss_step,val_loss
,0.01,0,,,
0,,49,,0.9,
0,,99,,,0.5
0,,99,0.8,,
,0.001,100,,,
1,,199,,,nan
1,,199,0.7,,
"""


def test_lightnings_metrics():
    history = read(LIGHTNING)
    np.testing.assert_array_equal(history.values, [0.5, np.nan])
    assert history.monitor == "val_loss" and history.rates.tolist() == [0.01, 0.001] and history.steps_per_epoch == 1
    assert history.notes == ("5 rows were passed over: no val_loss there.",)
    assert read(LIGHTNING, "train_loss_epoch").values.tolist() == [0.8, 0.7]
    both = "epoch,step,val_loss_epoch,val_loss_step\n0,1,,0.9\n0,2,0.7,\n1,3,,0.6\n1,4,0.5,\n"
    assert read(both).monitor == "val_loss_epoch" and read(both).values.tolist() == [0.7, 0.5]


TRAINER_STATE = {
    "best_metric": None,
    "epoch": 2.0,
    "log_history": [
        {"epoch": 0.5, "grad_norm": 1.5, "learning_rate": 5e-05, "loss": 1.2, "step": 500},
        {"epoch": 1.0, "eval_accuracy": 0.7, "eval_loss": 0.9, "eval_runtime": 3.2, "step": 1000},
        {"epoch": 1.5, "grad_norm": 1.1, "learning_rate": 2.5e-05, "loss": 0.8, "step": 1500},
        {"epoch": 2.0, "eval_accuracy": 0.8, "eval_loss": 0.85, "eval_runtime": 3.1, "step": 2000},
        {"epoch": 2.0, "step": 2000, "total_flos": 1e15, "train_loss": 1.0, "train_runtime": 60.0},
    ],
    "max_steps": 2000,
}


def test_hugging_faces_trainer_state():
    history = read(json.dumps(TRAINER_STATE, indent=2))
    assert history.monitor == "eval_loss" and history.values.tolist() == [0.9, 0.85]
    assert history.rates.tolist() == [5e-05, 2.5e-05] and history.steps_per_epoch == 1
    assert read(json.dumps(TRAINER_STATE), "loss").values.tolist() == [1.2, 0.8]
    assert read("epoch,step,loss,eval_loss,learning_rate\n1,500,0.9,,1e-3\n1,500,,0.8,\n").values.tolist() == [0.8]


def test_tensorboards_scalars():
    history = read("Wall time,Step,Value\n1700000000.123,0,0.5\n1700000010.5,1,0.25\n1700000020.5,2,NaN\n")
    np.testing.assert_array_equal(history.values, [0.5, 0.25, np.nan])
    assert history.monitor == "val_loss"
    assert read("[[1700000000.1, 0, 0.5], [1700000010.1, 1, 0.25]]").values.tolist() == [0.5, 0.25]


WANDB = """"Step","lr=0.1, run - val_loss","lr=0.1, run - val_loss__MIN","lr=0.1, run - val_loss__MAX"
"0","0.5","0.5","0.5"
"1","0.4","0.4","0.4"
"""
TWO_RUNS = '"Step","a - val_loss","b - val_loss"\n"0","0.5","0.7"\n"1","0.4","0.6"\n'


def test_weights_and_biases():
    history = read(WANDB)
    assert history.values.tolist() == [0.5, 0.4] and history.monitor == "val_loss" and history.rates is None
    assert "Which column is monitored: 'a - val_loss', 'b - val_loss'" in refused(TWO_RUNS)
    assert read(TWO_RUNS, "b - val_loss").values.tolist() == read(TWO_RUNS, "3").values.tolist() == [0.7, 0.6]
    assert "choose one by its number" in refused(TWO_RUNS, column="val_loss")


def test_any_other_table():
    assert read("time\tscore\n1\t0.5\n2\t0.6\n").monitor == "score"
    assert read("epoch;val_loss\n1;0,5\n2;0,25\n").values.tolist() == [0.5, 0.25]
    assert read("epoch loss\n1 0.5\n2 0.25\n").values.tolist() == [0.5, 0.25]
    assert read('epoch,val_loss\n1,"0,5"\n2,"0,25"\n').values.tolist() == [0.5, 0.25]
    assert read("a,b\n1,2\n3,4\n", "b").values.tolist() == [2, 4]
    assert read('[{"loss": 0.5}, {"loss": "NaN"}, {"acc": 1, "loss": 0.4}]', "loss").values.shape == (3,)
    assert read('{"loss": {"0": 0.5, "1": 0.4}, "acc": {"0": 1, "1": 2}}').values.tolist() == [0.5, 0.4]
    assert read("step\tval_loss\n0\t0.5\n".encode("utf-16")).values.tolist() == [0.5]


def test_a_value_a_batch_is_seen_by_its_epochs():
    rows = "".join(f"{epoch},{epoch * 4 + batch},0.{9 - epoch}\n" for epoch in range(3) for batch in range(4))
    assert read("epoch,step,loss\n" + rows).steps_per_epoch == 4


def test_what_a_notebook_holds():
    logged = {"loss": [1.0, 0.9], "val_loss": [0.5, np.float32(0.25)], "learning_rate": [0.01, 0.01]}
    history = History.of(SimpleNamespace(history=logged))
    assert history.values.tolist() == [0.5, 0.25] and history.rates.tolist() == [0.01, 0.01]
    assert History.of(logged, "loss").values.tolist() == [1.0, 0.9]
    assert History.of(np.array([0.5, 0.4])).values.tolist() == History.of([0.5, 0.4]).values.tolist() == [0.5, 0.4]
    assert History.of(history) is history
    frame = SimpleNamespace(columns=list(logged), to_dict=lambda orient: logged if orient == "list" else None)
    assert History.of(frame).values.tolist() == [0.5, 0.25]
    given = History(SimpleNamespace(history=logged), "loss")
    assert given.values.tolist() == [1.0, 0.9] and given.rates.tolist() == [0.01, 0.01] and given.monitor == "loss"
    assert History(logged).monitor == "val_loss" and History([0.5, 0.4], "mae", [0.1, 0.1]).rates.tolist() == [0.1, 0.1]
    with pytest.raises(BadInput, match="Value 2: 'x' is no number"):
        History([0.5, "x"])
    wrong_lists = ([], [0.5, "x"], [0.5, None], [0.5, 10**400], [0.5, 10**5000])
    for wrong in (None, 5, "0.5", *wrong_lists, {}, {"loss": ["x"]}, {"loss": 5}, np.float64(1), np.ones((2, 2))):
        with pytest.raises(BadInput):
            History.of(wrong)


# What is wrong --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (b"", "nothing to read"),
        (b"\n \n", "nothing to read"),
        ("epoch,val_loss\n0,0.5\n1,abc\n", "Line 3, column 2 (val_loss): 'abc' is no number."),
        ("epoch,val_loss\n0,0.5,1\n", "Line 2, column 3: this row has 3 cells, the header 2. Are there decimal"),
        ("epoch,val_loss\n0,0.5\n1\n", "Line 3, column 2: this row has 1 cell, the header 2."),
        ("epoch,val_loss\n0,\n1,\n", "Column 'val_loss' is empty."),
        ("epoch,score\n0,\n1,\n", "Column 'score' is empty."),
        ("epoch,val_acc\n1,45%\n", "Line 2, column 2 (val_acc): '45%' is no number."),
        ("epoch,step\n0,1\n", "None of the columns 'epoch', 'step' holds values"),
        ("a,b\n1,2\n", "Which column is monitored: 'a', 'b'"),
        ('{"val_loss": [0.5, "x"]}', "Line 1, column 20: value 2 of val_loss is 'x', which is no number."),
        ('{"val_loss": [0.5,\n true]}', "Line 2, column 2: value 2 of val_loss is 'True'"),
        ('{"val_loss": [0.5,\n 0.4', "Line 2, column 5: this is no JSON"),
        ("{'val_loss': [0.5}", "Line 1, column 18: this is no JSON"),
        ('{"a": 1}', "Line 1, column 1: this JSON holds no list of values."),
        ("{" * 50_000, "Line 1, column 2: this is no JSON"),
        ("[" * 50_000, "Line 1, column 1: "),
        ("[{" * 50_000, "Line 1, column 3: this is no JSON"),
        ('{"a":' * 50_000, "Line 1, column 1: this JSON is nested too deeply."),
        (b"0.5\n0.4 \xff", "Line 2, column 5: this is no text in UTF-8."),
        ("loss\n" + "1\n" * 100_001, "Line 100002: there are more than 100000 values"),
        ("1\n" * 100_001, "Line 100001, column 1: there are more than 100000 values"),
        (b"1" * (MOST_BYTES + 1), "10.0 MB, but at most 10 MB"),
        ("[" + "[]," * 500_000 + "[]]", "Line"),
        ("loss,x\n" + "1," * 60_000, "Line 2, column 100000: a row of a table"),
        (",".join(f"c{k}" for k in range(2000)) + "\n1", "Line 1: there are 2000 columns"),
        ('val_loss\n"' + "0.5\n" * 50_000, "Line"),
    ],
    ids=range(27),
)  # fmt: skip
def test_each_mistake_is_one_sentence_with_its_place(source, says):
    assert says in refused(source)


WHOLE = [
    (FILES / "keras_csv_logger.csv").read_bytes(),
    (FILES / "keras_history.json").read_bytes(),
    LIGHTNING.encode(),
    json.dumps(TRAINER_STATE, indent=1).encode(),
    WANDB.encode(),
    b"Wall time,Step,Value\n1700000000.1,0,0.5\n1700000010.5,1,0.25\n",
    b"0.5 0.4 0.3 nan\n0.2 0.1\n",
    b"epoch;val_loss;lr\n1;0,5;0,01\n2;0,25;0,01\n",
]
PIECES = b"""abc|,|\n|"|{|[|\x00|\xff|nan|1e999|'|-|;|]|}|\xe2\x88\x92""".split(b"|")


def damaged(number):
    """One of the files with one to four things cut, doubled, swapped or put into it."""
    rng = np.random.default_rng(number)
    source = WHOLE[number % len(WHOLE)]
    for _ in range(rng.integers(1, 5)):
        a, b = sorted(rng.integers(0, len(source) + 1, 2).tolist())
        match rng.integers(4):
            case 0:
                source = source[:a] + source[b:]
            case 1:
                source = source[:b] + source[a:b] + source[b:]
            case 2:
                source = source[:a] + rng.permutation(np.array(list(source[a:b]), np.uint8)).tobytes() + source[b:]
            case _:
                piece = PIECES[rng.integers(len(PIECES))]
                source = source[:a] + piece * int(rng.choice([1, 3000], p=[0.9, 0.1])) + source[a:]
    return source


def test_a_thousand_damaged_files_are_read_or_refused_in_a_sentence():
    sentences = []
    for number in range(1000):
        try:
            assert len(read(damaged(number))) > 0
        except BadInput as wrong:
            sentences.append(str(wrong))
    assert len(sentences) > 300 and not any("\n" in sentence or len(sentence) > 1000 for sentence in sentences)
    placed = [sentence for sentence in sentences if re.match(r"Line \d+", sentence)]
    assert len(placed) > 0.8 * len(sentences)


@pytest.mark.parametrize(
    "source",
    [b"[" + b"1," * 4_999_999, b"{" + b'"a":1,' * 1_600_000, b"a,b\n" + b"," * 9_000_000, b"1 " * 5_000_000,
     b'a\n"' + b"x" * 9_000_000,
     b"[" * 9_999_999, b"a,b\n" + b"1,2\n" * 2_400_000, b"loss: 1\n" * 1_000_000],
    ids=["list", "object", "commas", "numbers", "quote", "brackets", "rows", "progress"],
)  # fmt: skip
def test_ten_megabytes_of_anything_take_a_bounded_part_of_memory(source):
    tracemalloc.start()
    with pytest.raises(BadInput):
        read(source)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 120e6
