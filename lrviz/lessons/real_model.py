"""Lesson 7: the callback on a network that learns from data: beside constant rates, resumed, stepped once a batch; and
where many starts end. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lrviz.analysis.sentences import Statement
from lrviz.knob import apart, digits
from lrviz.lessons.lesson import Answer, Case, Lesson, Preset
from lrviz.lessons.questions import QUESTIONS, Question, how_many
from lrviz.lessons.trained import too_long, trained
from lrviz.once import made_once_for
from lrviz.training import History, Training, Trial, run_many, train_many

SEEDS = 21
"""Other first weights and other batches. Three jobs with so many are one batch of the compiled program."""
STARTS = 64
MOST_EPOCHS = 10
"""So many epochs before and after the first cut are looked at."""
TOP = 0.1
"""The rate of job 1, where the training on the stage has no callback that starts with another."""
LEAST = 1e-12
"""Ends that are no further apart are shown as this far apart: all below is rounding."""
SAME, NEAR = 1e-3, 1.05
"""Ends that differ by less than this part of the lowest are the same; ends up to so many times the lowest are near."""


def case_of(training: Training) -> str:
    """Which of the lesson's cases a training shows."""
    if training.batch_size is None:
        return "starts"
    if training.framework == "pytorch":
        return "batch"
    return "callback" if training["restart"] is None else "resumed"


def times(count: int) -> str:
    """How often."""
    return ("never", "once")[count] if count < 2 else f"{count} times"


def _cut(history: History) -> str:
    """How often its rate is cut."""
    count = len(history.cuts)
    return f"cut {times(count)}" if count else "never cut"


def end(history: History) -> float:
    """val_loss after the last epoch; inf where it is not finite."""
    value = float(history.log.val_loss[-1])
    return value if np.isfinite(value) else np.inf


def _watched(training: Training) -> Training:
    """The same with the callback."""
    return training if training.plateau_knobs else training.having(schedule="plateau", alpha=TOP)


# Three jobs -----------------------------------------------------------------------------------------------------------

JOBS = {"one": "Job 1", "two": "Job 2", "callback": "With the callback"}


def jobs(training: Training) -> dict[str, Training]:
    """The three jobs of the question: constant at the first rate, constant at what one cut makes of it, and from the
    first rate with the callback."""
    watched = _watched(training)
    plain = watched.having(schedule="constant")
    rate = float(watched["alpha"]) * float(watched["factor"])  # type: ignore[arg-type]
    return {"one": plain, "two": plain.having(alpha=rate), "callback": watched}


@made_once_for(QUESTIONS)
def which_ends_lowest(training: Training) -> Question:
    """Which of the three jobs ends with the lowest val_loss? Graded by training all."""
    three = jobs(training)
    first, second = (digits(float(three[key].alpha or 0)) for key in ("one", "two"))
    what = (
        f"Three jobs train this network. Job 1 keeps the rate {first}, job 2 keeps {second}. The third starts with"
        f" {first} and has ReduceLROnPlateau on val_loss. Which ends with the lowest val_loss?"
    )
    ends = [end(trained(job)) for job in three.values()]
    listed = "; ".join(f"{name}: {text}" for name, text in zip(JOBS.values(), apart(*ends), strict=True))
    return Question(what, list(JOBS.values()), int(np.argmin(ends)), f"We trained all. At the end {listed}.")


@made_once_for(QUESTIONS)
def ends_of_seeds(training: Training) -> Mapping[str, np.ndarray]:
    """val_loss at the end of the three jobs, each with other seeds: a key of ``JOBS`` -> (SEEDS,)."""
    many = [job.having(seed=seed) for job in jobs(training).values() for seed in range(SEEDS)]
    for histories in run_many(many, keep=False):
        ended = histories
    ends = np.array([end(history) for history in ended]).reshape(len(JOBS), SEEDS)
    return dict(zip(JOBS, ends, strict=True))


def wins(ends: Mapping[str, np.ndarray]) -> dict[str, int]:
    """With how many seeds each job ends lowest."""
    lowest = np.argmin([ends[key] for key in JOBS], axis=0)
    return {key: int(np.sum(lowest == place)) for place, key in enumerate(JOBS)}


