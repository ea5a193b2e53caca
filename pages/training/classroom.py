"""Lesson mode of a training: what a teacher's link leaves open, and nothing else."""

from lrviz import ui
from lrviz.ui import training

own = training.open_training()
ui.open_terms()
training.assigned(own)
training.close_training(own)
