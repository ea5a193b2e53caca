"""The page of trainings without a browser: links, choices, files, and what is said of wrong ones."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from lrviz.training import DATA, MODELS, NAMES, Training, TrainingRace, read, train
from lrviz.ui.training import taking
from lrviz.ui.training.state import FIRST, NAME, TrainingState, read_link
from tests import visits
from tests.visits import alerts, link

opened = partial(visits.opened, "pages/training/training.py", "Train a model")
fine = partial(visits.whole, title="Train a model")


def own(at: AppTest) -> TrainingState:
    return at.session_state[NAME]


def alone(training: Training) -> TrainingState:
    return TrainingState(TrainingRace(training), {})


def test_to_train_it_again_gives_up_the_one_under_way():
    state = alone(Training("moons", "network", batch_size=1, epochs=1000))
    first = state.running
    state.again()
    assert first.state == "cancelled" and state.running is not first
    state.running.cancel()


def test_without_a_link_the_first_training_is_shown_and_its_link_leads_back():
    state = own(opened())
    assert state.training == FIRST and not state.notices
    assert read_link(state.to_params()) == (TrainingRace(FIRST), False, None, [])


@pytest.mark.parametrize("data", DATA)
def test_each_data_set_is_chosen_and_has_its_link(data):
    for model in MODELS.values():
        if DATA[data].task in model.tasks:
            training = Training(data, model.key, "momentum", "pytorch", 0.5, "plateau", batch_size=None, seed=3)
            race = TrainingRace(training, ({"alpha": "0.1"},))
            assert read_link(TrainingState(race, {}, True, 7).to_params()) == (race, True, 7, [])


def test_a_choice_changes_the_training_and_a_model_that_does_not_fit_goes():
    at = opened(data="moons", model="logistic", epochs="5")
    at.selectbox(key="training_data").select("diabetes")
    state = own(fine(at.run()))
    assert state.training == Training("diabetes", epochs=5)
    assert link(at)["data"] == "diabetes"


def test_a_json_that_would_take_the_servers_time_is_left_to_the_command_line(monkeypatch):
    def folded_out() -> AppTest:
        at = opened(data="moons", model="logistic", epochs="5")
        at.session_state["training_take"] = True
        at.session_state["training_export_as"] = "json"
        own(at).running.wait(60)
        return fine(at.run())

    def captions(at: AppTest) -> list[str]:
        return [caption.value for caption in at.caption if "JSON" in caption.value]

    assert captions(folded_out()) == []
    training = Training("moons", "logistic", epochs=5)
    monkeypatch.setattr(taking, "MOST_IN_JSON", 100)
    (sentence,) = captions(folded_out())
    assert f"{training.split.x.size + 5 * training.train_rows:,} numbers" in sentence


def test_layers_are_typed_and_what_is_wrong_is_said_and_stays():
    at = opened(data="moons", model="network", epochs="5")
    at.text_input(key="training_layers").input("4,oh")
    fine(at.run())
    assert any("layers is '4,oh'" in alert.value for alert in at.error)
    assert own(at).training["layers"] == "8,8" and at.text_input(key="training_layers").value == "4,oh"
    at.text_input(key="training_layers").input("4,4")
    fine(at.run())
    assert own(at).training["layers"] == "4,4" and not at.error


def test_of_a_wrong_link_each_wrong_part_is_said_and_the_rest_is_kept():
    at = opened(data="xor", alpha="-1", epochs="7", seed="x", epoch="3", run2="optimizer:none")
    assert own(at).training == Training("xor", epochs=7) and own(at).epoch == 3
    words = alerts(at)
    assert all(part in words for part in ("alpha is", "seed is", "run2: There is no optimizer"))


def test_what_has_been_trained_is_not_trained_again():
    state = alone(Training("line", epochs=3))
    assert state.running.wait(60)
    (first,) = state.histories
    state.lead("", lambda: state.racing.add({"alpha": "0.2"}))
    assert [training.alpha for training in state.running.trainings] == [0.2] and state.running.wait(60)
    again, second = state.histories
    assert again is first and second.log.loss.tolist() == train(state.racing.trainings[1]).log.loss.tolist()
    state.measure(True)
    assert len(state.running.trainings) == 2 and state.running.wait(60), "with their sharpness they are others"
    assert all(one.sharpness[-1] > 0 for one in state.histories)


def test_of_an_assignment_there_is_what_is_open_and_what_is_locked():
    at = AppTest.from_file(str(visits.ROOT / "app.py"), default_timeout=60).run()
    at.switch_page("pages/training/classroom.py")
    params = {"data": "moons", "epochs": "5", "title": "Find it", "task": "Move **alpha**.", "sharpness": "0"}
    params |= {"open": "alpha,optimizer,race,seed,nothing", "locked": "batch_size,schedule,alpha"}
    for key, value in params.items():
        at.query_params[key] = value
    at.run()
    assert not at.exception, at.exception[0].value
    assert at.title[0].value == "Find it" and "Move" in at.markdown[0].value
    assert {(box.label, box.disabled) for box in at.selectbox} == {("Optimizer", False), ("Schedule", True)}
    assert {(box.label, box.disabled) for box in at.select_slider} == {("Seed", False), ("Batch size", True)}
    assert [button.label for button in at.button] == ["Race it against another (1 of 4)"]
    assert any("no control called 'nothing'" in one.value for one in at.warning)
    at.selectbox(key="training_optimizer").select("adam")
    at.run()
    assert own(at).training.optimizer == "adam"
    assert {"title": "Find it", "open": "alpha,optimizer,race,seed"}.items() <= link(at).items()


names = st.sampled_from(
    [*NAMES, "alpha", "epochs", "batch_size", "validation", "layers", "epoch", "sharpness", "factor", "betas", "table"]
)
texts = st.sampled_from(
    ["", "moons", "digits", "csv", "network", "adam", "pytorch", "plateau", "0", "1e9", "nan", "-1", "64,64,64", "5000"]
)


@given(st.dictionaries(names | st.text(max_size=6), texts | st.text(max_size=12), max_size=8))
@settings(max_examples=300, deadline=None)
def test_any_link_is_a_race_and_at_most_a_sentence_a_parameter(params):
    race, sharpness, epoch, sentences = read_link(params)
    assert isinstance(race.first, Training) and len(sentences) <= len(params)
    assert epoch is None or 0 <= epoch < 100_000
    for training in race.trainings:
        training.check_sharpness(int(sharpness))
    assert all(text and "\n" not in text and text.endswith((".", "?")) for text in sentences)


def test_ones_own_data_stay_while_the_visit_lasts_and_are_in_no_link():
    table = read(b"".join(b"%d,%d,%d\n" % (k, k % 3, 7 * k) for k in range(20)), "mine.csv")
    state = alone(FIRST)
    state.bring(table)
    assert state.training.data == "csv" and "table" not in state.to_params()
    before = state.running
    assert state.running is before
    state.bring(replace(table, x=table.x + 1.0))
    assert state.running is not before, "another file with the same names is another training"
    assert before.ended.wait(60)
    state.look(2)
    state.measure(True)
    assert read_link(state.to_params(), state.table) == (state.racing, True, 2, [])
    assert read_link(state.to_params() | {"alpha": "-1"}, state.table)[0].first.table is state.table, (
        "the rest is taken"
    )
    state.change("data", data="moons")
    assert state.training.data == "moons" and state.table is not None
    _, _, _, (sentence,) = read_link({"data": "csv"})
    assert "no file" in sentence
