"""Lesson mode: what a teacher's link leaves open, and nothing else."""

from lrviz import ui

ui.assigned(ui.open_lab())
