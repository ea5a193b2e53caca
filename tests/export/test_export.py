"""Runs to take away: the same numbers in every kind of file, and nobody waits for another's film."""

from __future__ import annotations

import base64
import csv
import errno
import gzip
import hashlib
import html as markup
import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from lrviz import Race, Scenario, play, simulate, simulate_many
from lrviz.cli import main
from lrviz.export import files, film, html, pictures, render_queue, worker
from lrviz.export.choices import PANELS
from lrviz.export.geometry import Box, clipped, exit_of, log_ticks, nice_ticks
from lrviz.export.pictures import Picture
from lrviz.export.render_queue import Job, Order, QueueFull, RenderQueue
from lrviz.export.told import read
from lrviz.optimizers import OPTIMIZERS
from lrviz.palette import PALETTES
from lrviz.schedules import SCHEDULES
from lrviz.stage import Run
from lrviz.stage.pack import unpack
from lrviz.surfaces import SURFACES

CUTS = Scenario(optimizer="momentum", alpha=0.05, steps=60, schedule="plateau", values={"factor": 0.5, "patience": 3})
RACE = Race(CUTS, ({"optimizer": "adam"}, {"alpha": "0.9"}))
LARGE = Race(
    Scenario(surface="rosenbrock", alpha=0.001, steps=500, schedule="plateau"),
    ({"optimizer": "adam", "alpha": "0.05"}, {"optimizer": "adam", "alpha": "0.01"}, {"alpha": "0.002"}),
)
NASTY = "</script><b onclick='x()'>\"&$x^{2$\u202e\U0001f600\x00"


@pytest.fixture(scope="module")
def message() -> bytes:
    return play.message(RACE)


def embedded(page: str, name: str) -> bytes:
    found = re.search(rf'id="{name}">([^<]*)<', page)
    assert found
    return gzip.decompress(base64.b64decode(found[1]))


# One HTML file --------------------------------------------------------------------------------------------------------


def test_the_file_is_small_and_holds_the_engines_numbers():
    page = html.page(play.message(LARGE), title="A race", params=LARGE.to_params())
    assert len(page.encode()) <= 400_000
    meta, arrays = unpack(embedded(page, "message"))
    assert [row["name"] for row in meta["runs"]] == LARGE.names
    for i, scenario in enumerate(LARGE.scenarios):
        run = simulate(scenario)
        np.testing.assert_array_equal(arrays[f"run{i}.x"], run.x)
        np.testing.assert_array_equal(arrays[f"run{i}.loss"], run.loss)
    assert "ground.heights" in arrays and len(meta["profiles"]) == 4 and "profile3.loss" in arrays


def test_a_usual_run_is_as_small_as_the_readme_says():
    assert len(files.page(Race(Scenario(steps=200)))) == pytest.approx(113_000, rel=0.1)


def test_only_its_own_two_scripts_may_run_and_nothing_is_fetched(message):
    page = html.page(message, title="A race")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy and "default-src 'none'" in policy[1] and "connect-src" not in policy[1]
    loader = re.search(r'<script type="module">(.*?)</script>', page, re.DOTALL)
    assert loader
    scripts = [loader[1], embedded(page, "code").decode()]
    for script in scripts:
        assert base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() in policy[1]
    assert not re.search(r'(src|href)\s*=\s*"(?!#)', page) and "http" not in page.replace("http-equiv", "")


def test_nothing_that_was_named_becomes_markup():
    run = Run(NASTY, simulate(CUTS), formula=NASTY)
    page = html.page(play.message(RACE, made=[run]), title=NASTY, params={NASTY: NASTY}, link="javascript:alert(1)//.")
    assert "onclick='x" not in page and "<b" not in page.replace("<body", "") and "javascript:" not in page
    assert page.count("<script") == 3 and page.count("</script>") == 3
    assert unpack(embedded(page, "message"))[0]["runs"][0]["name"] == NASTY


