"""What lesson 7 says of its trainings: its sentences, their numbers, and the same computed anew from the weights."""

from __future__ import annotations

import re

import numpy as np

from lrviz.analysis.sentences import sentences
from lrviz.knob import read
from lrviz.lessons import LESSONS
from lrviz.lessons.real_model import story
from lrviz.training import Training, train

LESSON = LESSONS["real_model"]
FIRST = LESSON.race.first
CASES = {case: LESSON.case_race(case).first for case in LESSON.cases}


def text_of(training: Training) -> str:
    return " ".join(sentences(story(training)))


def numbers(text: str, pattern: str) -> list[float]:
    found = re.search(pattern, text)
    assert found, (pattern, text)
    return [read(group) for group in found.groups()]


def loss_of(training: Training, weights: np.ndarray, rows: np.ndarray) -> float:
    """The mean loss of these rows, by numpy."""
    outputs = training.shape.at(weights, training.split.x[rows])
    return float(training.shape.losses(outputs, training.y[rows], np).mean())


def val_loss(training: Training) -> float:
    """At the end, from the last weights."""
    return loss_of(training, train(training).final, training.split.validation)
