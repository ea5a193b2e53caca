"""Lesson mode: what a teacher's link leaves open, and nothing else."""

from lrviz import ui

lab = ui.open_lab()
ui.open_terms()
ui.assigned(lab)
