"""The row of the lesson: what it asks and offers, and which of its cases answers."""

from __future__ import annotations

from lrviz.analysis.sentences import Statement
from lrviz.lessons.lesson import Answer, Case, Lesson, Preset, no_callback
from lrviz.lessons.questions import Question
from lrviz.lessons.real_model import batches, resumed, starts, three_jobs
from lrviz.lessons.real_model.batches import stepped, when_at_the_floor
from lrviz.lessons.real_model.cases import TOP, case_of
from lrviz.lessons.real_model.questions import check
from lrviz.lessons.real_model.resumed import how_often_cut, in_one_go
from lrviz.lessons.real_model.starts import LAYERS, STARTS, do_starts_agree
from lrviz.lessons.real_model.three_jobs import JOBS, SEEDS, jobs, which_ends_lowest
from lrviz.lessons.trained import too_long
from lrviz.training import Training, Trial

MANY = {"callback": 3 * SEEDS, "resumed": 4, "batch": 4, "starts": 3 * STARTS}
"""How many trainings a case makes of one."""


def prediction(training: Training) -> Question:
    """That of its case."""
    return {
        "callback": which_ends_lowest, "resumed": how_often_cut, "batch": when_at_the_floor, "starts": do_starts_agree,
    }[case_of(training)](training)  # fmt: skip


def story(training: Training) -> list[Statement]:
    """What the trainings of its case say."""
    return {"callback": three_jobs.story, "resumed": resumed.story, "batch": batches.story, "starts": starts.story}[
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


def lacks(trial: Trial) -> str:
    """It is about the callback, or a constant rate beside it, on a model of two classes whose val_loss is known."""
    training = trial.first
    if training.data_row.task != "two classes":
        return f"This lesson is about two classes, and {training.data} has others."
    if not training.plateau_knobs and training.schedule != "constant":
        return no_callback(training)
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
