"""Lesson mode of a training: what a teacher's link leaves open, and nothing else."""

from lrviz.ui import training

own = training.open_training()
training.assigned(own)
training.close_training(own)