def test_a_link_of_the_lab_is_whole():
    page = html.page(b"lrv1", title="x", params=RACE.to_params(), link="https://lab.example.org/race?old=1")
    found = re.search(r'<a href="([^"]*)"', page)
    assert found
    params = dict(pair.split("=", 1) for pair in markup.unescape(found[1]).partition("?")[2].split("&"))
    assert Race.from_params(params) == (RACE, [])


def test_a_run_in_a_notebook_is_the_player_in_a_frame():
    run = simulate(CUTS)
    frame = run._repr_html_()
    assert frame and frame.startswith("<iframe") and frame.count("<") == 2
    assert 'sandbox="allow-scripts allow-downloads"' in frame
    page = markup.unescape(re.search(r'srcdoc="([^"]*)"', frame)[1])
    np.testing.assert_array_equal(unpack(embedded(page, "message"))[1]["run0.loss"], run.loss)
    assert simulate_many(CUTS, alpha=[0.1])[0]._repr_html_() is None


# Titles and names -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("race", "title", "name"),
    [
        (
            Race(Scenario(surface="rosenbrock", optimizer="adam", alpha=0.05, schedule="cosine")),
            "Adam on Rosenbrock, α 0.05, cosine decay",
            "rosenbrock-adam-alpha-0.05-cosine.gif",
        ),
        (
            Race(Scenario(optimizer="amsgrad", alpha=1e-5, schedule="cosine_restarts")),
            "AMSGrad on Bowl, α 1e-05, cosine with warm restarts",
            "bowl-amsgrad-alpha-1e-05-cosine-restarts.gif",
        ),
        (
            RACE,
            "A race on Bowl, α 0.05, reduce on plateau: Momentum · Adam · Momentum, α 0.9",
            "bowl-race-alpha-0.05-plateau.gif",
        ),
        (Race(Scenario(optimizer="newton")), "Newton on Bowl", "bowl-newton.gif"),  # it has no rate
    ],
)
def test_a_title_and_a_file_name_hold_optimizer_rate_and_schedule(race, title, name):
    assert (files.title(race), files.name(race, "gif")) == (title, name)
    meta, _ = unpack(play.message(race))
    assert title.startswith(meta["label"]) and meta["file"] == name.removesuffix(".gif"), "the stage saves under it too"


def test_the_title_of_a_picture_leaves_room_for_the_step():
    longest = {
        kind: max(rows, key=lambda key: len(rows[key].name))
        for kind, rows in (("surface", SURFACES), ("optimizer", OPTIMIZERS), ("schedule", SCHEDULES))
    }
    race = Race(Scenario(**longest, alpha=0.0123, steps=3))
    picture = Picture(read(play.message(race)), "loss", "light", (800, 500))
    picture.at(3)
    picture.step.set_text("step 20000 / 20000")
    title, step = picture.board.axes.texts[:2]
    assert title.get_text() == race.title
    assert title.get_position()[0] + picture.board.wide(title) < step.get_position()[0] - picture.board.wide(step)


# Pictures -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("panel", PANELS)
def test_a_picture_of_every_panel(message, panel):
    content = pictures.draw(message, "png", panel=panel, theme="dark", size=(640, 400))
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.size == (640, 400)
        colours = picture.convert("RGB").getcolors(1 << 20)
    assert len(colours) > 100 and max(colours)[0] < 0.95 * 640 * 400
    assert (0x16, 0x1D, 0x28) in {colour for _, colour in colours}, "the paper of the dark palette"


@pytest.mark.parametrize("panel", ["landscape", "slice", "loss"])
def test_a_drawing_is_well_formed_and_the_same_again(message, panel):
    content = pictures.draw(message, "svg", panel=panel)
    assert content == pictures.draw(message, "svg", panel=panel)
    root = ET.fromstring(content)
    assert root.tag.endswith("svg") and len(list(root.iter())) > 100
    assert b"#c2410c" in content, "the first run's colour"


def test_any_name_can_be_drawn_and_none_is_markup():
    told = play.message(RACE, made=[Run(NASTY, simulate(CUTS))])
    ET.fromstring(pictures.draw(told, "svg", panel="loss"))


