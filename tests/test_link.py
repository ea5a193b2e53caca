"""A page's whole state goes through its address and comes back; whatever else is in an address becomes a sentence."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrviz import OPTIMIZERS, SCHEDULES, SURFACES, Scenario
from lrviz.knob import BadInput
from lrviz.lessons import LESSONS
from lrviz.link import OTHERS, Assignment, Link, View
from lrviz.palette import MOST_RUNS
from lrviz.race import Race
from lrviz.scenario import NAMES
from lrviz.ui.share import controls, qr
from lrviz.view import PANELS, SPEEDS

NASTY = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "[a](javascript:alert(1))", "**b**", "$x$",
    "x" * 9000,
    "${7*7}", "{{7*7}}", "%00", "\u202e", "\x00\n", "1e999", "nan", "é", "0x10", "../../etc/passwd", ";;;:::,,,",
)  # fmt: skip
"""What no parameter may be, but words of a teacher."""


def any_scenario(rng: random.Random) -> Scenario:
    optimizer = rng.choice(list(OPTIMIZERS))
    framework = rng.choice(list(OPTIMIZERS[optimizer].rules))
    scenario = Scenario(
        surface=rng.choice(list(SURFACES)),
        optimizer=optimizer,
        framework=framework,
        schedule=rng.choice(list(SCHEDULES)),
    )
    for key in rng.sample(sorted(scenario.rows), 4):
        row = scenario.rows[key]
        if row.kind == "choice":
            value: object = rng.choice(row.choices)
        elif row.kind == "flag":
            value = rng.choice((0, 1))
        elif row.kind in ("number", "integer"):
            low, high = row.slider_range
            value = rng.uniform(low, high) if row.kind == "number" else rng.randint(int(low), int(high))
        else:
            continue
        try:
            scenario = scenario.having(**{key: value})
        except BadInput:
            continue  # some knobs bound each other
    return scenario


def any_link(rng: random.Random) -> Link:
    race = Race(any_scenario(rng))
    while rng.random() < 0.5 and len(race.scenarios) < MOST_RUNS:
        race = race.add({"optimizer": rng.choice(list(OPTIMIZERS)), "alpha": repr(rng.uniform(1e-3, 1))})
    race = race.show(rng.randrange(len(race.scenarios)), rng.random() < 0.7)
    low = [rng.uniform(-9, 9) for _ in range(2)]
    view = View(
        rng.choice(PANELS),
        rng.randrange(4),
        rng.choice((None, rng.randrange(999))),
        rng.choice(SPEEDS),
        rng.random() < 0.5,
        rng.choice((None, (low[0], low[0] + rng.random() + 0.1, low[1], low[1] + rng.random() + 0.1))),
        rng.choice((None, False, True)),
    )
    keys = [*NAMES, *OTHERS, *race.first.rows]
    chosen = rng.sample(keys, 5)
    given = Assignment(
        rng.choice(("", "Find α!")), rng.choice(("", "a & b; c=d", "a\nb\n\n- c")), tuple(chosen[:3]), tuple(chosen[3:])
    )
    return Link(race, view, rng.choice((None, given)))


@pytest.mark.parametrize("seed", range(4))
def test_two_thousand_states_come_back_as_they_went(seed):
    rng = random.Random(seed)
    for _ in range(500):
        link = any_link(rng)
        again, sentences = Link.from_params(link.to_params())
        assert sentences == []
        assert again == link


@pytest.mark.parametrize("seed", range(4))
def test_two_thousand_mutated_addresses_work_and_name_what_is_wrong(seed):
    rng = random.Random(seed)
    for _ in range(500):
        params = any_link(rng).to_params()
        key = rng.choice([*params, "surfce", "<b>", "view", "title", "open"])
        value = rng.choice([*NASTY, params.get(key, "")[1:], params.get(key, "") + "x"])
        mutated = {**params, key: value}
        link, sentences = Link.from_params(mutated)
        assert Link.from_params(link.to_params()) == (link, [])
        assert all(sentence.isprintable() and len(sentence) < 1500 for sentence in sentences)
        if value in NASTY and key not in ("title", "task"):
            assert sentences, (key, value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("panel:4d", "panel is '4d', but must be one of: 2d, slice, 3d."),
        ("step:-1", "step is '-1', but must be a whole number."),
        ("speed:3", "but must be one of: 0.1, 0.25"),
        ("map:1,2", "four numbers"),
        ("map:2,1,0,1", "four numbers"),
        ("map:nan,1,0,1", "four numbers"),
        ("zoom:1", "There is no part of a view called 'zoom'"),
    ],
)
def test_a_wrong_part_of_a_view_is_a_sentence(text, words):
    view, (sentence,) = View.from_text(f"{text};step:7")
    assert words in sentence
    assert view == View(step=7)


def test_a_link_that_names_no_race_means_the_pages_own():
    own = LESSONS["stuck"].race
    assert Link.from_params({"step": "check"}, own) == (Link(own, step="check"), [])
    assert Link.from_params({"step": "check", "alpha": "0.3"}, own)[0].race == Race(Scenario(alpha=0.3))
    assert Link.from_params({"step": "check"})[0].race == Race()


def test_an_assignment_keeps_to_what_there_is():
    params = {
        "title": "x\n" + "x" * 100,
        "task": "a\r\n\n- b\t\x00c\n",
        "open": "alpha,kapa,alpha",
        "locked": "alpha,steps",
    }
    link, sentences = Link.from_params(params)
    assert link.assignment == Assignment("x " + "x" * 78, "a \n\n- b  c", ("alpha",), ("steps",))
    assert any("title has 102 letters" in sentence for sentence in sentences)
    assert any("'kapa'" in sentence and "kappa" in sentence for sentence in sentences)


@given(
    st.dictionaries(st.sampled_from(["view", "title", "task", "open", "locked", "off", "run2"]), st.text(), max_size=5)
)
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_state_and_short_sentences(params):
    link, sentences = Link.from_params(params)
    assert all(sentence.isprintable() for sentence in sentences)
    assert Link.from_params(link.to_params()) == (link, [])


def test_a_link_that_is_too_long_has_no_qr_code():
    assert qr("https://example.org/playground?alpha=0.1")
    assert qr("x" * 5000) is None


def test_a_teacher_finds_each_control_where_the_page_has_it():
    watched = Scenario(optimizer="momentum", schedule="plateau")
    found = {title: set(names) for title, names in controls(watched).items()}
    assert list(found) == ["Names and stage", "Run", "Surface", "Optimizer", "Schedule"]
    assert {"surface", "framework", "start", "race"} <= found["Names and stage"]
    for title, keys in {
        "Run": {"steps", "noise"}, "Surface": {"kappa"}, "Optimizer": {"alpha", "momentum"},
        "Schedule": {"factor", "patience", "monitor", "warmup_steps"},
    }.items():  # fmt: skip
        assert keys <= found[title]
    plain = controls(Scenario())
    assert not {"patience", "monitor"} & plain["Schedule"].keys(), "what does nothing here is not offered"
    assert "Schedule" not in controls(Scenario(optimizer="newton"))
    assert "schedule" not in controls(Scenario(optimizer="newton"))["Names and stage"]
    every = ",".join(key for names in controls(watched).values() for key in names)
    assert Link.from_params(watched.to_params() | {"open": every})[1] == [], "a link takes all of them"


def test_a_plain_view_is_not_in_the_address():
    assert "view" not in Link().to_params()
    assert replace(Link(), view=View(step=3)).to_params()["view"] == "step:3"
