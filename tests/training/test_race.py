"""Races of trainings: what is shared, links, names, and which ends lowest."""

from __future__ import annotations

import pytest

from lrviz.knob import BadInput
from lrviz.training import Training, TrainingRace, train
from lrviz.training.race import MOST
from lrviz.training.story import race_sentence

FIRST = Training("moons", "network", alpha=0.05, epochs=12, values={"layers": "4"})
RACE = TrainingRace(FIRST, ({"optimizer": "adam", "alpha": "0.03"}, {"schedule": "plateau", "patience": "3"}))


def test_a_link_holds_a_race():
    again, sentences = TrainingRace.from_params(RACE.to_params())
    assert (again, sentences) == (RACE, [])
    assert again.to_params()["run2"] == "optimizer:adam;alpha:0.03"
    assert [one.epochs for one in RACE.trainings] == [12, 12, 12]
    assert [(one.optimizer, one.alpha) for one in RACE.trainings][1:] == [("adam", 0.03), ("gradient_descent", 0.05)]


def test_what_the_first_changes_the_others_share_unless_it_is_their_own():
    there = RACE.leading(FIRST.having(alpha=0.2, layers="8,8", epochs=5))
    assert [one.alpha for one in there.trainings] == [0.2, 0.03, 0.2]
    assert {one["layers"] for one in there.trainings} == {"8,8"} and {one.epochs for one in there.trainings} == {5}
    assert RACE.own(1, alpha=None).trainings[1].alpha == 0.05
    assert RACE.remove(1).others == RACE.others[1:]


def test_data_validation_and_epochs_are_the_same_for_all():
    for key, value in (("data", "iris"), ("validation", "0.1"), ("epochs", "3"), ("noise", "0.1"), ("data_seed", "1")):
        with pytest.raises(BadInput, match="share data, validation and epochs"):
            RACE.add({key: value})
    full = RACE.add({"alpha": "1"})
    assert len(full.trainings) == MOST
    with pytest.raises(BadInput, match="at most 4"):
        full.add({"alpha": "2"})


def test_each_wrong_part_of_a_link_has_its_sentence_and_the_rest_is_there():
    params = {"data": "circles", "model": "nonsense", "alpha": "fast", "epochs": "9"}
    params |= {"run2": "optimizer:adam;patience:1", "run3": "alpha:0.2;epochs:4"}
    race, sentences = TrainingRace.from_params(params)
    assert (race.first.data, race.first.epochs) == ("circles", 9)
    assert [one.optimizer for one in race.trainings] == ["gradient_descent", "adam", "gradient_descent"]
    assert race.trainings[2].alpha == 0.2
    assert len(sentences) == 4
    for sentence, word in zip(sentences, ("nonsense", "fast", "run2: ", "run3: "), strict=True):
        assert word in sentence


def test_what_is_valid_together_is_not_judged_part_by_part():
    params = {"data": "digits", "batch_size": "1", "epochs": "150"}
    race, sentences = TrainingRace.from_params(params)
    assert sentences == [] and race.first == Training.from_params(params)


def test_names_and_titles_tell_them_apart():
    names = TrainingRace(FIRST, ({"alpha": "0.1"}, {"layers": "9"}, {})).names
    assert names == [
        "Gradient descent #1", "Gradient descent, α 0.1", "Gradient descent, hidden layers 9", "Gradient descent #4",
    ]  # fmt: skip
    assert TrainingRace(FIRST).file_name == "moons-network-gradient-descent-alpha-0.05-constant"
    assert RACE.file_name == "moons-race-alpha-0.05-constant"
    assert all(name in RACE.title for name in RACE.names)


def test_the_lowest_is_the_lowest():
    histories = [train(one) for one in RACE.trainings]
    ends = [history.log.val_loss[-1] for history in histories]
    found = race_sentence(RACE.names, histories)
    assert (
        found and found.text.startswith(f"{RACE.names[ends.index(min(ends))]} end") and "lowest val_loss" in found.text
    )
    assert all(name in found.text for name in RACE.names)
    broken = Training("line", "linear", alpha=1e6, epochs=60)
    both = race_sentence(["a", "b"], [train(broken.having(alpha=0.01)), train(broken)])
    assert both and "b leaves the finite" in both.text and both.text.startswith("a ends")
    assert race_sentence(["a", "b"], [histories[0], train(FIRST.having(loss_function="squared_error"))]) is None
    assert race_sentence(["a"], histories[:1]) is None