def moved(val_loss: np.ndarray, cut: int) -> tuple[int, float, float] | None:
    """By how much val_loss moves from one epoch to the next in the mean of so many epochs before a cut and of as many
    after it; None where there are not two on each side.   -> epochs, before, after"""
    epochs = min(MOST_EPOCHS, cut - 1, len(val_loss) - cut)
    steps = np.abs(np.diff(val_loss))
    if epochs < 2:
        return None
    return epochs, float(np.mean(steps[cut - 1 - epochs : cut - 1])), float(np.mean(steps[cut - 1 : cut - 1 + epochs]))


def _of_jobs(training: Training) -> list[Statement]:
    histories = {key: trained(job) for key, job in jobs(training).items()}
    ends = apart(*(end(histories[key]) for key in JOBS))
    statements = [Statement(("real.jobs",), {}, dict(zip(JOBS, ends, strict=True))), _first_cut(histories["callback"])]
    found = wins(ends_of_seeds(training))
    return [
        *statements,
        Statement(("real.seeds",), {"seeds": SEEDS}, {f"wins_{key}": times(n) for key, n in found.items()}),
    ]


def _first_cut(history: History) -> Statement:
    if not len(history.cuts):
        return Statement(("real.never",), {})
    cut = int(history.cuts[0])
    found = moved(history.log.val_loss, cut)
    if found is None:
        return Statement(("real.first_cut",), {"first_cut": cut})
    return Statement(
        ("real.first_cut", "real.calm"),
        {"first_cut": cut, "epochs": found[0], "before": found[1], "after": found[2]},
    )


# Stopped and resumed --------------------------------------------------------------------------------------------------

OFTEN = ("As often", "Less often", "Never")


def in_one_go(training: Training) -> Training:
    """The same training, never stopped."""
    return training.having(restart=None)


@made_once_for(QUESTIONS)
def how_often_cut(training: Training) -> Question:
    """Is the rate cut as often if the training is stopped and resumed? Graded by training both."""
    cuts, whole = (len(trained(one).cuts) for one in (training, in_one_go(training)))
    every, patience = training["restart"], training["patience"]
    what = (
        f"The same job, but stopped after every {every} epochs and started again: the weights, the optimizer and the"
        f" rate are kept, the callback is new. Patience is {patience}. Is the rate cut as often as in one go?"
    )
    right = 0 if cuts >= whole else 1 if cuts else 2
    return Question(what, OFTEN, right, f"We trained both: {whole} cuts in one go, {cuts} if it is resumed.")


def _of_resumed(training: Training) -> list[Statement]:
    both = trained(in_one_go(training)), trained(training)
    whole, resumed = apart(*map(end, both))
    restart, patience = int(training["restart"]), int(training["patience"])  # type: ignore[arg-type]
    statements = [Statement(("real.whole",), {}, {"cuts": _cut(both[0]), "ends": whole})]
    if restart >= training.epochs:
        return [*statements, Statement(("real.not_stopped",), {"restart": restart})]
    row = "real.no_room" if restart - 1 < patience else "real.room"
    return [
        *statements,
        Statement(("real.resumed",), {"restart": restart}, {"cuts": _cut(both[1]), "ends": resumed}),
        Statement((row,), {"restart": restart, "most": restart - 1, "patience": patience}),
    ]


# Stepped once a batch -------------------------------------------------------------------------------------------------

WHEN = ("After the first epoch", "Later", "Never")
ROUNDING = 1e-9
"""A product of the rate and the factor may miss the floor by less than this part of it."""


def stepped(training: Training, how: str) -> Training:
    """The same with a scheduler that is stepped once a ``batch`` or once an ``epoch``."""
    return _watched(training).having(monitor="loss", stepped=how)


def floor_reached(history: History) -> int | None:
    """The epoch, from 1, after which the rate is the lowest that is allowed; None if it never is."""
    floor = float(history.training["min_lr"])  # type: ignore[arg-type]
    at = np.flatnonzero(history.log.learning_rate <= floor * (1 + ROUNDING))
    return int(at[0]) + 1 if at.size else None


