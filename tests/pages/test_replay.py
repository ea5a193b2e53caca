"""The page of one's own run: what is brought, what is set, what it means, and the link."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from unittest.mock import patch

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lrviz.knob import digits
from lrviz.play import replay_sliders
from lrviz.replay import History, Settings, report
from lrviz.replay.findings import most_important
from lrviz.replay.prepared import PREPARED
from lrviz.replay.rules import RULES
from lrviz.replay.settings import KNOBS
from lrviz.replay.shown import FIRST, MOST_PARAMS, Shown
from lrviz.ui.replay import picture
from lrviz.ui.replay.state import NAME, ReplayState
from tests import visits
from tests.visits import alerts, link, unlinked

TABLE = "epoch,loss,val_loss,lr\n0,1,0.9,0.1\n1,0.8,0.7,0.1\n2,0.6,0.8,0.05\n"
"""As CSVLogger writes it."""
opened = partial(visits.opened, "pages/lab/replay.py", "Your own run")
fine = partial(visits.whole, title="Your own run")


def shown(at: AppTest) -> Shown:
    return at.session_state[NAME].shown


def own(at: AppTest) -> ReplayState:
    return at.session_state[NAME]


def moved(at: AppTest, **values: float) -> AppTest:
    """A slider beside the picture was moved: the next run begins with its callback."""
    state = own(at)
    with patch.object(picture, "current", lambda: state), patch("streamlit.rerun"):
        picture._moved(values)
    return fine(at.run())


def looked(at: AppTest, epoch: int | None) -> AppTest:
    """The player's cursor has come to rest at this epoch, None for the last one."""
    own(at).look(len(shown(at).history) if epoch is None else epoch)
    return fine(at.run())


def words(at: AppTest) -> str:
    texts = [text.value for text in [*at.markdown, *at.caption]] + [button.label for button in at.button]
    return unlinked(" ".join(texts)).replace("\\", "")


def pasted(at: AppTest, text: str) -> AppTest:
    return fine(at.text_area[0].set_value(text).run())


# The page -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", PREPARED)
def test_a_prepared_history_is_told_of(key):
    at = opened()
    fine(at.selectbox(key="replay_prepared").set_value(key).run() if key != FIRST else at)
    replay = PREPARED[key].replay
    unit = "step" if key == "batches" else "epoch"
    assert np.array_equal(shown(at).history.values, replay.history.values)
    text = words(at)
    assert PREPARED[key].what in text
    assert all(sentence in text for sentence in report.story(replay))
    for frameworks, finding in most_important(replay):
        names = ", ".join(RULES[framework].name for framework in frameworks)
        assert f"{names}, {unit} {finding.epoch}:" in text
        assert finding.sentence in text and finding.remedy in text


def test_pasted_losses_are_replayed_and_stand_in_the_link():
    at = pasted(opened(), "0.5, 0.45, 0.455; 0.452\n0.451 nan 0.43")
    expected = [0.5, 0.45, 0.455, 0.452, 0.451, float("nan"), 0.43]
    np.testing.assert_array_equal(shown(at).history.values, expected)
    assert link(at)["values"] == "0.5,0.45,0.455,0.452,0.451,nan,0.43"
    assert "7 values of val_loss" in words(at)
    again = opened(**link(at))
    np.testing.assert_array_equal(shown(again).history.values, expected)
    assert shown(again).settings == shown(at).settings and not alerts(again)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("0.5 0.4\n0.3 oh 0.2", "Line 2, column 5: 'oh' is no number."),
        ("0.5 <img src=x onerror=alert(1)>", "Line 1, column 5: '<img' is no number."),
        ('{"val_loss": [1, "**x**"]}', "'**x**', which is no number."),
        ('{"a": ', "this is no JSON"),
        ("9" * 200_001, "at most 200000 are pasted; drop a file."),
    ],
)
def test_a_mistake_is_one_sentence_and_what_was_there_stays(text, sentence):
    at = opened()
    before = shown(at)
    pasted(at, text)
    assert len(at.error) == 1 and sentence in at.error[0].value.replace("\\", "").replace("\u2060", "")
    assert "<img" not in at.error[0].value.replace("\\<", "") and "**x" not in at.error[0].value.replace("\\*", "")
    assert shown(at) is before
    kept = text if len(text) < 200_000 else " ".join(f"{value:g}" for value in before.history.values)
    assert at.text_area[0].value == kept, "it stays, for it can be mended there"
    pasted(at, "3 2 1")
    assert not at.error and len(shown(at).history) == 3


def test_a_comma_that_may_be_either_is_asked_about():
    at = pasted(opened(), "0,5,0,4,0,3")
    assert not at.error and shown(at).prepared == FIRST
    choice = at.button_group(key="replay_decimal")
    assert "0,5 can be one number or two" in choice.label.replace("\\", "")
    fine(choice.set_value(",").run())
    assert shown(at).history.values.tolist() == [0.5, 0.4, 0.3]