def test_what_is_drawn_is_what_the_message_tells(message):
    told = read(message)
    for run, scenario in zip(told.runs, RACE.scenarios, strict=True):
        made = simulate(scenario)
        np.testing.assert_array_equal(run.x, made.x)
        np.testing.assert_array_equal(run.rate, made.learning_rate)
        np.testing.assert_array_equal(run.cuts, made.cuts)
    low, high = told.ground.height(np.array([told.ground.floor, RACE.first.surface_row.grid(RACE.first.coef).max()]))
    assert low <= 0 and abs(high - 1) < 1e-9


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.one_of(st.floats(-30, 30), st.floats())] * 2), min_size=2, max_size=12))
def test_lines_are_clipped_and_nothing_inside_is_lost(points):
    box = Box(0, 0, 10, 10)
    given_points = np.array(points)
    piece = clipped(given_points, box)
    ends = piece[np.isfinite(piece).all(axis=1)]
    assert box.has(np.clip(ends, 1e-9, 10 - 1e-9)).all() and (np.abs(ends - 5) <= 5 + 1e-6).all()
    inside = box.has(given_points)
    for before, after in zip(np.flatnonzero(inside[:-1]), np.flatnonzero(inside[1:]), strict=False):
        if after == before and np.isfinite(given_points[before : before + 2]).all():
            assert (np.abs(ends - given_points[before]).max(axis=1) < 1e-9).any()
    way = exit_of(given_points, len(points) - 1, box)
    assert (way is None) == bool(inside[-1])


def test_ticks_are_round():
    assert nice_ticks(0, 500, 5) == [0, 100, 200, 300, 400, 500]
    assert nice_ticks(-0.35, 0.3, 5) == [-0.2, 0, 0.2]
    assert log_ticks(1e-8, 1e4, 4) == [1e-8, 1e-4, 1] or log_ticks(1e-8, 1e4, 4)[-1] == 1e4
    assert log_ticks(0.04, 0.3, 4) == [0.05, 0.1, 0.2]


# Film -----------------------------------------------------------------------------------------------------------------


def test_a_film_has_its_frames_few_colours_and_ends_as_the_picture(message):
    parts: list[float] = []
    content = film.gif(message, panel="landscape", theme="light", size=(400, 250), frames=24, progress=parts.append)
    assert parts == sorted(parts) and parts[-1] == 1 and len(content) < 500_000
    with Image.open(io.BytesIO(content)) as gif:
        assert (gif.size, gif.n_frames, gif.info["loop"]) == ((400, 250), 24, 0)
        shown = []
        for i in range(gif.n_frames):
            gif.seek(i)
            shown.append(np.array(gif.convert("RGB"), int))
            assert gif.info["duration"] == (film.LAST if i == 23 else film.DELAY)
    assert len(np.unique(np.concatenate(shown) @ [1 << 16, 1 << 8, 1])) <= film.COLOURS
    assert all((a != b).any() for a, b in pairwise(shown))
    drawn = pictures.draw(message, "png", panel="landscape", size=(400, 250))
    last = np.array(Image.open(io.BytesIO(drawn)).convert("RGB"), int)
    assert np.abs(shown[-1] - last).mean() < 3, "what did not change was kept right through all frames"


# The command line -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("steps", "seconds"), [(1, 1 / 3), (6, 2), (60, 8), (2000, 8)])
def test_a_film_lasts_as_long_as_the_player_plays(steps, seconds, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(f"export --to run.gif --steps {steps} --panel rate --size 300x200")) == 0
    with Image.open("run.gif") as gif:
        assert gif.n_frames * film.DELAY / 1000 == pytest.approx(seconds, abs=0.03)