@made_once_for(QUESTIONS)
def when_at_the_floor(training: Training) -> Question:
    """When is the rate at its floor if the scheduler is stepped once a batch? Graded by training it."""
    by_batch = stepped(training, "batch")
    epoch = floor_reached(trained(by_batch))
    what = (
        "In PyTorch you call scheduler.step(loss) yourself. Here it stands one line too deep: it is called after each"
        f" batch. An epoch has {by_batch.steps_per_epoch} batches, patience is {by_batch['patience']}. When does the"
        f" rate reach min_lr, {digits(float(by_batch['min_lr']))}?"  # type: ignore[arg-type]
    )
    right = 2 if epoch is None else 1 if epoch > 1 else 0
    because = "it never does" if epoch is None else f"it is there after epoch {epoch}"
    return Question(what, WHEN, right, f"We trained it: {because}.")


def _of_batches(training: Training) -> list[Statement]:
    by_batch, by_epoch = (trained(stepped(training, how)) for how in ("batch", "epoch"))
    ends = apart(end(by_batch), end(by_epoch))
    epoch, batches = floor_reached(by_batch), training.steps_per_epoch
    patience = int(by_batch.training["patience"])  # type: ignore[arg-type]
    lasts = [float(history.log.learning_rate[-1]) for history in (by_batch, by_epoch)]
    floor = float(by_batch.training["min_lr"])  # type: ignore[arg-type]
    first = (
        Statement(("real.above_floor",), {"rate": lasts[0]}, {"ends": ends[0]})
        if epoch is None
        else Statement(("real.at_floor",), {"floor": floor, "epoch": epoch}, {"ends": ends[0]})
    )
    return [
        first,
        Statement(("real.by_epoch",), {"patience": patience, "rate": lasts[1]}, {"ends": ends[1]}),
        Statement(("real.batches",), {"batches": batches, "patience": patience, "part": patience / batches}),
    ]


# Many starts ----------------------------------------------------------------------------------------------------------

KINDS = ("network", "logistic", "linear")
RATES = {"network": 0.3, "logistic": 0.3, "linear": 0.1}
"""A rate at which each comes to rest."""
LOSSES = {"binary": "cross-entropy", "squared_error": "squared error"}
"""What each measures: the losses of two kinds are not to be compared."""
LAYERS = "2"
"""Of the network: as few units as can bend the line."""


def kinds(training: Training) -> dict[str, Training]:
    """The training with each model; that of the stage as it is."""
    others = {kind: {"model": kind, "alpha": RATES[kind]} for kind in KINDS if kind != training.model}
    if "network" in others:
        others["network"] |= {"layers": LAYERS}
    return {kind: training.having(**others[kind]) if kind in others else training for kind in KINDS}


@made_once_for(QUESTIONS)
def ends_of_starts(training: Training) -> np.ndarray:
    """The training loss after the last epoch from other first weights, the lowest first, (STARTS,)."""
    histories = train_many(training, keep=False, seed=range(STARTS))
    ends = np.array([float(history.log.loss[-1]) for history in histories])
    return np.sort(np.where(np.isfinite(ends), ends, np.inf))


def all_the_same(ends: np.ndarray) -> bool:
    return bool(ends[-1] - ends[0] <= SAME * ends[0])


@made_once_for(QUESTIONS)
def do_starts_agree(training: Training) -> Question:
    """Do all starts end with the same loss? Graded by training them."""
    ends = ends_of_starts(training)
    name = training.model_row.name.lower()
    what = (
        f"{STARTS} trainings of the same {name}, on all rows at once: only the first weights differ. Do all end with"
        " the same training loss?"
    )
    same, (low, high) = all_the_same(ends), (digits(float(ends[0])), digits(float(ends[-1])))
    because = f"We trained {STARTS}: " + (f"all end at {low}." if same else f"they end between {low} and {high}.")
    return Question(what, ("All with the same loss", "With different losses"), 0 if same else 1, because)


def _of_starts(training: Training) -> list[Statement]:
    statements = []
    for one in kinds(training).values():
        ends = ends_of_starts(one)
        low, high = float(ends[0]), float(ends[-1])
        numbers: dict[str, float] = {"starts": STARTS, "low": low}
        if all_the_same(ends):
            row, numbers = "real.same_end", numbers | {"apart": max(high - low, LEAST)}
        else:
            row, numbers = "real.other_ends", numbers | {"high": high, "near": int(np.sum(ends <= NEAR * low))}
        statements.append(Statement((row,), numbers, {"model": one.model_row.name, "loss": LOSSES[one.shape.loss]}))
    return statements