def test_the_column_of_a_table_is_chosen_and_its_rates_are_read():
    at = opened()
    fine(at.selectbox(key="replay_mode").set_value("max").run())
    pasted(at, TABLE)
    assert shown(at).history.monitor == "val_loss" and shown(at).replay.rate == 0.1 and not shown(at).replay.rising
    assert "3 values of val_loss with the rates that the file has" in words(at)
    column = next(box for box in at.selectbox if "Which column" in box.label)
    assert column.options == ["epoch", "loss", "val_loss", "lr"] and column.value == "val_loss"
    fine(column.set_value("loss").run())
    assert shown(at).history.values.tolist() == [1, 0.8, 0.6]
    assert link(at)["rates"] == "0:0.1,2:0.05" and link(at)["monitor"] == "loss"
    again = shown(opened(**link(at)))
    assert again.history.rates.tolist() == [0.1, 0.1, 0.05]
    pasted(at, "1 2 3")
    assert not any("Which column" in box.label for box in at.selectbox)


def test_where_no_column_is_meant_it_is_asked_for():
    at = pasted(opened(), "epoch,train_acc,test_acc\n0,1,3\n1,2,4\n")
    assert not at.error
    column = next(box for box in at.selectbox if "Which column" in box.label)
    assert column.value is None
    fine(column.set_value("test_acc").run())
    assert shown(at).history.values.tolist() == [3, 4]


def test_a_dropped_file_is_read_and_forgotten():
    at = opened()
    fine(at.file_uploader(key="replay_file").set_value(("losses.csv", TABLE.encode(), "text/csv")).run())
    assert "losses.csv: 3 values of val_loss" in words(at)
    assert [uploader.value for uploader in at.file_uploader] == [None]
    assert at.text_area[0].value == "0.9 0.7 0.8"
    fine(at.file_uploader[0].set_value(("broken.csv", b"1 2 oh", "text/csv")).run())
    assert "'oh' is no number" in alerts(at) and "losses.csv: 3 values of val_loss" in words(at)
    assert at.text_area[0].value == "0.9 0.7 0.8", "the text of the history that is still shown"


def test_settings_change_the_replay_and_the_link():
    at = opened(prepared="every_two")
    before = report.first_cut(shown(at).replay, "keras")
    moved(at, patience=4.0)
    moved(at, factor=0.2)
    fine(at.toggle(key="replay_float32").set_value(True).run())
    fine(at.button_group(key="replay_frameworks").set_value(["optax", "keras"]).run())
    settings = shown(at).settings
    assert (settings["patience"], settings["factor"], settings.float32) == (4, 0.2, True)
    assert settings.frameworks == ("keras", "optax")
    assert report.first_cut(shown(at).replay, "keras") != before
    assert link(at) == {
        "prepared": "every_two", "patience": "4", "cooldown": "2", "factor": "0.2", "rate": "0.1", "float32": "1",
        "rules": "keras,optax",
    }  # fmt: skip
    knobs = [slider.knob for slider in replay_sliders(shown(at).replay)]
    assert knobs == ["factor", "patience", "min_delta", "rtol", "cooldown"]
    fine(at.button_group(key="replay_frameworks").set_value([]).run())
    assert shown(at).settings.frameworks == ("keras", "optax"), "there is always one"


def test_the_cursor_of_the_player_is_in_the_link_and_in_the_table():
    at = opened(prepared="noisy")
    at.session_state["replay_table"] = True
    looked(at, 7)
    assert link(at)["epoch"] == "7"
    assert "| **7** |" in words(at)
    looked(at, None)
    assert link(at)["epoch"] == "60" and "| **60** |" in words(at)
    moved(at, patience=3.0)
    assert own(at).at == 59, "another first cut does not move it"


def test_any_number_can_be_typed():
    at = opened(prepared="noisy")
    at.session_state["replay_more"] = True
    fine(at.run())
    fine(at.selectbox(key="replay_exact_which").set_value("patience").run())
    fine(at.text_input[0].set_value("73").run())
    assert shown(at).settings["patience"] == 73
    fine(at.text_input[0].set_value("-1").run())
    assert "patience is '-1'" in alerts(at) and shown(at).settings["patience"] == 73


def test_a_click_on_a_finding_shows_its_epoch():
    at = opened(prepared="tiny")
    _, finding = most_important(shown(at).replay)[0]
    looked(at, 30)
    jumps = own(at).jumps
    fine(at.button(key="replay_finding_0").click().run())
    assert own(at).at + 1 == finding.epoch != 30 and own(at).jumps == jumps + 1
    assert link(at)["epoch"] == str(finding.epoch)