@pytest.mark.parametrize("kind", ["html", "gif", "png", "svg", "csv", "json"])
def test_the_command_line_writes_every_kind(kind, tmp_path, capsys):
    target = tmp_path / f"run.{kind}"
    said = "export --optimizer adam --alpha 0.1 --steps 30 --size 300x200 --frames 4 --panel loss --theme dark --to"
    assert main([*shlex.split(said), str(target)]) == 0
    assert str(target) in capsys.readouterr().out
    content, run = target.read_bytes(), simulate(Scenario(optimizer="adam", alpha=0.1, steps=30))
    if kind == "html":
        np.testing.assert_array_equal(unpack(embedded(content.decode(), "message"))[1]["run0.x"], run.x)
    elif kind in ("gif", "png"):
        with Image.open(io.BytesIO(content)) as picture:
            assert picture.size == (300, 200) and getattr(picture, "n_frames", 1) == (4 if kind == "gif" else 1)
    elif kind == "svg":
        ET.fromstring(content)
    elif kind == "csv":
        rows = list(csv.DictReader(io.StringIO(content.decode())))
        np.testing.assert_array_equal([float(row["x1"]) for row in rows], run.x[:, 1])
    else:
        assert json.loads(content)["loss"] == run.loss.tolist()


def test_a_race_comes_from_its_link(tmp_path, capsys):
    target = tmp_path / "race.html"
    link = "https://lab.example.org/race?alpha=0.05&run2=optimizer:adam"
    assert main(["export", "--link", link, "--to", str(target)]) == 0
    assert len(unpack(embedded(target.read_text(), "message"))[0]["runs"]) == 2
    assert main(["export", "--link", link, "--to", str(tmp_path / "race.csv")]) == 2
    assert "2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("export", "--to"),
        ("export --to run.exe", ".html"),
        ("export --to run", ".gif"),
        ("export --to run.png --panel lss", "Did you mean loss"),
        ("export --to run.png --theme grey", "light"),
        ("export --to run.png --size 10x10", "200"),
        ("export --to run.png --size 9999999x3", "800x500"),
        ("export --to run.gif --frames 0", "frames"),
        ("export --to run.gif --frames x", "frames"),
        ("export --to /no/such/folder/run.csv", "cannot be written"),
        ("export --to run.html --link ?nonsense=1", "nonsense"),
        ("export --to run.html --link ?alpha=1 --alpha 2", "--link"),
    ],
)
def test_what_is_wrong_is_one_line(said, what, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(said)) == 2
    told = capsys.readouterr().err
    assert what in told and told.count("\n") == 1 and not list(tmp_path.iterdir())


def modules_after(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {code}; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return {name.split(".")[0] for name in done.stdout.split()}


def test_nobody_loads_what_is_not_needed():
    assert not {"matplotlib", "jax", "streamlit"} & modules_after("import lrviz")
    assert not {"matplotlib", "streamlit"} & modules_after(
        "import lrviz.cli, lrviz.export.files, lrviz.export.render_queue"
    )
    assert not {"matplotlib"} & modules_after("import lrviz.ui")
    assert not {"jax", "streamlit", "plotly"} & modules_after("import lrviz.export.worker, lrviz.export.film")


@pytest.mark.parametrize("kind", ["gif", "svg"])
def test_without_matplotlib_the_command_line_says_so_in_one_line(kind, tmp_path):
    code = "import sys; sys.modules['matplotlib'] = None; from lrviz.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, *shlex.split(f"export --steps 5 --to run.{kind}")]
    path = os.pathsep.join(filter(None, [str(render_queue.ROOT), os.environ.get("PYTHONPATH", "")]))
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=tmp_path, env={**os.environ, "PYTHONPATH": path}
    )
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "package matplotlib" in done.stderr
    assert not list(tmp_path.iterdir())


# The queue ------------------------------------------------------------------------------------------------------------


