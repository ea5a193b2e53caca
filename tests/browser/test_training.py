"""What a visitor does on the page of trainings, and sees."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import numpy as np
import pytest

from lrviz.cli import main
from lrviz.lessons import LESSONS
from lrviz.training import Training, TrainingRace, read, train
from lrviz.training.story import race_sentence, story_of
from lrviz.ui.training.state import FIRST
from tests.browser.conftest import settle
from tests.browser.driver import Stage, in_address, widget

pytestmark = pytest.mark.browser

PLAYER = ".lrviz-stage"
LONG = "training?data=digits&model=network&layers=64,64&batch_size=1&epochs=150"
"""Takes a minute and more."""


@pytest.fixture
def page(server, visit):
    return visit(f"{server}/training", waits_for=PLAYER, accept_downloads=True)


def player(page) -> Stage:
    stage = Stage(page)
    stage.wait("state === 'done'")
    settle(page)
    return stage


def numbers(values) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], float)


def assert_shown(stage: Stage, training: Training) -> None:
    """The curves of the player are, or will be, those of this training, to the digits of a float32."""
    history = train(training)
    stage.wait(f"curve && element.stage.steps === {history.epochs} && "
               f"Math.abs(element.stage.curve.loss.at(-1) / {history.log.loss[-1]} - 1) < 1e-6")  # fmt: skip
    curve = stage("curve")
    for name in ("loss", "val_loss", "rate", "learning_rate", "best", "accuracy"):
        np.testing.assert_allclose(numbers(curve[name]), getattr(history.log, name), rtol=1e-6, err_msg=name)
    assert curve["cuts"] == history.cuts.tolist()


def sentences(page) -> str:
    settle(page)
    return " ".join(page.locator("[data-testid=stMain]").inner_text().split())


def test_a_link_opens_its_training_with_its_story_and_goes_back_and_forward(server, visit):
    page = visit(f"{server}/training?data=groups&alpha=0.5&epochs=12&epoch=5", waits_for=PLAYER)
    stage, training = player(page), Training("groups", alpha=0.5, epochs=12)
    assert_shown(stage, training)
    assert stage("step") == 5
    words = sentences(page)
    assert all(sentence.text in words for sentence in story_of(train(training)))
    slider = stage.part("[data-knob=alpha] input[type=range]")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("!location.search.includes('alpha=0.5&')")
    stage = player(page)
    value = stage("live.alpha.value")
    in_address(page, f"alpha={value:g}")
    assert value > 0.5
    assert_shown(stage, training.having(alpha=value))
    page.go_back()
    in_address(page, "alpha=0.5&")
    stage.wait("live.alpha.value === 0.5")
    assert_shown(player(page), training)


def test_each_wrong_part_of_a_link_has_its_sentence_and_the_rest_of_it_is_shown(server, visit):
    page = visit(f"{server}/training?data=circles&model=nonsense&epochs=9&epoch=x", waits_for=PLAYER)
    assert "There is no model 'nonsense'." in sentences(page) and "epoch is 'x'" in sentences(page)
    assert_shown(player(page), Training("circles", epochs=9))


def test_trainings_race_and_the_picture_is_that_of_the_chosen_one(server, visit):
    page = visit(f"{server}/training?data=moons&alpha=0.5&epochs=12&run2=alpha:0.05", waits_for=PLAYER)
    stage, race = player(page), TrainingRace(Training(alpha=0.5, epochs=12), ({"alpha": "0.05"},))
    histories = [train(training) for training in race.trainings]
    for place, history in enumerate(histories):
        np.testing.assert_allclose(numbers(stage(f"curves[{place}].val_loss")), history.log.val_loss, rtol=1e-6)
    sentence = race_sentence(race.names, histories)
    assert sentence and sentence.text in sentences(page)
    np.testing.assert_allclose(stage("weights")["weights"], histories[0].final, rtol=1e-6)
    stage.part(".trainings button").nth(1).click()
    stage.wait("chosen === 1")
    np.testing.assert_allclose(stage("weights")["weights"], histories[1].final, rtol=1e-6)
    in_address(page, "chosen=2")
    page.get_by_role("button", name=f"{race.names[1]}: {story_of(histories[1])[0].text}").wait_for()
    page.reload()
    stage = player(page)
    stage.wait("chosen === 1")
    np.testing.assert_allclose(stage("weights")["weights"], histories[1].final, rtol=1e-6)
    page.get_by_role("button", name="Race it against another").click()
    in_address(page, "run3=optimizer:adam")
    stage.wait("runs.length === 3 && element.stage.state === 'done'")
    third = train(race.add({"optimizer": "adam"}).trainings[2])
    np.testing.assert_allclose(numbers(stage("curves[2].loss")), third.log.loss, rtol=1e-6)
    widget(page, "training_run_2_out").get_by_role("button").click()
    stage.wait("runs.length === 2")
    rate = widget(page, "training_run_1_alpha").locator("input")
    rate.fill("2")
    rate.press("Enter")
    in_address(page, "run2=alpha:2")
    stage.wait("state === 'done' && element.stage.curves[1].rate[0] === 2")


def test_a_dragged_slider_shows_the_command_lines_own_training_at_each_stop(page, capsys):
    stage, training = player(page), FIRST
    assert_shown(stage, training)
    for knob in ("alpha", "patience", "batch_size"):
        slider = stage.part(f"[data-knob={knob}] input[type=range]")
        slider.hover()
        stage.wait(f"live.{knob}.ready")
        settle(page)
        before, box = (stage("sent"), page.url), slider.bounding_box()
        page.mouse.down()
        for part in (0.15, 0.4, 0.7):
            page.mouse.move(box["x"] + part * box["width"], box["y"] + box["height"] / 2)
            stage.wait(f"live.{knob}.preview")
            assert_shown(stage, training.having(**{knob: stage(f"live.{knob}.value")}))
        assert before == (stage("sent"), page.url), "the server was sent something"
        page.mouse.up()
        training = training.having(**{knob: stage(f"live.{knob}.value")})
        in_address(page, f"{knob}=")
        stage.wait(f"state === 'done' && !element.stage.live.{knob}.preview")
        assert_shown(stage, training)
    flags = {"model": FIRST.model, "optimizer": FIRST.optimizer, "schedule": FIRST.schedule, "epochs": FIRST.epochs}
    flags |= {"alpha": training.alpha, "batch-size": training.batch_size}
    command = ["train", *(f"--{name}={value}" for name, value in flags.items()), "--format", "json"]
    assert main([*command, "--set", "factor=0.2", "--set", f"patience={training['patience']}"]) == 0
    printed = json.loads(capsys.readouterr().out)
    np.testing.assert_allclose(numbers(stage("curve.val_loss")), printed["epochs"]["val_loss"], rtol=1e-6)


def test_playing_moves_the_cursor_and_what_the_model_has_learnt(page):
    stage, history = player(page), train(FIRST)
    picture = stage.part(".panel.model .layer.background")
    stage.focus()
    stage.press("Home")
    stage.wait("step === 0")
    before = picture.evaluate("canvas => canvas.toDataURL()")
    np.testing.assert_allclose(stage("weights")["weights"], history.initial, rtol=1e-6)
    stage.press(" ")
    stage.wait("step > 3")
    assert stage("playing")
    stage.press(" ")
    assert not stage("playing")
    at = stage("step")
    assert stage("weights")["epoch"] == at
    np.testing.assert_allclose(stage("weights")["weights"], history.weights_at(at), rtol=1e-6)
    stage.wait(f"drawnAt > 0 && element.stage.step === {at}")
    assert picture.evaluate("canvas => canvas.toDataURL()") != before
    stage.press("ArrowRight")
    in_address(page, f"epoch={at + 1}")
    x, y = stage.place("loss", 0.5)
    page.mouse.click(x, y)
    assert abs(stage("step") - FIRST.epochs / 2) <= 1
    cut = history.cuts[0]
    page.get_by_text(f"The rate is cut after epochs {cut}").click()
    stage.wait(f"step === {cut}")


def test_other_data_another_model_and_sharpness_are_chosen(page):
    stage = player(page)
    widget(page, "training_data").get_by_role("combobox").click()
    page.get_by_role("option", name="A line").click()
    in_address(page, "data=line")
    stage.wait("panels.join() === 'loss,rate'")
    player(page)
    widget(page, "training_sharpness").locator("label").first.click()
    in_address(page, "sharpness=1")
    stage.wait("panels.join() === 'loss,rate,sharpness'")
    training = FIRST.having(data="line")
    assert_shown(stage, training)
    np.testing.assert_allclose(numbers(stage("curve.sharpness")), train(training, sharpness=1).sharpness, rtol=2e-3)


def test_a_file_of_ones_own_is_trained_on_and_a_bad_one_gets_a_sentence_with_its_place(page):
    stage = player(page)
    rows = "".join(f"{k / 10},{k % 7},{'yes' if k % 3 else 'no'}\n" for k in range(30))
    field = widget(page, "training_file").locator("input[type=file]")
    bad = rows.replace("1.0,3,", "1.0,oh,")
    field.set_input_files({"name": "bad.csv", "mimeType": "text/csv", "buffer": f"a,b,c\n{bad}".encode()})
    page.get_by_text("'oh'").wait_for()
    sentence = page.locator("[data-testid=stAlert]").inner_text()
    assert "12" in sentence and "b" in sentence, sentence
    assert_shown(stage, FIRST)
    field = widget(page, "training_file").locator("input[type=file]")
    field.set_input_files({"name": "mine.csv", "mimeType": "text/csv", "buffer": f"a,b,c\n{rows}".encode()})
    in_address(page, "data=csv")
    assert_shown(stage, FIRST.having(data="csv", table=read(f"a,b,c\n{rows}".encode(), "mine.csv")))
    assert page.locator("[data-testid=stAlert]").count() == 0
    assert widget(page, "training_data").get_by_role("combobox").input_value() == "mine.csv"


def test_a_long_training_grows_in_sight_and_is_cancelled(server, visit):
    page = visit(f"{server}/{LONG}", waits_for=PLAYER)
    stage = Stage(page)
    stage.wait("state === 'running' && element.stage.steps > 0")
    before = stage("steps")
    stage.wait(f"steps > {before}")
    assert "of 150 epochs" in stage.part(".progress").inner_text()
    stage.part(".progress button").click()
    stage.wait("state === 'cancelled'")
    assert stage("steps") < 150
    settle(page)
    at = stage("steps")
    page.get_by_text("What happened is told").wait_for(state="detached")
    assert stage("steps") == at
    stage.part("[data-knob=alpha] .typed").fill("0.5")
    page.keyboard.press("Enter")
    stage.wait("state === 'running'")


def test_on_a_phone_a_long_training_is_cancelled_and_no_slider_moves_by_it(server, visit):
    page = visit(f"{server}/{LONG}", waits_for=PLAYER, width=390, height=844)
    stage = Stage(page)
    stage.wait("state === 'running' && element.stage.steps > 0")
    slider, button = stage.part("[data-knob=alpha]"), stage.part(".progress button")
    before, box = slider.bounding_box()["y"], button.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["height"] >= 44
    button.click()
    stage.wait("state === 'cancelled'")
    assert slider.bounding_box()["y"] == before


def test_it_is_taken_home_as_every_kind_of_file_and_as_a_program(page, browser, tmp_path):
    player(page)
    page.get_by_text("Take it with you").click()
    button = widget(page, "training_export_now").get_by_role("button")
    with page.expect_download() as saved:
        button.click()
    assert saved.value.suggested_filename == "moons-network-adam-alpha-0.03-plateau.html"
    assert_plays_alone(browser, saved.value.path().read_bytes(), tmp_path / "run.html")
    choose_file(page, "Table, CSV")
    with page.expect_download() as saved:
        button.click()
    assert saved.value.path().read_text().startswith("epoch,accuracy,learning_rate,loss,val_accuracy,val_loss")
    choose_file(page, "Picture, PNG")
    widget(page, "export_make").get_by_role("button").click()
    with page.expect_download() as saved:
        widget(page, "export_made_file").get_by_role("button").click()
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")
    page.get_by_text("Your code").click()
    page.get_by_text("model.fit").first.wait_for()


def choose_file(page, name: str) -> None:
    widget(page, "training_export_as").get_by_role("combobox").click()
    page.get_by_role("option", name=name).click()
    settle(page)


def assert_plays_alone(browser, content: bytes, path) -> None:
    """From disk, without a network, at once."""
    path.write_bytes(content)
    with browser.new_context(offline=True) as context:
        page = context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
        )
        page.on("request", lambda request: complaints.append(request.url) if request.url.startswith("http") else None)
        page.goto(path.as_uri())
        stage = Stage(page)
        stage.wait("step > 2")
        history = train(FIRST)
        np.testing.assert_allclose(numbers(stage("curve.val_loss")), history.log.val_loss, rtol=1e-6)
        at = stage("weights")
        np.testing.assert_allclose(at["weights"], history.weights_at(at["epoch"]), rtol=1e-6)
        assert complaints == []


def ends(stage: Stage, css: str) -> tuple[float, float]:
    """Top and bottom of a part of the player, in pixels of the page."""
    box = stage.part(css).first.bounding_box()
    return box["y"], box["y"] + box["height"]


def test_on_a_projector_the_names_of_a_lessons_training_are_not_cut(server, visit):
    page = visit(f"{server}/training?{urlencode(LESSONS['real_model'].race.to_params())}", waits_for=PLAYER)
    player(page)
    fields = page.locator(".st-key-names_of_training input")
    assert "Reduce on plateau" in [field.input_value() for field in fields.all()]
    assert (
        fields.evaluate_all("all => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.value)")
        == []
    )


def test_on_a_projector_model_curves_sliders_and_story_are_in_sight(page):
    stage = player(page)
    for css in (".panel.model", ".panel.loss", ".panel.rate", "[data-knob=alpha]", "[data-knob=l2]"):
        assert ends(stage, css)[1] <= 800, css
    top, bottom = ends(stage, ".panel.rate .canvas")
    assert bottom - top > 70
    story = page.locator(".st-key-story_of_training").bounding_box()
    assert story["y"] + story["height"] <= 800


def test_on_a_phone_what_a_slider_changes_is_in_sight_and_nothing_reaches_beyond_the_side(server, visit):
    page = visit(
        f"{server}/training?data=iris&model=network&epochs=20&schedule=plateau", width=390, height=844, waits_for=PLAYER
    )
    stage = player(page)
    model, loss, sliders = (ends(stage, css) for css in (".panel.model", ".panel.loss", ".sliders"))
    assert model[1] <= loss[0] and loss[1] <= sliders[0] and sliders[1] - model[0] <= 844 - 60
    sideways = page.evaluate(
        "e => { e = document.querySelector('[data-testid=stMain]'); return e.scrollWidth - e.clientWidth }"
    )
    assert sideways == 0
    cells = stage.part(".cells").bounding_box()
    last = stage.part(".cells .row").first.locator("i").last.bounding_box()
    assert cells["x"] + cells["width"] - last["x"] - last["width"] >= 12, "the mark of a cut has its place"


def test_its_loss_surface_says_how_much_of_the_path_it_shows(page):
    player(page)
    page.get_by_text("Its loss surface").click()
    page.get_by_text("of its motion").wait_for()
    page.locator(".st-key-training_surface_chart .scatterlayer").wait_for()


def test_a_teacher_makes_a_link_and_a_student_sees_only_what_was_left_open(page, visit):
    player(page)
    page.get_by_role("button", name="QR code, frame, class").click()
    dialog = page.get_by_role("dialog")
    page.get_by_role("img", name="QR code of the link").wait_for()
    dialog.get_by_text("data=moons").first.wait_for()
    dialog.get_by_role("tab", name="For a class").click()
    dialog.get_by_label("Title").fill("Which rate?")
    dialog.get_by_label("Title").press("Enter")
    shown = dialog.locator("code:visible")
    for part in ("class_training?", "title=Which", "open=alpha"):
        shown.filter(has_text=part).wait_for()
    dialog.get_by_label("Training: seen, but locked").fill("Batch")
    dialog.get_by_label("Training: seen, but locked").press("Enter")
    shown.filter(has_text="locked=batch_size").wait_for()
    student = visit(shown.inner_text().strip(), waits_for=PLAYER)
    stage = player(student)
    assert student.get_by_role("heading").first.inner_text() == "Which rate?"
    assert set(stage("live")) == {"alpha"} and student.get_by_role("link", name="Playground").count() == 0
    assert student.locator("[data-testid=stSelectbox], [data-testid=stExpander], [data-testid=stButton]").count() == 0
    (locked,) = student.locator("[data-testid=stSlider] input[type=range]").all()
    assert locked.is_disabled()
    stage.part("[data-knob=alpha] .typed").fill("0.1")
    student.keyboard.press("Enter")
    in_address(student, "alpha=0.1")
    in_address(student, "locked=batch_size")
    assert_shown(player(student), FIRST.having(alpha=0.1))


@pytest.mark.parametrize("width", [1280, 760, 390])
def test_in_a_frame_of_640_what_moves_is_in_sight(server, visit, width):
    address = f"{server}/training?data=moons&epochs=5&schedule=plateau&embed=true"
    page = visit(address, width=width, height=640, waits_for=PLAYER)
    stage = player(page)
    assert page.locator("[data-testid=stSelectbox], [data-testid=stExpander], [data-testid=stButton]").count() == 0
    parts = stage.element.evaluate(
        """element => [...element.querySelectorAll(".canvas, .press, .cursor, .slider, .whole")]
        .map(part => [part.className, part.getBoundingClientRect()])
        .filter(([, box]) => box.width)
        .map(([name, box]) => [name, box.left, box.top, box.right, box.bottom])"""
    )
    names = [name for name, *_ in parts]
    assert names.count("canvas") == (4 if width > 760 else 2) and names.count("slider") == 5 and "whole" in names
    for name, left, top, right, bottom in parts:
        assert left >= 0 and top >= 0 and right <= width and bottom <= 640, name
        assert name != "canvas" or (right - left > 150 and bottom - top > 60), "too small to see anything"