def test_folds_hold_table_map_and_code():
    at = opened(prepared="flat")
    for fold in ("replay_more", "replay_table", "replay_what_if", "replay_code"):
        at.session_state[fold] = True
    fine(at.run())
    tables = [text.value for text in at.markdown if text.value.startswith("| Epoch")]
    assert len(tables) == 1 and tables[0].count("**") == 2 + 2 * shown(at).replay.decisions["keras"].cut[:8].sum()
    assert {"replay_stop_patience", "replay_resume_after", "replay_eps"} <= {one.key for one in at.select_slider}
    written = " ".join(block.value for block in at.code)
    assert "keras.callbacks.ReduceLROnPlateau(" in written and "patience=2" in written
    assert len(at.get("plotly_chart")) == 1
    fine(at.select_slider(key="replay_stop_patience").set_value("3").run())
    assert "EarlyStopping ends the training after epoch 4, after the first cut." in words(at)


# The link -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", PREPARED)
def test_a_link_of_a_prepared_history_brings_back_what_was_set(key):
    base = Shown.of(key)
    for changes in ({}, {"patience": 10, "factor": 0.1, "rate": None, "mode": "auto"}, {"stop_patience": 4}):
        one = replace(base, settings=base.settings.having(**changes), epoch=3)
        other, wrong = Shown.from_params(one.to_params())
        assert not wrong and other.prepared == key and other.epoch == 3
        assert all(other.settings[knob] == one.settings[knob] for knob in KNOBS)


def test_two_hundred_values_are_in_the_link_and_more_are_not():
    for n in (200, 201):
        one = Shown(History(np.linspace(1, 2, n) / 3), Settings(values={"patience": 3}))
        params = one.to_params()
        other, wrong = Shown.from_params(params)
        assert one.is_whole == ("values" in params) == (n == 200)
        assert other.settings["patience"] == 3
        assert (other.history.values.tolist() == one.history.values.tolist()) == (not wrong) == (n == 200)
    at = pasted(opened(), " ".join(map(str, range(300, 0, -1))))
    assert "of 300 values it has no room for more than 200" in words(at) and "values" not in link(at)


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"values": "1,oh"}, "values: Line 1, column 3: 'oh' is no number."),
        ({"values": ""}, "values: There is nothing to read."),
        ({"values": "1," * 300 + "1"}, "a link holds at most 200"),
        ({"values": "1,2", "rates": "x"}, "rates must be epoch:rate points"),
        ({"prepared": "hill"}, "There is no prepared history"),
        ({"prepared": "flat", "patience": "-1"}, "patience is '-1'"),
        ({"prepared": "flat", "patiense": "1"}, "Did you mean patience?"),
        ({"prepared": "flat", "rules": "caffe"}, "There is no framework 'caffe'"),
        ({"prepared": "flat", "rules": ""}, "No framework is named"),
        ({"prepared": "flat", "epoch": "0"}, "epoch is '0'"),
        ({"prepared": "flat", "patience": "9" * 20_000}, "too many to be read"),
        ({"patience": "3"}, "This link holds settings and no values"),
        ({"values": "1,2", "monitor": "<b>*x*", "mode": "<b>"}, "mode is '<b>'"),
    ],
)
def test_a_wrong_link_is_a_sentence_and_the_rest_works(params, sentence):
    at = opened(**params)
    assert sentence in alerts(at) and len(alerts(at)) < 700
    assert len(at.warning) == 1 and not at.error


def test_a_link_with_very_many_parameters_is_cut():
    _, sentences = Shown.from_params({f"p{i}": "x" for i in range(5000)})
    assert len(sentences) <= MOST_PARAMS + 2


def test_the_name_of_a_link_is_never_mark_up():
    at = opened(values="3,2,2,2,2,2", monitor="**x**<b>:smile:$y$", patience="1")
    for text in [*(one.value for one in [*at.markdown, *at.caption]), *(one.label for one in at.button)]:
        assert "**x**" not in text and "<b>:" not in text


@pytest.mark.parametrize(
    ("prepared", "knob", "other"), [("accuracy", "mode", "min"), ("batches", "steps_per_epoch", 4)]
)
def test_what_was_set_for_prepared_values_goes_with_them(prepared, knob, other):
    own = ReplayState(Shown.of(prepared), {})
    own.bring("3 2 2 2")
    assert own.shown.settings[knob] == KNOBS[knob].default
    assert own.shown.settings["patience"] == PREPARED[prepared].knobs["patience"], "as the sliders say"
    own = ReplayState(Shown.of(prepared), {})
    own.set(**{knob: other})
    own.bring("3 2 2 2")
    assert own.shown.settings[knob] == other, "the visitor's"


def test_a_new_source_has_nothing_of_the_one_before():
    own = ReplayState(Shown.of(), {})
    own.bring(TABLE)
    own.column = "loss"
    own.read()
    own.bring("1 2 oh")
    assert (own.source, own.columns, own.column) == (None, (), None) and own.wrong
    assert own.shown.history.monitor == "loss"
    assert digits(float(own.shown.history.values[0])) == "1"