def until(what, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "never"
        time.sleep(0.02)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_one_at_a_time_in_turn_and_a_cancelled_one_is_gone_at_once(message):
    queue = RenderQueue(places=1)
    long = queue.order(Order("gif", frames=900), message)
    second = queue.order(Order("png", "loss", size=(300, 200)), message)
    third = queue.order(Order("svg", "rate", size=(300, 200)), message)
    assert [job.state for job in (long, second, third)] == ["running", "waiting", "waiting"]
    assert [job.ahead for job in (long, second, third)] == [0, 1, 2]
    third.cancel()
    until(lambda: long.progress > 0)
    process = long.process
    assert process and alive(process) and os.getpriority(os.PRIO_PROCESS, process) >= 10
    long.cancel()
    until(lambda: not alive(process), 2)
    until(lambda: second.state == "done")
    assert (long.state, third.state, long.result, third.result) == ("cancelled", "cancelled", None, None)
    assert second.progress == 1 and second.result and second.result.startswith(b"\x89PNG")


def test_a_crowd_is_told(message, monkeypatch):
    monkeypatch.setattr(render_queue, "MOST_WAITING", 1)
    queue = RenderQueue(places=0)
    queue.order(Order("png"), message)
    with pytest.raises(QueueFull, match="waiting"):
        queue.order(Order("png"), message)


@pytest.mark.parametrize("drawn", [True, False])
def test_who_left_is_given_up_whether_drawn_or_waiting(drawn, message, monkeypatch):
    monkeypatch.setattr(render_queue, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(render_queue, "LEFT_AFTER", 0.2)
    here = {"first": True, "second": True}
    queue = RenderQueue(places=1)
    first = queue.order(Order("gif", frames=900), message, lambda: here["first"])
    second = queue.order(Order("gif", frames=900), message, lambda: here["second"])
    until(lambda: first.progress > 0)
    process = first.process
    left, stays = (first, second) if drawn else (second, first)
    here["first" if drawn else "second"] = False
    until(lambda: left.state == "cancelled", 5)
    assert "closed" in left.fault
    until(lambda: stays.state == "running", 5)
    if drawn:
        until(lambda: not alive(process), 2)
    stays.cancel()


def test_who_was_away_for_a_moment_is_not_given_up(message, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(render_queue.time, "monotonic", lambda: clock[0])
    here = [True]
    job = Job(RenderQueue(), Order("png"), message, lambda: here[0])
    for now, present, left in [
        (0, True, False),
        (2, False, False),
        (4, True, False),
        (8, False, False),
        (10, False, True),
    ]:
        clock[0], here[0] = now, present
        assert job._left() == left


SMALL = Order("png", "loss", size=(300, 200))


def failed(job: Job) -> str:
    until(lambda: job.state not in ("waiting", "running"))
    assert job.state == "failed" and job.result is None and "Traceback" not in job.fault
    return job.fault


def instead_of_the_worker(monkeypatch, code: str) -> None:
    monkeypatch.setattr(render_queue, "WORKER", (sys.executable, "-c", code))


def the_next_is_drawn(queue: RenderQueue, message: bytes) -> None:
    job = queue.order(SMALL, message)
    until(lambda: job.state == "done")


def test_what_fails_is_a_sentence_on_the_page_and_a_traceback_in_the_log(message, caplog):
    queue = RenderQueue(places=1)
    assert "log" in failed(queue.order(Order("png", panel="no such panel"), message))
    assert "Traceback" in caplog.text and "no such panel" in caplog.text
    the_next_is_drawn(queue, message)


@pytest.mark.parametrize(
    ("what", "fault"),
    [("lrviz export", "log"), ("lrviz watch", "log"), ("process", "could not begin to draw it: Resource temporarily")],
)
def test_a_place_is_not_lost_where_nothing_can_be_started(what, fault, message, monkeypatch, caplog):
    queue = RenderQueue(places=1)
    start = threading.Thread.start

    def no_thread(thread):
        if thread.name == what:
            raise RuntimeError("can't start new thread")
        start(thread)

    def no_process(*_, **__):
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    with monkeypatch.context() as patch:
        if what == "process":
            patch.setattr(subprocess, "Popen", no_process)
        else:
            patch.setattr(threading.Thread, "start", no_thread)
        jobs = [queue.order(SMALL, message) for _ in range(3)]
        assert all(fault in failed(job) for job in jobs)
        assert what == "process" or caplog.text.count("can't start new thread") >= len(jobs)
    the_next_is_drawn(queue, message)


@pytest.mark.parametrize(
    "said",
    [
        "'half\\n'",
        "'NaN\\n'",
        "'1.5\\n'",
        "'-0.1\\n'",
        "'true\\n'",
        "'[' * 50_000 + '\\n'",
        "'0.5 ' * 60_000",
        "'{\"bytes\": -1}\\n'",
    ],
)
def test_a_process_that_writes_nonsense_is_ended(said, message, monkeypatch):
    queue = RenderQueue(places=1)
    with monkeypatch.context() as patch:
        instead_of_the_worker(patch, f"import sys, time; sys.stdout.write({said}); sys.stdout.flush(); time.sleep(100)")
        job = queue.order(SMALL, b"short")
        assert failed(job) == render_queue.NONSENSE
        until(lambda: not alive(job.process), 2)
    the_next_is_drawn(queue, message)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("import os; os.kill(os.getpid(), 9)", worker.NO_MEMORY),
        ("import os, sys; print('{\"bytes\": 9}', flush=True); os.kill(os.getpid(), 9)", worker.NO_MEMORY),
        ("import sys; sys.exit(3)", worker.BROKEN),
    ],
)
def test_how_a_process_ended_is_told(code, fault, monkeypatch):
    instead_of_the_worker(monkeypatch, code)
    assert failed(RenderQueue().order(SMALL, b"short")) == fault


def test_what_takes_too_long_is_ended(message, monkeypatch):
    instead_of_the_worker(monkeypatch, "import time; time.sleep(100)")
    monkeypatch.setattr(render_queue, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(render_queue, "TOO_LONG", 0.2)
    job = RenderQueue().order(SMALL, b"short")
    assert failed(job) == render_queue.LATE
    until(lambda: not alive(job.process), 2)


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (MemoryError(), worker.NO_MEMORY),
        (
            ModuleNotFoundError("No module named 'matplotlib'", name="matplotlib"),
            worker.NO_PACKAGE.format("matplotlib"),
        ),
        (OSError(errno.ENOSPC, "No space left on device"), worker.NO_DISK),
        (ValueError("secret"), worker.BROKEN),
    ],
)
def test_each_fault_of_a_drawing_has_its_sentence(error, fault, monkeypatch):
    def fails(*_):
        raise error

    monkeypatch.setattr(worker, "made", fails)
    output = io.BytesIO()
    worker.answer({}, b"", output)
    told = json.loads(output.getvalue())
    assert told["fault"] == fault and "secret" not in fault and type(error).__name__ in told["details"]
    with pytest.raises(render_queue.RenderError, match=re.escape(fault)):
        render_queue._read(output.getvalue())