# Question and answer --------------------------------------------------------------------------------------------------


def prediction(training: Training) -> Question:
    """That of its case."""
    return {
        "callback": which_ends_lowest, "resumed": how_often_cut, "batch": when_at_the_floor, "starts": do_starts_agree,
    }[case_of(training)](training)  # fmt: skip


def story(training: Training) -> list[Statement]:
    """What the trainings of its case say."""
    return {"callback": _of_jobs, "resumed": _of_resumed, "batch": _of_batches, "starts": _of_starts}[
        case_of(training)
    ](training)


def side_by_side(training: Training) -> dict[str, Training]:
    """The trainings that its case compares, by name; of the starts there are too many."""
    return {
        "callback": lambda: {JOBS[key]: job for key, job in jobs(training).items()},
        "resumed": lambda: {"In one go": in_one_go(training), "Resumed": training},
        "batch": lambda: {"Once a batch": stepped(training, "batch"), "Once an epoch": stepped(training, "epoch")},
        "starts": dict,
    }[case_of(training)]()


@made_once_for(QUESTIONS)
def how_many_cuts(training: Training) -> Question:
    """How often is the rate of this training cut?"""
    history = trained(training)
    count = len(history.cuts)
    after = ", ".join(map(str, history.cuts.tolist()))
    because = f"After epochs {after}." if count else f"{training.monitor} never stood still for long enough."
    unit = "In how many epochs" if training.by_batch else "How often"
    return how_many(f"{unit} is the rate of this training cut?", count, because, tries=training)


@made_once_for(QUESTIONS)
def how_often_looked(training: Training) -> Question:
    """How often the rule looks at what it watches."""
    epochs, steps = training.epochs, training.steps
    count = steps if training.by_batch else epochs
    choices = sorted({1, epochs, steps, 2 * epochs})[:3] if steps == epochs else [1, epochs, steps]
    what = f"{epochs} epochs of {training.steps_per_epoch} batches. How often does the rule look at {training.monitor}?"
    where = "after each batch" if training.by_batch else "when an epoch ends"
    because = f"It is called {where}: {times(count)}."
    return Question(what, [times(choice).capitalize() for choice in choices], choices.index(count), because, training)


