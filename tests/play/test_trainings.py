"""What the player of a training gets: its curves and weights, its data as they are drawn, the stops of its sliders."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from lrviz.play import trained, training_sliders
from lrviz.play.trainings import LIVE, MOST_WEIGHTS, components, curves, edge_of, identity, seen
from lrviz.stage.pack import pack, unpack
from lrviz.stage.trained import FIELDS, compose_trained, pack_trainings
from lrviz.training import DATA, MODELS, Training, TrainingRace, read, train
from lrviz.training.loop import untrained
from lrviz.ui.training.state import FIRST

ROOT = Path(__file__).parents[2]
PAIRS = [(data, model) for data in DATA.values() for model in MODELS.values() if data.task in model.tasks]
ONE_FEATURE = read("".join(f"{k},{'yes' if k > 9 else 'no'}\n" for k in range(20)).encode())
SHORT = FIRST.having(epochs=8)


def alone(trainings):
    return [train(training) for training in trainings]


@pytest.mark.parametrize(("data", "model"), PAIRS, ids=lambda row: row.key)
def test_a_message_can_be_made_of_every_data_set_and_model(data, model):
    training = Training(data.key, model.key)
    made = trained(untrained(training))
    meta, arrays = unpack(pack(*compose_trained(made)[:2]))
    rows = training.rows_of_data
    assert meta["sizes"] == list(training.shape.sizes) and meta["picture"]["classes"] == list(data.classes)
    assert arrays["data.place"].shape == (rows, 2) and arrays["data.y"].shape == (rows,)
    assert arrays["data.train"].sum() == training.train_rows
    assert arrays["data.basis"].shape == (2, len(data.features))
    assert np.isfinite(arrays["data.place"]).all()
    kind = {1: "line", 2: "plane"}.get(len(data.features), "digits" if data.key == "digits" else "plane")
    assert meta["picture"]["kind"] == kind and meta["picture"]["note"]
    assert "principal" in meta["picture"]["note"] or len(data.features) <= 2 or data.key == "digits"


def test_ones_own_data_have_a_message_too():
    made = trained(untrained(Training("csv", table=ONE_FEATURE)))
    meta, arrays = unpack(pack(*compose_trained(made)[:2]))
    assert meta["picture"]["kind"] == "line" and set(arrays["data.place"][:, 1]) == {0, 1}


def test_curves_and_weights_arrive_and_travel_once():
    history = train(SHORT)
    made = trained(history)
    meta, arrays, sent = compose_trained(made)
    _, packed = unpack(gzip.decompress(arrays["present"].tobytes()))
    for name in ("loss", "val_loss", "best", "cut"):
        np.testing.assert_array_equal(packed[name], np.asarray(getattr(history.log, name)).astype(np.float32))
    np.testing.assert_array_equal(packed["weight_epochs"], history.weight_epochs)
    np.testing.assert_array_equal(packed["weights"].reshape(9, -1), history.weights.astype(np.float32))
    assert meta["epochs"] == 8 and packed["limit"] == [10]
    assert compose_trained(made, sent)[1:] == ({}, set())
    assert json.dumps(meta, allow_nan=False)


def test_few_weights_of_a_large_model_travel_the_first_and_the_last_among_them():
    history = train(SHORT)
    few = curves(history, most=4 * history.weights.shape[1])
    assert few.weight_epochs[0] == 0 and few.weight_epochs[-1] == 8 and len(few.weight_epochs) == 4
    np.testing.assert_array_equal(few.weights, history.weights[few.weight_epochs])
    assert curves(history).weights.size <= MOST_WEIGHTS


def test_of_a_race_each_has_its_own_and_data_travel_once():
    race = TrainingRace(SHORT, ({"optimizer": "rmsprop"}, {"alpha": "0.1"}))
    made = [trained(train(one), name=name) for one, name in zip(race.trainings, race.names, strict=True)]
    meta, arrays, sent = compose_trained(made[0], others=made[1:])
    assert [row["name"] for row in (meta, *meta["others"])] == race.names
    assert "data.y" in arrays and "1.data.y" not in arrays and {"present", "1.present", "2.present"} <= set(arrays)
    assert compose_trained(made[0], sent, made[1:])[1:] == ({}, set())


def test_who_shares_a_slider_of_the_first_goes_with_it():
    race = TrainingRace(SHORT, ({"optimizer": "rmsprop"}, {"alpha": "0.1"}))
    slider = next(one for one in training_sliders(SHORT, alone, others=race.others) if one.knob == "alpha")
    assert slider.family is not None
    _, arrays = unpack(gzip.decompress(slider.family(slider.index)))
    assert "other1" in arrays and "other2" not in arrays
    _, other = unpack(arrays["other1"].tobytes())
    k = 3
    begin, end = np.cumsum([0, *other["epochs"]])[[k, k + 1]]
    there = race.leading(SHORT.having(alpha=float(arrays["values"][k]))).trainings[1]
    np.testing.assert_array_equal(other["val_loss"][begin:end], train(there).log.val_loss.astype(np.float32))


@pytest.mark.parametrize("knob", LIVE)
def test_each_stop_of_a_slider_is_its_own_training_to_the_last_bit(knob):
    slider = next(one for one in training_sliders(SHORT, alone) if one.knob == knob)
    assert slider.family is not None
    _, arrays = unpack(gzip.decompress(slider.family(slider.index)))
    begins = np.append(0, np.cumsum(arrays["epochs"])).astype(int)
    assert list(arrays["values"]) == list(slider.values)
    for k in range(0, len(slider.values), 9):
        own = train(SHORT.having(**{knob: slider.values[k]}))
        for name in ("loss", "val_loss", "learning_rate"):
            with np.errstate(over="ignore"):
                wanted = np.asarray(getattr(own.log, name)).astype(np.float32)
            np.testing.assert_array_equal(arrays[name][begins[k] : begins[k + 1]], wanted, f"{knob} {name}")


def test_a_slider_of_a_long_training_waits_for_the_server():
    long = Training("digits", "network", epochs=300, values={"layers": "64,64"})
    assert all(slider.family is None for slider in training_sliders(long, alone))


def test_a_server_without_time_gives_no_stops():
    def late(trainings):
        raise TimeoutError

    slider = training_sliders(SHORT.having(epochs=7), late)[0]
    assert slider.family is not None and slider.family(0) == b""


def test_the_name_of_a_training_is_that_of_all_that_defines_it():
    assert identity(SHORT) == identity(Training.from_json(SHORT.to_json()))
    others = [SHORT.having(**{name: value}) for name, value in (("alpha", 0.1), ("factor", 0.5), ("seed", 1))]
    assert len({identity(SHORT), *map(identity, others)}) == 4
    rows = {row.key: row for row in SHORT.rows.values()}
    for knob in LIVE:
        other = SHORT.having(**{knob: rows[knob].slider_range[1]})
        assert identity(other) != identity(SHORT) and identity(other, rows[knob]) == identity(SHORT, rows[knob])


def test_principal_components_are_those_of_the_covariance():
    x = Training("breast_cancer").split.x[:200]
    x = x - x.mean(axis=0)
    basis, share = components(x)
    values, vectors = np.linalg.eigh(x.T @ x)
    np.testing.assert_allclose(np.abs(basis @ vectors[:, ::-1][:, :2]), np.eye(2), atol=1e-9)
    assert share == pytest.approx(values[-2:].sum() / values.sum())


def test_data_that_are_drawn_alike_have_one_name():
    assert seen(SHORT).key == seen(SHORT.having(alpha=0.5, epochs=3)).key
    assert seen(SHORT).key != seen(SHORT.having(data_seed=1)).key


@pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")
@pytest.mark.parametrize("training", [FIRST, Training("iris", "network"), Training("line")], ids=lambda one: one.data)
def test_the_browser_computes_what_the_model_computes(training):
    history = untrained(training)
    x = training.split.x[:5]
    shape = training.shape
    given = {
        "model": {"sizes": shape.sizes, "activation": shape.activation, "loss": shape.loss},
        "weights": history.initial.tolist(), "x": x.ravel().tolist(), "n": len(x),
    }  # fmt: skip
    script = """
      import { outputs } from "./lrviz/stage/web/network.js";
      const { model, weights, x, n } = JSON.parse(process.argv[1]);
      console.log(JSON.stringify([...outputs(model, weights, x, n)]));
    """
    finished = subprocess.run(
        ["node", "--input-type=module", "-e", script, json.dumps(given)], cwd=ROOT, capture_output=True, check=True
    )
    np.testing.assert_allclose(json.loads(finished.stdout), shape.at(history.initial, x).ravel(), rtol=1e-12)


def test_what_is_not_finite_travels():
    broken = train(Training("line", alpha=1e5, epochs=40))
    assert broken.broke is not None
    _, arrays = unpack(pack_trainings([1.0], [curves(broken)]))
    assert arrays["broke"] == [broken.broke] and np.isnan(arrays["loss"][-1])
    assert set(FIELDS) <= arrays.keys()


@pytest.mark.parametrize(
    ("optimizer", "knobs", "edge"),
    [
        ("gradient_descent", {}, ("2/α", 2)),
        ("momentum", {"momentum": 0.3}, ("(2 + 2μ)/α", 2.6)),
        ("nesterov", {"momentum": 0.5}, ("(2 + 2μ)/((1 + 2μ)α)", 1.5)),
        ("adam", {}, ("2/α", 2)),
    ],
)
def test_sharpness_is_seen_beside_the_edge_of_its_own_optimizer(optimizer, knobs, edge):
    assert edge_of(Training(optimizer=optimizer, values=knobs)) == edge