def test_a_drawing_without_matplotlib_says_so(message, monkeypatch):
    instead_of_the_worker(
        monkeypatch, "import sys; sys.modules['matplotlib'] = None; from lrviz.export.worker import main; main()"
    )
    assert "package matplotlib is missing" in failed(RenderQueue().order(SMALL, message))


def test_a_disk_on_which_matplotlib_cannot_keep_its_fonts_is_told(monkeypatch, message):
    for home in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR"):
        monkeypatch.setenv(home, "/dev/null")
    code = "import tempfile; tempfile.tempdir = '/dev/null'; from lrviz.export.worker import main; main()"
    instead_of_the_worker(monkeypatch, code)
    assert failed(RenderQueue().order(SMALL, message)) == worker.NO_DISK


def test_more_memory_than_an_export_may_use_is_told(message, monkeypatch):
    code = "from lrviz.export import worker; worker.made = lambda *_: bytearray(2 * worker.MOST_MEMORY); worker.main()"
    instead_of_the_worker(monkeypatch, code)
    assert failed(RenderQueue().order(SMALL, message)) == worker.NO_MEMORY


def test_a_full_disk_is_no_matter(message, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    monkeypatch.setattr(tempfile, "mkstemp", full)
    the_next_is_drawn(RenderQueue(), message)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can be told which process to end first")
def test_when_memory_ends_a_drawing_goes_before_the_server(message):
    job = RenderQueue().order(Order("gif", frames=900), message)
    until(lambda: job.progress > 0)
    assert Path(f"/proc/{job.process}/oom_score_adj").read_text().strip() == "1000"
    assert int(Path("/proc/self/oom_score_adj").read_text()) < 1000
    job.cancel()


SLOW = """
import time
from lrviz.export import worker
worker.made = lambda job, message, progress: progress(0.5) or time.sleep(100)
worker.main()
"""
SERVER = f"""
import sys, time
from lrviz.export import render_queue
render_queue.WORKER = (sys.executable, "-c", {SLOW!r})
queue = render_queue.RenderQueue(places=2)
jobs = [queue.order(render_queue.Order("gif"), b"message") for _ in range(3)]
while not all(job.progress for job in jobs[:2]):
    time.sleep(0.02)
print(*[job.process for job in jobs[:2]], flush=True)
time.sleep(100)
"""
"""A server with two exports that never end, and one that waits."""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["SIGTERM", "SIGKILL"])
def test_nothing_is_left_of_a_server_that_ends(how, tmp_path):
    path = os.pathsep.join(filter(None, [str(render_queue.ROOT), os.environ.get("PYTHONPATH", "")]))
    env = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": path}
    with subprocess.Popen([sys.executable, "-c", SERVER], env=env, stdout=subprocess.PIPE, text=True) as server:
        processes = [int(number) for number in server.stdout.readline().split()]
        assert len(processes) == 2 and all(map(alive, processes))
        server.send_signal(how)
        server.wait()
    until(lambda: not any(map(alive, processes)), 2)
    assert not list(tmp_path.iterdir())