@made_once_for(QUESTIONS)
def other_patience(training: Training) -> Question:
    """Fewer, as many or more cuts with half the patience? Graded by training both."""
    patience = max(int(training["patience"]) // 2, 1)  # type: ignore[arg-type]
    changed = training.having(patience=patience)
    before, after = len(trained(training).cuts), len(trained(changed).cuts)
    epochs = "epochs with a cut" if training.by_batch else "cuts"
    what = f"With patience {patience} instead of {training['patience']}: how many {epochs} does this training get?"
    because = f"We trained both: {before} now, {after} then."
    return Question(what, ("Fewer", "As many", "More"), 1 + int(np.sign(after - before)), because, changed)


@made_once_for(QUESTIONS)
def do_others_agree(training: Training, kind: str) -> Question:
    """Do all starts of another model end with the same loss?"""
    question = do_starts_agree(kinds(training)[kind])
    name = kinds(training)[kind].model_row.name
    return Question(
        f"{name}, from {STARTS} starts:", question.choices, question.right, question.because, kinds(training)[kind]
    )


@made_once_for(QUESTIONS)
def how_many_near(training: Training) -> Question:
    """How many starts of the network end near the lowest?"""
    network = kinds(training)["network"]
    ends = ends_of_starts(network)
    near = int(np.sum(ends <= NEAR * ends[0]))
    right = 0 if 2 * near < STARTS else 2 if near == STARTS else 1
    what = f"How many of the network's {STARTS} starts end within 5% of the lowest loss?"
    because = f"{near} do."
    return Question(what, ("Fewer than half", "Half or more, not all", "All"), right, because, network)


def check(training: Training) -> Sequence[Question]:
    """About starts, or about the callback: how often it cuts, how often it looks, and another patience."""
    if case_of(training) == "starts":
        return [do_others_agree(training, "logistic"), do_others_agree(training, "linear"), how_many_near(training)]
    watched = _watched(training)
    return [how_many_cuts(watched), how_often_looked(watched), other_patience(watched)]


# The lesson -----------------------------------------------------------------------------------------------------------


MANY = {"callback": 3 * SEEDS, "resumed": 4, "batch": 4, "starts": 3 * STARTS}
"""How many trainings a case makes of one."""


def lacks(trial: Trial) -> str:
    """It is about the callback, or a constant rate beside it, on a model of two classes whose val_loss is known."""
    training = trial.first
    if training.data_row.task != "two classes":
        return f"This lesson is about two classes, and {training.data} has others."
    if not training.plateau_knobs and training.schedule != "constant":
        name = training.schedule_row.name.lower()
        return f"This link has no callback (its schedule: {name}), and this lesson is about the callback."
    if not training.validation:
        return "No row validates in this link, and this lesson is about val_loss."
    return too_long(trial, MANY[case_of(training)])


LESSON = Lesson(
    key="real_model",
    question="Does it hold for a real model?",
    teaser="A network learns from data. Does the callback do there what it does on a bowl?",
    race=Trial(
        Training(
            model="network",
            optimizer="gradient_descent",
            alpha=TOP,
            schedule="plateau",
            batch_size=10,
            epochs=100,
            values={"factor": 0.1, "patience": 10},
        )
    ),
    cases={
        "callback": Case(
            "Callback",
            "",
            {},
            (
                Preset("Job 1: 0.1", {"schedule": "constant"}, "The rate stays.", "val_loss does not come to rest."),
                Preset(
                    "Job 2: 0.01",
                    {"schedule": "constant", "alpha": "0.01"},
                    "The rate stays, ten times smaller.",
                    "It is calm, and slow.",
                ),
                Preset("Patience 3", {"patience": "3"}, "The first cut comes early.", "Was it too early?"),
            ),
        ),
        "resumed": Case(
            "Resumed",
            "Stopped, and started again with a new callback.",
            {"restart": "8"},
            (
                Preset("In one go", {"restart": "100"}, "Never stopped: it is cut.", "Look at the patience cells."),
                Preset("Patience 5", {"patience": "5"}, "A shorter patience.", "Now there is room for a cut."),
            ),
        ),
        "batch": Case(
            "Per batch",
            "PyTorch, with the scheduler stepped in the inner loop.",
            {"framework": "pytorch", "monitor": "loss", "stepped": "batch", "batch_size": "4", "min_lr": "0.001"},
            (
                Preset("Once an epoch", {"stepped": "epoch"}, "As it is meant.", "When does the first cut come?"),
                Preset(
                    "Patience 440",
                    {"patience": "440"},
                    "So many batches are ten epochs.",
                    "The cuts come late again.",
                ),
            ),
        ),
        "starts": Case(
            "Starts",
            "A constant rate, all rows at once.",
            {
                "schedule": "constant",
                "optimizer": "momentum",
                "alpha": "0.3",
                "batch_size": "",
                "epochs": "500",
                "layers": LAYERS,
            },
            (
                Preset(
                    "Another start", {"seed": "3"}, "The same network, other first weights.", "Does it find the bend?"
                ),
                Preset("Logistic", {"model": "logistic"}, "One straight line.", "Every start ends at the same one."),
            ),
        ),
    },
    predict="What will happen?",
    prediction=prediction,
    check=check,
    live=("alpha", "factor", "patience"),
    case_of=case_of,
    lacks=lacks,
    answers=(
        Answer(
            3,
            "On a real model, does one job with the callback beat two jobs with constant rates?",
            "Here it mostly does: the large rate is quick, the small one is calm, and the callback is both in turn.",
        ),
        Answer(
            7,
            "Do linear and logistic regression have local minima?",
            "No: all starts end in one loss. Those of a small network do not.",
            case="starts",
        ),
        Answer(
            11,
            "Why does val_loss jump, and what calms it?",
            "Each step sees one batch only, and the rate says how far that noise throws the weights: a cut calms it.",
        ),
        Answer(
            13,
            "We stopped the training and started it again: why did the cut not come?",
            "A new callback has forgotten best and wait, and starts to count from 0.",
            case="resumed",
        ),
        Answer(
            14,
            "Why was the rate at its lowest after one epoch?",
            "The scheduler was stepped once a batch, so patience counted batches.",
            case="batch",
        ),
    ),
)