# On the page ----------------------------------------------------------------------------------------------------------


def page_of_exports() -> None:
    from lrviz import Race, Scenario  # noqa: PLC0415
    from lrviz.ui import exports, open_lab  # noqa: PLC0415

    exports(open_lab(Race(Scenario(steps=20), ({"optimizer": "adam"},))))


def shown(at: AppTest) -> AppTest:
    assert not at.exception, at.exception[0].value
    return at


def opened() -> AppTest:
    at = AppTest.from_function(page_of_exports, default_timeout=60)
    at.session_state["take"] = True
    return shown(at.run())


def test_the_block_hands_out_what_takes_no_time():
    at = opened()
    assert [button.label for button in at.download_button] == ["Download"]
    for choice in ("csv", "json"):
        shown(at.selectbox(key="export_as").set_value(choice).run())
        assert len(at.download_button) == 1 and at.selectbox(key="export_run").options[1] == "Adam"
    shown(at.selectbox(key="export_as").set_value("webm").run())
    assert "browser" in at.markdown[0].value and not at.download_button


def test_the_block_makes_shows_progress_cancels_and_downloads():
    at = opened()
    shown(at.selectbox(key="export_as").set_value("gif").run())
    shown(at.button(key="export_make").click().run())
    job = at.session_state["export_made"].job
    until(lambda: job.process)
    process = job.process
    assert at.button(key="export_cancel") and at.get("progress")
    shown(at.button(key="export_cancel").click().run())
    until(lambda: not alive(process), 2)
    assert "Cancelled." in [caption.value for caption in at.caption]
    shown(at.selectbox(key="export_as").set_value("svg").run())
    shown(at.selectbox(key="export_panel").set_value("rate").run())
    shown(at.button(key="export_make").click().run())
    until(lambda: at.session_state["export_made"].job.state == "done")
    shown(at.run())
    assert at.download_button[0].label == "Download" and not at.get("progress")
    shown(at.selectbox(key="export_panel").set_value("loss").run())
    assert at.button(key="export_make"), "another panel is another file"


def test_a_run_without_a_rate_has_no_line_on_the_panel_of_rates():
    colour = PALETTES["light"].runs[0]
    lines = []
    for optimizer in ("gradient_descent", "newton"):
        message = play.message(Race(Scenario(optimizer=optimizer, steps=20)))
        lines.append(pictures.draw(message, "svg", panel="rate").count(colour.encode()))
    assert lines[0] > lines[1]
